/** Several short entries, each a chip that can be taken off: added by Enter, by a comma, or on leaving the field. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { labelsFrom } from "../../jobs/labels.js";
import { t } from "../../words/text.js";
import { TextField } from "../fields.js";
import { Icon } from "../icons.js";

/**
 * @param {{ label: string, hint?: string, error?: string, required?: boolean, name: string, values: string[], max: number,
 *   charsMax: number, onValues: (values: string[]) => void }} props
 */
export function LabelsField({ label, hint, error, required, name, values, max, charsMax, onValues }) {
  const [text, setText] = useState("");
  const isFull = values.length >= max;
  const add = () => {
    if (text.trim() === "") return;
    onValues(labelsFrom(values, text, { max, charsMax }));
    setText("");
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && text === "" && values.length > 0) onValues(values.slice(0, -1));
  };
  const type = (/** @type {string} */ typed) => {
    if (!/[,，、;；]/.test(typed)) return setText(typed);
    onValues(labelsFrom(values, typed, { max, charsMax }));
    return setText("");
  };
  return html`<div class="labels" onKeyDown=${(/** @type {any} */ event) => event.target.tagName === "INPUT" && onKeyDown(event)} onFocusOut=${add}>
    <${TextField} label=${label} hint=${isFull ? t("labels.full", { count: max }) : hint} error=${error} required=${required} name=${name}
      value=${text} onValue=${type} charsMax=${charsMax} disabled=${isFull} />
    ${values.length > 0 && html`<ul class="chips__list">${values.map((value) => html`<li key=${value} class="chip chip--removable">${value}
      <button type="button" class="chip__remove" aria-label=${t("labels.remove", { label: value })} onClick=${() => onValues(values.filter((one) => one !== value))}><${Icon} name="close" /></button>
    </li>`)}</ul>`}
  </div>`;
}
