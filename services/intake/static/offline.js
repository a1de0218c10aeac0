"use strict";
// Answers for the writers' pages where the network doesn't. It caches nothing and stores nothing:
// what was typed is put into the page with which it answers, and is nowhere else.
const PAGE = /*page*/;
const HEADERS = /*headers*/;

const safe = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Words are shown, so that they can be copied; codes are hidden.
const field = (name, value) => /[^\w-]/.test(value)
  ? `<textarea name="${safe(name)}" rows="${Math.min(12, 2 + value.length / 30 | 0)}" aria-label="${PAGE.typed}">\n${safe(value)}</textarea>`
  : `<input type="hidden" name="${safe(name)}" value="${safe(value)}">`;

const again = (url, fields) => {
  const typed = fields.filter(([, value]) => typeof value === "string");
  if (typed.length < fields.length) {
    const draft = encodeURIComponent(fields.find(([name]) => name === "draft")?.[1] ?? "");
    return `<p>${PAGE.file}</p><p><a class="button" href="/write/${draft}/files">${PAGE.back}</a></p>`;
  }
  const inputs = typed.map(([name, value]) => field(name, value)).join("");
  return `<p>${PAGE.kept}</p><form method="post" action="${safe(url)}">${inputs}<button class="button">${PAGE.again}</button></form>`;
};

const offline = async (request) => {
  const url = new URL(request.url).pathname + new URL(request.url).search;
  const act = request.method === "POST"
    ? again(url, [...await request.formData()])
    : `<p><a class="button" href="${safe(url)}">${PAGE.open}</a></p>`;
  return new Response(PAGE.html.replace("<!--act-->", () => act), { status: 503, headers: HEADERS });
};

// A gateway in front of us has no answer. Our own pages have a policy, and are shown.
const isAway = ({ status, headers }) => status >= 502 && !headers.has("content-security-policy");

const answer = async (request) => {
  const spare = request.clone();
  try {
    const given = await fetch(request);
    return request.method === "POST" && isAway(given) ? offline(spare) : given;
  } catch {
    return offline(spare);
  }
};

addEventListener("install", () => skipWaiting());
addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(answer(event.request));
});
