/** The watch page: the picture, and over or beside it everything one can do in the room. */
import { useEffect, useMemo, useState } from "preact/hooks";

import { call, Problem } from "../api.js";
import { BuySheet } from "../components/buy_sheet.js";
import { CardStrip } from "../components/card_strip.js";
import { ChatList } from "../components/chat_list.js";
import { Composer } from "../components/composer.js";
import { ConnectionBar } from "../components/connection_bar.js";
import { DeskSheet } from "../components/desk_sheet.js";
import { HeartButton } from "../components/heart_button.js";
import { Icon } from "../components/icons.js";
import { JobSheet } from "../components/job_sheet.js";
import { RemoveSheet } from "../components/remove_sheet.js";
import { RoomBar } from "../components/room_bar.js";
import { Sheet } from "../components/sheet.js";
import { ShelfSheet } from "../components/shelf_sheet.js";
import { SignInForm } from "../components/sign_in_form.js";
import { Stage } from "../components/stage.js";
import { html } from "../html.js";
import { RoomVisit } from "../live/room_visit.js";
import { t } from "../words/text.js";
import { NotFound } from "./not_found.js";

/**
 * @typedef {{ kind: "none" } | { kind: "shelf" } | { kind: "desk" } | { kind: "buy", cardId: string }
 *   | { kind: "job", cardId: string } | { kind: "remove", comment: import("../live/wire.js").Comment }
 *   | { kind: "sign_in", why: "say" | "buy", then: Open }} Open which sheet is open
 */

/** @type {Open} */
const NONE = { kind: "none" };

/** @param {{ slug: string }} props */
export function Watch({ slug }) {
  const visit = useMemo(() => new RoomVisit(slug), [slug]);
  const [facts, setFacts] = useState(/** @type {any} */ (null));
  const [missing, setMissing] = useState(false);
  const [open, setOpen] = useState(NONE);
  useEffect(() => {
    visit.open();
    Object.assign(window, { jishi: debugHandle(visit) });
    call("GET", `/api/rooms/${encodeURIComponent(slug)}`)
      .then(setFacts)
      .catch((error) => {
        if (error instanceof Problem && error.status === 404) setMissing(true);
      });
    return () => visit.close();
  }, [visit]);
  const room = visit.state.room.value ?? facts;
  useEffect(() => {
    if (room !== null) document.title = `${room.title} · ${t("app.name")}`;
  }, [room?.title]);
  useEffect(() => {
    if (missing) visit.close();
  }, [missing]);
  if (missing) return html`<${NotFound} />`;

  const jobs = room?.kind === "jobs";
  const canRemove = visit.role.value === "host" || visit.role.value === "moderator";
  const isHost = visit.role.value === "host";
  const cards = visit.state.cards.value;
  const buy = (/** @type {any} */ card) => setOpen({ kind: "buy", cardId: card.card_id });
  const details = (/** @type {any} */ card) => setOpen({ kind: "job", cardId: card.card_id });
  const toSay = () => setOpen({ kind: "sign_in", why: "say", then: NONE });
  return html`<div class=${`watch${jobs ? " watch--jobs" : ""}`}>
    <${Stage} visit=${visit} title=${room?.title ?? ""} />
    <${RoomBar} visit=${visit} room=${room} />
    <${ConnectionBar} status=${visit.status.value} />
    <main class="watch__side">
      <div class="watch__cards">
        ${cards.slice(0, 3).map((card) => html`<${CardStrip} key=${card.card_id} card=${card} state=${visit.state} onBuy=${buy} onDetails=${details} />`)}
        ${cards.length > 3 && html`<button type="button" class="button button--quiet watch__more" onClick=${() => setOpen({ kind: "shelf" })}>${t("card.more")} · ${cards.length}</button>`}
      </div>
      <${ChatList} state=${visit.state} canRemove=${canRemove} onRemove=${(/** @type {any} */ comment) => setOpen({ kind: "remove", comment })} />
      <div class="watch__foot">
        <button type="button" class="round-button round-button--shelf" aria-label=${t(jobs ? "watch.shelf_jobs" : "watch.shelf", { count: cards.length })} onClick=${() => setOpen({ kind: "shelf" })}>
          <${Icon} name=${jobs ? "briefcase" : "basket"} />${cards.length > 0 && html`<span class="round-button__count" aria-hidden="true">${cards.length}</span>`}
        </button>
        ${isHost && html`<button type="button" class="round-button" aria-label=${t("watch.desk")} onClick=${() => setOpen({ kind: "desk" })}><${Icon} name="stall" /></button>`}
        <${Composer} visit=${visit} onSignIn=${toSay} />
        <${HeartButton} visit=${visit} />
      </div>
    </main>
    <${OpenSheet} open=${open} visit=${visit} jobs=${jobs} setOpen=${setOpen} onBuy=${buy} onDetails=${details} />
  </div>`;
}

/**
 * @param {{ open: Open, visit: RoomVisit, jobs: boolean, setOpen: (open: Open) => void, onBuy: (card: any) => void,
 *   onDetails: (card: any) => void }} props
 */
function OpenSheet({ open, visit, jobs, setOpen, onBuy, onDetails }) {
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
      return card && html`<${JobSheet} key=${`job-${open.cardId}`} card=${card} onClose=${close} />`;
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

/** What tests and the curious may look at. @param {RoomVisit} visit */
function debugHandle(visit) {
  return {
    get video() {
      return visit.player?.video ?? null;
    },
    live: visit.live,
    stats: () => visit.stats(),
  };
}
