// Sends what waits, one at a time, whenever there is a network. A record leaves the outbox only when the server has said
// its number; the same id sent again is the same record, so an answer that was lost costs nothing.
import * as phone from "./phone.js";
import * as server from "./server.js";

const SOONEST = 5000, LATEST = 10 * 60 * 1000, FRESH = 10 * 60 * 1000;
const AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const listeners = new Set();
let timer = null, busy = false;

export const state = { sending: false, reached: null, ahead: null, revoked: false, received: [] };
export const onChange = (listener) => { listeners.add(listener); };
const tell = () => listeners.forEach((listener) => listener(state));

const pause = (tries) => Math.min(LATEST, SOONEST * 2 ** Math.min(tries, 10)) * (0.75 + Math.random() / 2);

// Only one tab of a phone sends at a time.
const alone = (work) => (navigator.locks
  ? navigator.locks.request("samaki-field-sending", { ifAvailable: true }, (lock) => (lock ? work() : undefined))
  : work());

// `force` tries what the server refused as well, `now` what waits for its time.
export async function run({ force = false, now = force } = {}) {
  clearTimeout(timer);
  if (busy || !phone.me()) return;
  busy = true;
  try {
    await alone(() => sendAll(force, now));
  } finally {
    busy = false;
    state.sending = false;
    tell();
    await schedule();
  }
}

async function sendAll(force, now) {
  const held = await phone.read("held", "phones");
  for (const entry of await phone.all("outbox")) {
    if (!entry.value || !phone.me()) continue;
    if (entry.value.fault && !force) continue;
    if (entry.value.notBefore > Date.now() && !now) continue;
    state.sending = true;
    tell();
    const token = (held || []).find((one) => one.programme === entry.value.draft.programme
      && one.organisation === entry.value.draft.organisation);
    if (!token) { await refused(entry, 401, {}); continue; }
    const answer = await server.send(token, entry.value.xml).catch(() => ({ status: 0, body: {}, at: null }));
    if (!phone.me()) return; // locked meanwhile: sent again after the PIN, and taken as the same
    heard(answer);
    if ((answer.status === 200 || answer.status === 201 || answer.status === 202) && answer.body.number) await received(entry, answer.body);
    else if (AGAIN.has(answer.status) || answer.status < 400) await later(entry, answer.status);
    else await refused(entry, answer.status, answer.body);
    tell();
    if (answer.status === 0) return; // no network: the rest waits too
  }
}

function heard(answer) {
  state.reached = answer.status ? Date.now() : state.reached;
  if (answer.at !== null) state.ahead = answer.at;
}

async function received(entry, body) {
  const note = { number: body.number, state: body.state, faults: body.faults || [], draft: entry.value.draft, at: Date.now() };
  const sent = (await phone.read("held", "received")) || [];
  const kept = [note, ...sent.filter((one) => one.draft.id !== note.draft.id)].slice(0, 20);
  await phone.keep("held", "received", kept);
  await phone.drop("outbox", entry.id);
  state.received.push(note);
}

async function later(entry, status) {
  const tries = entry.value.tries + 1;
  await phone.keep("outbox", entry.id, { ...entry.value, tries, status, notBefore: Date.now() + pause(tries) }, entry.since);
}

// Kept with the server's reason until somebody looks at it. Never thrown away.
async function refused(entry, status, body) {
  state.revoked = state.revoked || status === 401;
  const fault = { status, words: body.title || "", code: body.code || "" };
  await phone.keep("outbox", entry.id, { ...entry.value, tries: entry.value.tries + 1, fault, notBefore: 0 }, entry.since);
}

async function schedule() {
  if (!phone.me()) return;
  const waiting = (await phone.all("outbox")).filter((entry) => entry.value && !entry.value.fault);
  if (!waiting.length) return;
  const soonest = Math.min(...waiting.map((entry) => entry.value.notBefore || 0));
  timer = setTimeout(() => run(), Math.min(LATEST, Math.max(SOONEST, soonest - Date.now())));
}

// What the field work needs, fetched again when it is older than ten minutes or somebody asks.
export async function refresh({ force = false } = {}) {
  const phones = (await phone.read("held", "phones")) || [];
  const held = (await phone.read("held", "data")) || {};
  let changed = false;
  for (const one of phones) {
    const key = `${one.programme}/${one.organisation}`, known = held[key];
    if (!force && known && Date.now() - known.at < FRESH) continue;
    const answer = await server.data(one, known && known.etag).catch(() => ({ status: 0, at: null }));
    if (!phone.me()) return;
    heard(answer);
    if (answer.status === 200) held[key] = { ...answer.body, etag: answer.etag, at: Date.now() };
    else if (answer.status === 304) held[key].at = Date.now();
    else if (answer.status === 401) state.revoked = true;
    changed = changed || answer.status === 200 || answer.status === 304;
    if (answer.status === 0) break;
  }
  if (changed) await phone.keep("held", "data", held);
  tell();
}

export const entry = async (id) => {
  const value = await phone.read("outbox", id);
  return value && { id, value };
};
export const receipt = async (id) => ((await phone.read("held", "received")) || []).find((one) => one.draft.id === id);
// The server's time when it was last heard, by the server's own clock: the phone's cannot be before it.
export const lastHeard = async () => Math.max(0, ...Object.values(await data()).map((one) => Date.parse(one.now) || 0));
export const data = async () => (await phone.read("held", "data")) || {};
