// Writing a letter: kept as a draft on the server, with files, sent once.

import { call, Problem, upload } from "./api.js";
import { button, el, Once, problem } from "./shown.js";
import { CATEGORIES, CITIES, half, lang, said, t } from "./words.js";

const SAVE_AFTER_MS = 1500;
const LOOK_EVERY_MS = 1000;
const MOST_FILES = 10;

let files = [];
let draft = null;
let typed = null;
let once = new Once();

/** Show the form, with the draft that was written last, here or on another device. */
export async function showWriting(main, show) {
  const given = typed ? { content: typed } : await latestDraft();
  const form = formOf(given?.content ?? {});
  const status = el("p", { class: "hint", role: "status", id: "draft" }, given ? t("draftResumed") : "");
  const below = el("div", { id: "outcome" });
  main.replaceChildren(el("h1", {}, t("writeTitle")), form, status, below);
  const outcome = (...shown) => {
    below.replaceChildren(...shown.filter(Boolean));
    below.firstElementChild?.scrollIntoView({ block: "nearest" });
  };
  let timer;
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    typed = contentOf(form);
    clearTimeout(timer);
    timer = setTimeout(() => saveDraft(form, status), SAVE_AFTER_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await send(form, outcome, { show, main });
  });
  form.elements.photos.addEventListener("change", async (event) => {
    const chosen = [...event.target.files];
    event.target.value = "";
    for (const file of chosen) await addFile(file);
  });
  showFiles();
}

function formOf(given) {
  const option = ([value, zh, en]) => el("option", { value }, lang === "zh" ? zh : en ?? value[0].toUpperCase() + value.slice(1));
  const form = el("form", { novalidate: true, autocomplete: "off" },
    el("label", { for: "category" }, t("category")), el("select", { id: "category", name: "category" }, CATEGORIES.map(option)),
    el("label", { for: "city" }, t("city")), el("select", { id: "city", name: "city" }, el("option", { value: "" }, t("unknown")), CITIES.map(option)),
    el("label", { for: "detail" }, t("detail")), el("input", { id: "detail", name: "detail", maxlength: 200 }),
    el("label", { for: "subject" }, t("subject")), el("input", { id: "subject", name: "subject", maxlength: 100, required: true }),
    el("label", { for: "body" }, t("body")), el("p", { class: "hint", id: "body-hint" }, t("bodyHint")),
    el("textarea", { id: "body", name: "body", maxlength: 10000, required: true, "aria-describedby": "body-hint" }),
    el("label", { for: "photos" }, t("files")), el("p", { class: "hint", id: "photos-hint" }, t("filesHint")),
    el("input", { id: "photos", name: "photos", type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp,image/heic,application/pdf", "aria-describedby": "photos-hint" }),
    el("ul", { class: "files", id: "files" }),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "consent" }), t("consent")),
    el("p", { class: "hint" }, t("notice")),
    el("div", { class: "actions" }, el("button", { class: "main", name: "send" }, t("send"))));
  const { elements } = form;
  elements.category.value = given.category ?? "request";
  elements.city.value = given.place?.city ?? "";
  elements.detail.value = given.place?.detail ?? "";
  elements.subject.value = given.subject ?? "";
  elements.body.value = given.body ?? "";
  elements.consent.checked = given.consent_to_publish ?? false;
  return form;
}

function contentOf(form) {
  const { category, city, detail, subject, body, consent } = form.elements;
  const place = { ...(city.value && { city: city.value }), ...(detail.value.trim() && { detail: detail.value.trim() }) };
  return { subject: subject.value, body: body.value, category: category.value, place, lang, consent_to_publish: consent.checked };
}

// Drafts

async function latestDraft() {
  try {
    const { drafts } = await call("GET", "/v1/drafts");
    const found = drafts.length ? await call("GET", `/v1/drafts/${drafts[0].draft}`) : null;
    draft = found ? { id: found.draft, version: found.version } : newDraft();
    return found;
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    draft = newDraft();
    return null;
  }
}

const newDraft = () => ({ id: crypto.randomUUID(), version: 0 });

