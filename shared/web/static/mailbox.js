"use strict";
// Comforts only: every page works without this script.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // A form is sent once, and asks before what was typed is left behind.
  const changed = new Set();
  for (const form of all("form[data-guard]")) {
    form.addEventListener("input", () => changed.add(form));
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      changed.delete(form);
      for (const button of all("button", form)) button.setAttribute("aria-disabled", "true");
    });
  }
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of all("button", form)) button.removeAttribute("aria-disabled");
    }
  });
  addEventListener("beforeunload", (event) => {
    if (changed.size) event.preventDefault();
  });

  // What went wrong, or what was done, is read first.
  const first = document.querySelector("[data-urgent]") || document.querySelector("[data-error-summary]") || document.querySelector(".banner[role=alert]");
  if (first) first.focus();

  // Characters left, counted as the server counts them.
  for (const area of all("textarea[data-max]")) {
    const shown = document.getElementById(`${area.id}-count`);
    const spoken = document.createElement("div");
    spoken.className = "visually-hidden";
    spoken.setAttribute("aria-live", "polite");
    shown.after(spoken);
    let later;
    const count = () => {
      const left = area.dataset.max - [...area.value].length;
      shown.textContent = (left < 0 ? shown.dataset.over : shown.dataset.left).replace("{}", Math.abs(left));
      shown.classList.toggle("is-over", left < 0);
      clearTimeout(later);
      later = setTimeout(() => { spoken.textContent = shown.textContent; }, 1000);
    };
    area.addEventListener("input", count);
    count();
  }

  // A file that is too large is named before it is sent.
  for (const file of all("input[data-most]")) {
    file.addEventListener("change", () => {
      file.setCustomValidity(file.files[0]?.size > file.dataset.most ? file.dataset.tooLarge : "");
      file.reportValidity();
    });
  }

  // What is being written is saved now and then, and when another app or tab comes to the front.
  for (const form of all("form[data-autosave]")) {
    const [draft, said] = [form.querySelector("[data-draft]"), form.querySelector("[data-autosaved]")];
    const typed = () => {
      const body = new URLSearchParams(new FormData(form));
      body.delete(draft.name);
      body.set("step", "autosave");
      return body;
    };
    let last = String(typed());
    let [isSaving, waits] = [false, null];
    const save = async () => {
      const body = typed();
      const now = String(body);
      if (isSaving || form.dataset.sent || now === last) return;
      isSaving = true;
      body.set(draft.name, draft.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        draft.value = (await answer.json()).draft;
        last = now;
        if (String(typed()) === now) changed.delete(form);
        const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        said.textContent = said.dataset.text.replace("{}", time);
      } catch {
        said.textContent = said.dataset.failed;
      }
      isSaving = false;
      if (waits) form.requestSubmit(waits.submitter);
    };
    form.addEventListener("submit", (event) => {
      if (!isSaving) return;
      waits = event;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
    setInterval(save, form.dataset.autosave * 1000);
    document.addEventListener("visibilitychange", () => document.hidden && save());
  }

  // Undo for a few seconds; the server decides what is still possible.
  for (const form of all("form[data-undo]")) {
    const shown = form.querySelector("[data-seconds]");
    let left = Number(form.dataset.undo);
    const tick = setInterval(() => {
      left -= 1;
      if (shown) shown.textContent = left;
      if (left > 0) return;
      clearInterval(tick);
      form.hidden = true;
    }, 1000);
  }

  // Single keys press the links and buttons that name them; `?` lists them and turns them off.
  const dialog = document.getElementById("keys");
  const keyed = () => all("[data-key]").filter((target) => !target.closest("[hidden]"));
  const remembered = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("mailbox-keys", value);
      return localStorage.getItem("mailbox-keys");
    } catch {
      return null;
    }
  };
  let areOn = remembered() !== "off";
  if (dialog && keyed().length) {
    const [list, onOff] = [dialog.querySelector("dl"), dialog.querySelector("input")];
    onOff.addEventListener("change", () => {
      areOn = onOff.checked;
      remembered(areOn ? "on" : "off");
    });
    const open = () => {
      list.replaceChildren(...keyed().map((target) => {
        const [row, term, said] = ["div", "dt", "dd"].map((name) => document.createElement(name));
        const key = document.createElement("kbd");
        key.textContent = target.dataset.key;
        term.append(key);
        said.textContent = target.dataset.keyName || target.textContent.trim();
        row.append(term, said);
        return row;
      }));
      onOff.checked = areOn;
      dialog.showModal();
    };
    for (const opener of all("[data-keys-open]")) {
      opener.hidden = false;
      opener.addEventListener("click", open);
    }
    addEventListener("keydown", (event) => {
      const isTyping = event.target.closest && event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog, [contenteditable]");
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
      if (event.key === "?") {
        open();
        return;
      }
      const target = areOn && keyed().find((each) => each.dataset.key === event.key);
      if (!target) return;
      event.preventDefault();
      if (!target.matches("a, button")) target.focus();
      target.click();
    });
  }

  // Without a network a worker answers for these pages, where the browser allows workers.
  const worker = document.querySelector("[data-offline]");
  if (worker && navigator.serviceWorker) {
    for (const scope of ["/write", "/my"]) {
      navigator.serviceWorker.register(worker.dataset.offline, { scope }).catch(() => {});
    }
  }

  // The way out replaces the page, so that going back does not lead to it; nor to a page before it.
  const leave = document.querySelector("a[data-leave]");
  const [entry] = performance.getEntriesByType("navigation");
  if (leave && document.cookie.includes("mailbox-pages-away=0") && entry?.type === "back_forward") location.replace(leave.href);
  for (const link of all("a[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
    });
  }

  // A form without anything to fill in goes on by itself, such as to sign out at the issuer.
  for (const form of all("form[data-send]")) form.submit();
})();
