// The pages: sign in, write, my letters, one letter. The address after # says which.

import { isSignedIn, signIn, signOut, start } from "./api.js";
import { showLetter, showLetters } from "./letters.js";
import { button, el } from "./shown.js";
import { lang, setLang, t } from "./words.js";
import { showWriting } from "./writing.js";

const main = document.getElementById("main");
let hasFailed = false;

function frame() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `${t("title")} · ${t("stage")}`;
  document.getElementById("site").textContent = t("title");
  document.getElementById("stage").textContent = t("stage");
  const [before, call, between, text, after] = t("danger");
  document.getElementById("danger").replaceChildren(
    el("strong", {}, before, el("a", { href: "tel:110" }, call)), between, el("a", { href: "sms:12110" }, text), after);
  const inside = isSignedIn() ? [
    el("a", { href: "#/write" }, t("write")), el("a", { href: "#/letters" }, t("letters")), button(t("signOut"), signOut),
  ] : [];
  document.getElementById("nav").replaceChildren(...inside, el("button", { type: "button", lang: lang === "zh" ? "en" : "zh-CN", onclick: switchLang }, t("other")));
}

function switchLang() {
  setLang(lang === "zh" ? "en" : "zh");
  show();
}

async function show() {
  frame();
  if (!isSignedIn()) {
    main.replaceChildren(
      el("h1", {}, t("signInTitle")), el("p", {}, t("signInHint")),
      hasFailed && el("p", { role: "alert" }, t("signInFailed")), button(t("signIn"), signIn, "main"));
    return;
  }
  const [, page, number] = location.hash.split("/");
  if (page === "letters" && number) await showLetter(main, decodeURIComponent(number), show);
  else if (page === "letters") await showLetters(main);
  else await showWriting(main, show);
}

addEventListener("hashchange", async () => {
  await show();
  main.focus();
});
hasFailed = !(await start());
await show();
