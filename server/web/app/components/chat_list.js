/** The lines of the room, newest at the foot; it stays where one has scrolled to, and says when there is more. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

/** @typedef {import("../live/room_state.js").ShownComment} ShownComment */

const NEAR_FOOT_PX = 48;

/**
 * @param {{ state: import("../live/room_state.js").RoomState, jobs: boolean, canRemove: boolean,
 *   onRemove: (comment: ShownComment) => void, onOpen: (comment: ShownComment) => void }} props
 */
export function ChatList({ state, jobs, canRemove, onRemove, onOpen }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const atFoot = useRef(true);
  const [newer, setNewer] = useState(false);
  const comments = state.comments.value;
  const byId = new Map(comments.map((comment) => [comment.comment_id, comment]));
  const toFoot = () => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight;
    setNewer(false);
  };
  useLayoutEffect(() => {
    if (atFoot.current || comments.at(-1)?.mine) toFoot();
    else setNewer(true);
  }, [comments.at(-1)?.comment_id, canRemove]);
  useLayoutEffect(() => {
    // A keyboard or a card that takes room must not hide the newest line.
    const resizer = new ResizeObserver(() => atFoot.current && toFoot());
    if (list.current !== null) resizer.observe(list.current);
    return () => resizer.disconnect();
  }, []);
  const onScroll = () => {
    const element = list.current;
    if (element === null) return;
    atFoot.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_FOOT_PX;
    if (atFoot.current) setNewer(false);
  };
  return html`<div class="chat">
    <div class="chat__list" ref=${list} onScroll=${onScroll} role="log" aria-label=${t("chat.title")} tabindex="0">
      ${state.joined.value && html`<p class="chat__welcome">${t(jobs ? "chat.welcome_jobs" : "chat.welcome")}</p>`}
      ${comments.length === 0 && state.joined.value && html`<p class="chat__empty">${t("chat.empty")}</p>`}
      ${comments.map((comment) => html`<${Line} key=${comment.comment_id} comment=${comment} answered=${byId.get(comment.reply_to ?? "") ?? null} canRemove=${canRemove} onRemove=${onRemove} onOpen=${onOpen} />`)}
    </div>
    ${newer && html`<button type="button" class="chat__newer" onClick=${toFoot}>${t("chat.newer")}</button>`}
  </div>`;
}

/**
 * @param {{ comment: ShownComment, answered: ShownComment | null, canRemove: boolean, onRemove: (comment: ShownComment) => void,
 *   onOpen: (comment: ShownComment) => void }} props answered: the line this one answers, while it is here
 */
function Line({ comment, answered, canRemove, onRemove, onOpen }) {
  const role = comment.mine && comment.role === "viewer" ? t("chat.mine") : roleText(comment.role);
  const kind = comment.mine ? " line--mine" : answered?.mine ? " line--to-me" : "";
  return html`<p class=${`line line--${comment.role}${kind}`} data-comment-id=${comment.comment_id}>
    <span class="line__text">${role && html`<span class="line__role">${role}</span>`}<span class="line__name">${comment.name}</span>${answered && html`<span class="line__answers">${t("chat.answers", { name: answered.name })}</span>`}<span class="line__words">${comment.text}</span></span>
    ${!comment.mine && html`<button type="button" class="line__open" aria-label=${t("chat.open_line", { name: comment.name })} onClick=${() => onOpen(comment)}></button>`}
    ${canRemove && html`<button type="button" class="line__remove" aria-label=${t("chat.remove", { text: comment.text })} onClick=${() => onRemove(comment)}><${Icon} name="remove" /></button>`}
  </p>`;
}

/** @param {string} role */
function roleText(role) {
  if (role === "host") return t("chat.role_host");
  if (role === "moderator") return t("chat.role_moderator");
  return role === "buyer" ? t("chat.role_buyer") : "";
}
