/** One card in a row: on the picture of a phone, beside it on a desk, and in the list of all cards. */
import { html } from "../html.js";
import { countText, t } from "../words/text.js";
import { Pay, Price } from "./price.js";
import { StockNote, stockOfCard } from "./stock_note.js";
import { Thumb } from "./thumb.js";

/**
 * @param {{ card: any, state: import("../live/room_state.js").RoomState, onBuy: (card: any) => void,
 *   onDetails: (card: any) => void }} props
 */
export function CardStrip({ card, state, onBuy, onDetails }) {
  if (card.kind === "product") return html`<${ProductStrip} card=${card} state=${state} onBuy=${onBuy} />`;
  if (card.kind === "job") return html`<${JobStrip} card=${card} onDetails=${onDetails} />`;
  return html`<article class="strip strip--notice" data-card-id=${card.card_id}>
    <${Thumb} card=${card} />
    <div class="strip__main">
      <span class="tag">${t("card.notice")}</span>
      <h3 class="strip__title">${card.title}</h3>
      ${card.subtitle && html`<p class="strip__note">${card.subtitle}</p>`}
    </div>
  </article>`;
}

/** @param {{ card: any, state: import("../live/room_state.js").RoomState, onBuy: (card: any) => void }} props */
function ProductStrip({ card, state, onBuy }) {
  const cheapest = card.skus[0];
  const stock = stockOfCard(state, card);
  const soldOut = stock !== null && stock.available <= 0;
  return html`<article class="strip" data-card-id=${card.card_id}>
    <${Thumb} card=${card} />
    <div class="strip__main">
      <h3 class="strip__title">${card.title}</h3>
      <p class="strip__note">${card.origin && html`<span>${t("card.origin", { origin: card.origin })}</span>`}${stock !== null && stock.sold > 0 && html`<span>${t("card.sold", { count: countText(stock.sold) })}</span>`}</p>
      <p class="strip__figures">
        ${cheapest && html`<${Price} minor=${cheapest.price_minor} currency=${cheapest.currency} from=${card.skus.length > 1} />`}
        <${StockNote} stock=${stock} />
      </p>
    </div>
    <button type="button" class="button button--buy" disabled=${soldOut || !cheapest} onClick=${() => onBuy(card)}
      aria-label=${`${soldOut ? t("card.sold_out") : t("card.buy")} ${card.title}`}>${soldOut ? t("card.sold_out") : t("card.buy")}</button>
  </article>`;
}

/** @param {{ card: any, onDetails: (card: any) => void }} props */
function JobStrip({ card, onDetails }) {
  return html`<article class="strip strip--job" data-card-id=${card.card_id}>
    <${Thumb} card=${card} />
    <div class="strip__main">
      <h3 class="strip__title">${card.title}</h3>
      <p class="strip__figures"><${Pay} pay=${card.pay} /></p>
      <p class="strip__note"><span>${card.place}</span><span>${t("job.headcount", { count: card.headcount })}</span></p>
    </div>
    <button type="button" class="button button--job" onClick=${() => onDetails(card)} aria-label=${`${t("job.details")} ${card.title}`}>${t("job.details")}</button>
  </article>`;
}
