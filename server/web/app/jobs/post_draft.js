/**
 * A post while it is being written: what the form holds as text, what is still missing, and what is sent.
 *
 * The faults carry the server's codes (`missing`, `length`, `range`, `past`, `choice`, `count`), and `number` and `order`
 * for what only a form can get wrong. A draft may lack anything; publishing may not.
 */
import { decimalOf, minorOf } from "../words/money.js";

/** @typedef {import("./posts.js").Post} Post */
/**
 * @typedef {{ title: string, employer: string, headcount: string, place: string, base_min: string, base_max: string,
 *   pay_min: string, pay_max: string, pay_unit: string, employment: string, shift: string, benefits: string[],
 *   requirements: string[], description: string, valid_until: string }} PostForm valid_until: a day, yyyy-mm-dd
 * @typedef {Record<string, string>} Faults by field of the form
 */

export const CURRENCY = "CNY";
export const PAY_UNITS = ["month", "day", "hour", "piece"];
export const EMPLOYMENTS = ["full_time", "part_time", "temporary", "intern", "dispatch"];
export const LABELS_MAX = 12;
export const LABEL_CHARS_MAX = 30;
export const DESCRIPTION_CHARS_MAX = 2000;
const HEADCOUNT_MAX = 100_000;
const VALID_DAYS = 30;
const DAY_MS = 86_400_000;

/** What publishing needs, in the form's order. @type {readonly (keyof PostForm)[]} */
const REQUIRED = ["title", "employer", "headcount", "place", "base_min", "base_max", "pay_min", "pay_max", "pay_unit", "employment", "requirements", "description", "valid_until"];
/** @type {Record<string, number>} */
export const CHARS_MAX = { title: 60, employer: 64, place: 60, shift: 60, description: DESCRIPTION_CHARS_MAX };
/** The form's field for one of the server's. @type {Record<string, keyof PostForm>} */
const FIELD_OF = {
  base_min_minor: "base_min", base_max_minor: "base_max", base: "base_min",
  pay_min_minor: "pay_min", pay_max_minor: "pay_max", pay: "pay_min",
};

/** @param {string} employer @param {number} nowMs @returns {PostForm} */
export function emptyForm(employer, nowMs) {
  return {
    title: "", employer, headcount: "", place: "", base_min: "", base_max: "", pay_min: "", pay_max: "",
    pay_unit: "month", employment: "full_time", shift: "", benefits: [], requirements: [], description: "",
    valid_until: dayOf(nowMs + VALID_DAYS * DAY_MS),
  };
}

/** @param {Post} post @returns {PostForm} */
export function formOf(post) {
  const amount = (/** @type {number | null} */ minor) => (minor ? decimalOf(minor, post.currency || CURRENCY).replace(/\.0+$/, "") : "");
  return {
    title: post.title ?? "", employer: post.employer ?? "", headcount: post.headcount ? String(post.headcount) : "",
    place: post.place ?? "", base_min: amount(post.base_min_minor), base_max: amount(post.base_max_minor),
    pay_min: amount(post.pay_min_minor), pay_max: amount(post.pay_max_minor), pay_unit: post.pay_unit || "month",
    employment: post.employment ?? "", shift: post.shift ?? "", benefits: [...(post.benefits ?? [])],
    requirements: [...(post.requirements ?? [])], description: post.description ?? "",
    valid_until: post.valid_until ? dayOf(Date.parse(post.valid_until)) : "",
  };
}

/**
 * @param {PostForm} form @param {{ nowMs: number, draft: boolean }} when draft: what is missing is no fault
 * @returns {Faults} empty where nothing is wrong
 */
export function faultsOf(form, { nowMs, draft }) {
  /** @type {Faults} */
  const faults = {};
  if (!draft) {
    for (const name of REQUIRED) if (isBlank(form[name])) faults[name] = "missing";
  } else if (isBlank(form.title)) faults.title = "missing";
  for (const [name, most] of Object.entries(CHARS_MAX)) {
    if (Array.from(/** @type {string} */ (form[/** @type {keyof PostForm} */ (name)]).trim()).length > most) faults[name] = "length";
  }
  if (!isBlank(form.headcount)) {
    const count = countOf(form.headcount);
    if (count === null) faults.headcount = "number";
    else if (count < 1 || count > HEADCOUNT_MAX) faults.headcount = "range";
  }
  Object.assign(faults, payFaults(form));
  if (!isBlank(form.valid_until) && !(endOfDay(form.valid_until) > nowMs)) faults.valid_until = "past";
  return faults;
}

/** @param {PostForm} form @returns {Faults} */
function payFaults(form) {
  /** @type {Faults} */
  const faults = {};
  /** @type {(keyof PostForm)[]} */
  const names = ["base_min", "base_max", "pay_min", "pay_max"];
  const minors = names.map((name) => {
    if (isBlank(form[name])) return null;
    const minor = minorOf(String(form[name]), CURRENCY);
    if (minor === null) faults[name] = "number";
    else if (minor === 0) faults[name] = "range";
    return minor;
  });
  const [baseMin, baseMax, payMin, payMax] = minors;
  if (baseMin && baseMax && baseMin > baseMax) faults.base_max = "order";
  if (payMin && payMax && payMin > payMax) faults.pay_max = "order";
  // Base is a part of the total: a total below it is a slip, or bait.
  if (baseMin && payMin && payMin < baseMin) faults.pay_min = "below_base";
  if (baseMax && payMax && payMax < baseMax) faults.pay_max = "below_base";
  return faults;
}

/**
 * What is sent: all of it, null where nothing is known yet, so that what is cleared is cleared.
 * @param {PostForm} form @returns {Record<string, unknown>}
 */
export function bodyOf(form) {
  const amount = (/** @type {string} */ text) => minorOf(text, CURRENCY) || null;
  return {
    title: form.title.trim(), employer: form.employer.trim(), headcount: countOf(form.headcount), place: form.place.trim(),
    base_min_minor: amount(form.base_min), base_max_minor: amount(form.base_max),
    pay_min_minor: amount(form.pay_min), pay_max_minor: amount(form.pay_max), currency: CURRENCY,
    pay_unit: form.pay_unit, employment: form.employment, shift: form.shift.trim(), benefits: form.benefits,
    requirements: form.requirements, description: form.description.trim(),
    valid_until: form.valid_until ? new Date(endOfDay(form.valid_until)).toISOString() : null,
  };
}

/** What the server found, by the form's fields. @param {Record<string, string>} fields @returns {Faults} */
export function faultsFrom(fields) {
  /** @type {Faults} */
  const faults = {};
  for (const [path, code] of Object.entries(fields)) {
    const name = path.split(".")[0];
    faults[FIELD_OF[name] ?? name] = code === "value" || code === "unknown" ? "range" : code;
  }
  return faults;
}

/** @param {string | string[]} value */
const isBlank = (value) => (Array.isArray(value) ? value.length === 0 : value.trim() === "");

/** @param {string} text */
function countOf(text) {
  const plain = text.normalize("NFKC").trim();
  return /^\d{1,7}$/.test(plain) ? Number(plain) : null;
}

/** @param {number} ms @returns {string} the day at the reader's place */
function dayOf(ms) {
  const at = new Date(ms);
  const two = (/** @type {number} */ count) => String(count).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** A post is valid to the end of the day that it names. @param {string} day */
const endOfDay = (day) => new Date(`${day}T23:59:59`).getTime();
