/** What the moderator's desk asks of the API, and the shapes it answers in. */
import { call } from "../api.js";

/**
 * @typedef {{ zh: string, en: string }} Bilingual
 * @typedef {{ id: string, title: Bilingual, article: Bilingual, reason: Bilingual, action?: string }} Rule
 * @typedef {[number, number, string]} RuleSpan start and end in code points, end excluded, and the rule's id
 * @typedef {"approve" | "remove" | "mute_10m" | "mute_1d" | "mute_room" | "close_account"} ActionKind
 * @typedef {{ action_id: string, kind: ActionKind, actor_name: string, actor_role: string, subject_name: string | null,
 *   case_id: string | null, room_slug: string | null, text: string, reason: string, at: string, until: string | null,
 *   undone_at: string | null, undone_by_name: string | null, undo_reason: string | null }} Action
 * @typedef {{ person_id: string, display_name: string, role: string, state: string, muted: boolean,
 *   muted_until: string | null, earlier_removals: number }} Subject muted: in the case's room, now; for good while muted_until is null
 * @typedef {{ report_id: string, reason: string, note: string, at: string }} Report
 * @typedef {{ comment_id: string, name: string, text: string, wall_us: number }} NearbyLine
 * @typedef {{ case_id: string, kind: string, state: string, target_id: string,
 *   room: { room_id: string, slug: string, title: string, kind: string } | null, subject: Subject | null, text: string,
 *   spans: RuleSpan[], rules: Rule[], action: string, score: number, on_screen: boolean, reports: Report[], around: NearbyLine[],
 *   actions: Action[], created_at: string, version: number, photo_url: string | null, card: any, screen_id: string | null }} Case on_screen: whether viewers see it now.
 *   screen_id: the line's id there, which is another each time it is put back; null when it isn't
 * @typedef {{ state: "open" | "done", kind: string, slug: string }} QueueFilter kind and slug are "" for all
 * @typedef {"approve" | "remove"} Decision
 * @typedef {"mute_10m" | "mute_1d" | "mute_room" | "close_account"} Sanction
 */

export const PAGE_CASES = 40;
const PAGE_ACTIONS = 50;

/** @param {Record<string, string | number>} fields those that are "" are left out */
function queryOf(fields) {
  const filled = Object.entries(fields).filter(([, value]) => value !== "");
  return new URLSearchParams(filled.map(([name, value]) => [name, String(value)])).toString();
}

/** The desk's view of the API; tests give the desk another. */
export const deskApi = {
  /** @param {QueueFilter} filter @param {string} [before] @returns {Promise<{ cases: Case[], open: number, next_before: string | null }>} */
  queue: (filter, before = "") => call("GET", `/api/moderation/queue?${queryOf({ ...filter, before, limit: PAGE_CASES })}`),

  /** @param {string} caseId @returns {Promise<Case>} */
  fetchCase: (caseId) => call("GET", `/api/moderation/cases/${encodeURIComponent(caseId)}`),

  /** @param {string} caseId @param {Decision} decision @param {string} reason @returns {Promise<Case>} */
  decide: (caseId, decision, reason) =>
    call("POST", `/api/moderation/cases/${encodeURIComponent(caseId)}/decision`, { body: { decision, reason } }),

  /** @param {{ person_id: string, kind: Sanction, slug?: string, case_id?: string, reason: string }} sanction @param {string} key @returns {Promise<Action>} */
  sanction: (sanction, key) => call("POST", "/api/moderation/sanctions", { body: sanction, key }),

  /** @param {string} actionId @param {string} reason @returns {Promise<Action>} */
  undo: (actionId, reason) => call("POST", `/api/moderation/actions/${encodeURIComponent(actionId)}/undo`, { body: { reason } }),

  /** A line that no case is about. @param {string} slug @param {string} commentId @param {string} reason @returns {Promise<null>} */
  removeLine: (slug, commentId, reason) =>
    call("POST", `/api/rooms/${encodeURIComponent(slug)}/comments/${encodeURIComponent(commentId)}/removal`, { body: { reason } }),

  /** @param {string} [before] @returns {Promise<{ actions: Action[], next_before: string | null }>} */
  log: (before = "") => call("GET", `/api/moderation/log?${queryOf({ before, limit: PAGE_ACTIONS })}`),
};

/** @typedef {typeof deskApi} DeskApi */
