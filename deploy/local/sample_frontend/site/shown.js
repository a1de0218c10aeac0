// Small parts of pages. Text is set as text, never as HTML.

import { fieldName, half, said, t } from "./words.js";

/** An element with attributes, listeners (`onclick`) and children. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (text, onclick, kind = "") => el("button", { type: "button", class: kind, onclick }, text);

/** Keys for requests that must happen once: the same content again has the same key. */
export class Once {
  key(content) {
    const text = JSON.stringify(content);
    if (text !== this.text) [this.text, this.last] = [text, crypto.randomUUID()];
    return this.last;
  }
}

/** A problem as its reader needs it: danger first, then where to turn, then what to do here. */
export function problem(fault, { fields = true } = {}, ...actions) {
  const { shown, retryAfter } = fault;
  const urgent = shown.emergency ?? shown;
  const isDanger = ["emergency", "happening_now", "emergency_not_kept"].includes(shown.code) || Boolean(shown.emergency);
  const errors = fields && shown.errors?.length ? [t("fieldsWrong"), el("ul", {}, shown.errors.map((one) => el("li", {}, fieldName(one.field))))] : [];
  return el("section", { class: `problem${isDanger ? " danger" : ""}`, role: "alert", "data-code": shown.code },
    el("h2", {}, half(shown.title ?? shown.code)),
    urgent.detail && el("p", {}, half(urgent.detail)),
    lines(urgent.lines),
    shown.read_by && el("p", {}, said(shown.read_by)),
    errors,
    retryAfter > 0 && el("p", { class: "retry" }, t("waitSeconds")(retryAfter)),
    actions.length > 0 && el("div", { class: "actions" }, actions));
}

/** Services to turn to, with numbers that can be called. */
function lines(services) {
  if (!services?.length) return null;
  return el("ul", { class: "lines" }, services.map((one) => el("li", {},
    one.number && el("a", { class: "number", href: `${one.code.startsWith("12110") ? "sms" : "tel"}:${one.number}` }, one.number),
    el("strong", {}, said(one, "name")), " ", said(one, "hours"), el("br"), said(one))));
}
