/** Asks why, before something is done to somebody's words or account: a reason by its digit or a tap, own words where there are some. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { endOf } from "../../moderation/grades.js";
import { reasonOf, REASON_CHARS_MAX } from "../../moderation/reasons.js";
import { choiceFor, isTyping } from "../../moderation/shortcuts.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Segmented, TextArea } from "../fields.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";
import { reasonWords } from "./desk_words.js";
import { AS_USUAL, EndField, FAULTS } from "./end_field.js";

/** The choice that has no words of its own. */
const OTHER = "";

/**
 * @param {{ title: string, text?: string, quote?: { name: string, text: string } | null, codes: readonly string[], first: string | null,
 *   yes: string, danger?: boolean, mutes?: boolean, ends?: import("../../moderation/desk_api.js").Sanction | null, keys: boolean, onClose: () => void,
 *   onYes: (reason: string, chosen: { mute: import("../../moderation/desk_api.js").Sanction | null, until: string | null }) => Promise<boolean> }} props
 *   first: what is chosen beforehand; null where one has to choose. yes: the deed in words. mutes: whether one may be silenced
 *   in the same breath. ends: what may be given an end. onYes: false keeps the sheet open; until: ISO 8601, null: as usual
 */
export function ReasonSheet({ title, text = "", quote = null, codes, first, yes, danger = true, mutes = false, ends = null, keys, onClose, onYes }) {
  const choices = [...codes, OTHER];
  const [code, setCode] = useState(first);
  const [words, setWords] = useState("");
  const [mute, setMute] = useState("");
  const [end, setEnd] = useState(AS_USUAL);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    const reason = code === null ? "" : reasonOf(code, words);
    if (code === null) return setProblem(t("moderation.choose_reason"));
    if (reason === "") return setProblem(t("moderation.write_reason"));
    if (Array.from(reason).length > REASON_CHARS_MAX) return setProblem(t("error.too_long"));
    const { until, fault } = endOf(end.choice, end.moment, Date.now());
    if (fault !== "") return setProblem(t(FAULTS[fault]));
    setProblem("");
    setBusy(true);
    const done = await onYes(reason, { mute: mute === "" ? null : /** @type {any} */ (mute), until });
    setBusy(false);
    if (done) onClose();
    return undefined;
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submit(event);
    const index = keys && !isTyping(event.target) ? choiceFor(event, choices.length) : null;
    if (index === null) return undefined;
    event.preventDefault();
    setCode(choices[index]);
    const radio = /** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("input[name=reason]")[index];
    /** @type {HTMLElement} */ (radio).focus();
    return undefined;
  };
  const silences = [
    { value: "", label: t("moderation.no_mute") },
    { value: "mute_10m", label: t("moderation.for_10m") },
    { value: "mute_1d", label: t("moderation.for_1d") },
    { value: "mute_room", label: t("moderation.for_good") },
  ];
  return html`<${Sheet} title=${title} onClose=${onClose} className="sheet--reason">
    <form class="reason" onSubmit=${submit} onKeyDown=${onKeyDown}>
      ${quote && html`<blockquote class="quote reason__quote"><b>${quote.name}</b> ${quote.text}</blockquote>`}
      ${text && html`<p>${text}</p>`}
      <fieldset class="options options--tight" disabled=${busy}>
        <legend class="field__label">${t("moderation.reason_asked")}</legend>
        ${choices.map((one, index) => html`<label key=${one} class="option">
          <input type="radio" name="reason" value=${one} checked=${one === code} autofocus=${one === (first ?? choices[0])} onChange=${() => setCode(one)} />
          <span class="option__name">${one === OTHER ? t("moderation.why_other") : reasonWords(one)}</span>
          ${keys && html`<kbd class="key" aria-hidden="true">${index + 1}</kbd>`}
        </label>`)}
      </fieldset>
      ${mutes && html`<${Segmented} label=${t("moderation.mute_too")} value=${mute} options=${silences} onValue=${setMute} />`}
      ${ends !== null && html`<${EndField} sanction=${ends} end=${end} onEnd=${setEnd} />`}
      <${TextArea} label=${t("moderation.own_words")} required=${code === OTHER} rows=${2} value=${words} onValue=${setWords} hint=${t("moderation.own_words_hint")} />
      <${Banner} text=${problem} />
      <footer class="sheet__foot">
        <${Button} size="wide" onClick=${onClose}>${t("app.cancel")}</${Button}>
        <${Button} size="wide" type="submit" kind=${danger ? "danger" : "primary"} busy=${busy}>${yes}</${Button}>
      </footer>
    </form>
  </${Sheet}>`;
}
