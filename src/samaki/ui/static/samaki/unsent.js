// Records of the field pages that wait on this phone: how many and since when, told on home, and before signing out.
// Nothing is opened here: whose they are and since when they wait is all that can be read without a PIN.
(() => {
  "use strict";
  const NAME = "samaki-field";
  const asked = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });

  const waiting = async (account) => {
    if (!indexedDB.databases || !(await indexedDB.databases()).some((one) => one.name === NAME)) return [];
    const base = await asked(indexedDB.open(NAME));
    try {
      if (!base.objectStoreNames.contains("items")) return [];
      const reading = base.transaction(["users", "items"]);
      const users = (await asked(reading.objectStore("users").getAll())).filter((user) => user.account === account && !user.closed);
      const found = await Promise.all(users.map((user) => asked(reading.objectStore("items").index("user_kind").getAll([user.id, "outbox"]))));
      return found.flat();
    } finally {
      base.close();
    }
  };

  const age = (since, words) => {
    const hours = Math.floor((Date.now() - since) / 3600000);
    if (hours < 1) return words.now;
    return hours < 48 ? words.hours.replace("{n}", hours) : words.days.replace("{n}", Math.floor(hours / 24));
  };

  document.addEventListener("DOMContentLoaded", async () => {
    const account = Number(document.body.dataset.account);
    if (!account || !window.indexedDB) return;
    const unsent = await waiting(account).catch(() => []);
    if (!unsent.length) return;
    const oldest = Math.min(...unsent.map((one) => one.since));
    document.querySelectorAll("[data-unsent]").forEach((place) => {
      place.textContent = place.dataset.unsent.replace("{n}", unsent.length).replace("{age}", age(oldest, place.dataset));
      place.hidden = false;
    });
    document.querySelectorAll("[data-confirm-unsent]").forEach((form) => { form.dataset.confirm = form.dataset.confirmUnsent.replace("{n}", unsent.length); });
  });
})();
