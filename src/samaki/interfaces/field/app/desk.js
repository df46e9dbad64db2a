// The first screen after the PIN: what to record, what is due, what is half done, what came back.
import * as drafts from "./drafts.js";
import * as outbox from "./outbox.js";
import { button, el, note, once, p, show, soft } from "./page.js";
import { prefill, today } from "./jobs.js";
import { age, day, named, say } from "./words.js";

export const go = (...parts) => { location.hash = `#/${parts.join("/")}`; };

// Everything held, one entry for each programme.
export const places = async () => Object.values(await outbox.data());

export async function placeOf(draft) {
  return (await places()).find((one) => one.programme.key === draft.programme && one.organisation.id === draft.organisation) || null;
}

export async function start(job, place, values = {}, more = {}) {
  const draft = Object.assign(drafts.begin(job, { programme: place.programme.key, organisation: place.organisation.id }), more);
  for (const [key, value] of Object.entries(values)) { draft.values[key] = value; draft.given[key] = "filled"; }
  prefill(draft, place, today(outbox.state.ahead || 0));
  draft.untouched = true; // until she answers something herself
  await drafts.keep(draft);
  go("fill", draft.id);
}

const line = (link, ...side) => el("li", {}, link, ...side);
const task = (label, deed, side) => line(el("button", { type: "button", class: "link strong", onclick: once(deed) }, label), side);

export async function desk(update) {
  const found = await places();
  const begun = (await drafts.all()).filter((entry) => entry.value);
  const open = begun.filter((entry) => !entry.value.untouched);
  await Promise.all(begun.filter((entry) => entry.value.untouched).map((entry) => drafts.drop(entry.id)));
  const due = found.flatMap((place) => place.due.map((one) => ({ ...one, place })));
  const returned = found.flatMap((place) => place.records.filter((one) => one.review === "returned"));
  show(say("work"),
    update ? note("", p(say("update_ready")), button(say("update"), update)) : null,
    el("p", {}, el("a", { class: "button big", href: "#/jobs" }, say("record"))),
    returned.length ? el("div", { class: "note warn" }, el("p", {}, el("a", { href: "#/records" }, say("returned_n", { n: returned.length })))) : null,
    due.length ? el("h2", {}, say("due")) : null,
    due.length ? el("ul", { class: "tasks" }, due.map((one) => task(`${named(one.label)}`, () => startDue(one),
      el("span", { class: `status ${one.late ? "bad" : "wait"}` }, say(one.late ? "late_since" : "due_on", { day: day(one.due) }))))) : null,
    open.length ? el("h2", {}, say("drafts")) : null,
    open.length ? el("ul", { class: "tasks" }, open.map((entry) => line(
      el("a", { href: `#/fill/${entry.id}` }, named(entry.value.job.label)),
      el("span", { class: "soft small" }, say("begun", { age: age(entry.value.began) }))))) : null,
    el("h2", {}, say("records")),
    el("p", {}, el("a", { href: "#/records" }, say("records_mine"))),
    found.length ? null : soft(say("no_data")));
}

const startDue = (one) => start(one.place.jobs.find((job) => job.key === one.job), one.place, one.values);

// Which job; where she works in several programmes, under the name of each.
export async function jobs() {
  const found = await places();
  show(say("record_what"), found.map((place) => [
    found.length > 1 ? el("h2", {}, named(place.programme)) : null,
    el("ul", { class: "options" }, place.jobs.map((job) => el("li", {},
      el("button", { type: "button", class: "option", onclick: once(() => start(job, place)) },
        el("span", { class: "strong" }, named(job.label)), job.hint ? el("span", { class: "soft small" }, named(job.hint)) : null)))),
  ]).flat(), found.length ? null : soft(say("no_data")), el("p", {}, el("a", { href: "#/" }, say("back"))));
}
