/**
 * Fits the queue as the server has it into the list that someone is reading: what is known is renewed where it stands,
 * what is new waits beside the list until it is asked for, and nothing that is being read moves or goes away.
 */

/** @typedef {import("./desk_api.js").Case} Case */

/** @param {Case} known @param {Case} came @returns {Case} the one that knows more */
export const newerCase = (known, came) => (came.version >= known.version ? came : known);

/** @param {readonly Case[]} shown @param {Case} came @returns {Case[]} */
export const withCase = (shown, came) => shown.map((one) => (one.case_id === came.case_id ? newerCase(one, came) : one));

/** @param {string} instant ISO 8601 */
const timeOf = (instant) => Date.parse(instant);

/**
 * @param {readonly Case[]} shown as the list stands
 * @param {{ cases: readonly Case[], next_before: string | null }} page the newest page of the same filter
 * @param {{ byRisk?: boolean }} [order] whether the page has the most urgent ones, and not the newest
 * @returns {{ shown: Case[], fresh: Case[], gone: string[] }} fresh: cases that the list lacks, newest first; gone: ids of
 *   open ones of the list that the page should hold and doesn't: somebody has decided them; by risk, or others come before them
 */
export function mergeQueue(shown, page, { byRisk = false } = {}) {
  const came = new Map(page.cases.map((one) => [one.case_id, one]));
  const known = new Set(shown.map((one) => one.case_id));
  const oldest = byRisk || page.next_before === null ? -Infinity : Math.min(...page.cases.map((one) => timeOf(one.created_at)));
  const isMissed = (/** @type {Case} */ one) =>
    one.state === "open" && !came.has(one.case_id) && timeOf(one.created_at) > oldest;
  return {
    shown: shown.map((one) => newerCase(one, came.get(one.case_id) ?? one)),
    fresh: page.cases.filter((one) => !known.has(one.case_id)),
    gone: shown.filter(isMissed).map((one) => one.case_id),
  };
}

/**
 * The list with what has come put on top, or where the ranking has it; what is settled leaves now, since the list moves anyway.
 * @param {readonly Case[]} shown @param {readonly Case[]} fresh @param {string | null} keptId one that stays in any case
 * @param {"open" | "done"} state which of the two lists it is
 * @param {readonly string[]} [ranking] ids, in the order that holds; those that it lacks stand behind
 * @returns {Case[]}
 */
export function withFresh(shown, fresh, keptId, state, ranking = []) {
  const freshIds = new Set(fresh.map((one) => one.case_id));
  const stays = (/** @type {Case} */ one) => state === "done" || one.state === "open" || one.case_id === keptId;
  const all = [...fresh, ...shown.filter((one) => !freshIds.has(one.case_id) && stays(one))];
  const rank = new Map(ranking.map((id, place) => [id, place]));
  const rankOf = (/** @type {Case} */ one) => rank.get(one.case_id) ?? ranking.length;
  return all.sort((a, b) => rankOf(a) - rankOf(b));
}

/** @param {readonly Case[]} shown @param {readonly Case[]} older @returns {Case[]} */
export function withOlder(shown, older) {
  const known = new Set(shown.map((one) => one.case_id));
  return [...shown, ...older.filter((one) => !known.has(one.case_id))];
}

/** @param {readonly Case[]} cases @param {string} words in the text, the speaker's name or the room's title @returns {Case[]} */
export function found(cases, words) {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [...cases];
  return cases.filter((one) =>
    [one.text, one.subject?.display_name ?? "", one.room?.title ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** @param {readonly Case[]} cases @param {string | null} fromId @param {1 | -1} step @returns {string | null} the neighbour's id; the end's own at an end */
export function neighbour(cases, fromId, step) {
  if (cases.length === 0) return null;
  const index = cases.findIndex((one) => one.case_id === fromId);
  if (index === -1) return (step === 1 ? cases[0] : cases[cases.length - 1]).case_id;
  return cases[Math.min(cases.length - 1, Math.max(0, index + step))].case_id;
}

/** Where to go after a decision: the next open case below, or else the nearest above. @param {readonly Case[]} cases @param {string} fromId @returns {string | null} */
export function nextOpen(cases, fromId) {
  const index = cases.findIndex((one) => one.case_id === fromId);
  const isOpen = (/** @type {Case} */ one) => one.state === "open" && one.case_id !== fromId;
  const below = cases.slice(index + 1).find(isOpen);
  return (below ?? cases.slice(0, Math.max(0, index)).findLast(isOpen))?.case_id ?? null;
}
