// What is asked of the server. Signing a phone in goes by the session; all else by the phone's own token, without cookies.
const WITHIN = 30000;

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), options.within || WITHIN);
  try {
    return await fetch(path, { cache: "no-store", redirect: "error", ...options, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

const bearer = (token) => ({ Authorization: `Bearer ${token}`, Accept: "application/json" });

// Who is signed in here, or null.
export async function signedIn() {
  const answer = await ask("/field/me/", { credentials: "same-origin", headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
  return answer.status === 200 ? answer.json() : null;
}

// A token for each programme she records in; those in `old` are closed, since nothing here holds them any longer.
export async function tokens(csrf, label, old = []) {
  const names = old.map((one) => one.token.split(".")[0]).join(" ");
  const answer = await ask("/field/phone/", {
    method: "POST", credentials: "same-origin", body: new URLSearchParams({ label, old: names }),
    headers: { "X-CSRFToken": csrf, Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
  });
  if (!answer.ok) throw new Error("not signed in");
  return (await answer.json()).phones;
}

export async function leave(csrf) {
  await ask("/leave/", { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": csrf, "X-Requested-With": "fetch" } });
}

// What the programme's field work needs offline: { status, data, at }.
export async function data(phone, etag) {
  const headers = { ...bearer(phone.token), ...(etag ? { "If-None-Match": etag } : {}) };
  const answer = await ask(`/field/data/${phone.programme}/`, { credentials: "omit", headers });
  const body = answer.status === 200 ? await answer.json() : null;
  return { status: answer.status, body, etag: answer.headers.get("ETag"), at: clock(answer) };
}

// One record. The answer's number is the only proof that the server has it.
export async function send(phone, xml) {
  const answer = await ask(`/field/send/${phone.programme}/`, {
    method: "POST", credentials: "omit", body: xml, within: 60000,
    headers: { ...bearer(phone.token), "Content-Type": "text/xml; charset=utf-8" },
  });
  let body = {};
  try { body = await answer.json(); } catch { /* an answer of some network on the way, not of ours */ }
  return { status: answer.status, body, at: clock(answer) };
}

// How far the server's clock is ahead of the phone's, in milliseconds.
function clock(answer) {
  const said = Date.parse(answer.headers.get("Date") || "");
  return Number.isNaN(said) ? null : said - Date.now();
}
