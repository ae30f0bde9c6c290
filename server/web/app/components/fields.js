/** What one fills in: each with its label, a hint, what is wrong with it, and whether it must be there. */
import { useId } from "preact/hooks";

import { html } from "../html.js";
import "../messages/kit.js";
import { t } from "../words/text.js";

/** How much of a limit is left when one begins to be told. */
const LEFT_SHOWN_SHARE = 0.2;

/**
 * @typedef {{ label: string, hint?: string, error?: string, required?: boolean, disabled?: boolean, name?: string,
 *   unseenLabel?: boolean }} FieldProps
 *   error: what to change, in words; the field is then marked. unseenLabel: the label is for screen readers alone
 */

/** @param {FieldProps & { id: string, children?: any, after?: any }} props the frame that all of them share */
function Frame({ id, label, hint = "", error = "", required = false, unseenLabel = false, after = null, children }) {
  return html`<div class=${`field${error ? " field--bad" : ""}`}>
    <label class=${unseenLabel ? "unseen" : "field__label"} for=${id}>${label}${!required && !unseenLabel && html`<span class="field__optional"> ${t("field.optional")}</span>`}</label>
    ${children}
    ${after}
    ${hint && html`<p class="field__hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field__error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/** @param {string} id @param {FieldProps} props @returns {Record<string, unknown>} what ties the control to its frame */
const tied = (id, { name, hint = "", error = "", required = false, disabled = false }) => ({
  id,
  name,
  required,
  disabled,
  "aria-invalid": error ? "true" : undefined,
  "aria-describedby": [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined,
});

/**
 * @param {FieldProps & { value: string, onValue: (value: string) => void, type?: string, suffix?: string, prefix?: string,
 *   placeholder?: string, charsMax?: number, inputMode?: string, autocomplete?: string, inputRef?: any }} props
 *   prefix and suffix: a unit that stands in the box
 */
export function TextField(props) {
  const id = useId();
  const { value, onValue, type = "text", prefix = "", suffix = "", placeholder, charsMax, inputMode, autocomplete = "off", inputRef } = props;
  return html`<${Frame} ...${props} id=${id}>
    <span class="field__box">
      ${prefix && html`<span class="field__unit" aria-hidden="true">${prefix}</span>`}
      <input ...${tied(id, props)} ref=${inputRef} class="field__input" type=${type} value=${value} placeholder=${placeholder} maxlength=${charsMax}
        inputmode=${inputMode} autocomplete=${autocomplete} onInput=${(/** @type {any} */ event) => onValue(event.target.value)} />
      ${suffix && html`<span class="field__unit" aria-hidden="true">${suffix}</span>`}
    </span>
  </${Frame}>`;
}

/** @param {FieldProps & { value: string, onValue: (value: string) => void, rows?: number, placeholder?: string, charsMax?: number }} props charsMax: counted in code points, shown near the end */
export function TextArea(props) {
  const id = useId();
  const { value, onValue, rows = 4, placeholder, charsMax } = props;
  const left = (charsMax ?? Infinity) - Array.from(value).length;
  const after = left <= (charsMax ?? 0) * LEFT_SHOWN_SHARE && html`<p class=${`field__left${left < 0 ? " field__left--over" : ""}`} role="status">${t("chat.chars_left", { count: left })}</p>`;
  return html`<${Frame} ...${props} id=${id} after=${after}>
    <textarea ...${tied(id, props)} class="field__input field__input--area" rows=${rows} value=${value} placeholder=${placeholder}
      onInput=${(/** @type {any} */ event) => onValue(event.target.value)}></textarea>
  </${Frame}>`;
}

/** @param {FieldProps & { value: string, onValue: (value: string) => void, options: readonly { value: string, label: string }[], placeholder?: string }} props placeholder: what stands there while nothing is chosen */
export function SelectField(props) {
  const id = useId();
  const { value, onValue, options, placeholder } = props;
  return html`<${Frame} ...${props} id=${id}>
    <span class="field__box field__box--select">
      <select ...${tied(id, props)} class="field__input" value=${value} onChange=${(/** @type {any} */ event) => onValue(event.target.value)}>
        ${placeholder && html`<option value="" disabled hidden>${placeholder}</option>`}
        ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`)}
      </select>
    </span>
  </${Frame}>`;
}

/** On or off, at once. @param {{ label: string, hint?: string, checked: boolean, onChange: (checked: boolean) => void, disabled?: boolean }} props */
export function Switch({ label, hint = "", checked, onChange, disabled = false }) {
  const id = useId();
  return html`<div class="switch">
    <label class="switch__words" for=${id}><span class="switch__label">${label}</span>${hint && html`<span class="field__hint" id=${`${id}-hint`}>${hint}</span>`}</label>
    <input id=${id} class="switch__box" type="checkbox" role="switch" checked=${checked} disabled=${disabled} aria-describedby=${hint ? `${id}-hint` : undefined}
      onChange=${(/** @type {any} */ event) => onChange(event.target.checked)} />
  </div>`;
}

/** One of a few, all in sight. @param {{ label: string, value: string, options: readonly { value: string, label: string }[], onValue: (value: any) => void, disabled?: boolean, unseenLabel?: boolean, hint?: string }} props */
export function Segmented({ label, value, options, onValue, disabled = false, unseenLabel = false, hint = "" }) {
  const name = useId();
  return html`<fieldset class="field segmented" disabled=${disabled}>
    <legend class=${unseenLabel ? "unseen" : "field__label"}>${label}</legend>
    <div class="segments">${options.map((option) => html`<label key=${option.value} class="segments__choice">
      <input class="segments__radio" type="radio" name=${name} value=${option.value} checked=${option.value === value} onChange=${() => onValue(option.value)} />
      <span class="segments__face">${option.label}</span>
    </label>`)}</div>
    ${hint && html`<p class="field__hint">${hint}</p>`}
  </fieldset>`;
}

/** One of several, a line each. @param {{ label: string, value: string, options: readonly { value: string, label: string, hint?: string }[], onValue: (value: any) => void, disabled?: boolean }} props */
export function Choices({ label, value, options, onValue, disabled = false }) {
  const name = useId();
  return html`<fieldset class="options" disabled=${disabled}>
    <legend class="field__label">${label}</legend>
    ${options.map((option) => html`<label key=${option.value} class="option">
      <input type="radio" name=${name} value=${option.value} checked=${option.value === value} onChange=${() => onValue(option.value)} />
      <span class="option__name">${option.label}${option.hint && html`<span class="field__hint">${option.hint}</span>`}</span>
    </label>`)}
  </fieldset>`;
}
