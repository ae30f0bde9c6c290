/** How many are left. A change is shown by a short swell, so that the eye catches it without a jump. */
import { html } from "../html.js";
import { t } from "../words/text.js";

const LOW = 10;

/** @param {{ stock: { available: number } | null }} props */
export function StockNote({ stock }) {
  if (stock === null) return null;
  const { available } = stock;
  if (available <= 0) return html`<span class="stock stock--out">${t("card.sold_out")}</span>`;
  const low = available <= LOW;
  // A new key makes a new element, whose entrance animation runs.
  return html`<span key=${available} class=${`stock${low ? " stock--low" : ""}`}>${t(low ? "card.stock_low" : "card.stock", { count: available })}</span>`;
}

/**
 * Stock of a product over its options; null while none is known.
 * @param {import("../live/room_state.js").RoomState} state @param {{ skus?: { sku_id: string }[] }} card
 */
export function stockOfCard(state, card) {
  const known = (card.skus ?? []).map((sku) => state.stockOf(sku.sku_id)).filter((stock) => stock !== null);
  if (known.length === 0) return null;
  return {
    available: known.reduce((sum, stock) => sum + Math.max(0, stock.available), 0),
    sold: known.reduce((sum, stock) => sum + stock.sold, 0),
  };
}
