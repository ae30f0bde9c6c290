/** Prices and stocks as hosts type them, within what the market takes. */
import { minorOf } from "../words/money.js";

/** ISO 4217; the market sells in one. */
export const CURRENCY = "CNY";
const PRICE_MINOR_MAX = 99_999_999;
const STOCK_MAX = 1_000_000;

/** What a Chinese keyboard gives for a decimal point, and the sign one may put before. @param {string} text */
const plain = (text) => text.replaceAll("\u3002", ".").replace(/[\u00a5\uffe5]/g, "");

/** @param {string} text e.g. "29.8" @returns {number | null} minor units, at least 1; null when it is no price */
export function priceMinorOf(text) {
  const minor = minorOf(plain(text), CURRENCY);
  return minor !== null && minor >= 1 && minor <= PRICE_MINOR_MAX ? minor : null;
}

/** @param {string} text @returns {number | null} null when it is no count */
export function stockOf(text) {
  const digits = text.normalize("NFKC").replace(/[\s,]/g, "");
  return /^\d{1,7}$/.test(digits) && Number(digits) <= STOCK_MAX ? Number(digits) : null;
}
