/** States, employments and dates of the jobs side, in words. */
import "../messages/jobs.js";
import { locale, t } from "../words/text.js";

/** @typedef {import("./applications.js").State} State */
/** @typedef {import("../words/text.js").MessageKey} MessageKey */

/** @type {Record<State, MessageKey>} */
const STATES = {
  submitted: "state.submitted", viewed: "state.viewed", contacted: "state.contacted", interview: "state.interview",
  offered: "state.offered", hired: "state.hired", rejected: "state.rejected", withdrawn: "state.withdrawn",
};
/** @type {Record<State, MessageKey>} */
const TOLD = {
  submitted: "state.told_submitted", viewed: "state.told_viewed", contacted: "state.told_contacted",
  interview: "state.told_interview", offered: "state.told_offered", hired: "state.told_hired",
  rejected: "state.told_rejected", withdrawn: "state.told_withdrawn",
};
/** @type {Record<string, MessageKey>} */
const EMPLOYMENTS = {
  full_time: "job.employment_full_time", part_time: "job.employment_part_time", temporary: "job.employment_temporary",
  intern: "job.employment_intern", dispatch: "job.employment_dispatch",
};
/** @type {Record<string, MessageKey>} */
const EDUCATIONS = {
  none: "resume.education_unschooled", primary: "resume.education_primary", junior: "resume.education_junior", senior: "resume.education_senior",
  vocational: "resume.education_vocational", college: "resume.education_college", bachelor: "resume.education_bachelor",
  master: "resume.education_master",
};
/** @type {Record<string, MessageKey>} */
const STANDINGS = {
  draft: "post.state_draft", open: "post.state_open", withdrawn: "post.state_withdrawn", expired: "post.state_expired",
  removed: "post.state_removed",
};
/** @type {Record<string, MessageKey>} */
const PAY_UNITS = { month: "post.unit_month", day: "post.unit_day", hour: "post.unit_hour", piece: "post.unit_piece" };
/** @type {Record<string, MessageKey>} */
const FAULTS = {
  missing: "fault.missing", number: "fault.number", range: "fault.range", order: "fault.order",
  below_base: "fault.below_base", past: "fault.past", choice: "fault.choice", count: "fault.count", phone: "fault.phone",
};

/** @param {Record<string, MessageKey>} table @param {string} code @returns {string} the code itself where there is no word for it */
const wordOf = (table, code) => (table[code] === undefined ? code : t(table[code]));

/** @param {State} state */
export const stateText = (state) => wordOf(STATES, state);
/** What a state means for who applied. @param {State} state */
export const toldText = (state) => wordOf(TOLD, state);
/** @param {string} employment */
export const employmentText = (employment) => wordOf(EMPLOYMENTS, employment);
/** @param {string} education */
export const educationText = (education) => wordOf(EDUCATIONS, education);
/** @param {string} standing of a post (posts.js standingOf) */
export const standingText = (standing) => wordOf(STANDINGS, standing);
/** @param {string} unit */
export const payUnitText = (unit) => wordOf(PAY_UNITS, unit);

/** @param {string | undefined} code @param {number} [charsMax] of the field @returns {string} "" where there is no fault */
export function faultText(code, charsMax) {
  if (code === undefined) return "";
  if (code === "length") return charsMax === undefined ? t("fault.length_plain") : t("fault.length", { count: charsMax });
  return FAULTS[code] === undefined ? t("fault.other") : t(FAULTS[code]);
}

/** @param {number | null | undefined} years */
export const yearsText = (years) => (years ? t("resume.years_text", { count: years }) : t("resume.years_none"));

/** A day alone. @param {string} instant ISO 8601 */
export const dayText = (instant) => new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(instant));
