/** What the server found to put right before a show, in the order in which a host should look at it. */

/**
 * @typedef {{ zh: string, en: string }} Bilingual
 * @typedef {"pass" | "warn" | "block"} Level
 * @typedef {{ id: string, title: Bilingual, article: Bilingual, reason: Bilingual }} Rule
 * @typedef {{ code: string, verdict: Level, field: string, text: string, spans: [number, number][], rule: Rule | null,
 *   what: Bilingual, todo: Bilingual }} Finding
 * @typedef {"title" | "organisation" | "stream_key" | "schedule" | "line_up" | "product" | "job"} ItemKind
 * @typedef {{ kind: ItemKind, item_id: string | null, title: string, verdict: Level, findings: Finding[] }} Item
 * @typedef {{ verdict: Level, summary: Bilingual, counts: Record<Level, number>, checked_at: string, items: Item[] }} Report
 * @typedef {import("../words/text.js").MessageKey} MessageKey
 */

/** @type {readonly Level[]} */
const WORST_FIRST = ["block", "warn", "pass"];

/** @param {readonly Item[]} items @returns {Item[]} those with something to put right, the worst first, else as they stand */
export const toPutRight = (items) => WORST_FIRST.flatMap((level) => items.filter((item) => item.verdict === level && item.findings.length > 0));

/** @type {Record<ItemKind, MessageKey>} */
export const KIND_WORDS = {
  title: "studio.check_title",
  organisation: "studio.check_organisation",
  stream_key: "studio.check_stream",
  schedule: "studio.check_schedule",
  line_up: "studio.check_line_up",
  product: "studio.check_product",
  job: "studio.check_job",
};

/** @type {Record<string, MessageKey>} */
const FIELD_WORDS = {
  title: "studio.check_field_title",
  name: "studio.check_field_name",
  description: "studio.check_field_description",
  origin: "studio.check_field_origin",
  promise: "studio.check_field_promise",
  skus: "studio.check_field_skus",
  employer: "studio.check_field_employer",
  headcount: "studio.check_field_headcount",
  place: "studio.check_field_place",
  base_min_minor: "studio.check_field_base",
  base_max_minor: "studio.check_field_base",
  pay_min_minor: "studio.check_field_pay",
  pay_max_minor: "studio.check_field_pay",
  employment: "studio.check_field_employment",
  shift: "studio.check_field_shift",
  benefits: "studio.check_field_benefits",
  requirements: "studio.check_field_requirements",
  valid_until: "studio.check_field_valid_until",
  all: "studio.check_field_all",
};

/** @param {string} field @returns {MessageKey | null} null for one that this page has no word for */
export const fieldWord = (field) => (Object.hasOwn(FIELD_WORDS, field) ? FIELD_WORDS[field] : null);
