/** The live room beside the case: its picture without sound, and its lines, with the one in question marked. */
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { RoomFeed } from "../../live/room_feed.js";
import { RoomState } from "../../live/room_state.js";
import { LANE_CHAT, LANE_CONTROL, LANE_VIDEO } from "../../live/wire.js";
import { mediaSourceClass } from "../../media/player.js";
import { countText, t } from "../../words/text.js";
import { Button, IconButton } from "../button.js";
import { ConnectionBar } from "../connection_bar.js";
import { Icon } from "../icons.js";
import { Notice } from "../notice.js";
import { roleWords } from "./desk_words.js";

/** @typedef {import("../../live/room_state.js").ShownComment} ShownComment */

/** Stepping quickly through cases of many rooms opens none of them. */
const SETTLE_MS = 350;
const NEAR_FOOT_PX = 48;

/** One visit to a room by somebody who only looks. */
class Look {
  state = new RoomState();
  /** @type {import("@preact/signals").Signal<import("../../live/connection.js").Status>} */
  status = signal("connecting");
  hasPicture = signal(false);

  /** @param {string} slug */
  constructor(slug) {
    this.video = document.createElement("video");
    this.video.className = "look__video";
    this.video.disablePictureInPicture = true;
    this.feed = new RoomFeed({ slug, lanes: [LANE_CONTROL, LANE_CHAT, LANE_VIDEO], sound: false, video: this.video });
    this.feed.player.onFirstPicture = () => {
      this.hasPicture.value = true;
    };
  }

  open() {
    this.feed.listen(
      (message) => this.state.applyMessage(message),
      (status) => {
        this.status.value = status;
      },
    );
    this.feed.open();
  }

  close() {
    this.feed.close();
  }
}

/**
 * @param {{ room: { slug: string, title: string } | null, markedId: string | null, onRemove: (comment: ShownComment) => void,
 *   onClose: () => void }} props markedId: the line in question
 */
export function RoomPanel({ room, markedId, onRemove, onClose }) {
  const wanted = room?.slug ?? "";
  const [slug, setSlug] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setSlug(wanted), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  return html`<section class="look" aria-label=${t("moderation.tab_room")}>
    <header class="look__head"><h2 class="look__title">${room?.title ?? t("moderation.tab_room")}</h2>
      <${IconButton} icon="close" label=${t("moderation.hide_room")} onClick=${onClose} /></header>
    ${wanted === "" || slug === "" ? html`<${Notice} icon="stall" title=${t("moderation.no_room")} />` : html`<${LiveRoom} key=${slug} slug=${slug} title=${room?.title ?? ""} markedId=${markedId} onRemove=${onRemove} />`}
  </section>`;
}

/** @param {{ slug: string, title: string, markedId: string | null, onRemove: (comment: ShownComment) => void }} props */
function LiveRoom({ slug, title, markedId, onRemove }) {
  const look = useMemo(() => new Look(slug), []);
  const picture = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    look.open();
    picture.current?.append(look.video);
    return () => look.close();
  }, []);
  useEffect(() => look.video.setAttribute("aria-label", t("watch.video", { title })), [title]);
  const air = look.state.air.value;
  const isOff = look.state.joined.value && air?.on_air !== true;
  const away = mediaSourceClass() === null ? "watch.no_mse_title" : isOff ? (air === null ? "watch.not_started_title" : "watch.offline_title") : null;
  return html`<div class="look__body">
    <div class="look__stage"><div class="look__picture" ref=${picture}></div>
      ${away !== null && html`<p class="look__away">${t(away)}</p>`}
      ${away === null && !look.hasPicture.value && html`<p class="look__away" role="status">${t("watch.waiting_picture")}</p>`}
      ${look.state.joined.value && html`<span class="look__viewers"><${Icon} name="people" />${countText(look.state.viewers.value)}</span>`}
    </div>
    <${ConnectionBar} status=${look.status.value} />
    <${Lines} state=${look.state} markedId=${markedId} onRemove=${onRemove} />
  </div>`;
}

/** @param {{ state: RoomState, markedId: string | null, onRemove: (comment: ShownComment) => void }} props */
function Lines({ state, markedId, onRemove }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const atFoot = useRef(true);
  const comments = state.comments.value;
  const marked = comments.find((comment) => comment.comment_id === markedId)?.comment_id ?? null;
  const toMarked = () => list.current?.querySelector(".look__line--marked")?.scrollIntoView({ block: "center" });
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && atFoot.current) element.scrollTop = element.scrollHeight;
  }, [comments.at(-1)?.comment_id]);
  useLayoutEffect(() => {
    if (marked !== null) toMarked();
  }, [marked]);
  const onScroll = () => {
    const element = list.current;
    if (element !== null) atFoot.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_FOOT_PX;
  };
  return html`<div class="look__lines" ref=${list} onScroll=${onScroll} role="log" aria-live="off" aria-label=${t("chat.title")} tabindex="0">
      ${comments.length === 0 && state.joined.value && html`<p class="muted">${t("moderation.room_quiet")}</p>`}
      ${comments.map((comment) => html`<p key=${comment.comment_id} class=${`look__line${comment.comment_id === marked ? " look__line--marked" : ""}`} data-comment-id=${comment.comment_id}>
        <span class="look__words">${comment.role !== "viewer" && html`<span class="look__role">${roleWords(comment.role)}</span>`}<span class="look__name">${comment.name}</span>${t("moderation.colon")}${comment.text}</span>
        <${IconButton} icon="remove" label=${t("chat.remove", { text: comment.text })} onClick=${() => onRemove(comment)} />
      </p>`)}
    </div>
    ${marked !== null && html`<div class="look__foot"><${Button} size="s" icon="eye" onClick=${toMarked}>${t("moderation.to_the_line")}</${Button}></div>`}`;
}
