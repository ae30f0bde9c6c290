/** The desk's codes in words: what a thing is, why it is here, what was decided, and why. */
import { Problem } from "../../api.js";
import "../../messages/desk.js";
import "../../messages/moderation.js";
import { readReason } from "../../moderation/reasons.js";
import { session } from "../../session.js";
import { errorText } from "../../words/error_text.js";
import { language, locale, t } from "../../words/text.js";

/** @typedef {import("../../words/text.js").MessageKey} MessageKey */
/** @typedef {import("../chip.js").Tone} Tone */

/** @type {Record<string, MessageKey>} */
const KINDS = {
  line: "moderation.kind_line",
  card: "moderation.kind_card",
  product: "moderation.kind_product",
  post: "moderation.kind_post",
  title: "moderation.kind_title",
  name: "moderation.kind_name",
  host: "moderation.kind_host",
  suppression: "moderation.kind_suppression",
  moment: "moderation.kind_moment",
};
export const KIND_CODES = Object.keys(KINDS);

/** @type {Record<string, { key: MessageKey, tone: Tone, icon: import("../icons.js").IconName }>} why a case is here */
const CAUSES = {
  hold: { key: "moderation.cause_hold", tone: "wait", icon: "clock" },
  block: { key: "moderation.cause_block", tone: "bad", icon: "remove" },
  flag: { key: "moderation.cause_flag", tone: "info", icon: "eye" },
  report: { key: "moderation.cause_report", tone: "bad", icon: "alert" },
};

export const CAUSE_CODES = Object.keys(CAUSES);

/** @type {Record<string, { key: MessageKey, tone: Tone, icon: import("../icons.js").IconName }>} */
const STATES = {
  open: { key: "moderation.state_open", tone: "wait", icon: "clock" },
  approved: { key: "moderation.state_approved", tone: "good", icon: "check" },
  removed: { key: "moderation.state_removed", tone: "bad", icon: "remove" },
};

/** Kinds of which nothing is taken down: that they are right, or not, is put on record. @type {ReadonlySet<string>} */
const RECORDED = new Set(["host", "suppression", "moment"]);
/** @type {typeof STATES} */
const FOUND = {
  approved: { key: "queue.unfounded", tone: "good", icon: "check" },
  removed: { key: "queue.founded", tone: "bad", icon: "alert" },
};

/** The two ways to decide a case, in words. @param {{ kind: string }} one @returns {Record<import("../../moderation/desk_api.js").Decision, MessageKey>} */
export function decisionKeys({ kind }) {
  if (kind === "suppression") return { approve: "queue.unfounded", remove: "queue.founded_back" };
  return RECORDED.has(kind) ? { approve: "queue.unfounded", remove: "queue.founded" } : { approve: "moderation.approve", remove: "moderation.remove" };
}

/** What was just done to a case. @param {{ kind: string }} one @param {import("../../moderation/desk_api.js").Decision} decision */
export const decidedWords = (one, decision) => (RECORDED.has(one.kind) ? t("queue.did_record", { what: t(decisionKeys(one)[decision]) }) : deedWords(decision));

/** @type {Record<string, MessageKey>} */
const DEEDS = {
  approve: "moderation.did_approve",
  remove: "moderation.did_remove",
  mute_10m: "moderation.did_mute_10m",
  mute_1d: "moderation.did_mute_1d",
  mute_room: "moderation.did_mute_room",
  warn: "moderation.did_warn",
  room_ban: "moderation.did_room_ban",
  card_off: "moderation.did_card_off",
  limited_account: "moderation.did_limited_account",
  stream_limited: "moderation.did_stream_limited",
  close_account: "moderation.did_close_account",
  undo: "moderation.did_undo",
};

/** @type {Record<string, MessageKey>} */
const REASONS = {
  scam: "moderation.why_scam",
  contact: "moderation.why_contact",
  abuse: "moderation.why_abuse",
  false_claim: "moderation.why_false_claim",
  spam: "moderation.why_spam",
  privacy: "moderation.why_privacy",
  suppressed: "queue.why_suppressed",
  mistake: "moderation.why_mistake",
  looked_again: "moderation.why_looked_again",
  fine: "moderation.why_fine",
  stands: "moderation.why_stands",
};

/** @type {Record<string, MessageKey>} */
const REPORTED = {
  scam: "moderation.report_scam",
  false_claim: "moderation.report_false_claim",
  outside_contact: "moderation.report_outside_contact",
  abuse: "moderation.report_abuse",
  other: "moderation.report_other",
};

/** @typedef {import("../../moderation/desk_api.js").Sanction} Sanction */

/** @type {Record<Sanction, MessageKey>} */
const GRADES = {
  warn: "moderation.warn",
  mute_10m: "moderation.mute_10m",
  mute_1d: "moderation.mute_1d",
  mute_room: "moderation.mute_room",
  room_ban: "moderation.room_ban",
  card_off: "moderation.card_off",
  limited_account: "moderation.limited_account",
  stream_limited: "moderation.stream_limited",
  close_account: "moderation.close_account",
};
/** What a grade does. @type {Record<Sanction, MessageKey>} */
const GRADE_HINTS = {
  warn: "moderation.warn_text",
  mute_10m: "moderation.mute_hint",
  mute_1d: "moderation.mute_hint",
  mute_room: "moderation.mute_hint",
  room_ban: "moderation.room_ban_text",
  card_off: "moderation.card_off_text",
  limited_account: "moderation.limited_account_text",
  stream_limited: "moderation.stream_limited_text",
  close_account: "moderation.close_text",
};
/** What holds for somebody now. @type {Record<string, MessageKey>} */
const HOLDING = {
  mute: "moderation.holds_mute",
  room_ban: "moderation.holds_room_ban",
  card_off: "moderation.holds_card_off",
  limited_account: "moderation.holds_limited_account",
  stream_limited: "moderation.holds_stream_limited",
};

