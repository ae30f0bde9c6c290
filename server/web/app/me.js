/**
 * What the signed-in person may do here, and how many notices wait: asked once a session, not on every page. What one
 * may do is decided by the server each time; this only chooses which ways to show.
 */
import { computed, effect, signal } from "@preact/signals";

import { call } from "./api.js";
import { arrived } from "./notices.js";
import { session } from "./session.js";

/**
 * @typedef {{ org_id: string, name: string, kind: "merchant" | "employer", role: "owner" | "host" | "clerk" }} Membership
 * @typedef {{ person: import("./session.js").Person, memberships: Membership[], room_roles: { slug: string, role: "host" | "moderator" }[] }} Me
 */

const KEPT_KEY = "jishi.me";
const KEPT_MS = 5 * 60_000;
const UNREAD_EVERY_MS = 60_000;

/** @type {import("@preact/signals").Signal<Me | null>} null while it isn't known, and while nobody is signed in */
export const me = signal(null);
export const unread = signal(0);

export const roles = computed(() => rolesOf(me.value));

/** @param {Me | null} who @returns {{ host: boolean, employer: boolean, moderator: boolean }} */
export function rolesOf(who) {
  const memberships = who?.memberships ?? [];
  return {
    host: memberships.some(({ kind, role }) => kind === "merchant" || role === "host") || (who?.room_roles ?? []).some(({ role }) => role === "host"),
    employer: memberships.some(({ kind }) => kind === "employer"),
    moderator: who?.person.kind === "moderator" || who?.person.kind === "admin",
  };
}

/** @param {any} kept @param {string} personId @param {number} nowMs @returns {Me | null} what was kept, if it is this person's and new enough */
export function keptMe(kept, personId, nowMs) {
  const isOurs = kept?.me?.person?.person_id === personId && nowMs - kept.at_ms < KEPT_MS;
  return isOurs ? kept.me : null;
}

/** Ask anew: after making an organisation, say. @returns {Promise<void>} */
export async function renewMe() {
  /** @type {Me} */
  const came = await call("GET", "/api/me");
  if (session.value?.person.person_id !== came.person.person_id) return;
  me.value = came;
  try {
    sessionStorage.setItem(KEPT_KEY, JSON.stringify({ me: came, at_ms: Date.now() }));
  } catch {
    // Asked on each page, then.
  }
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_KEY) ?? "null");
  } catch {
    return null;
  }
}

async function renewUnread() {
  if (document.hidden || session.value === null) return;
  unread.value = (await call("GET", "/api/me/notices?limit=1")).unread ?? 0;
}

let isFollowing = false;

/** From now on `me` and `unread` follow the session. Safe to repeat. */
export function followMe() {
  if (isFollowing) return;
  isFollowing = true;
  const personId = computed(() => session.value?.person.person_id ?? null);
  effect(() => {
    const id = personId.value;
    me.value = id === null ? null : keptMe(stored(), id, Date.now());
    unread.value = 0;
    if (id === null) return;
    if (me.peek() === null) renewMe().catch(() => {}); // the next page asks again
    renewUnread().catch(() => {});
  });
  effect(() => {
    if (arrived.value !== null) unread.value = unread.peek() + 1;
  });
  setInterval(() => renewUnread().catch(() => {}), UNREAD_EVERY_MS);
}
