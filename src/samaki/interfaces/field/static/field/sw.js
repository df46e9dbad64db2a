// Keeps the app, and only the app, on the phone: pages, scripts, words. What is somebody's never passes into this store.
// VERSION, SHELL and FILES stand above, written by the server.
const CACHE = `samaki-field-${VERSION}`;

async function fetched(path) {
  const answer = await fetch(new Request(path, { credentials: "omit", cache: path.startsWith("/static/") ? "default" : "reload" }));
  if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const shell = await fetched(SHELL);
    if (!(await shell.clone().text()).includes(VERSION)) throw new Error("the server has another version already");
    const cache = await caches.open(CACHE);
    await Promise.all([cache.put(SHELL, shell), ...FILES.map(async (path) => cache.put(path, await fetched(path)))]);
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("samaki-field-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => { if (event.data === "take over") self.skipWaiting(); });

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const path = request.mode === "navigate" && pathname === "/field/" ? SHELL : pathname;
  if (path !== SHELL && !FILES.includes(path)) return;
  event.respondWith((async () => (await (await caches.open(CACHE)).match(path, { ignoreVary: true })) || fetch(request))());
});
