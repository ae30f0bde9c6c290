/** What was decided about one's own words and account, and appealing against it; also with the token that a closed account is given for that alone. */
import { attempt, call, take } from "./api.js";

/**
 * @typedef {"open" | "upheld" | "rejected" | "undone"} AppealState undone: the decision was undone before anybody answered
 * @typedef {{ appeal_id: string, state: AppealState, words: string, at: string, due_at: string, answered_at: string | null, reason: string }} Appeal
 * @typedef {{ decision_id: string, by: "filter" | "moderator" | "room_moderator" | "host", kind: string, room_slug: string | null,
 *   room_title: string | null, text: string, spans: [number, number, string][], rules: import("./moderation/desk_api.js").Rule[],
 *   reason: string, at: string, until: string | null, undone_at: string | null, provisional_until: string | null,
 *   may_appeal: boolean, appeal_until: string | null, appeal: Appeal | null }} Decision
 *   provisional_until: while it waits for a second moderator, when it falls if none comes
 */

export const WORDS_CHARS_MAX = 2_000;
/** Within this an appeal should be answered; the answer to an appeal says exactly when (moderation/cases/appeals.py). */
export const ANSWER_WITHIN_MS = 72 * 3_600_000;

/** @param {string | null} before @returns {Promise<{ decisions: Decision[], next_before: string | null }>} newest first */
export const fetchDecisions = (before) => call("GET", `/api/me/decisions${before === null ? "" : `?before=${before}`}`);

/**
 * @param {Decision} decision @param {string} words @param {string | null} token a closed account's; null where one is signed in
 * @returns {Promise<Decision>} as it stands with the appeal
 */
export async function appealAgainst(decision, words, token) {
  const path = `/api/me/decisions/${encodeURIComponent(decision.decision_id)}/appeal`;
  const body = { words: words.trim() };
  /** @type {{ appeal_id: string, state: AppealState, due_at: string }} */
  const made = token === null ? await call("POST", path, { body }) : await take(await attempt("POST", path, { body }, token));
  const appeal = { ...made, words: body.words, at: new Date().toISOString(), answered_at: null, reason: "" };
  return { ...decision, may_appeal: false, appeal };
}

/** @typedef {"appealed" | "upheld" | "undone" | "rejected" | "over"} Standing */

/** What has become of it; null where it simply stands. @param {Decision} decision @param {number} nowMs @returns {Standing | null} */
export function standingOf({ appeal, undone_at: undoneAt, until }, nowMs) {
  if (appeal?.state === "open") return "appealed";
  if (appeal?.state === "upheld") return "upheld";
  if (undoneAt !== null) return "undone";
  if (appeal?.state === "rejected") return "rejected";
  return until !== null && Date.parse(until) <= nowMs ? "over" : null;
}
