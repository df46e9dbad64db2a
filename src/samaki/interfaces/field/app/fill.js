// Filling in one record: a question on each screen, then everything once more before it is sent.
import * as drafts from "./drafts.js";
import { go, placeOf } from "./desk.js";
import * as entries from "./entries.js";
import { faultOf, fieldOf, follow, missing, namesWanted, roster, steps, today, unequal } from "./jobs.js";
import * as outbox from "./outbox.js";
import { alarm, button, calm, confirmed, el, faults, once, p, show, soft } from "./page.js";
import { day, named, say } from "./words.js";

const LISTS = new Set(["choice", "yes_no", "group", "place", "activity", "month"]);
const saved = (error) => (error ? alarm(error) : calm());
const now = () => today(outbox.state.ahead || 0);
const titled = (draft) => (draft.number ? say("correct_n", { n: draft.number }) : named(draft.job.label));

export async function fill(id, wanted) {
  const draft = await drafts.read(id);
  const place = draft && await placeOf(draft);
  if (!draft) return go("");
  if (!place) return show(titled(draft), soft(say("no_data")));
  const asked = steps(draft, place);
  if (wanted === "check" || (!wanted && (draft.checking || !asked.length))) return check(draft, place);
  const step = wanted ? draft.job.steps.find((one) => one.key === wanted) : asked[0];
  return step ? question(draft, place, step) : check(draft, place);
}

const keep = (draft) => { delete draft.untouched; return drafts.keep(draft, saved); };

// Straight from the first question to sending where nothing else is to be asked.
const direct = (draft, place, step) => {
  const asked = steps(draft, place);
  return !draft.checking && asked.length === 1 && asked[0].key === step.key;
};

async function onward(draft, place, step) {
  const asked = steps(draft, place).map((one) => one.key);
  const order = draft.job.steps.map((one) => one.key);
  const next = draft.checking ? null : asked.find((key) => order.indexOf(key) > order.indexOf(step.key));
  await drafts.settled();
  go("fill", draft.id, next || "check");
}

function answer(draft, place, field, value) {
  draft.values[field.key] = value;
  draft.given[field.key] = "own";
  follow(draft, field, place);
  keep(draft);
}

function question(draft, place, step) {
  if (step.repeat) return rows(draft, place, step);
  const fields = step.fields.map((key) => fieldOf(draft, key));
  const only = fields.length === 1 ? fields[0] : null;
  const sends = direct(draft, place, step);
  const back = el("p", {}, button(say("back"), () => history.back(), "quiet"));
  if (only && LISTS.has(only.kind)) {
    const choose = once(async ({ value }) => { answer(draft, place, only, value); await onward(draft, place, step); });
    const without = only.required ? null : el("p", {}, button(say(only.kind === "activity" ? "no_activity" : "skip"), once(async () => {
      delete draft.values[only.key];
      draft.given[only.key] = "own";
      keep(draft);
      await onward(draft, place, step);
    }), "secondary"));
    const taken = entries.list(only, draft, place, draft.values[only.key], (value) => choose({ preventDefault: () => undefined, value }));
    return show(named(only.label), taken, without, back);
  }
  const extra = sends ? draft.job.steps.filter((one) => one.optional && !one.repeat).flatMap((one) => one.fields.map((key) => fieldOf(draft, key))).filter((field) => field.kind === "text") : [];
  const names = step.counts && draft.job.repeats.some((part) => part.named) && roster(draft, place).length;
  const submit = once(async () => {
    fields.filter((field) => field.kind === "date" && !draft.values[field.key]).forEach((field) => answer(draft, place, field, now()));
    const wrong = [...fields, ...extra].map((field) => ({ id: field.key, words: faultOf(field, draft.values[field.key], now()) })).filter(({ words }) => words);
    if (!wrong.length) wrong.push(...unequal(draft, step.fields).map(({ field, words }) => ({ id: document.getElementById(field.key) ? field.key : step.fields[0], words })));
    if (wrong.length) return faults(wrong);
    return sends ? finish(draft, place) : onward(draft, place, step);
  });
  return show(only ? named(only.label) : named(step.label), sends ? summary(draft, place, false) : null,
    el("form", { novalidate: true, onsubmit: submit }, [...fields, ...extra].map((field) => entry(draft, place, field, !only)),
      names ? el("p", {}, button(draft.names ? say("names_also_off") : say("names_also"), () => {
        draft.names = !draft.names;
        keep(draft);
        question(draft, place, step);
      }, "secondary")) : null,
      el("button", { type: "submit", class: "button big" }, say(sends ? "send" : "next"))), back);
}

