// Everything this phone keeps is sealed by AES-GCM under a random key of its user; that key is sealed under her PIN.
// The PIN is kept nowhere: a wrong one cannot open the key, and that is how it is known to be wrong.

const FEWEST = 200000, USUAL = 310000, MOST = 1000000, WAIT = 800;
const text = new TextEncoder();
const plain = new TextDecoder();

export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

export function uuid() {
  const bytes = random(16);
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

async function stretched(pin, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations }, material, { name: "AES-GCM", length: 256 }, false,
    ["wrapKey", "unwrapKey"],
  );
}

// As many rounds as this phone does in about 0.8 s: never fewer than 200,000, the usual 310,000 where it can.
export async function calibrated(clock = () => performance.now()) {
  const probe = 50000, began = clock();
  await stretched("0", random(16), probe);
  const fits = Math.floor((probe * WAIT) / Math.max(1, clock() - began));
  return Math.min(MOST, Math.max(fits < USUAL / 2 ? FEWEST : USUAL, fits));
}

// A new user's key and what to keep of it.
export async function newLock(pin) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  return { key: await closed(key), lock: await lockOf(key, pin) };
}

async function lockOf(key, pin) {
  const lock = { salt: random(16), iv: random(12), iterations: await calibrated() };
  const under = await stretched(pin, lock.salt, lock.iterations);
  lock.wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", key, under, { name: "AES-GCM", iv: lock.iv }));
  return lock;
}

// The same key where no script can read it out again.
async function closed(key) {
  return crypto.subtle.importKey("raw", await crypto.subtle.exportKey("raw", key), "AES-GCM", false, ["encrypt", "decrypt"]);
}

// The key, or null for a wrong PIN.
export async function opened(lock, pin) {
  const under = await stretched(pin, lock.salt, lock.iterations);
  try {
    return await crypto.subtle.unwrapKey(
      "raw", lock.wrapped, under, { name: "AES-GCM", iv: lock.iv }, "AES-GCM", false, ["encrypt", "decrypt"],
    );
  } catch {
    return null;
  }
}

// `place` says what it is and whose, so that nothing sealed can be put in the place of something else.
export async function seal(key, place, value) {
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: text.encode(place) }, key, text.encode(JSON.stringify(value)),
  );
  return { iv, sealed: new Uint8Array(sealed) };
}

export async function unseal(key, place, { iv, sealed }) {
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: text.encode(place) }, key, sealed);
  return JSON.parse(plain.decode(opened));
}
