/** Money as people read it, from integer minor units; no amount ever becomes a binary fraction on the way. */

/** @param {string} currency ISO 4217 */
function minorDigits(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * @param {number} minor integer
 * @param {string} currency
 * @returns {string} exact decimal, e.g. "29.80"
 */
export function decimalOf(minor, currency) {
  const digits = minorDigits(currency);
  const sign = minor < 0 ? "-" : "";
  const padded = String(Math.abs(minor)).padStart(digits + 1, "0");
  return digits === 0 ? sign + padded : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/**
 * What somebody typed as an amount; full-width digits and separators of thousands are understood.
 * @param {string} text @param {string} currency
 * @returns {number | null} minor units, null where it is no amount of that currency
 */
export function minorOf(text, currency) {
  const digits = minorDigits(currency);
  const found = /^(\d{1,12})(?:\.(\d*))?$/.exec(text.normalize("NFKC").replace(/[\s,]/g, ""));
  const fraction = found?.[2] ?? "";
  if (found === null || fraction.length > digits) return null;
  return Number(found[1] + fraction.padEnd(digits, "0"));
}

/**
 * @param {number} minor @param {string} currency @param {string} language
 * @param {boolean} [trim] leave out a fraction of nought, as wages are written
 */
function formatter(minor, currency, language, trim = false) {
  const whole = trim && Number(decimalOf(minor, currency).split(".")[1] ?? 0) === 0;
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
  });
}

/** @param {string} decimal */
const exact = (decimal) => /** @type {Intl.StringNumericLiteral} */ (decimal);

/** @param {number} minor @param {string} currency @param {string} language */
export function formatMoney(minor, currency, language) {
  return formatter(minor, currency, language).format(exact(decimalOf(minor, currency)));
}

/**
 * The pieces of an amount, so that a price can show its fraction smaller.
 * @param {number} minor @param {string} currency @param {string} language
 * @returns {{ symbol: string, whole: string, fraction: string }} fraction with its separator, or ""
 */
export function moneyPieces(minor, currency, language) {
  const pieces = { symbol: "", whole: "", fraction: "" };
  for (const { type, value } of formatter(minor, currency, language).formatToParts(exact(decimalOf(minor, currency)))) {
    if (type === "currency") pieces.symbol += value;
    else if (type === "decimal" || type === "fraction") pieces.fraction += value;
    else if (value.trim() !== "") pieces.whole += value;
  }
  return pieces;
}

/**
 * @param {number} minMinor @param {number} maxMinor @param {string} currency @param {string} language
 * @returns {string} e.g. "¥6,000–8,500"
 */
export function formatMoneyRange(minMinor, maxMinor, currency, language) {
  const low = formatter(minMinor, currency, language, true).format(exact(decimalOf(minMinor, currency)));
  if (minMinor === maxMinor) return low;
  const high = formatter(maxMinor, currency, language, true).formatToParts(exact(decimalOf(maxMinor, currency)));
  return `${low}–${high.filter(({ type }) => type !== "currency").map(({ value }) => value).join("").trim()}`;
}
