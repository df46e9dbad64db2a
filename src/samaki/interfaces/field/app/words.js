// Words come with the page, in both languages; Khmer is read first unless somebody chose otherwise.
const all = JSON.parse(document.getElementById("words").textContent);
const KHMER_ZERO = 0x17e0;
let language = document.documentElement.lang === "en" ? "en" : "km";

export const spoken = () => language;

export function speak(code) {
  language = code === "en" ? "en" : "km";
  document.documentElement.lang = language;
  document.title = say("title");
}

export function say(key, params = {}) {
  const words = all[language][key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_match, name) => String(params[name] ?? ""));
}

// What has a name in both languages: { km, en }.
export const named = (pair) => (pair ? pair[language] || pair.km || pair.en || "" : "");

export const western = (text) => text.replace(/[\u17e0-\u17e9]/g, (digit) => String(digit.charCodeAt(0) - KHMER_ZERO));

// "2026-11-22" or "2026-11": 22 November 2026, with the month as a word.
export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  if (!year || !month) return iso;
  const name = all[language].months[month - 1];
  return date ? `${date} ${name} ${year}` : `${name} ${year}`;
}

export function age(since) {
  const minutes = Math.max(0, Math.floor((Date.now() - since) / 60000));
  if (minutes < 1) return say("age_now");
  if (minutes < 60) return say("age_minutes", { n: minutes });
  if (minutes < 48 * 60) return say("age_hours", { n: Math.floor(minutes / 60) });
  return say("age_days", { n: Math.floor(minutes / 1440) });
}