/** @type {Record<string, MessageKey>} */
const ROLES = {
  viewer: "moderation.role_viewer",
  buyer: "moderation.role_buyer",
  host: "moderation.role_host",
  moderator: "moderation.role_moderator",
  employer: "moderation.role_employer",
  room_moderator: "moderation.role_room_moderator",
};

/** @param {string} kind */
export const kindWords = (kind) => t(KINDS[kind] ?? "moderation.kind_other");
/** Whether it is about somebody's account as such, which is linked to others, and not about a room's host. @param {{ kind: string, room: unknown }} one */
export const isAccount = ({ kind, room }) => kind === "host" && room === null;
/** What a case is about. @param {{ kind: string, room: unknown }} one */
export const whatWords = (one) => (isAccount(one) ? t("queue.kind_account") : kindWords(one.kind));
/** @param {string} action flag, hold, block or report */
export const causeOf = (action) => CAUSES[action] ?? CAUSES.flag;
/** What is said of a case that was decided. @param {{ kind: string, state: string }} one */
export const stateOf = ({ kind, state }) => (RECORDED.has(kind) ? FOUND[state] : STATES[state]) ?? STATES.open;
/** @param {import("../../moderation/desk_api.js").Case} one @param {number} nowMs */
const isHeld = (one, nowMs) => one.state === "open" && one.claimed_by !== null && one.claimed_until !== null && Date.parse(one.claimed_until) > nowMs;
/** Who else works on an open case. @param {import("../../moderation/desk_api.js").Case} one @param {number} nowMs @returns {string} "" where nobody does */
export const claimerOf = (one, nowMs) => (isHeld(one, nowMs) && one.claimed_by !== session.value?.person.person_id ? (one.claimed_by_name ?? "") : "");
/** Whether one works on it oneself. @param {import("../../moderation/desk_api.js").Case} one @param {number} nowMs */
export const isMine = (one, nowMs) => isHeld(one, nowMs) && one.claimed_by === session.value?.person.person_id;

/** Why something was not done, in passing. @param {unknown} error @returns {string} */
export function refusalText(error) {
  if (!(error instanceof Problem) || error.code !== "claimed" || typeof error.facts.claimed_until !== "string") return errorText(error);
  return t("claim.refused", { name: error.facts.claimed_by_name, time: clockText(error.facts.claimed_until) });
}

/** @param {string} kind of an action */
export const deedWords = (kind) => (kind in DEEDS ? t(DEEDS[kind]) : kind);
/** @param {Sanction} grade */
export const gradeWords = (grade) => t(GRADES[grade]);
/** @param {Sanction} grade */
export const gradeHint = (grade) => t(GRADE_HINTS[grade]);
/** @param {string} kind of a restriction */
export const holdingWords = (kind) => (kind in HOLDING ? t(HOLDING[kind]) : kind);
/** @param {string} reason of a report */
export const reportWords = (reason) => t(REPORTED[reason] ?? "moderation.report_other");
/** @param {string} role */
export const roleWords = (role) => (role in ROLES ? t(ROLES[role]) : t("moderation.role_viewer"));
/** @param {string} code */
export const reasonWords = (code) => t(REASONS[code] ?? "moderation.why_other");

/** A reason as it was given, in the reader's language as far as it is a code. @param {string} reason @returns {string} "" where none was given */
export function fullReason(reason) {
  const { code, words } = readReason(reason);
  return [code === null ? "" : reasonWords(code), words].filter((part) => part !== "").join(t("moderation.colon"));
}

/** @param {import("../../moderation/desk_api.js").Bilingual | undefined} words @returns {string} in the language in use, or else in what there is */
export const inOurs = (words) => words?.[language.value] || words?.zh || words?.en || "";

/** @type {readonly [Intl.RelativeTimeFormatUnit, number][]} */
const STEPS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** @param {string} instant ISO 8601 @param {number} nowMs @returns {string} e.g. "3 minutes ago" */
export function agoText(instant, nowMs) {
  return nowMs - Date.parse(instant) < STEPS[STEPS.length - 1][1] ? t("moderation.just_now") : whenText(instant, nowMs);
}

/** @param {string} instant ISO 8601 @param {number} nowMs @returns {string} e.g. "3 minutes ago" or "in 2 hours" */
export function whenText(instant, nowMs) {
  const aheadMs = Date.parse(instant) - nowMs;
  const [unit, ms] = STEPS.find(([, length]) => Math.abs(aheadMs) >= length) ?? STEPS[STEPS.length - 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "always", style: "short" }).format(Math.trunc(aheadMs / ms), unit);
}

/** @param {string} instant ISO 8601 @returns {string} the time of day, e.g. 10:05 */
const clockText = (instant) => new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(instant));

/** @type {readonly [string, number][]} */
const LENGTHS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** @param {number} seconds @returns {string} in the unit that fits, e.g. "12 min" */
export function lengthText(seconds) {
  const [unit, length] = LENGTHS.find(([, each]) => seconds >= each) ?? ["second", 1];
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "second" || unit === "minute" ? 0 : 1 }).format(seconds / length);
}
