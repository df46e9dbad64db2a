// Coming in: choosing who one is, the PIN, a first PIN for who is signed in to the site, and what to do about a lost one.
import * as outbox from "./outbox.js";
import { button, confirmed, el, faults, note, once, p, show, soft } from "./page.js";
import * as phone from "./phone.js";
import * as server from "./server.js";
import { age, day, named, say, spoken, speak, western } from "./words.js";

const LOGIN = "/accounts/login/?next=/field/";
let chosen = null;

const pinEntry = (id, label, autocomplete) => el("div", { class: "field" }, el("label", { for: id }, label),
  el("input", { id, type: "password", inputmode: "numeric", autocomplete, maxlength: "12", class: "count" }));
const pinOf = (id) => western(document.getElementById(id).value).trim();

async function unsent(id) {
  const { count, since } = await phone.waiting(id);
  return count ? say("unsent", { n: count, age: age(since) }) : say("all_sent");
}

export async function come(inside) {
  const users = (await phone.users()).filter((user) => !user.closed).sort((one, other) => other.usedAt - one.usedAt);
  if (!users.length) return newcomer(inside);
  const user = users.find((one) => one.id === chosen) || users[0];
  speak(user.language);
  return pin(user, users, inside);
}

async function pin(user, users, inside) {
  const wait = phone.waitOf(user);
  const open = once(async () => {
    const said = await phone.unlock(user.id, pinOf("pin"));
    if (said === "open") return inside();
    const now = phone.waitOf((await phone.users()).find((one) => one.id === user.id));
    document.getElementById("pin").value = "";
    return faults([{ id: "pin", words: now ? say("pin_wait", { n: now }) : say("pin_wrong") }]);
  });
  show(say("hello", { name: user.label }), soft(await unsent(user.id)),
    wait ? note("warn", p(say("pin_wait", { n: wait }))) : null,
    el("form", { onsubmit: open, novalidate: true }, pinEntry("pin", say("pin"), "off"),
      el("button", { class: "button big", type: "submit" }, say("open"))),
    el("p", {}, button(say("pin_forgotten"), () => forgotten(user, inside), "quiet")),
    users.length > 1 ? el("h2", {}, say("others")) : null,
    users.length > 1 ? await switcher(users.filter((one) => one !== user), inside) : null,
    el("p", {}, button(say("add_user"), () => newcomer(inside), "quiet")));
  document.getElementById("pin").focus();
}

const switcher = async (users, inside) => el("ul", { class: "tasks" }, await Promise.all(users.map(async (user) => el("li", {},
  el("button", { type: "button", class: "link", onclick: () => { chosen = user.id; come(inside); } }, user.label),
  el("span", { class: "soft small" }, await unsent(user.id))))));

async function newcomer(inside) {
  const here = await server.signedIn().catch(() => undefined);
  const users = (await phone.users()).filter((user) => !user.closed);
  const back = users.length ? button(say("back"), () => come(inside), "secondary") : null;
  if (here === undefined) return show(say("begin"), note("warn", p(say("begin_offline"))), back);
  if (here === null) {
    return show(say("begin"), p(say("begin_signed_out")),
      el("p", {}, el("a", { class: "button big", href: LOGIN }, say("sign_in"))), back);
  }
  const known = users.find((user) => user.account === here.account);
  if (known) { chosen = known.id; return come(inside); }
  if (!here.phones) return show(say("begin"), note("warn", p(say("records_nothing"))), back);
  speak(here.language);
  return firstPin(here, inside, back);
}

function firstPin(here, inside, back) {
  const join = once(async () => {
    const first = pinOf("pin-1");
    if (phone.easyPin(first)) return faults([{ id: "pin-1", words: say("pin_easy") }]);
    if (first !== pinOf("pin-2")) return faults([{ id: "pin-2", words: say("pin_differs") }]);
    const phones = await server.tokens(here.csrf, here.name).catch(() => null);
    if (!phones) return faults([{ id: null, words: say("begin_offline") }]);
    await phone.join({ account: here.account, label: here.name, language: spoken(), pin: first });
    await phone.keep("held", "phones", phones);
    await outbox.refresh({ force: true });
    return inside();
  });
  show(say("pin_choose", { name: here.name }), p(say("pin_why")),
    el("form", { onsubmit: join, novalidate: true }, pinEntry("pin-1", say("pin_new"), "new-password"),
      pinEntry("pin-2", say("pin_again"), "new-password"),
      el("button", { class: "button big", type: "submit" }, say("pin_keep"))), back);
}

async function forgotten(user, inside) {
  const { count } = await phone.waiting(user.id);
  const anew = async () => { chosen = null; await newcomer(inside); };
  show(say("pin_forgotten"), note("warn", p(say("forgotten_why")), p(count ? say("forgotten_unsent", { n: count }) : say("all_sent"))),
    el("p", {}, button(say("forgotten_try"), () => come(inside))),
    el("p", {}, button(say("forgotten_keep"), once(async () => { await phone.retire(user.id); await anew(); }), "secondary")),
    el("p", {}, button(say("forgotten_wipe"), once(async () => { await wiped(user, count, anew); }), "danger")));
}

async function wiped(user, count, after) {
  if (!(await confirmed(count ? say("wipe_unsent", { n: count }) : say("wipe_sure"), say("delete")))) return;
  await phone.forget(user.id);
  await after();
}

// New tokens for who is signed in to the site under the same account: after a revoked phone, or a new role.
export async function connected() {
  const here = await server.signedIn().catch(() => undefined);
  if (here === undefined) return say("begin_offline");
  if (here === null || here.account !== phone.me().account) { location.assign(LOGIN); return ""; }
  const old = (await phone.read("held", "phones")) || [];
  const phones = await server.tokens(here.csrf, here.name, old).catch(() => null);
  if (!phones) return say("begin_offline");
  await phone.keep("held", "phones", phones);
  outbox.state.revoked = false;
  await outbox.refresh({ force: true });
  outbox.run({ force: true });
  return say("connected", { names: phones.map((one) => named(one.name)).join(", "), day: day(new Date().toISOString().slice(0, 10)) });
}
