// The mailbox on other sites: <script src="…/widget.js" data-mode="popup" data-city="guangzhou"
// data-lang="zh"></script>. No dependencies, no cookies, no request; styles are in a shadow tree,
// so that neither side's style sheet touches the other's, and no policy needs an exception.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return;
  const CITIES = [/*cities*/];
  const SAYS = {
    zh: {
      province: "省公安厅",
      name: (city) => (city ? `${city}市公安局局长信箱` : "厅长信箱"),
      text: "向公安机关咨询、求助、投诉、举报、建议，每一封来信都有答复。",
      danger: "遇到危险请拨打",
      write: "我要写信",
      close: "关闭",
      cities: "各地市信箱",
    },
    en: {
      province: "the province",
      name: (city) => (city ? `Write to the police chief of ${city}` : "Write to the police chief"),
      text: "Ask, complain, report or suggest something to the police. Every letter is answered.",
      danger: "In danger call",
      write: "Write a letter",
      close: "Close",
      cities: "Mailboxes of the cities",
    },
  };
  const MODES = ["popup", "bay", "directory"];
  const mode = MODES.includes(script.dataset.mode) ? script.dataset.mode : "directory";
  const asked = script.dataset.lang || document.documentElement.lang || "zh";
  const lang = asked.toLowerCase().startsWith("en") ? "en" : "zh";
  const said = SAYS[lang];
  const base = new URL(script.src).origin;
  const found = CITIES.find(([slug]) => slug === script.dataset.city);
  const city = found ? found[lang === "zh" ? 1 : 2] : "";
  const go = (slug) => `${base}/go/website-${mode}/${slug}`;

  const KEY = `mailbox-widget-${mode}`;
  const DISMISSED_FOR_MS = 30 * 24 * 3600 * 1000;
  const store = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null; // storage is not allowed: the widget comes back on the next page
    }
  };
  if (mode !== "directory") {
    const at = Number(store((kept) => kept.getItem(KEY)));
    if (at && Date.now() - at < DISMISSED_FOR_MS) return;
  }

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const STYLE = `
:host { all: initial; display: block; color-scheme: light dark; }
* { box-sizing: border-box; }
section { --ink: #1a1f26; --paper: #fff; --line: #6a7582; --link: #0a4b98; --on: #fff; --red: #a3161a;
  position: relative; max-width: 22rem; padding: .875rem 1rem; border: 1px solid var(--line);
  border-radius: .375rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; }
section.floats { position: fixed; inset-inline-end: 1rem; bottom: 1rem; z-index: 100;
  width: min(22rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); overflow: auto;
  box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
section.bay { bottom: auto; top: 40%; width: 11rem; }
section.wide { max-width: none; }
h2 { margin: 0 2.5rem .25rem 0; font-size: 1.0625rem; line-height: 1.4; }
p { margin: 0 0 .5rem; }
a { color: var(--link); }
a.write { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .25rem 1rem;
  border-radius: .25rem; background: var(--link); color: var(--on); font-weight: 600; text-decoration: none; }
a.call { color: var(--red); font-weight: 700; }
button { position: absolute; inset-block-start: .25rem; inset-inline-end: .25rem; width: 2.75rem; height: 2.75rem;
  border: 0; border-radius: .25rem; background: none; color: inherit; font: inherit; font-size: 1.5rem; line-height: 1; cursor: pointer; }
summary { min-height: 2.75rem; padding-block: .5rem; cursor: pointer; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 0 1rem; margin: 0; padding: 0; list-style: none; }
li a { display: inline-flex; align-items: center; min-width: 2.75rem; min-height: 2.75rem; }
:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  section { --ink: #e6e9ed; --paper: #12161b; --line: #8a95a3; --link: #93bff8; --on: #12161b; --red: #f1908d; } }
@media print { :host { display: none; } }`;

  const host = make("mailbox-widget", { lang: lang === "zh" ? "zh-CN" : "en" });
  const tree = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  tree.adoptedStyleSheets = [sheet];
  const title = make("h2", { id: "title" }, said.name(city));
  const box = make("section", { "aria-labelledby": "title", class: mode === "directory" ? "wide" : `floats ${mode}` }, title);
  if (mode !== "bay") box.append(make("p", {}, said.text));
  box.append(
    make("p", {}, `${said.danger} `, make("a", { class: "call", href: "tel:110" }, "110")),
    make("p", {}, make("a", { class: "write", href: go(found ? found[0] : "province") }, said.write)),
  );
  if (mode === "directory") {
    const list = make("ul");
    for (const [slug, zh, en] of CITIES) {
      list.append(make("li", {}, make("a", { href: go(slug) }, lang === "zh" ? zh : en)));
    }
    box.append(make("details", {}, make("summary", {}, said.cities), list));
  } else {
    const close = make("button", { type: "button", "aria-label": said.close }, "×");
    const dismiss = () => {
      store((kept) => kept.setItem(KEY, String(Date.now())));
      host.remove();
      if (link) link.hidden = false;
    };
    close.addEventListener("click", dismiss);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") dismiss();
    });
    box.append(close);
  }
  tree.append(box);
  script.after(host);
  const link = script.previousElementSibling;
  if (link && link.matches("a[data-mailbox-link]")) link.hidden = true;

  // A warning of the host's own is never covered: then the widget stands in the text instead.
  const isCovering = () => {
    const own = box.getBoundingClientRect();
    return [...document.querySelectorAll('[role="alert"], [data-emergency]')].some((each) => {
      const its = each.getBoundingClientRect();
      return its.width && its.height && its.left < own.right && own.left < its.right && its.top < own.bottom && own.top < its.bottom;
    });
  };
  const settle = () => {
    if (box.classList.contains("floats") && isCovering()) box.className = "";
  };
  if (mode !== "directory") {
    settle();
    for (const when of ["load", "scroll", "resize"]) addEventListener(when, settle, { passive: true });
  }
})();
