// A job as the server describes it: which steps are asked, what fills itself in, what a phone can check alone.
import { named, say, western } from "./words.js";

const REFERENCES = { group: "groups", place: "places", activity: "activities", month: "months" };

// Today by the phone's clock, put right by what the server last said of it.
export function today(ahead = 0) {
  const now = new Date(Date.now() + (Math.abs(ahead) > 3600000 ? ahead : 0));
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
}

function lastMonths(day, count) {
  const found = [];
  let [year, month] = day.split("-").map(Number);
  for (let n = 0; n < count; n += 1) {
    found.push(`${year}-${String(month).padStart(2, "0")}`);
    month -= 1;
    if (!month) { month = 12; year -= 1; }
  }
  return found;
}

// The answers a field may have, or null where it is written freely.
export function options(field, data, draft, day) {
  if (field.kind === "choice") return field.choices.map((choice) => ({ value: choice.key, label: named(choice.label) }));
  if (field.kind === "yes_no") return [{ value: "yes", label: say("yes") }, { value: "no", label: say("no") }];
  if (field.kind === "month") return lastMonths(day, 13).map((value) => ({ value, month: value }));
  const list = data[REFERENCES[field.kind]];
  if (!list) return null;
  return list.map((one) => ({ value: one.key, label: named(one.label), more: one.more ? named(one.more) : "", date: one.date, one }));
}

export const known = (field, value, data) => (data[REFERENCES[field.kind]] || []).find((one) => one.key === value);

// What follows from an answer: an activity brings its date, place and group; what it leaves blank is not asked either.
// What somebody entered herself stays.
export function follow(draft, field, data) {
  const found = known(field, draft.values[field.key], data);
  if (!found || !found.fills) return;
  for (const [key, value] of Object.entries(found.fills)) {
    const other = draft.job.fields.find((one) => !one.repeat && one.key === key);
    if (!other || draft.given[key] === "own") continue;
    if (value) draft.values[key] = value; else delete draft.values[key];
    draft.given[key] = "filled";
  }
}

export function prefill(draft, data, day) {
  const asked = new Set(draft.job.steps.filter((step) => !step.optional && !step.repeat).flatMap((step) => step.fields));
  for (const field of draft.job.fields) {
    if (field.repeat || draft.values[field.key]) continue;
    if (field.kind === "date" && asked.has(field.key)) { draft.values[field.key] = day; draft.given[field.key] = "offered"; }
    const list = data[REFERENCES[field.kind]];
    if (list && list.length === 1 && field.required) {
      draft.values[field.key] = list[0].key;
      draft.given[field.key] = "filled";
      follow(draft, field, data);
    }
  }
}

// People to tick: of the activity that was chosen, where names are kept. None at sensitive activities, nor in groups
// whose members belonging would reveal.
export function roster(draft, data) {
  const told = draft.job.fields.filter((field) => !field.repeat && draft.values[field.key])
    .map((field) => known(field, draft.values[field.key], data)).filter(Boolean);
  if (draft.values.is_sensitive === "yes" || told.some((one) => one.names === false)) return [];
  const wanted = new Set(told.flatMap((one) => one.people || []));
  return data.people.filter((one) => wanted.has(one.id));
}

export const namesWanted = (draft, data) => Boolean(draft.names) && roster(draft, data).length > 0;

// The steps still to be asked, in order: one thing on each. Who came is asked only where names are kept and wanted.
export function steps(draft, data) {
  return draft.job.steps.filter((step) => {
    if (step.optional) return false;
    const part = step.repeat && draft.job.repeats.find((one) => one.key === step.repeat);
    if (part) return !part.named || namesWanted(draft, data);
    return step.fields.some((key) => draft.given[key] !== "filled" && answerable(fieldOf(draft, key), data));
  });
}

// A list with nothing in it asks nothing, unless the answer is wanted.
const answerable = (field, data) => field.required || !REFERENCES[field.kind] || !data[REFERENCES[field.kind]] || data[REFERENCES[field.kind]].length > 0;

export const fieldOf = (draft, key, repeat = "") => draft.job.fields.find((one) => one.key === key && one.repeat === repeat);

// What the phone can tell is wrong; the server looks again at everything.
export function faultOf(field, text, day) {
  const value = western(String(text ?? "")).trim();
  if (!value) return field.required ? say("fault_wanted", { field: named(field.label) }) : null;
  if (field.kind === "count" && !/^\d{1,7}$/.test(value)) return say("fault_count", { field: named(field.label) });
  if (field.kind === "year" && !/^(19|20)\d\d$/.test(value)) return say("fault_year", { field: named(field.label) });
  if (field.kind === "date" && !/^\d{4}-\d\d-\d\d$/.test(value)) return say("fault_date", { field: named(field.label) });
  if (field.kind === "date" && value > day) return say("fault_future");
  if (field.kind === "text" && value.length > 2000) return say("fault_long", { field: named(field.label) });
  return null;
}

export function missing(draft, data, day) {
  const found = draft.job.fields.filter((field) => !field.repeat)
    .map((field) => ({ field, words: faultOf(field, draft.values[field.key], day) })).filter(({ words }) => words);
  return found.length ? found : unequal(draft);
}

// Parts that do not add up to their total, where both are told; `keys` limits it to what is on the screen.
export function unequal(draft, keys = null) {
  const number = (key) => { const text = western(String(draft.values[key] ?? "")).trim(); return text ? Number(text) : null; };
  return (draft.job.sums || []).flatMap(({ total, parts }) => {
    const told = parts.map(number).filter((one) => one !== null), whole = number(total), sum = told.reduce((one, other) => one + other, 0);
    if (whole === null || !told.length || sum === whole || (keys && !parts.some((key) => keys.includes(key)))) return [];
    return [{ field: fieldOf(draft, total), words: say("fault_sum", { sum, total: whole }) }];
  });
}
