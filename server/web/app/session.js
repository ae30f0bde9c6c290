/**
 * Who is signed in. The token lives in memory only; the refresh cookie, which scripts can't read, brings it back on the
 * next page. Tabs take turns at refreshing, because the cookie is rotated each time.
 */
import { signal } from "@preact/signals";

import { attempt, bearer, Problem, take } from "./api.js";
import { randomKey } from "./random_key.js";

/** @typedef {{ person_id: string, login: string, display_name: string, kind: string }} Person */
/** @typedef {{ token: string, expires_at: string, person: Person }} Session */

const SIGNED_OUT_KEY = "jishi.signed_out";
const RENEW_BEFORE_MS = 60_000;
const RENEW_AGAIN_MS = 15_000;

/** @type {import("@preact/signals").Signal<Session | null>} */
export const session = signal(null);
/** Whether it is settled who is signed in. */
export const sessionReady = signal(false);

let renewTimer = 0;

bearer.token = () => session.value?.token ?? null;
bearer.renew = async () => (await refresh()) !== null;

/** On loading a page: pick up the session that the cookie holds. */
export async function restoreSession() {
  if (!isMarkedOut()) await refresh().catch(() => null);
  sessionReady.value = true;
}

/** @param {{ login: string, password: string }} credentials */
export async function signIn(credentials) {
  keep(await take(await attempt("POST", "/api/sign-in", { body: credentials }, null)));
}

/** @param {{ login: string, display_name: string, password: string }} particulars */
export async function signUp(particulars) {
  keep(await take(await attempt("POST", "/api/sign-up", { body: particulars, key: randomKey() }, null)));
}

export async function signOut() {
  const token = bearer.token();
  forget();
  await attempt("POST", "/api/session/sign-out", {}, token).catch(() => null);
}

/** The session that an answer of the API began in place of the last one. @param {Session} fresh */
export function adoptSession(fresh) {
  keep(fresh);
}

/** The server has ended the session already. */
export function leaveSession() {
  forget();
}

/** @returns {Promise<Session | null>} null when signed out; throws Unreachable when it can't be known */
async function refresh() {
  return inTurn(async () => {
    // Left half-way, the page would lose the cookie that replaces the used one, and with it the session.
    const response = await attempt("POST", "/api/session/refresh", { keepalive: true }, null);
    try {
      const fresh = await take(response);
      if (fresh === null) return forget();
      return keep(fresh);
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return forget();
      throw error;
    }
  });
}

/** @template T @param {() => Promise<T>} action @returns {Promise<T>} */
function inTurn(action) {
  return navigator.locks === undefined ? action() : navigator.locks.request("jishi.session", action);
}

/** @param {Session} fresh */
function keep(fresh) {
  session.value = fresh;
  mark(false);
  scheduleRenewal(Math.max(RENEW_AGAIN_MS, Date.parse(fresh.expires_at) - Date.now() - RENEW_BEFORE_MS));
  return fresh;
}

/** @param {number} inMs */
function scheduleRenewal(inMs) {
  clearTimeout(renewTimer);
  if (!Number.isFinite(inMs)) return;
  renewTimer = Number(
    setTimeout(() => refresh().catch(() => scheduleRenewal(RENEW_AGAIN_MS)), Math.min(inMs, 2 ** 31 - 1)),
  );
}

function forget() {
  clearTimeout(renewTimer);
  session.value = null;
  mark(true);
  return null;
}

/** Remembers that there is nothing to restore, which spares most visitors a request. @param {boolean} out */
function mark(out) {
  try {
    if (out) localStorage.setItem(SIGNED_OUT_KEY, "1");
    else localStorage.removeItem(SIGNED_OUT_KEY);
  } catch {
    // Without storage each page asks once.
  }
}

function isMarkedOut() {
  try {
    return localStorage.getItem(SIGNED_OUT_KEY) !== null;
  } catch {
    return false;
  }
}
