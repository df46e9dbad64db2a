// What she sent and what became of it: waiting, received with its number, returned with a reason, verified.
import * as drafts from "./drafts.js";
import { go, places, start } from "./desk.js";
import * as outbox from "./outbox.js";
import { button, confirmed, el, note, once, p, show, soft } from "./page.js";
import * as phone from "./phone.js";
import { age, day, named, say } from "./words.js";

const TONES = { verified: "good", returned: "bad", failed: "bad", waiting: "wait", review: "warn", deleted: "" };
const STATES = new Set(["failed", "review", "deleted"]);

const status = (key) => el("span", { class: `status ${TONES[key] || ""}` }, say(`state_${key}`));

export async function records() {
  const waiting = await phone.all("outbox");
  const found = (await places()).flatMap((place) => place.records.map((record) => ({ ...record, place })));
  // What the lists do not know yet: received since they were fetched.
  const known = new Set(found.map((record) => record.number));
  const asOf = new Map((await places()).map((place) => [place.programme.key, place.at]));
  const fresh = ((await phone.read("held", "received")) || [])
    .filter((one) => !known.has(one.number) && one.at > (asOf.get(one.draft.programme) || 0));
  show(say("records_mine"),
    waiting.length ? el("h2", {}, say("to_send")) : null,
    waiting.map(unsent),
    el("h2", {}, say("received")),
    fresh.map((one) => card(one.number, named(one.draft.job.label), one.at, STATES.has(one.state) ? one.state : "waiting",
      one.faults, () => again(one.draft))),
    found.map((one) => card(one.number, named(one.label), Date.parse(one.at), STATES.has(one.state) ? one.state : one.review,
      one.reason ? [{ km: one.reason, en: one.reason }] : one.faults, one.editable ? () => correct(one) : null)),
    fresh.length + found.length ? null : soft(say("none_received")),
    el("p", {}, button(say("fetch"), once(async () => { await outbox.refresh({ force: true }); await records(); }), "secondary")),
    el("p", {}, el("a", { href: "#/" }, say("back"))));
}

function card(number, label, at, key, why, mend) {
  return el("div", { class: "card" }, el("h3", {}, `${say("number", { n: number })} · ${label}`),
    el("p", {}, status(key), " ", el("span", { class: "soft small" }, day(new Date(at).toISOString().slice(0, 10)))),
    (why || []).map((one) => note("warn", p(named(one)))),
    mend ? el("p", {}, button(say("correct"), once(mend), "secondary")) : null);
}

function unsent(entry) {
  if (!entry.value) return el("div", { class: "card" }, note("bad", p(say("unreadable"))));
  const { draft, fault } = entry.value;
  return el("div", { class: "card" }, el("h3", {}, named(draft.job.label)),
    el("p", {}, el("span", { class: "status warn" }, say("state_unsent")), " ", el("span", { class: "soft small" }, age(entry.since))),
    fault ? note("bad", p(fault.status === 401 ? say("revoked") : fault.words || say("not_taken"))) : null,
    el("div", { class: "row" },
      fault ? button(say("send_again"), once(() => outbox.run({ force: true }))) : null,
      fault && fault.status !== 401 ? button(say("correct"), once(async () => go("fill", (await drafts.reopen(entry)).id, "check")), "secondary") : null,
      fault ? button(say("delete"), once(async () => {
        if (await confirmed(say("delete_unsent"), say("delete"))) { await phone.drop("outbox", entry.id); await records(); }
      }), "quiet") : null));
}

const again = (draft) => begun({ ...draft, corrects: `uuid:${draft.id}` });

async function correct(record) {
  const job = record.place.jobs.find((one) => one.key === record.job);
  return start(job, record.place, {}, {
    values: { ...record.values }, repeats: structuredClone(record.repeats), names: Object.keys(record.repeats).length > 0,
    given: Object.fromEntries(Object.keys(record.values).map((key) => [key, "own"])),
    corrects: record.instance, number: record.number, checking: true,
  });
}

async function begun(old) {
  const place = (await places()).find((one) => one.programme.key === old.programme);
  return start(old.job, place, {}, {
    values: { ...old.values }, repeats: structuredClone(old.repeats), names: old.names,
    given: Object.fromEntries(Object.keys(old.values).map((key) => [key, "own"])), corrects: old.corrects, checking: true,
  });
}
