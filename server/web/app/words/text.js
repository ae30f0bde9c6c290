/** The language in use and the words in it: the browser's, unless the visitor chose another here. */
import { effect, signal } from "@preact/signals";

import en from "../messages/en.js";
import zh from "../messages/zh.js";
import { formatMoney, formatMoneyRange } from "./money.js";

/**
 * @typedef {keyof typeof zh
 *   | keyof typeof import("../messages/studio/zh.js").default
 *   | keyof typeof import("../messages/jobs/zh.js").default
 *   | keyof typeof import("../messages/moderation/zh.js").default
 *   | keyof typeof import("../messages/desk/zh.js").default
 *   | keyof typeof import("../messages/me/zh.js").default
 *   | keyof typeof import("../messages/kit/zh.js").default
 *   | keyof typeof import("../messages/site/zh.js").default
 *   | keyof typeof import("../messages/room/zh.js").default
 *   | keyof typeof import("../messages/sign_in/zh.js").default
 *   | keyof typeof import("../messages/settings/zh.js").default} MessageKey
 */
/** @typedef {"zh" | "en"} Language */

const CHOICE_KEY = "jishi.language";
/** @type {Record<Language, Record<string, string>>} */
const MESSAGES = { zh: { ...zh }, en: { ...en } };
const LOCALES = { zh: "zh-CN", en: "en" };

/** @returns {Language} */
function firstLanguage() {
  const choice = stored();
  if (choice === "zh" || choice === "en") return choice;
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (tag.startsWith("zh")) return "zh";
    if (tag.startsWith("en")) return "en";
  }
  return "zh";
}

function stored() {
  try {
    return localStorage.getItem(CHOICE_KEY);
  } catch {
    return null; // storage is closed to us: the browser's language will do
  }
}

export const language = signal(firstLanguage());

effect(() => {
  document.documentElement.lang = LOCALES[language.value];
});

/** @param {Language} choice */
export function chooseLanguage(choice) {
  language.value = choice;
  try {
    localStorage.setItem(CHOICE_KEY, choice);
  } catch {
    // Chosen for this page alone, then.
  }
}

/** Make the words of a part of the site known (server/web/app/messages/{part}.js). @param {Record<Language, Record<string, string>>} words */
export function addMessages(words) {
  Object.assign(MESSAGES.zh, words.zh);
  Object.assign(MESSAGES.en, words.en);
}

/** @param {MessageKey} key @param {Record<string, string | number>} [values] @returns {string} */
export function t(key, values = {}) {
  return MESSAGES[language.value][key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {string} key @returns {key is MessageKey} */
export const isMessage = (key) => key in MESSAGES.zh;

/** @param {number} count @returns {string} e.g. 1.2万 or 12K */
export function countText(count) {
  return new Intl.NumberFormat(LOCALES[language.value], { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

/** @param {number} minor @param {string} currency */
export const moneyText = (minor, currency) => formatMoney(minor, currency, LOCALES[language.value]);

/** @param {number} minMinor @param {number} maxMinor @param {string} currency */
export const moneyRangeText = (minMinor, maxMinor, currency) =>
  formatMoneyRange(minMinor, maxMinor, currency, LOCALES[language.value]);

export const locale = () => LOCALES[language.value];

/** @param {string} instant ISO 8601 */
export function timeText(instant) {
  return new Intl.DateTimeFormat(LOCALES[language.value], { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(instant),
  );
}
