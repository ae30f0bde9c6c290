/** A line to be carried over into another program: shown whole, copied by one press. */
import { html } from "../../html.js";
import { CopyButton } from "../copy_button.js";

/** @param {{ label: string, value: string, number?: number }} props number: of the field in the drawing that it goes into */
export function CopyField({ label, value, number }) {
  return html`<div class="copy-field">
    <p class="copy-field__label">${number && html`<span class="step-mark" aria-hidden="true">${number}</span>`}${label}</p>
    <div class="copy-field__box">
      <code class="copy-field__value" data-copy=${label}>${value}</code>
      <${CopyButton} text=${value} what=${label} />
    </div>
  </div>`;
}
