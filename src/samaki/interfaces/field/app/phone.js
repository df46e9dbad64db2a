// Who uses this phone: each with her own lock and her own records; what is one's stays sealed to the other.
import * as store from "./store.js";
import { newLock, opened, seal, unseal, uuid } from "./sealing.js";

const EASY = /^(\d)\1+$/;
const RUN = "01234567890 09876543210";
const FREE_TRIES = 3, LONGEST_WAIT = 3600;
export const KINDS = ["draft", "outbox", "held"];

let current = null; // { id, account, label, key } while unlocked; `id` is this phone's own, `account` the server's

export const me = () => current;
export const close = () => { current = null; };
export const users = store.users;

export const easyPin = (pin) => !/^\d{6,12}$/.test(pin) || EASY.test(pin) || RUN.includes(pin);

export async function join({ account, label, language, pin }) {
  const { key, lock } = await newLock(pin);
  const id = uuid();
  const now = Date.now();
  await store.keepUser({ id, account, label, language, lock, tries: 0, notBefore: 0, began: now, usedAt: now });
  current = { id, account, label, key };
  await store.askToKeep();
  return current;
}

// Seconds to wait before the next try; wrong ones after the third wait longer and longer.
export const waitOf = (user) => Math.max(0, Math.ceil((user.notBefore - Date.now()) / 1000));

// "open", "wrong" or "wait". Each try is written down before it is made: closing the page saves nobody from waiting.
export async function unlock(id, pin) {
  const user = await store.user(id);
  if (waitOf(user) > 0 && waitOf(user) <= LONGEST_WAIT) return "wait";
  const tries = user.tries + 1;
  const pause = tries < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT, 15 * 2 ** (tries - FREE_TRIES));
  await store.keepUser({ ...user, tries, notBefore: Date.now() + 1000 * pause });
  const key = await opened(user.lock, pin);
  if (!key) return "wrong";
  await store.keepUser({ ...user, tries: 0, notBefore: 0, usedAt: Date.now() });
  current = { id, account: user.account, label: user.label, key };
  return "open";
}

export async function speak(language) {
  if (current) await store.keepUser({ ...(await store.user(current.id)), language });
}

// Sealed records that nobody can open now stay on the phone, out of the way of a new beginning.
export const retire = async (id) => store.keepUser({ ...(await store.user(id)), closed: true });
export const forget = (id) => store.wipe(id, KINDS);

// Only how many wait and since when: that much is told without a PIN.
export async function waiting(id) {
  const unsent = await store.items(id, "outbox");
  return { count: unsent.length, since: unsent.length ? Math.min(...unsent.map((record) => record.since)) : null };
}

const place = (kind, id) => `${current.id}:${kind}:${id}`;
const keyOf = (kind, id) => `${current.id}:${kind}:${id}`;

export async function sealed(kind, id, value, since = Date.now()) {
  return { key: keyOf(kind, id), user: current.id, kind, id, since, ...(await seal(current.key, place(kind, id), value)) };
}

export async function read(kind, id) {
  const found = await store.item(keyOf(kind, id));
  return found ? unseal(current.key, place(kind, id), found) : null;
}

// All of a kind, the oldest first. What was altered does not open and is told apart, never dropped.
export async function all(kind) {
  const found = [];
  for (const record of await store.items(current.id, kind)) {
    try {
      found.push({ id: record.id, since: record.since, value: await unseal(current.key, place(kind, record.id), record) });
    } catch {
      found.push({ id: record.id, since: record.since, value: null });
    }
  }
  return found.sort((one, other) => one.since - other.since);
}

export async function keep(kind, id, value, since) {
  await store.change([await sealed(kind, id, value, since)]);
}

export const drop = (kind, id) => store.change([], [keyOf(kind, id)]);

export async function move(from, to, id, value) {
  await store.change([await sealed(to, id, value)], [keyOf(from, id)]);
}
