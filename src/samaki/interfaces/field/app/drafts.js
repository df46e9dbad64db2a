// What is being filled in. Each keystroke is kept at once; a draft carries its own copy of the job, so that an update of
// the app or of the form in the middle changes nothing in it.
import * as phone from "./phone.js";
import { uuid } from "./sealing.js";
import { written } from "./xml.js";

export const begin = (job, place) => ({
  id: uuid(), job, programme: place.programme, organisation: place.organisation,
  values: {}, given: {}, repeats: {}, names: false, at: 0, corrects: null, number: null, began: Date.now(),
});

// Saves one after another, the newest state last; a save asked for during another waits and takes what is then there.
let running = null, next = null;

export function keep(draft, told = () => undefined) {
  next = draft;
  if (!running) {
    running = (async () => {
      while (next) {
        const taken = next;
        next = null;
        await phone.keep("draft", taken.id, taken, taken.began);
      }
    })().then(() => { running = null; told(null); }, (error) => { running = null; next = null; told(error); });
  }
  return running;
}

export async function settled() {
  while (running) await running;
}

export const all = () => phone.all("draft");
export const read = (id) => phone.read("draft", id);
export const drop = async (id) => { await settled(); await phone.drop("draft", id); };

// From draft to what waits to be sent, in one step on the disk; done twice it is still one record under one id.
export async function finish(draft) {
  await settled();
  await phone.move("draft", "outbox", draft.id, {
    draft, xml: written(draft), tries: 0, notBefore: 0, fault: null,
  });
}

// A record that the server would not take, or one to be corrected, opened again.
export async function reopen(entry) {
  const draft = { ...entry.value.draft, at: 0 };
  await phone.move("outbox", "draft", draft.id, draft);
  return draft;
}
