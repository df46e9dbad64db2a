// Starts the field pages: who is here, which screen, what waits, whether the app has a newer version.
import { desk, go, jobs } from "./desk.js";
import { come, connected } from "./door.js";
import * as drafts from "./drafts.js";
import { fill, sent } from "./fill.js";
import * as outbox from "./outbox.js";
import { alarm, button, calm, confirmed, el, once, p, show } from "./page.js";
import * as phone from "./phone.js";
import { records } from "./records.js";
import * as server from "./server.js";
import { age, say, speak, spoken } from "./words.js";

const IDLE = 10 * 60 * 1000, DAY = 24 * 60 * 60 * 1000;
const at = (id) => document.getElementById(id);
let waitingWorker = null, usedAt = Date.now();

async function route() {
  calm();
  const [name, id, step] = location.hash.replace(/^#\/?/, "").split("/");
  try {
    if (!phone.me()) await come(inside);
    else if (name === "jobs") await jobs();
    else if (name === "fill") await fill(id, step);
    else if (name === "sent") await sent(id);
    else if (name === "records") await records();
    else await desk(waitingWorker && update);
  } catch (error) {
    alarm(error);
  }
  await bar();
}

async function inside() {
  usedAt = Date.now();
  if (location.hash && location.hash !== "#/") await route(); else { go(""); await route(); }
  outbox.run();
  outbox.refresh().then(() => onDesk());
}

const onDesk = () => { if (phone.me() && /^#?\/?$/.test(location.hash)) return route(); return bar(); };

// On every screen: how much waits and since when, and what is wrong with clock or leave.
async function bar() {
  const me = phone.me();
  at("bar").hidden = !me;
  at("language").textContent = say("other_language");
  at("brand").textContent = say("title");
  at("menu").hidden = !me;
  if (!me) return;
  const { count, since } = await phone.waiting(me.id);
  at("unsent").replaceChildren(el("span", { class: `status ${count ? "warn" : "good"}` },
    count ? say("unsent", { n: count, age: age(since) }) : say("all_sent")),
  outbox.state.sending ? el("span", { class: "soft small" }, say("sending")) : "",
  count && !outbox.state.sending ? button(say("send_now"), once(() => outbox.run({ force: true })), "quiet") : "");
  const said = [];
  const { ahead } = outbox.state;
  if (ahead !== null && Math.abs(ahead) > DAY / 2) said.push(p(say("clock_wrong")));
  else if (ahead === null && Date.now() < (await outbox.lastHeard()) - DAY / 2) said.push(p(say("clock_wrong")));
  if (outbox.state.revoked) said.push(p(say("revoked")), button(say("connect"), once(async () => { at("told").replaceChildren(p(await connected())); })));
  at("told").hidden = !said.length;
  at("told").replaceChildren(...said);
  at("menu").replaceChildren(button(say("lock"), lock, "quiet"), button(say("connect"), once(reconnect), "quiet"), button(say("sign_out"), once(signOut), "quiet"));
}

async function reconnect() {
  at("told").replaceChildren(p(await connected()));
  at("told").hidden = false;
}

async function lock() {
  await drafts.settled();
  phone.close();
  await route();
}

async function signOut() {
  const { count } = await phone.waiting(phone.me().id);
  const open = (await drafts.all()).length;
  if ((count || open) && !(await confirmed(say("sign_out_unsent", { n: count + open }), say("sign_out")))) return;
  await drafts.settled();
  const here = await server.signedIn().catch(() => null);
  if (here) await server.leave(here.csrf).catch(() => undefined);
  phone.close();
  go("");
  await route();
}

// A new version waits until nobody is in the middle of anything: on the first screen, or before the PIN.
function update() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waitingWorker.postMessage("take over");
}

async function work() {
  if (!("serviceWorker" in navigator)) return;
  const here = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  const found = (worker) => {
    if (!worker || !navigator.serviceWorker.controller) return;
    waitingWorker = worker;
    if (phone.me()) onDesk(); else update();
  };
  found(here.waiting);
  here.addEventListener("updatefound", () => {
    const worker = here.installing;
    worker.addEventListener("statechange", () => { if (worker.state === "installed") found(worker); });
  });
  setInterval(() => here.update().catch(() => undefined), 60 * 60 * 1000);
}

function listen() {
  addEventListener("hashchange", route);
  addEventListener("online", () => { outbox.run({ now: true }); outbox.refresh(); });
  at("language").addEventListener("click", async () => { speak(spoken() === "km" ? "en" : "km"); await phone.speak(spoken()); await route(); });
  ["pointerdown", "keydown", "input"].forEach((kind) => addEventListener(kind, () => { usedAt = Date.now(); }, { passive: true, capture: true }));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { outbox.run(); idle(); } });
  setInterval(idle, 15000);
  setInterval(() => bar().catch(() => undefined), 30000);
  outbox.onChange(async () => {
    await bar();
    const [name, id] = location.hash.replace(/^#\/?/, "").split("/");
    if (phone.me() && name === "sent" && outbox.state.received.some((one) => one.draft.id === id)) await route();
    if (outbox.state.received.length) { outbox.state.received.length = 0; outbox.refresh({ force: true }).then(() => onDesk()); }
  });
}

const idle = () => { if (phone.me() && Date.now() - usedAt > IDLE) lock(); };

async function begin() {
  speak(spoken());
  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) {
    show(say("title"), p(say("not_secure")));
    return;
  }
  listen();
  await route();
  await work();
}

begin().catch(alarm);
