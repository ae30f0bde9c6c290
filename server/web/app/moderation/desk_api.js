/** What the moderator's desk asks of the API, and the shapes it answers in. */
import { call } from "../api.js";

/**
 * @typedef {{ zh: string, en: string }} Bilingual
 * @typedef {{ id: string, title: Bilingual, article: Bilingual, reason: Bilingual, action?: string }} Rule
 * @typedef {[number, number, string]} RuleSpan start and end in code points, end excluded, and the rule's id
 * @typedef {Decision | Sanction} ActionKind
 * @typedef {{ action_id: string, kind: ActionKind, actor_name: string, actor_role: string, subject_name: string | null,
 *   case_id: string | null, room_slug: string | null, text: string, reason: string, at: string, until: string | null,
 *   undone_at: string | null, undone_by_name: string | null, undo_reason: string | null,
 *   subject_id: string | null, second: { state: string, due_at: string | null, by_name: string | null, reason: string | null, at: string | null } | null }} Action
 *   second: what it wants, or got, of a second moderator
 * @typedef {{ person_id: string, display_name: string, role: string, state: string, muted: boolean,
 *   muted_until: string | null, earlier_removals: number, points: number, suggested: Sanction,
 *   restrictions: { action_id: string, kind: string, room_id: string | null, until: string | null }[] }} Subject muted: in the case's room, now; for good while muted_until is null
 * @typedef {{ report_id: string, reason: string, note: string, at: string }} Report
 * @typedef {{ comment_id: string, name: string, text: string, wall_us: number }} NearbyLine
 * @typedef {{ channel: string, duration_ms: number, bytes: number, sha256: string, at: string }} Clip channel: qr, screen or speech
 * @typedef {{ case_id: string, kind: string, state: string, target_id: string,
 *   room: { room_id: string, slug: string, title: string, kind: string } | null, subject: Subject | null, text: string,
 *   spans: RuleSpan[], rules: Rule[], action: string, score: number, on_screen: boolean, reports: Report[], around: NearbyLine[],
 *   actions: Action[], created_at: string, version: number, claimed_by: string | null, claimed_by_name: string | null, claimed_until: string | null,
 *   photo_url: string | null, card: any, screen_id: string | null, clip: Clip | null, alike: number, appeal_words: string | null, decided_alike?: number, alike_action_ids?: string[] }} Case
 *   on_screen: whether viewers see it now. screen_id: the line's id there, which is another each time it is put back; null when it isn't.
 *   alike: how many open cases say the same, itself included. appeal_words: what its author says, who wants a person to look at what was
 *   blocked. decided_alike: in the answer to a decision, how many were decided with it; alike_action_ids: by these
 *   decisions
 * @typedef {{ state: "open" | "done", order: "risk" | "newest", kind: string, slug: string, action: string, rule: string, older_than_s: string }} QueueFilter
 *   "" for all; order: of open ones
 * @typedef {{ case_id: string, claimed_by: string, claimed_by_name: string, claimed_until: string }} Claim
 * @typedef {{ name: string, state: "open" | "done", order: "risk" | "newest", kind: string | null, slug: string | null, action: string | null,
 *   rule: string | null, older_than_s: number | null }} SavedView null for all
 * @typedef {{ action_id: string, kind: string, target_id: string, room: Case["room"], subject_role: string | null, text: string, spans: RuleSpan[],
 *   rules: Rule[], action: string, score: number, reports: Report[], around: NearbyLine[], card: any, photo_url: string | null, created_at: string }} BlindCase
 *   one that somebody decided, without what was decided
 * @typedef {{ agrees: boolean, first: Action }} LookAnswer
 * @typedef {{ decided: number, median_s: number | null, p90_s: number | null }} Times from filing to the first decision
 * @typedef {{ open: number, oldest_s: number | null, by_kind: { kind: string, open: number, day: Times, week: Times }[],
 *   moderators: { person_id: string, name: string, day: number, week: number }[], decided: number, undone: number, undone_share: number | null,
 *   appeals: { upheld: number, rejected: number, open: number, overdue: number }, second_looks: { looked: number, disagreed: number },
 *   seconds: { agreed: number, dropped: number, lapsed: number } }} Figures of the last week where nothing else is said
 * @typedef {"approve" | "remove"} Decision
 * @typedef {"warn" | "mute_10m" | "mute_1d" | "mute_room" | "room_ban" | "card_off" | "limited_account" | "stream_limited" | "close_account"} Sanction
 * @typedef {"uphold" | "reject"} AppealDecision
 * @typedef {{ appeal_id: string, state: "open" | "upheld" | "rejected" | "undone", words: string, at: string, due_at: string,
 *   overdue: boolean, may_answer: boolean, person: { person_id: string, display_name: string, state: string }, action: Action,
 *   answer: { decision: AppealDecision, reason: string, by_name: string, at: string } | null }} Appeal may_answer: it waits, and the decision is not one's own
 * @typedef {{ person_id: string, display_name: string, state: string }} LinkedPerson
 * @typedef {{ points: number, created_at: string, reasons: { code: string, points: number, count: number }[],
 *   reports: { open: number, upheld: number, rejected: number }, comebacks: { person: LinkedPerson, case_id: string }[],
 *   links: { person: LinkedPerson, path: { from_name: string, to_name: string, kind: string }[] }[],
 *   weak_links: { person: LinkedPerson, kind: string, shared_by: number }[] }} Risk points: of 100
 * @typedef {{ appeals: Appeal[], open: number, overdue: number, next_after: string | null }} AppealsPage
 */

