// The writer's letters, and the life of one.

import { call, Problem } from "./api.js";
import { button, el, Once, problem } from "./shown.js";
import { day, said, t } from "./words.js";

const LOOK_EVERY_MS = 4000;

export async function showLetters(main, after = "") {
  try {
    const { letters, next } = await call("GET", `/v1/letters${after && `?after=${encodeURIComponent(after)}`}`);
    main.replaceChildren(el("h1", {}, t("letters")),
      letters.length ? el("ul", { class: "letters" }, letters.map(line)) : el("p", {}, t("none")),
      next && button(t("more"), () => showLetters(main, next)));
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    main.replaceChildren(problem(fault));
  }
}

const line = (letter) => el("li", {},
  el("a", { href: `#/letters/${letter.letter}` }, letter.subject ?? letter.letter), el("br"),
  el("span", { class: "state" }, said(letter, "state")), " ", el("time", {}, day(letter.received_at)));

/** Show a letter, and again when something has changed. */
export async function showLetter(main, number, show, before = "") {
  const here = location.hash;
  try {
    const letter = await call("GET", `/v1/letters/${encodeURIComponent(number)}`);
    const text = JSON.stringify(letter);
    const isWriting = before && [...main.querySelectorAll("textarea")].some((area) => area.value);
    if (text !== before && !isWriting) main.replaceChildren(...whole(letter, (shown) => main.append(shown)).filter(Boolean));
    setTimeout(() => location.hash === here && showLetter(main, number, show, text), LOOK_EVERY_MS);
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    if (fault.shown.status === 401) show();
    else main.replaceChildren(problem(fault));
  }
}

function whole(letter, tell) {
  return [
    el("h1", {}, letter.subject ?? letter.letter),
    el("p", { class: "number-of-letter" }, letter.letter, " · ", day(letter.received_at)),
    el("p", { class: "state", id: "state" }, said(letter, "state")),
    letter.reply_due_on && el("p", {}, t("due"), " ", day(letter.reply_due_on)),
    ...letter.questions.filter((one) => one.standing === "open").map((one) => questionForm(letter, one, tell)),
    letter.reply && reply(letter, tell),
    el("h2", {}, t("progress")),
    el("ol", { class: "steps" }, letter.history.map((step) => el("li", {}, el("time", {}, day(step.at)), " ", said(step)))),
    letter.files.length > 0 && el("h2", {}, t("yourFiles")),
    letter.files.length > 0 && el("ul", { class: "letters", id: "letter-files" }, letter.files.map((file) => el("li", { "data-state": file.state }, file.type, " ", said(file, "state")))),
    el("h2", {}, t("yourLetter")), el("p", { class: "words" }, letter.body ?? ""),
    textForm(letter, { path: "addition", title: t("add"), send: t("addSend") }, tell),
  ];
}

function reply(letter, tell) {
  const { text, outcome_zh, replied_at, answer_by } = letter.reply;
  return el("section", { class: "note" }, el("h2", {}, t("reply")), el("time", {}, day(replied_at)),
    outcome_zh && el("p", { class: "state" }, said(letter.reply, "outcome")), el("p", { class: "words" }, text ?? ""),
    answer_by && letter.state === "replied" && ratingForm(letter, tell));
}

function ratingForm(letter, tell) {
  const score = el("select", { id: "score", name: "score", required: true }, el("option", { value: "" }, "…"), t("scores").map((name, at) => el("option", { value: at + 1 }, name)));
  const solved = el("input", { type: "checkbox", name: "solved" });
  return asking(letter, "rating", () => ({ solved: solved.checked, score: Number(score.value) }), tell,
    el("h2", {}, t("rateTitle")), el("label", { class: "check" }, solved, t("solved")),
    el("label", { for: "score" }, t("score")), score, el("div", { class: "actions" }, el("button", { class: "main" }, t("rate"))));
}

function questionForm(letter, question, tell) {
  const text = el("textarea", { id: `answer-${question.question}`, name: "text", required: true });
  return asking(letter, "answer", () => ({ question: question.question, text: text.value }), tell,
    el("section", { class: "note" }, el("h2", {}, t("question")), el("p", { class: "words" }, question.text ?? ""),
      el("p", {}, t("answerBy"), " ", day(question.answer_by))),
    el("label", { for: text.id }, t("answer")), text, el("div", { class: "actions" }, el("button", { class: "main" }, t("answer"))));
}

function textForm(letter, { path, title, send }, tell) {
  const text = el("textarea", { id: path, name: "text", required: true });
  return asking(letter, path, () => ({ text: text.value }), tell,
    el("h2", {}, el("label", { for: path }, title)), text, el("div", { class: "actions" }, el("button", {}, send)));
}

/** A form that asks for something about the letter, once. */
function asking(letter, path, json, tell, ...parts) {
  const once = new Once();
  return el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        const sent = json();
        const asked = await call("POST", `/v1/letters/${letter.letter}/${path}`, { json: sent, key: once.key(sent) });
        event.target.replaceChildren(el("p", { role: "status" }, t("done")));
        if (asked.emergency) tell(problem(new Problem({ code: "emergency", title: t("danger").slice(0, 2).join(""), ...asked.emergency })));
      } catch (fault) {
        if (!(fault instanceof Problem)) throw fault;
        tell(problem(fault));
      }
    },
  }, ...parts);
}