function entry(draft, place, field, small) {
  const take = (value) => answer(draft, place, field, value);
  const value = draft.values[field.key];
  if (field.kind === "count" || field.kind === "year") return entries.count(field, value, take);
  if (field.kind === "date") return entries.date(field, value, take, !small);
  if (LISTS.has(field.kind) && small) return entries.select(field, draft, place, value, take);
  return entries.written(field, value, take, field.kind === "text");
}

function rows(draft, place, step) {
  const part = draft.job.repeats.find((one) => one.key === step.repeat);
  const fields = draft.job.fields.filter((field) => field.repeat === part.key);
  const person = fields.find((field) => field.kind === "person");
  const kept = draft.repeats[part.key] || [];
  const free = kept.map((row, index) => ({ row, index })).filter(({ row }) => !person || !row[person.key]);
  const others = fields.filter((field) => field !== person);
  const open = (index) => row(draft, place, step, part, others, index);
  return show(named(step.label),
    person ? entries.people(person, roster(draft, place), kept, (found) => { draft.repeats[part.key] = found; keep(draft); }) : null,
    others.length ? el("ul", { class: "tasks" }, free.map(({ row: one, index }) => el("li", {},
      el("button", { type: "button", class: "link", onclick: () => open(index) },
        others.map((field) => shown(field, one[field.key], place)).filter(Boolean).join(" · ") || say("not_said"))))) : null,
    others.length ? el("p", {}, button(say("add_one"), () => open(-1), "secondary")) : null,
    el("p", {}, button(say("next"), once(() => onward(draft, place, step)), "big")),
    el("p", {}, button(say("back"), () => history.back(), "quiet")));
}

function row(draft, place, step, part, fields, index) {
  const list = draft.repeats[part.key] || (draft.repeats[part.key] = []);
  const at = index < 0 ? list.push({}) - 1 : index;
  const take = (field) => (value) => { list[at][field.key] = value; keep(draft); };
  const done = once(async () => {
    const wrong = fields.map((field) => ({ id: field.key, words: faultOf(field, list[at][field.key], now()) })).filter(({ words }) => words);
    if (wrong.length) return faults(wrong);
    return rows(draft, place, step);
  });
  return show(named(step.label), el("form", { novalidate: true, onsubmit: done }, fields.map((field) => {
    const value = list[at][field.key];
    if (field.kind === "count" || field.kind === "year") return entries.count(field, value, take(field));
    if (field.kind === "date") return entries.date(field, value, take(field));
    if (LISTS.has(field.kind)) return entries.select(field, draft, place, value, take(field));
    return entries.written(field, value, take(field), false);
  }), el("button", { type: "submit", class: "button big" }, say("done"))),
  el("p", {}, button(say("delete"), () => { list.splice(at, 1); keep(draft); rows(draft, place, step); }, "quiet")));
}

function shown(field, value, place) {
  if (value === undefined || value === "") return "";
  if (field.kind === "date" || field.kind === "month") return day(value);
  if (field.kind === "choice") return named((field.choices.find((choice) => choice.key === value) || {}).label) || value;
  if (field.kind === "yes_no") return say(value);
  const list = { group: place.groups, place: place.places, activity: place.activities }[field.kind];
  const found = list && list.find((one) => one.key === value);
  return found ? named(found.label) : value;
}

