// Entries of one question: a list to tap, a number, a date in words, free text, people to tick.
import { options, today } from "./jobs.js";
import * as outbox from "./outbox.js";
import { el } from "./page.js";
import { day, named, say, western } from "./words.js";

const MANY = 12;
const now = () => today(outbox.state.ahead || 0);

const hinted = (field) => (field.hint ? el("p", { class: "hint", id: `hint-${field.key}` }, named(field.hint)) : null);
const described = (field) => (field.hint ? `hint-${field.key}` : null);

// A list whose every line is a button: one tap answers and goes on.
export function list(field, draft, data, chosen, take) {
  const found = options(field, data, draft, now());
  const lines = found.map((one) => {
    const label = one.month ? day(one.month) : one.label;
    const line = el("li", {}, el("button", { type: "button", class: "option", "aria-pressed": String(one.value === chosen), onclick: () => take(one.value) },
      el("span", {}, label), one.more || one.date ? el("span", { class: "soft small" }, [one.date ? day(one.date) : "", one.more].filter(Boolean).join(" · ")) : null));
    line.dataset.words = western(`${label} ${one.more || ""} ${one.value}`).toLowerCase();
    return line;
  });
  const lines_ = el("ul", { class: "options" }, lines);
  const search = found.length > MANY ? el("div", { class: "field" }, el("label", { for: `find-${field.key}` }, say("find")),
    el("input", { id: `find-${field.key}`, type: "search", autocomplete: "off", oninput: (event) => {
      const wanted = western(event.target.value).toLowerCase().replaceAll("\u200b", "");
      lines.forEach((line) => { line.hidden = !line.dataset.words.includes(wanted); });
    } })) : null;
  return [search, lines_];
}

export function count(field, value, keep) {
  return el("div", { class: "field" }, el("label", { for: field.key }, named(field.label)), hinted(field),
    el("input", { id: field.key, class: "count", inputmode: "numeric", autocomplete: "off", maxlength: "9", value: value ?? "",
      "aria-describedby": described(field), oninput: (event) => keep(western(event.target.value).trim()) }));
}

export function written(field, value, keep, long = true) {
  const entry = el(long ? "textarea" : "input", { id: field.key, maxlength: "2000", autocomplete: "off", "aria-describedby": described(field),
    value: value ?? "", oninput: (event) => keep(event.target.value) });
  return el("div", { class: "field" }, el("label", { for: field.key }, named(field.label)), hinted(field), entry);
}

// A small list inside a page of several questions.
export function select(field, draft, data, value, keep) {
  return el("div", { class: "field" }, el("label", { for: field.key }, named(field.label)), hinted(field),
    el("select", { id: field.key, "aria-describedby": described(field), onchange: (event) => keep(event.target.value) },
      el("option", { value: "" }, say("not_said")),
      options(field, data, draft, now()).map((one) => {
        const made = el("option", { value: one.value }, one.month ? day(one.month) : [one.label, one.more].filter(Boolean).join(" · "));
        made.selected = one.value === value;
        return made;
      })));
}

// Day, month in words and year: three lists, so that no picker traps a phone and no date can be misread.
export function date(field, value, keep, only = false) {
  const [year, month, number] = (value || now()).split("-").map(Number);
  const parts = { year, month, day: number };
  const choose = (name, values, label) => {
    const id = name === "day" ? field.key : `${field.key}-${name}`;
    return el("label", { for: id }, say(name), el("select", { id, onchange: (event) => {
      parts[name] = Number(event.target.value);
      const last = new Date(parts.year, parts.month, 0).getDate();
      keep([parts.year, parts.month, Math.min(parts.day, last)].map((part) => String(part).padStart(2, "0")).join("-"));
    } }, values.map((one) => {
      const made = el("option", { value: String(one) }, label(one));
      made.selected = one === parts[name];
      return made;
    })));
  };
  const thisYear = Number(now().slice(0, 4));
  const years = Array.from({ length: 6 }, (_none, n) => thisYear - n);
  if (!years.includes(year)) years.push(year);
  return el("fieldset", { class: "field" }, el("legend", { class: only ? "unseen" : null }, named(field.label)), hinted(field), el("div", { class: "day" },
    choose("day", Array.from({ length: 31 }, (_none, n) => n + 1), String),
    choose("month", Array.from({ length: 12 }, (_none, n) => n + 1), (one) => day(`2000-${one}`).replace(" 2000", "")),
    choose("year", years, String)));
}

// The names of a list, to be ticked; only those whose consent the server knows are in it.
export function people(field, shown, rows, keep) {
  const ticked = new Set(rows.map((row) => row[field.key]).filter(Boolean));
  const others = rows.filter((row) => !row[field.key]);
  const lines = shown.map((one) => el("li", {}, el("label", {}, el("input", { type: "checkbox", id: `person-${one.id}`, checked: ticked.has(String(one.id)),
    onchange: (event) => {
      if (event.target.checked) ticked.add(String(one.id)); else ticked.delete(String(one.id));
      keep([...Array.from(ticked, (id) => ({ [field.key]: id })), ...others]);
    } }), named(one))));
  return el("ol", { class: "options ticks", "aria-label": say("names") }, lines);
}
