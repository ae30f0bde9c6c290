/** Tell the moderators that something is wrong: what, why, and in one's own words if one likes. */
import { useState } from "preact/hooks";

import { call } from "../../api.js";
import { html } from "../../html.js";
import "../../messages/room.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Choices, TextArea } from "../fields.js";
import { Icon } from "../icons.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";

/** @typedef {{ kind: "comment" | "card" | "host", id: string, name: string, text: string }} Reported what is reported; text: its words */

const REASONS = /** @type {const} */ (["scam", "false_claim", "outside_contact", "abuse", "other"]);
const NOTE_CHARS_MAX = 200;

/** @param {{ slug: string, reported: Reported, onClose: () => void }} props */
export function ReportSheet({ slug, reported, onClose }) {
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState(false);
  const send = async () => {
    if (reason === "") return setProblem(t("room.report_choose"));
    setBusy(true);
    setProblem("");
    try {
      const body = { kind: reported.kind, target_id: reported.id, reason, note: note.trim() };
      await call("POST", `/api/rooms/${encodeURIComponent(slug)}/reports`, { body });
      setDone(true);
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  const title = t(`room.report_${reported.kind}`);
  if (done) {
    return html`<${Sheet} title=${title} onClose=${onClose}>
      <div class="outcome outcome--paid" role="status"><span class="outcome__mark"><${Icon} name="check" /></span><h3 class="outcome__title">${t("room.report_done")}</h3><p class="outcome__text">${t("room.report_done_text")}</p></div>
      <footer class="sheet__foot"><${Button} size="wide" kind="primary" onClick=${onClose}>${t("room.go_on")}</${Button}></footer>
    </${Sheet}>`;
  }
  return html`<${Sheet} title=${title} onClose=${onClose}>
    <blockquote class="quote"><b>${reported.name}</b> ${reported.text}</blockquote>
    <${Choices} label=${t("room.report_why")} value=${reason} onValue=${setReason} disabled=${busy} options=${REASONS.map((one) => ({ value: one, label: t(`room.reason_${one}`) }))} />
    <${TextArea} label=${t("room.report_note")} rows=${2} value=${note} onValue=${setNote} charsMax=${NOTE_CHARS_MAX} disabled=${busy} />
    <${Banner} text=${problem} />
    <footer class="sheet__foot">
      <${Button} size="wide" onClick=${onClose}>${t("app.cancel")}</${Button}>
      <${Button} size="wide" kind="primary" busy=${busy} onClick=${send}>${t("room.report_send")}</${Button}>
    </footer>
  </${Sheet}>`;
}
