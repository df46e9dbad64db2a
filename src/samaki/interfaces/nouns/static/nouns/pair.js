// Digits answer while the pair has the focus; the buttons answer without this file.
(() => {
  "use strict";
  const pair = document.querySelector("[data-keys]");
  if (!pair) return;
  pair.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const key = /^(Digit|Numpad)[1-9]$/.test(event.code) && event.code.slice(-1);
    const button = key && pair.querySelector(`[aria-keyshortcuts="${key}"]`);
    if (!button || event.repeat) return;
    event.preventDefault();
    button.click();
  });
  if (!document.querySelector(".error-summary")) pair.focus({ preventScroll: true });
})();
