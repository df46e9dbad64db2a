// The page works without this file; it adds the quick exit, the idle lock, the mask and the question before an act.
(() => {
  "use strict";
  const page = document.documentElement;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const token = () => document.body.dataset.csrf || "";
  const post = (url, keepalive) => fetch(url, {
    method: "POST", keepalive, credentials: "same-origin", headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
  });

  // Quick exit: cover at once, end the session, replace this page so that Back does not return to it.
  const leave = (button) => {
    const cover = document.createElement("div");
    cover.className = "cover";
    document.body.append(cover);
    document.title = "\u2026";
    if (button.dataset.leave) post(button.dataset.leave, true).catch(() => undefined);
    location.replace(button.dataset.quickExit);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-quick-exit]");
    if (button) { event.preventDefault(); leave(button); }
  });
  let escapes = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    escapes = [...escapes, Date.now()].filter((at) => Date.now() - at < 1500);
    const button = document.querySelector("[data-quick-exit]");
    if (escapes.length >= 3 && button) leave(button);
  });

  // A form that asks before it acts: the dialog repeats the verb of its button.
  const ask = byId("ask");
  let asked = null;
  document.addEventListener("submit", (event) => {
    const question = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (!question || !ask || asked === event.target) { asked = null; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter, form = event.target, yes = ask.querySelector("[data-yes]");
    ask.querySelector("[data-question]").textContent = question;
    yes.textContent = submitter ? submitter.textContent.trim() : yes.dataset.word;
    ask.onclose = () => {
      if (ask.returnValue !== "yes") return;
      asked = form;
      form.requestSubmit(submitter);
    };
    ask.returnValue = "";
    ask.showModal();
  }, true);

  // What was revealed masks itself again.
  const maskLater = (root) => all("[data-mask-after]", root).concat(root.matches && root.matches("[data-mask-after]") ? [root] : [])
    .forEach((element) => {
      if (element.dataset.masking) return;
      element.dataset.masking = "1";
      setTimeout(() => { element.textContent = element.dataset.mask || "\u2022\u2022\u2022\u2022"; element.removeAttribute("data-mask-after"); },
        1000 * Number(element.dataset.maskAfter));
    });

  // Idle lock: a warning, then a cover. The page below stays as it was typed; the server locks the session too.
  const lock = byId("lock"), warning = byId("idle");
  if (lock && warning) {
    const warnAfter = 1000 * Number(document.body.dataset.warnAfter), lockAfter = 1000 * Number(document.body.dataset.lockAfter);
    let seen = Date.now(), told = Date.now(), locked = false;
    const used = () => { if (!locked && !warning.open) seen = Date.now(); };
    ["keydown", "pointerdown", "scroll", "input"].forEach((kind) => document.addEventListener(kind, used, { passive: true, capture: true }));
    const stay = () => { seen = told = Date.now(); post(document.body.dataset.still).then((answer) => { if (answer.status === 401) shut(); }); };
    const shut = () => {
      if (locked) return;
      locked = true;
      if (warning.open) warning.close();
      post(lock.dataset.lockUrl).catch(() => undefined);
      all("body > :not(#lock)").forEach((element) => { element.inert = true; element.style.visibility = "hidden"; });
      lock.showModal();
    };
    warning.addEventListener("close", () => { if (!locked) stay(); });
    lock.addEventListener("cancel", (event) => event.preventDefault());
    lock.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      fetch(event.target.action, {
        method: "POST", body: new FormData(event.target), credentials: "same-origin", headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
      }).then((answer) => {
        lock.querySelector("[data-wrong]").hidden = answer.ok;
        if (answer.status === 403) location.reload();
        if (!answer.ok) return;
        event.target.reset();
        locked = false;
        seen = told = Date.now();
        lock.close();
        all("body > :not(#lock)").forEach((element) => { element.inert = false; element.style.visibility = ""; });
      });
    });
    document.addEventListener("samaki:locked", shut);
    setInterval(() => {
      const idle = Date.now() - seen;
      if (idle >= lockAfter) shut();
      else if (idle >= warnAfter && !warning.open && !locked) warning.showModal();
      else if (!locked && idle < warnAfter && Date.now() - told > 240000) stay();
    }, 1000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - seen >= lockAfter) shut(); });
  }

  const ready = (root) => {
    maskLater(root);
    const summary = root.querySelector(".error-summary");
    if (summary) summary.focus();
  };
  document.addEventListener("DOMContentLoaded", () => { page.classList.add("js"); ready(document); });
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) ready(event.target); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  // The browser's own words beside a file entry are in the browser's language, not in the page's.
  document.addEventListener("change", (event) => {
    const name = event.target.type === "file" && event.target.parentElement.querySelector("[data-file-name]");
    if (name && event.target.files.length) name.textContent = event.target.files[0].name;
  });
})();
