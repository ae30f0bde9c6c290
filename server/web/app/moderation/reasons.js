/**
 * Why something was decided. A reason travels as a code, so that each reader has it in their own language; with words
 * of the moderator's own behind a colon where there are some.
 */

/** Reasons for taking something down or silencing somebody, in the order shown; the sheet in the room uses the first five. */
export const REASON_CODES = /** @type {const} */ (["scam", "contact", "abuse", "false_claim", "spam", "privacy"]);
/** For finding that a room took complaints down. */
export const SUPPRESSION_CODES = /** @type {const} */ (["suppressed"]);
export const UNDO_CODES = /** @type {const} */ (["mistake", "looked_again"]);
/** Reasons for upholding an appeal, and for rejecting one. */
export const UPHOLD_CODES = /** @type {const} */ (["looked_again", "fine"]);
export const REJECT_CODES = /** @type {const} */ (["stands"]);
export const APPROVED = "fine";

/** @typedef {typeof REASON_CODES[number]} ReasonCode */

/** A reason has at most so many characters, its code included. */
export const REASON_CHARS_MAX = 200;

const CODES = [...REASON_CODES, ...SUPPRESSION_CODES, ...UNDO_CODES, ...REJECT_CODES, APPROVED];
const CODED = new RegExp(`^(${CODES.join("|")})(?:: ?([\\s\\S]*))?$`);

/** @param {string} code "" for words alone @param {string} words @returns {string} */
export function reasonOf(code, words) {
  const own = words.trim();
  return [code, own].filter((part) => part !== "").join(": ");
}

/** @param {string} reason @returns {{ code: typeof CODES[number] | null, words: string }} */
export function readReason(reason) {
  const coded = CODED.exec(reason.trim());
  if (coded === null) return { code: null, words: reason.trim() };
  return { code: /** @type {typeof CODES[number]} */ (coded[1]), words: (coded[2] ?? "").trim() };
}

/** By a rule's id, or by the first letters of it. @type {Record<string, ReasonCode>} */
const CODE_OF_RULES = { CT: "contact", PY: "contact", OC: "false_claim", JS: "scam", FR: "scam", AB: "abuse", LM001: "scam", LM002: "false_claim" };
/** @type {Record<string, ReasonCode>} */
const CODE_OF_REPORTS = { scam: "scam", false_claim: "false_claim", outside_contact: "contact", abuse: "abuse" };

/**
 * The reason to offer first: what the rules say, or else what most reports say.
 * @param {{ rules: readonly { id: string }[], reports: readonly { reason: string }[] }} one
 * @returns {ReasonCode}
 */
export function likelyReason(one) {
  const byRule = one.rules.map(({ id }) => CODE_OF_RULES[id] ?? CODE_OF_RULES[id.slice(0, 2)]).find((code) => code !== undefined);
  if (byRule !== undefined) return byRule;
  /** @type {Map<ReasonCode, number>} */
  const votes = new Map();
  for (const { reason } of one.reports) {
    const code = CODE_OF_REPORTS[reason];
    if (code !== undefined) votes.set(code, (votes.get(code) ?? 0) + 1);
  }
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "spam";
}
