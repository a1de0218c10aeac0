// Sign-in (authorization code with PKCE, as a public client) and calls of the mailbox's API.

import { lang, t } from "./words.js";

const kept = sessionStorage;
let config;

/** What the API answered instead of doing it (RFC 9457). */
export class Problem extends Error {
  constructor(shown, retryAfter) {
    super(shown.code);
    this.shown = shown;
    this.retryAfter = Number(retryAfter) || 0;
  }
}

/** Read the configuration, and finish a sign-in that leads back to this page. */
export async function start() {
  config = await (await fetch("config.json")).json();
  const given = new URLSearchParams(location.search);
  if (!given.has("state")) return true;
  try {
    await redeem(given);
    return true;
  } catch {
    return false;
  } finally {
    history.replaceState(null, "", `/${kept.getItem("to") ?? ""}`);
  }
}

export const isSignedIn = () => Number(kept.getItem("until")) > Date.now();

export async function signIn() {
  const [verifier, state, nonce] = [random(), random(), random()];
  for (const [name, value] of Object.entries({ verifier, state, nonce, to: location.hash })) kept.setItem(name, value);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  location.href = `${(await provider()).authorization_endpoint}?${new URLSearchParams({
    response_type: "code", client_id: config.client, redirect_uri: redirectUri(), scope: "openid profile",
    state, nonce, code_challenge: base64url(digest), code_challenge_method: "S256",
  })}`;
}

export async function signOut() {
  const hint = kept.getItem("id_token");
  kept.clear();
  const asked = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: redirectUri() });
  location.href = `${(await provider()).end_session_endpoint}?${asked}`;
}

/** Call the API; `key` for everything that must happen once. Throws Problem. */
export async function call(method, path, { json, bytes, headers = {}, key } = {}) {
  const sent = { "Accept-Language": lang, Authorization: `Bearer ${kept.getItem("access_token")}`, ...headers };
  if (json !== undefined) sent["Content-Type"] = "application/json";
  if (key) sent["Idempotency-Key"] = key;
  let answer;
  try {
    answer = await fetch(config.intake + path, { method, headers: sent, body: bytes ?? JSON.stringify(json), cache: "no-store" });
  } catch {
    throw new Problem({ status: 0, code: "offline", title: t("offline") });
  }
  if (answer.status === 401) kept.removeItem("until");
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok) {
    const shown = type.includes("json") ? await answer.json() : { status: answer.status, code: "unknown", title: answer.statusText };
    throw new Problem(shown, answer.headers.get("Retry-After"));
  }
  if (answer.status === 204) return null;
  return type.includes("json") ? answer.json() : answer.blob();
}

/** A photo goes up as it is; its name, in UTF-8, in a header of ASCII. */
export const upload = (file) => call("POST", "/v1/files", {
  bytes: file, headers: { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name) },
});

async function redeem(given) {
  const issuer = given.get("iss");
  if (given.get("state") !== kept.getItem("state") || issuer !== config.issuer || !given.has("code")) throw new Error("not ours");
  const answer = await fetch((await provider()).token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code", client_id: config.client, redirect_uri: redirectUri(),
      code: given.get("code"), code_verifier: kept.getItem("verifier"),
    }),
  });
  if (!answer.ok) throw new Error("refused");
  const tokens = await answer.json();
  if (claims(tokens.id_token).nonce !== kept.getItem("nonce")) throw new Error("not ours");
  kept.setItem("access_token", tokens.access_token);
  kept.setItem("id_token", tokens.id_token);
  kept.setItem("until", Date.now() + tokens.expires_in * 1000);
}

const provider = async () => (await fetch(`${config.issuer}/.well-known/openid-configuration`)).json();
const redirectUri = () => `${location.origin}/`;
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const claims = (token) => JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
