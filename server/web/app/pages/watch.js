/** The watch page: the picture, and over or beside it everything one can do in the room. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { call, Problem } from "../api.js";
import { CardStrip } from "../components/card_strip.js";
import { ChatList } from "../components/chat_list.js";
import { Composer } from "../components/composer.js";
import { ConnectionBar } from "../components/connection_bar.js";
import { HeartButton } from "../components/heart_button.js";
import { Icon } from "../components/icons.js";
import { Notice } from "../components/notice.js";
import { RoomBar } from "../components/room_bar.js";
import { Stage } from "../components/stage.js";
import { html } from "../html.js";
import { RoomVisit } from "../live/room_visit.js";
import { arrived } from "../notices.js";
import { t } from "../words/text.js";

/**
 * @typedef {{ kind: "none" } | { kind: "shelf" } | { kind: "desk" } | { kind: "buy", cardId: string }
 *   | { kind: "job", cardId: string } | { kind: "remove", comment: import("../live/wire.js").Comment }
 *   | { kind: "line", comment: import("../live/wire.js").Comment } | { kind: "share" } | { kind: "more" }
 *   | { kind: "report", reported: import("../components/watch/report_sheet.js").Reported }
 *   | { kind: "sign_in", why: "say" | "buy" | "report" | "follow", then: Open }} Open which sheet is open
 */

/** @type {Open} */
const NONE = { kind: "none" };
/** @type {import("../components/composer.js").Address} */
const EVERYBODY = { replyTo: null, mention: "" };

/** The sheets are fetched when the picture is there, or when one is asked for. */
const SHEETS_AFTER_PICTURE_MS = 1_000;

/** @param {{ slug: string }} props */
export function Watch({ slug }) {
  const visit = useMemo(() => new RoomVisit(slug), [slug]);
  const [facts, setFacts] = useState(/** @type {any} */ (null));
  const [missing, setMissing] = useState(false);
  const [open, setOpen] = useState(NONE);
  const [address, setAddress] = useState(EVERYBODY);
  const later = useLater(visit.hasPicture.value, open.kind !== "none" || arrived.value !== null);
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
  if (missing) {
    return html`<main class="watch watch--missing"><${Notice} icon="stall" title=${t("app.not_found_title")} text=${t("app.not_found_text")}><a class="button button--primary" href="/">${t("app.go_lobby")}</a></${Notice}></main>`;
  }

  const jobs = room?.kind === "jobs";
  const canRemove = visit.role.value === "host" || visit.role.value === "moderator";
  const isHost = visit.role.value === "host";
  const cards = visit.state.cards.value;
  const buy = (/** @type {any} */ card) => setOpen({ kind: "buy", cardId: card.card_id });
  const details = (/** @type {any} */ card) => setOpen({ kind: "job", cardId: card.card_id });
  useSharedCard(cards, (card) => (card.kind === "job" ? details(card) : buy(card)));
  const toSay = () => setOpen({ kind: "sign_in", why: "say", then: NONE });
  return html`<div class=${`watch${jobs ? " watch--jobs" : ""}`}>
    <${Stage} visit=${visit} title=${room?.title ?? ""} />
    <${RoomBar} visit=${visit} room=${room} onShare=${() => setOpen({ kind: "share" })} onMore=${() => setOpen({ kind: "more" })}>
      ${later !== null && facts?.host_id && html`<${later.FollowButton} hostId=${facts.host_id} onSignIn=${() => setOpen({ kind: "sign_in", why: "follow", then: NONE })} />`}
    </${RoomBar}>
    <${ConnectionBar} status=${visit.shownStatus.value} onRetry=${() => visit.live.retryNow()} />
    <main class="watch__side">
      <h2 class="unseen">${t(jobs ? "watch.shelf_title_jobs" : "watch.shelf_title")}</h2>
      <div class="watch__cards">
        ${cards.slice(0, 3).map((card) => html`<${CardStrip} key=${card.card_id} card=${card} state=${visit.state} onBuy=${buy} onDetails=${details} />`)}
        ${cards.length > 3 && html`<button type="button" class="button button--quiet watch__more" onClick=${() => setOpen({ kind: "shelf" })}>${t("card.more")} · ${cards.length}</button>`}
      </div>
      <${ChatList} state=${visit.state} jobs=${jobs} canRemove=${canRemove} onRemove=${(/** @type {any} */ comment) => setOpen({ kind: "remove", comment })}
        onOpen=${(/** @type {any} */ comment) => setOpen({ kind: "line", comment })} />
      <div class="watch__foot">
        <button type="button" class="round-button round-button--shelf" aria-label=${t(jobs ? "watch.shelf_jobs" : "watch.shelf", { count: cards.length })} onClick=${() => setOpen({ kind: "shelf" })}>
          <${Icon} name=${jobs ? "briefcase" : "basket"} />${cards.length > 0 && html`<span class="round-button__count" aria-hidden="true">${cards.length}</span>`}
        </button>
        ${isHost && html`<button type="button" class="round-button" aria-label=${t("watch.desk")} onClick=${() => setOpen({ kind: "desk" })}><${Icon} name="stall" /></button>`}
        ${later !== null && html`<${later.Told} />`}
        <${Composer} visit=${visit} address=${address} onAddressed=${() => setAddress(EVERYBODY)} onSignIn=${toSay} />
        <${HeartButton} visit=${visit} />
      </div>
    </main>
    ${later !== null && html`<${later.OpenSheet} open=${open} visit=${visit} room=${room} hostId=${facts?.host_id ?? null} canRemove=${canRemove} setOpen=${setOpen} setAddress=${setAddress} onBuy=${buy} onDetails=${details} />`}
  </div>`;
}

/** What tests and the curious may look at. @param {RoomVisit} visit */
function debugHandle(visit) {
  return {
    get video() {
      return visit.player.video;
    },
    live: visit.live,
    stats: () => visit.stats(),
  };
}

/**
 * @param {boolean} hasPicture @param {boolean} isAsked
 * @returns {typeof import("./watch_sheets.js") | null} null until it is here
 */
function useLater(hasPicture, isAsked) {
  const [sheets, setSheets] = useState(/** @type {typeof import("./watch_sheets.js") | null} */ (null));
  useEffect(() => {
    if (sheets !== null || !(hasPicture || isAsked)) return undefined;
    const fetchSheets = () =>
      Promise.all([import("./watch_sheets.js"), laterStyles()])
        .then(([module]) => setSheets(module))
        .catch(() => {}); // the next one asked for tries again
    const timer = setTimeout(fetchSheets, isAsked ? 0 : SHEETS_AFTER_PICTURE_MS);
    return () => clearTimeout(timer);
  }, [hasPicture, isAsked]);
  return sheets;
}

/** Opens the card that the address names (?card=), once, when it is there. @param {any[]} cards @param {(card: any) => void} open */
function useSharedCard(cards, open) {
  const wanted = useRef(new URLSearchParams(location.search).get("card"));
  const card = cards.find((one) => one.card_id === wanted.current && one.kind !== "notice");
  useEffect(() => {
    if (card === undefined) return;
    wanted.current = null;
    open(card);
  }, [card?.card_id]);
}

/** @type {Promise<void> | null} */
let styles = null;

/** How the sheets look. @returns {Promise<void>} once it is known */
function laterStyles() {
  styles ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("../../styles/for/watch_later.css", import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      styles = null;
      reject(new Error("no styles"));
    };
    document.head.append(link);
  });
  return styles;
}
