/** Where one speaks. A line the filter stopped stays here, with what stopped it, for its sender alone. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import { Refused, Unanswered } from "../live/refusals.js";
import { randomKey } from "../random_key.js";
import { session } from "../session.js";
import { codeText } from "../words/error_text.js";
import { cutAtSpans } from "../words/spans.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

const COMMENT_CHARS_MAX = 100;
const CHARS_LEFT_SHOWN_FROM = 15;

/** @typedef {{ replyTo: import("../live/wire.js").Comment | null, mention: string }} Address whom one speaks to: a line to answer, a name to begin with */

/** @param {{ visit: import("../live/room_visit.js").RoomVisit, address: Address, onAddressed: () => void, onSignIn: () => void }} props onAddressed: said, or given up */
export function Composer({ visit, address, onAddressed, onSignIn }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {{ text: string, code: string, facts: Record<string, any> } | null} */ (null));
  // The same line sent again after a lost answer goes under the same key, and is said once.
  const unsure = useRef(/** @type {{ key: string, text: string } | null} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const charsMax = visit.state.limits.value.comment_chars_max ?? COMMENT_CHARS_MAX;
  const charsLeft = charsMax - Array.from(text).length;

  useEffect(() => {
    if (address.mention !== "") setText((held) => `@${address.mention} ${held}`);
    if (address.mention !== "" || address.replyTo !== null) input.current?.focus();
  }, [address]);

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const line = text.trim();
    if (line === "" || busy) return;
    setBusy(true);
    const key = unsure.current?.text === line ? unsure.current.key : randomKey();
    try {
      await visit.say(line, key, address.replyTo?.comment_id ?? null);
      unsure.current = null;
      // What was typed meanwhile is the next line.
      setText((held) => (held.trim() === line ? "" : held));
      setRefusal(null);
      onAddressed();
    } catch (error) {
      if (error instanceof Refused) {
        unsure.current = null;
        if (error.code === "not_signed_in") onSignIn();
        else setRefusal({ text: line, code: error.code, facts: error.facts });
      } else if (error instanceof Unanswered) {
        unsure.current = { key, text: line };
        setRefusal({ text: line, code: "unavailable", facts: {} });
      } else throw error;
    } finally {
      setBusy(false);
      input.current?.focus();
    }
  };

  if (session.value === null) {
    return html`<button type="button" class="composer__closed" onClick=${onSignIn}>${t("chat.placeholder_signed_out")}</button>`;
  }
  return html`<form class="composer" onSubmit=${submit}>
    ${refusal !== null && html`<${Explanation} refusal=${refusal} onDismiss=${() => setRefusal(null)} />`}
    ${address.replyTo !== null && html`<p class="composer__answer"><span class="composer__answered">${t("chat.answering", { name: address.replyTo.name })}${address.replyTo.text}</span>
      <button type="button" class="composer__stop" aria-label=${t("chat.answer_stop")} onClick=${onAddressed}><${Icon} name="close" /></button></p>`}
    <div class="composer__box">
      <input ref=${input} class="composer__input" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)}
        placeholder=${t("chat.placeholder")} aria-label=${t("chat.placeholder")} enterkeyhint="send" autocomplete="off" />
      ${charsLeft <= CHARS_LEFT_SHOWN_FROM && html`<span class=${`composer__left${charsLeft < 0 ? " composer__left--over" : ""}`} role="status" aria-label=${t("chat.chars_left", { count: charsLeft })}>${charsLeft}</span>`}
      <button type="submit" class="composer__send" aria-label=${t(busy ? "chat.sending" : "chat.send")} disabled=${busy || text.trim() === "" || charsLeft < 0}><${Icon} name="send" /></button>
    </div>
  </form>`;
}

/** @param {{ refusal: { text: string, code: string, facts: Record<string, any> }, onDismiss: () => void }} props */
function Explanation({ refusal, onDismiss }) {
  const { text, code, facts } = refusal;
  const filtered = code === "filtered";
  return html`<div class="explanation" role="alert" data-code=${code}>
    <div class="explanation__body">
      ${filtered && html`<p class="explanation__title">${t("chat.filtered_title")}</p>
        <p class="explanation__line">${cutAtSpans(text, facts.spans ?? []).map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : piece.text))}</p>`}
      <p class="explanation__reason">${codeText(code, facts)}</p>
      ${filtered && html`<p class="explanation__hint">${t("chat.filtered_hint")}</p>`}
    </div>
    <button type="button" class="icon-button" aria-label=${t("chat.dismiss")} onClick=${onDismiss}><${Icon} name="close" /></button>
  </div>`;
}
