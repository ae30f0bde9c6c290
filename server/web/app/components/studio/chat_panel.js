/** The room's talk as its host reads it: large, with an answer and a removal at every line. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { Refused } from "../../live/refusals.js";
import { randomKey } from "../../random_key.js";
import { codeText, errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { IconButton } from "../button.js";
import { Icon } from "../icons.js";
import { Banner } from "../states.js";
import { ClaimNote } from "./claim_note.js";

/** @typedef {import("../../live/room_state.js").ShownComment} ShownComment */

const NEAR_FOOT_PX = 64;
const COMMENT_CHARS_MAX = 100;

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, onRemove: (comment: ShownComment) => void }} props */
export function ChatPanel({ desk, onRemove }) {
  const { state } = desk.visit;
  const comments = state.comments.value;
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const atFoot = useRef(true);
  const [newer, setNewer] = useState(false);
  const [replyTo, setReplyTo] = useState(/** @type {ShownComment | null} */ (null));
  const toFoot = () => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight;
    setNewer(false);
  };
  useLayoutEffect(() => {
    if (atFoot.current || comments.at(-1)?.mine) toFoot();
    else setNewer(true);
  }, [comments.at(-1)?.comment_id]);
  useLayoutEffect(() => {
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
  const byId = new Map(comments.map((comment) => [comment.comment_id, comment]));
  return html`<div class="talk">
    <div class="talk__list" ref=${list} onScroll=${onScroll} role="log" aria-label=${t("chat.title")} tabindex="0">
      ${comments.length === 0 && html`<p class="talk__empty">${t(state.joined.value ? "studio.chat_empty" : "app.loading")}</p>`}
      ${comments.map((comment) => html`<${Line} key=${comment.comment_id} comment=${comment} answered=${byId.get(comment.reply_to ?? "") ?? null} onReply=${setReplyTo} onRemove=${onRemove} />`)}
    </div>
    ${newer && html`<button type="button" class="button button--primary talk__newer" onClick=${toFoot}>${t("chat.newer")}</button>`}
    <${Say} desk=${desk} replyTo=${replyTo} onReplied=${() => setReplyTo(null)} />
  </div>`;
}

/** @param {{ comment: ShownComment, answered: ShownComment | null, onReply: (comment: ShownComment) => void, onRemove: (comment: ShownComment) => void }} props */
function Line({ comment, answered, onReply, onRemove }) {
  const { name, text, role } = comment;
  const roleText = role === "host" ? t("chat.role_host") : role === "moderator" ? t("chat.role_moderator") : role === "buyer" ? t("chat.role_buyer") : "";
  return html`<div class=${`talk__line talk__line--${role}`} data-comment-id=${comment.comment_id}>
    <div class="talk__words">
      ${answered !== null && html`<p class="talk__answered"><${Icon} name="reply" />${answered.name}：${answered.text}</p>`}
      <p>${roleText && html`<span class="talk__role">${roleText}</span>`}<span class="talk__name">${name}</span> ${text}</p>
    </div>
    <div class="talk__tools">
      ${role !== "host" && html`<${IconButton} icon="reply" label=${t("studio.reply_to", { name })} onClick=${() => onReply(comment)} />`}
      <${IconButton} icon="remove" label=${t("chat.remove", { text })} onClick=${() => onRemove(comment)} />
    </div>
  </div>`;
}

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, replyTo: ShownComment | null, onReplied: () => void }} props */
function Say({ desk, replyTo, onReplied }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const unsure = useRef({ line: "", key: "" });
  useLayoutEffect(() => {
    if (replyTo !== null) input.current?.focus();
  }, [replyTo]);
  const charsMax = desk.visit.state.limits.value.comment_chars_max ?? COMMENT_CHARS_MAX;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const line = text.trim();
    if (line === "" || busy) return;
    setBusy(true);
    setProblem("");
    // Sent again after a lost answer, the line goes under the same key and is said once.
    if (unsure.current.line !== line) unsure.current = { line, key: randomKey() };
    try {
      await desk.visit.say(line, unsure.current.key, replyTo?.comment_id ?? null);
      unsure.current = { line: "", key: "" };
      setText("");
      onReplied();
    } catch (error) {
      if (error instanceof Refused) unsure.current = { line: "", key: "" };
      setProblem(error instanceof Refused ? codeText(error.code, error.facts) : errorText(error));
    } finally {
      setBusy(false);
      input.current?.focus();
    }
  };
  return html`<form class="talk__say" onSubmit=${submit}>
    <${ClaimNote} slug=${desk.slug} />
    <${Banner} text=${problem} />
    ${replyTo !== null && html`<p class="talk__replying"><${Icon} name="reply" /><span>${t("studio.replying", { name: replyTo.name, text: replyTo.text })}</span><${IconButton} icon="close" label=${t("studio.reply_cancel")} onClick=${onReplied} /></p>`}
    <div class="talk__box">
      <input ref=${input} class="field__input" value=${text} maxlength=${charsMax} aria-label=${t("studio.say")} placeholder=${t("studio.say")} enterkeyhint="send" autocomplete="off"
        onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
      <button type="submit" class="icon-button talk__send" aria-label=${t(busy ? "chat.sending" : "chat.send")} disabled=${busy || text.trim() === ""}><${Icon} name="send" /></button>
    </div>
  </form>`;
}
