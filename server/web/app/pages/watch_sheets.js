/** The sheets of the watch page: the shelf, buying, a job's details, the host's desk, a removal, signing in. */
import { useState } from "preact/hooks";

import { BuySheet } from "../components/buy_sheet.js";
import { DeskSheet } from "../components/desk_sheet.js";
import { JobSheet } from "../components/job_sheet.js";
import { RemoveSheet } from "../components/remove_sheet.js";
import { Sheet } from "../components/sheet.js";
import { ShelfSheet } from "../components/shelf_sheet.js";
import { SignInForm } from "../components/sign_in_form.js";
import { html } from "../html.js";
import "../messages/sign_in.js";
import { t } from "../words/text.js";

/** @typedef {import("../live/room_visit.js").RoomVisit} RoomVisit */
/** @typedef {import("./watch.js").Open} Open */

/** @type {Open} */
const NONE = { kind: "none" };

/**
 * @param {{ open: Open, visit: RoomVisit, jobs: boolean, setOpen: (open: Open) => void, onBuy: (card: any) => void,
 *   onDetails: (card: any) => void }} props
 */
export function OpenSheet({ open, visit, jobs, setOpen, onBuy, onDetails }) {
  const close = () => setOpen(NONE);
  const card = useLastCard(visit, "cardId" in open ? open.cardId : "");
  switch (open.kind) {
    case "shelf":
      return html`<${ShelfSheet} key="shelf" state=${visit.state} jobs=${jobs} onBuy=${onBuy} onDetails=${onDetails} onClose=${close} />`;
    case "desk":
      return html`<${DeskSheet} key="desk" visit=${visit} onClose=${close} />`;
    case "buy":
      return card && html`<${BuySheet} key=${`buy-${open.cardId}`} visit=${visit} card=${card} onClose=${close} onSignIn=${() => setOpen({ kind: "sign_in", why: "buy", then: open })} />`;
    case "job":
      return card && html`<${JobSheet} key=${`job-${open.cardId}`} visit=${visit} card=${card} onClose=${close} />`;
    case "remove":
      return html`<${RemoveSheet} key="remove" visit=${visit} comment=${open.comment} onClose=${close} />`;
    case "sign_in":
      return html`<${Sheet} key="sign_in" title=${t(open.why === "say" ? "sign_in.why_say" : "sign_in.why_buy")} onClose=${close}>
        <${SignInForm} onSignedIn=${() => setOpen(open.then)} />
        <button type="button" class="button button--quiet button--wide" onClick=${close}>${t("sign_in.keep_watching")}</button>
      </${Sheet}>`;
    default:
      return null;
  }
}

/** The card as it stands, or as it last stood: one that is withdrawn stays until its sheet is closed. @param {RoomVisit} visit @param {string} cardId */
function useLastCard(visit, cardId) {
  const [last] = useState(() => new Map());
  const now = visit.state.cards.value.find((one) => one.card_id === cardId);
  if (now !== undefined) last.set(cardId, now);
  return last.get(cardId) ?? null;
}
