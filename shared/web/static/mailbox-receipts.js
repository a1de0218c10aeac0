"use strict";
// Checks a receipt in the browser: only the public keys are fetched, and nothing is sent.
(() => {
  const form = document.querySelector("form[data-receipts]");
  if (!form || !globalThis.crypto?.subtle) return;
  const members = ["issuer", "kid", "letter", "received_at", "salt", "signature", "text_sha256", "type"];
  const result = document.querySelector("[data-result]");
  const text = form.querySelector("#text");
  let asks = true;
  form.querySelector("[data-text]").hidden = false;

  const octets = (encoded) => Uint8Array.from(atob(encoded.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const utf8 = (words) => new TextEncoder().encode(words);
  const sha256 = async (words) =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(words)))].map((b) => b.toString(16).padStart(2, "0")).join("");

  const parsed = (given) => {
    try {
      const found = JSON.parse(given.replace(/^\ufeff/, ""));
      const receipt = found?.receipt ?? found;
      const isWhole = Object.keys(receipt).sort().join() === members.join();
      const isText = isWhole && members.every((name) => typeof receipt[name] === "string");
      return isText && receipt.type === "gd.mailbox.receipt.v1" ? receipt : null;
    } catch {
      return null;
    }
  };

  // Canonical JSON (RFC 8785) of all members but the signature.
  const signedPart = (receipt) => {
    const names = members.filter((name) => name !== "signature");
    return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(receipt[name])}`).join()}}`;
  };

  const isGenuine = async (receipt) => {
    const answer = await fetch(form.dataset.receipts, { credentials: "omit" });
    const key = (await answer.json()).keys.find((one) => one.kid === receipt.kid && one.iss === receipt.issuer);
    if (!key) return false;
    const at = Date.parse(receipt.received_at) / 1000;
    if (!(at <= (key.exp ?? Infinity) + 300)) return false;
    const known = await crypto.subtle.importKey("raw", octets(key.x), { name: "Ed25519" }, false, ["verify"]);
    let signature;
    try {
      signature = octets(receipt.signature);
    } catch {
      return false;
    }
    return crypto.subtle.verify({ name: "Ed25519" }, known, signature, utf8(signedPart(receipt)));
  };

  const isText = async (receipt, words) => {
    const plain = words.replace(/\r\n/g, "\n");
    for (const one of [plain, plain.replace(/\n$/, ""), plain.replace(/\n+$/, "")]) {
      const lines = receipt.salt ? `${receipt.salt}\n${one}` : one;
      if ((await sha256(lines)) === receipt.text_sha256) return true;
    }
    return false;
  };

  const say = (kind, words) => {
    const banner = document.createElement("div");
    banner.className = `banner ${kind}`;
    banner.append(Object.assign(document.createElement("p"), { textContent: words }));
    result.append(banner);
  };

  const list = (rows) => {
    const shown = Object.assign(document.createElement("dl"), { className: "summary" });
    for (const [name, value] of rows) {
      const row = document.createElement("div");
      row.append(
        Object.assign(document.createElement("dt"), { textContent: name }),
        Object.assign(document.createElement("dd"), { textContent: value }),
      );
      shown.append(row);
    }
    result.append(shown);
  };

  const check = async () => {
    const receipt = parsed(form.elements.receipt.value);
    result.replaceChildren();
    if (!receipt) return say("warning", form.dataset.unreadable);
    if (!(await isGenuine(receipt))) return say("warning", form.dataset.forged);
    say("success", form.dataset.valid);
    if (text.value.trim()) {
      const isSame = await isText(receipt, text.value);
      say(isSame ? "success" : "warning", isSame ? form.dataset.same : form.dataset.other);
    }
    const at = new Date(receipt.received_at).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai" });
    list([
      [form.dataset.letter, receipt.letter],
      [form.dataset.received, at],
      [form.dataset.issuer, receipt.issuer],
      [form.dataset.leaf, await sha256(`${receipt.letter}\n${receipt.text_sha256}`)],
    ]);
  };

  form.addEventListener("submit", (event) => {
    if (!asks) return;
    event.preventDefault();
    check().catch(() => {
      asks = false;
      say("notice", form.dataset.unable);
    });
  });
})();