// What stands so far. Of a screen with several numbers only those that were said.
function summary(draft, place, changeable) {
  const said = (field) => draft.values[field.key] !== undefined && draft.values[field.key] !== "";
  const parts = draft.job.steps.filter((step) => !step.repeat).flatMap((step) => step.fields.map((key) => ({ step, field: fieldOf(draft, key) })));
  const lines = parts.filter(({ step, field }) => (changeable
    ? said(field) || field.required || (!step.optional && step.fields.length === 1 && draft.given[field.key] !== "filled")
    : draft.given[field.key] === "filled" && said(field))).map(({ step, field }) => el("div", {},
    el("dt", {}, named(field.label)), el("dd", {}, shown(field, draft.values[field.key], place) || el("span", { class: "soft" }, say("not_said")),
      changeable ? [" ", change(draft, step, named(field.label))] : null)));
  const people = changeable ? draft.job.repeats.filter((part) => (part.named ? namesWanted(draft, place) : rowsOf(draft, part).length)).map((part) => el("div", {},
    el("dt", {}, named(part.label)), el("dd", {}, say("people_n", { n: rowsOf(draft, part).length }), " ",
      change(draft, { key: part.step }, named(part.label))))) : [];
  return lines.length + people.length ? el("dl", { class: "answers" }, lines, people) : null;
}

const rowsOf = (draft, part) => draft.repeats[part.key] || [];
const change = (draft, step, label) => el("a", { href: `#/fill/${draft.id}/${step.key}`, "aria-label": say("change_of", { field: label }) }, say("change"));

// What is not asked but may be told.
function more(draft) {
  const open = draft.job.steps.filter((step) => (step.optional && step.repeat ? !rowsOf(draft, { key: step.repeat }).length
    : (step.optional || step.fields.length > 1) && step.fields.every((key) => !draft.values[key] && draft.given[key] !== "filled")));
  return open.length ? [el("h2", {}, say("can_add")), el("ul", { class: "list-plain links" }, open.map((step) => el("li", {},
    el("a", { href: `#/fill/${draft.id}/${step.key}` }, named(step.label)))))] : [];
}

function check(draft, place) {
  if (!draft.checking) { draft.checking = true; keep(draft); }
  const send = once(() => finish(draft, place));
  return show(say("check"), soft(titled(draft)), summary(draft, place, true),
    el("p", {}, button(say("send"), send, "big")), more(draft),
    el("p", {}, button(say("delete_draft"), once(async () => {
      if (!(await confirmed(say("delete_draft_sure"), say("delete")))) return;
      await drafts.drop(draft.id);
      go("");
    }), "quiet")));
}

async function finish(draft, place) {
  const wrong = missing(draft, place, now());
  if (wrong.length) return faults(wrong.map(({ field, words }) => ({ id: document.getElementById(field.key) ? field.key : null, words })));
  const sent = { ...draft, repeats: Object.fromEntries(draft.job.repeats
    .filter((part) => !part.named || namesWanted(draft, place)).map((part) => [part.key, draft.repeats[part.key] || []])) };
  await drafts.finish(sent);
  outbox.run();
  return go("sent", draft.id);
}

// After sending: on the phone until the server has said its number.
export async function sent(id) {
  const [waiting, received] = await Promise.all([outbox.entry(id), outbox.receipt(id)]);
  if (received) {
    return show(say("received_n", { n: received.number }), received.faults.length ? p(say("received_faults")) : null,
      received.faults.map((fault) => el("div", { class: "note warn" }, p(named(fault)))),
      el("p", {}, el("a", { class: "button big", href: "#/" }, say("work_back"))));
  }
  return show(say(waiting && waiting.value.fault ? "not_taken" : "on_phone"), p(say(navigator.onLine ? "on_phone_sending" : "on_phone_why")),
    el("p", {}, el("a", { class: "button big", href: "#/" }, say("work_back"))));
}