async function saveDraft(form, status) {
  const headers = draft.version ? { "If-Match": `"${draft.version}"` } : {};
  try {
    const saved = await call("PUT", `/v1/drafts/${draft.id}`, { json: contentOf(form), headers });
    draft.version = saved.version;
    status.textContent = t("draftSaved");
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    status.textContent = fault.shown.status === 412 ? t("draftElsewhere") : half(fault.shown.title);
  }
}

// Files

async function addFile(file) {
  if (files.length >= MOST_FILES) return;
  const entry = { name: file.name, picture: file.type.startsWith("image/") ? URL.createObjectURL(file) : null, state: null, fault: null };
  files.push(entry);
  showFiles();
  try {
    entry.state = await upload(file);
    await untilScanned(entry);
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    entry.fault = fault;
  }
  showFiles();
}

async function untilScanned(entry) {
  showFiles();
  while (files.includes(entry) && entry.state.state === "waiting") {
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    if (!files.includes(entry)) return;
    entry.state = await call("GET", `/v1/files/${entry.state.file}`);
    showFiles();
  }
}

async function dropFile(entry) {
  files = files.filter((one) => one !== entry);
  showFiles();
  if (entry.state) await call("DELETE", `/v1/files/${entry.state.file}`);
}

function showFiles() {
  document.getElementById("files")?.replaceChildren(...files.map((entry) => el("li", { "data-state": entry.fault ? "failed" : entry.state?.state ?? "uploading" },
    entry.picture ? el("img", { src: entry.picture, alt: "" }) : el("span"),
    el("span", {}, entry.name, el("br"), entry.fault
      ? el("strong", { class: "wrong", role: "alert" }, half(entry.fault.shown.title))
      : el("span", { class: "hint" }, entry.state ? said(entry.state, "state") : t("uploading"))),
    button(t("remove"), () => dropFile(entry)))));
}

// Sending

async function send(form, outcome, pages, more = {}) {
  const press = form.elements.send;
  press.disabled = true;
  press.textContent = t("sending");
  const uploaded = files.filter((one) => one.state).map((one) => one.state.file);
  const content = { ...contentOf(form), ...(uploaded.length && { files: uploaded }) };
  try {
    const accepted = await call("POST", "/v1/letters", { key: once.key(content), json: { ...content, draft: draft.id, ...more } });
    showAccepted(accepted, pages);
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    outcome(...refused(fault, { form, outcome, pages }));
    if (fault.shown.status === 401) pages.show();
    if (fault.retryAfter) await new Promise((done) => setTimeout(done, fault.retryAfter * 1000));
  } finally {
    press.disabled = false;
    press.textContent = t("send");
  }
}

function refused(fault, { form, outcome, pages }) {
  const { shown } = fault;
  const actions = [];
  if (shown.code === "same_matter") actions.push(el("a", { href: `#/letters/${shown.letter}` }, t("addTo")));
  if (shown.send_anyway) actions.push(button(t("sendAnyway"), () => send(form, outcome, pages, { send_anyway: shown.send_anyway })));
  const answerAt = shown.answer_at ?? shown.emergency?.answer_at;
  if (answerAt) {
    const say = (happening_now) => sayHappening(answerAt, happening_now, { outcome, pages });
    actions.push(button(t("yesNow"), () => say(true), "main"), button(t("noNow"), () => say(false)));
  }
  return [problem(fault, {}, ...actions)];
}

async function sayHappening(answerAt, happening_now, { outcome, pages }) {
  try {
    const said = await call("POST", answerAt, { json: { happening_now }, key: crypto.randomUUID() });
    if (said.letter) showAccepted({ letter: said.letter }, pages);
    else outcome(el("p", { class: "problem danger", role: "alert" }, t(happening_now ? "saidNow" : "happeningDone")));
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    outcome(problem(fault));
  }
}

function showAccepted({ letter, read_by }, { main, show }) {
  files = [];
  typed = null;
  once = new Once();
  main.replaceChildren(el("section", { class: "note", id: "accepted", role: "status" },
    el("h1", {}, t("sentTitle")), el("p", { class: "number-of-letter" }, letter),
    read_by && el("p", {}, said(read_by)),
    el("div", { class: "actions" }, el("a", { href: `#/letters/${letter}`, id: "follow" }, t("follow")), button(t("again"), show))));
}
