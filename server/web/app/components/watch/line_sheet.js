/** What one can do with somebody's line: answer it, speak to them, report it; for who keeps order here, remove it. */
import { html } from "../../html.js";
import "../../messages/room.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Sheet } from "../sheet.js";

/**
 * @param {{ comment: import("../../live/room_state.js").ShownComment, canRemove: boolean, onReply: () => void, onMention: () => void,
 *   onReport: () => void, onRemove: () => void, onClose: () => void }} props
 */
export function LineSheet({ comment, canRemove, onReply, onMention, onReport, onRemove, onClose }) {
  return html`<${Sheet} title=${comment.name} onClose=${onClose}>
    <blockquote class="quote">${comment.text}</blockquote>
    <div class="stack stack--tight">
      <${Button} size="wide" icon="reply" kind="primary" onClick=${onReply}>${t("room.reply")}</${Button}>
      <${Button} size="wide" icon="person" onClick=${onMention}>${t("room.mention", { name: comment.name })}</${Button}>
      ${canRemove
        ? html`<${Button} size="wide" icon="remove" kind="danger" onClick=${onRemove}>${t("remove.title")}</${Button}>`
        : html`<${Button} size="wide" icon="flag" onClick=${onReport}>${t("room.report_line")}</${Button}>`}
    </div>
  </${Sheet}>`;
}