export const PAGE_CASES = 40;
const PAGE_ACTIONS = 50;
const PAGE_APPEALS = 30;

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

  /** @param {string} caseId @returns {Promise<Blob>} */
  clip: (caseId) => call("GET", `/api/moderation/cases/${encodeURIComponent(caseId)}/clip`),

  /** @param {string} caseId @param {Decision} decision @param {string} reason @param {boolean} [withAlike] @returns {Promise<Case>} withAlike: those that say the same too */
  decide: (caseId, decision, reason, withAlike = false) =>
    call("POST", `/api/moderation/cases/${encodeURIComponent(caseId)}/decision`, { body: { decision, reason, decide_alike: withAlike } }),

  /** Taken, or kept for longer. @param {string} caseId @returns {Promise<Claim>} */
  claim: (caseId) => call("POST", `/api/moderation/cases/${encodeURIComponent(caseId)}/claim`, { body: {} }),

  /** @param {string} caseId @param {boolean} [leaving] the page is left @returns {Promise<null>} */
  release: (caseId, leaving = false) => call("DELETE", `/api/moderation/cases/${encodeURIComponent(caseId)}/claim`, { keepalive: leaving }),

  /** @param {{ person_id: string, kind: Sanction, slug?: string, case_id?: string, card_id?: string, until?: string, reason: string }} sanction @param {string} key @returns {Promise<Action>} */
  sanction: (sanction, key) => call("POST", "/api/moderation/sanctions", { body: sanction, key }),

  /** @param {string} actionId @param {string} reason @returns {Promise<Action>} */
  undo: (actionId, reason) => call("POST", `/api/moderation/actions/${encodeURIComponent(actionId)}/undo`, { body: { reason } }),

  /** A line that no case is about. @param {string} slug @param {string} commentId @param {string} reason @returns {Promise<null>} */
  removeLine: (slug, commentId, reason) =>
    call("POST", `/api/rooms/${encodeURIComponent(slug)}/comments/${encodeURIComponent(commentId)}/removal`, { body: { reason } }),

  /** @param {string} [before] @returns {Promise<{ actions: Action[], next_before: string | null }>} */
  log: (before = "") => call("GET", `/api/moderation/log?${queryOf({ before, limit: PAGE_ACTIONS })}`),

  /** @param {string} personId @returns {Promise<Risk>} */
  risk: (personId) => call("GET", `/api/moderation/people/${encodeURIComponent(personId)}/risk`),

  /** @param {"open" | "done"} state @param {string} [after] @returns {Promise<AppealsPage>} */
  appeals: (state, after = "") => call("GET", `/api/moderation/appeals?${queryOf({ state, after, limit: PAGE_APPEALS })}`),

  /** @param {string} appealId @param {AppealDecision} decision @param {string} reason @param {string} key @returns {Promise<Appeal>} */
  answerAppeal: (appealId, decision, reason, key) =>
    call("POST", `/api/moderation/appeals/${encodeURIComponent(appealId)}/decision`, { body: { decision, reason }, key }),

  /** @returns {Promise<{ views: SavedView[] }>} */
  views: () => call("GET", "/api/moderation/views"),

  /** In place of those before. @param {readonly SavedView[]} views @returns {Promise<{ views: SavedView[] }>} */
  keepViews: (views) => call("PUT", "/api/moderation/views", { body: { views } }),

  /** @returns {Promise<Figures>} */
  figures: () => call("GET", "/api/moderation/figures"),

  /** @returns {Promise<{ actions: Action[], own: string[] }>} own: ids of those that somebody else has to second */
  seconds: () => call("GET", "/api/moderation/seconds"),

  /** @param {string} actionId @param {boolean} agree @param {string} reason @param {string} key @returns {Promise<Action>} */
  second: (actionId, agree, reason, key) => call("POST", `/api/moderation/actions/${encodeURIComponent(actionId)}/second`, { body: { agree, reason }, key }),

  /** @returns {Promise<{ looks: BlindCase[] }>} */
  looks: () => call("GET", "/api/moderation/second-looks"),

  /** @param {string} actionId @param {Decision} decision @returns {Promise<LookAnswer>} */
  look: (actionId, decision) => call("POST", `/api/moderation/second-looks/${encodeURIComponent(actionId)}`, { body: { decision } }),
};

/** @typedef {typeof deskApi} DeskApi */
