/** All that is on the stall now. */
import { html } from "../html.js";
import { t } from "../words/text.js";
import { CardStrip } from "./card_strip.js";
import { Sheet } from "./sheet.js";

/**
 * @param {{ state: import("../live/room_state.js").RoomState, jobs: boolean, onBuy: (card: any) => void,
 *   onDetails: (card: any) => void, onClose: () => void }} props
 */
export function ShelfSheet({ state, jobs, onBuy, onDetails, onClose }) {
  const cards = state.cards.value;
  return html`<${Sheet} title=${t(jobs ? "watch.shelf_title_jobs" : "watch.shelf_title")} onClose=${onClose}>
    ${cards.length === 0
      ? html`<p class="muted">${t("watch.shelf_empty")}</p>`
      : html`<div class="strips">${cards.map((card) => html`<${CardStrip} key=${card.card_id} card=${card} state=${state} onBuy=${onBuy} onDetails=${onDetails} />`)}</div>`}
  </${Sheet}>`;
}
