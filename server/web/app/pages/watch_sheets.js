/** What the watch page fetches when its picture is there: its sheets, following the host, and what is told of one's own lines. */
import { useState } from "preact/hooks";

import { BuySheet } from "../components/buy_sheet.js";
import { DeskSheet } from "../components/desk_sheet.js";
import { JobSheet } from "../components/job_sheet.js";
import { RemoveSheet } from "../components/remove_sheet.js";
import { Sheet } from "../components/sheet.js";
import { ShelfSheet } from "../components/shelf_sheet.js";
import { SignInForm } from "../components/sign_in_form.js";
import { LineSheet } from "../components/watch/line_sheet.js";
import { MoreSheet } from "../components/watch/more_sheet.js";
import { ReportSheet } from "../components/watch/report_sheet.js";
import { ShareSheet } from "../components/watch/share_sheet.js";
import { html } from "../html.js";
import "../messages/sign_in.js";
import { session } from "../session.js";
import { t } from "../words/text.js";

export { FollowButton } from "../components/watch/follow_button.js";
export { Told } from "../components/watch/told.js";

/** @typedef {import("../live/room_visit.js").RoomVisit} RoomVisit */
/** @typedef {import("./watch.js").Open} Open */

/** @type {Open} */
const NONE = { kind: "none" };

/**
 * @param {{ open: Open, visit: RoomVisit, room: any, hostId: string | null, canRemove: boolean, setOpen: (open: Open) => void,
 *   setAddress: (address: import("../components/composer.js").Address) => void, onBuy: (card: any) => void, onDetails: (card: any) => void }} props
 */
export function OpenSheet({ open, visit, room, hostId, canRemove, setOpen, setAddress, onBuy, onDetails }) {
  const close = () => setOpen(NONE);
  const jobs = room?.kind === "jobs";
  /** Only who is signed in can report. */
  const report = (/** @type {import("../components/watch/report_sheet.js").Reported} */ reported) => {
    /** @type {Open} */
    const then = { kind: "report", reported };
    setOpen(session.value === null ? { kind: "sign_in", why: "report", then } : then);
  };
  const reportCard = (/** @type {any} */ card) => () => report({ kind: "card", id: card.card_id, name: "", text: card.title });
  const speakTo = (/** @type {import("../components/composer.js").Address} */ address) => {
    if (session.value === null) return setOpen({ kind: "sign_in", why: "say", then: NONE });
    close();
    return setAddress(address);
  };
  const card = useLastCard(visit, "cardId" in open ? open.cardId : "");
  switch (open.kind) {
    case "shelf":
      return html`<${ShelfSheet} key="shelf" state=${visit.state} jobs=${jobs} onBuy=${onBuy} onDetails=${onDetails} onClose=${close} />`;
    case "desk":
      return html`<${DeskSheet} key="desk" visit=${visit} onClose=${close} />`;
    case "buy":
      return card && html`<${BuySheet} key=${`buy-${open.cardId}`} visit=${visit} card=${card} onClose=${close} onReport=${reportCard(card)} onSignIn=${() => setOpen({ kind: "sign_in", why: "buy", then: open })} />`;
    case "job":
      return card && html`<${JobSheet} key=${`job-${open.cardId}`} visit=${visit} card=${card} onReport=${reportCard(card)} onClose=${close} />`;
    case "remove":
      return html`<${RemoveSheet} key="remove" visit=${visit} comment=${open.comment} onClose=${close} />`;
    case "line": {
      const { comment } = open;
      return html`<${LineSheet} key="line" comment=${comment} canRemove=${canRemove} onClose=${close} onReply=${() => speakTo({ replyTo: comment, mention: "" })}
        onMention=${() => speakTo({ replyTo: null, mention: comment.name })} onRemove=${() => setOpen({ kind: "remove", comment })}
        onReport=${() => report({ kind: "comment", id: comment.comment_id, name: comment.name, text: comment.text })} />`;
    }
    case "report":
      return html`<${ReportSheet} key="report" slug=${visit.slug} reported=${open.reported} onClose=${close} />`;
    case "share":
      return html`<${ShareSheet} key="share" slug=${visit.slug} title=${room?.title ?? ""} cards=${visit.state.cards.value.filter((one) => one.kind !== "notice")} onClose=${close} />`;
    case "more":
      return html`<${MoreSheet} key="more" slug=${visit.slug} onClose=${close}
        onReportHost=${hostId === null || visit.role.value === "host" ? null : () => report({ kind: "host", id: hostId, name: room?.host_name ?? "", text: room?.title ?? "" })} />`;
    case "sign_in":
      return html`<${Sheet} key="sign_in" title=${t(`sign_in.why_${open.why}`)} onClose=${close}>
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
