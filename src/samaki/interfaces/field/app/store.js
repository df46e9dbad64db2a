// The phone's database. `users` holds locks, `items` what is sealed: drafts, what waits to be sent, what came from the
// server. Readable without a PIN are only whose an item is, its kind and since when it waits.

export const DATABASE = "samaki-field";
let database = null;

export class Full extends Error {}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(told(request.error));
  });
}

const told = (error) => (error && error.name === "QuotaExceededError" ? new Full("full") : error || new Error("storage"));

async function open() {
  if (database) return database;
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    const made = request.result;
    made.createObjectStore("users", { keyPath: "id" });
    const items = made.createObjectStore("items", { keyPath: "key" });
    items.createIndex("user_kind", ["user", "kind"]);
  };
  database = await asked(request);
  database.onversionchange = () => { database.close(); database = null; };
  database.onclose = () => { database = null; };
  return database;
}

// One transaction over both stores: all of `work` or nothing. Resolves when it is on the disk.
async function within(mode, work) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(["users", "items"], mode, { durability: "strict" });
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(told(transaction.error));
    transaction.onerror = (event) => reject(told(event.target.error));
    try {
      result = work(transaction.objectStore("users"), transaction.objectStore("items"));
    } catch (error) {
      transaction.abort();
      reject(told(error));
    }
  });
}

const read = async (name, ask) => asked(ask((await open()).transaction(name).objectStore(name)));

export const users = () => read("users", (store) => store.getAll());
export const user = (id) => read("users", (store) => store.get(id));
export const keepUser = (record) => within("readwrite", (people) => void people.put(record));
export const items = (owner, kind) => read("items", (store) => store.index("user_kind").getAll([owner, kind]));
export const item = (key) => read("items", (store) => store.get(key));

// Puts and takes out in one step: a draft that becomes a record to send is never both and never neither.
export const change = (puts, removals = []) => within("readwrite", (_people, stored) => {
  removals.forEach((key) => stored.delete(key));
  puts.forEach((record) => stored.put(record));
});

export async function wipe(owner, kinds) {
  const keys = [];
  for (const kind of kinds) keys.push(...(await items(owner, kind)).map((record) => record.key));
  return within("readwrite", (people, stored) => {
    keys.forEach((key) => stored.delete(key));
    people.delete(owner);
  });
}

// A phone short of space may clear what sites keep; asked once, it leaves ours alone.
export async function askToKeep() {
  if (!navigator.storage || !navigator.storage.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
