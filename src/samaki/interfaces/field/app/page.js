// The few things every screen does: make elements (never from text as HTML), show itself, take the focus.
import { say } from "./words.js";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const main = () => document.getElementById("main");

// A new screen: its heading takes the focus, so that a screen reader says where one is.
export function show(title, ...children) {
  const heading = el("h1", { tabindex: "-1" }, title);
  main().replaceChildren(heading, ...children.flat().filter(Boolean));
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

export const note = (tone, ...children) => el("div", { class: `note ${tone}`, role: "status" }, ...children);
export const p = (...children) => el("p", {}, ...children);
export const soft = (...children) => el("p", { class: "soft" }, ...children);
export const button = (label, onclick, kind = "") => el("button", { type: "button", class: `button ${kind}`.trim(), onclick }, label);

// A deed that is done once however often it is tapped; what it throws is shown on the page, with all that was entered.
export function once(deed) {
  let running = false;
  return async (event) => {
    if (event) event.preventDefault();
    if (running) return;
    running = true;
    try {
      await deed(event);
    } catch (error) {
      alarm(error);
    } finally {
      running = false;
    }
  };
}

const trouble = () => document.getElementById("trouble");

export function alarm(error) {
  const words = error && error.message === "full" ? say("phone_full") : say("phone_trouble");
  trouble().replaceChildren(el("p", {}, words));
  trouble().hidden = false;
}

export function calm() {
  trouble().hidden = true;
}

// Errors stand together at the top, take the focus and lead to their entries.
export function faults(found) {
  const list = el("ul", {}, found.map(({ id, words }) => el("li", {}, id ? el("a", { href: `#${id}`, onclick: (event) => {
    event.preventDefault();
    const entry = document.getElementById(id);
    if (entry) entry.focus();
  } }, words) : words)));
  const summary = el("div", { class: "error-summary", tabindex: "-1", role: "alert" }, el("h2", {}, say("please_check")), list);
  const before = main().querySelector(".error-summary");
  if (before) before.remove();
  main().querySelector("h1").after(summary);
  summary.focus();
}

export async function confirmed(question, verb) {
  const dialog = document.getElementById("ask");
  dialog.replaceChildren(el("form", { method: "dialog", class: "stack" },
    el("p", { id: "ask-words" }, question),
    el("div", { class: "row" }, el("button", { class: "button danger", value: "yes" }, verb),
      el("button", { class: "button secondary", value: "no" }, say("cancel")))));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
