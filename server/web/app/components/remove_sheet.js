/** A moderator's or host's removal of a line, with its reason. */
import { useState } from "preact/hooks";

import { html } from "../html.js";
import "../messages/room.js";
import { errorText } from "../words/error_text.js";
import { t } from "../words/text.js";
import { Sheet } from "./sheet.js";

const REASONS = /** @type {const} */ (["scam", "contact", "abuse", "false_claim", "spam"]);

/**
 * @param {{ visit: import("../live/room_visit.js").RoomVisit, comment: import("../live/wire.js").Comment,
 *   onClose: () => void }} props
 */
export function RemoveSheet({ visit, comment, onClose }) {
  const [reason, setReason] = useState(/** @type {typeof REASONS[number]} */ (REASONS[0]));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const remove = async () => {
    setBusy(true);
    try {
      await visit.remove(comment.comment_id, reason);
      onClose();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("remove.title")} onClose=${onClose}>
    <blockquote class="quote"><b>${comment.name}</b> ${comment.text}</blockquote>
    <fieldset class="options" disabled=${busy}>
      <legend class="label">${t("remove.text")}</legend>
      ${REASONS.map((one) => html`<label key=${one} class="option">
        <input type="radio" name="reason" value=${one} checked=${one === reason} onChange=${() => setReason(one)} />
        <span class="option__name">${t(`remove.${one}`)}</span>
      </label>`)}
    </fieldset>
    ${problem && html`<p class="banner banner--bad" role="alert">${problem}</p>`}
    <footer class="sheet__foot">
      <button type="button" class="button button--quiet button--wide" onClick=${onClose}>${t("remove.cancel")}</button>
      <button type="button" class="button button--danger button--wide" disabled=${busy} onClick=${remove}>${t("remove.confirm")}</button>
    </footer>
  </${Sheet}>`;
}
