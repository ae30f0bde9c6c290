/** An amount as a market shows it: small sign, large figure, small fraction. */
import { html } from "../html.js";
import { moneyPieces } from "../words/money.js";
import { locale, moneyRangeText, t } from "../words/text.js";

/** @param {{ minor: number, currency: string, from?: boolean }} props from: other options cost more */
export function Price({ minor, currency, from = false }) {
  const { symbol, whole, fraction } = moneyPieces(minor, currency, locale());
  const figure = html`<span class="price__symbol">${symbol}</span><span class="price__whole">${whole}</span><span class="price__fraction">${fraction}</span>`;
  if (!from) return html`<span class="price">${figure}</span>`;
  const [before, after] = t("card.from").split("{price}");
  return html`<span class="price">${before && html`<span class="price__from">${before}</span>`}${figure}${after && html`<span class="price__from">${after}</span>`}</span>`;
}

/** @param {{ pay: { min_minor: number, max_minor: number, currency: string, unit: string } }} props */
export function Pay({ pay }) {
  return html`<span class="price price--pay"><span class="price__whole">${moneyRangeText(pay.min_minor, pay.max_minor, pay.currency)}</span><span class="price__fraction">/${unitText(pay.unit)}</span></span>`;
}

/** @param {string} unit */
function unitText(unit) {
  switch (unit) {
    case "month":
      return t("job.unit_month");
    case "day":
      return t("job.unit_day");
    case "hour":
      return t("job.unit_hour");
    case "piece":
      return t("job.unit_piece");
    default:
      return unit;
  }
}
