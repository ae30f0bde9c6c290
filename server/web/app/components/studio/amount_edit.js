/** A figure that becomes a field when it is pressed: Enter keeps the new one, Escape the old. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { IconButton } from "../button.js";
import { Icon } from "../icons.js";

/**
 * @param {{ label: string, text: string, now?: string, children?: any, parse: (text: string) => number | null, fault: string,
 *   onSave: (figure: number) => Promise<unknown>, inputMode?: string }} props
 *   text: the figure as one types it. now: as it is read, in words, which children show. fault: what to say of a figure that is none
 */
export function AmountEdit({ label, text, now = text, children, parse, fault, onSave, inputMode = "decimal" }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const opener = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const isOpen = typed !== null;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isOpen) input.current?.select();
    else if (wasOpen.current) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const close = () => {
    setTyped(null);
    setProblem("");
  };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const figure = parse(typed ?? "");
    if (figure === null) return setProblem(fault);
    if (figure === parse(text)) return close();
    setBusy(true);
    try {
      await onSave(figure);
      close();
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  if (typed === null) {
    return html`<button type="button" ref=${opener} class="amount" aria-label=${t("studio.change", { what: label, now })} onClick=${() => setTyped(text)}>
      ${children}<${Icon} name="edit" />
    </button>`;
  }
  return html`<form class="amount-form" onSubmit=${save} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close()}>
    <input ref=${input} class="field__input amount-form__input" aria-label=${label} aria-invalid=${problem ? "true" : undefined} value=${typed} disabled=${busy}
      inputmode=${inputMode} autocomplete="off" enterkeyhint="done" onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
    <button type="submit" class="icon-button amount-form__save" disabled=${busy} aria-label=${t("studio.save")}><${Icon} name="check" /></button>
    <${IconButton} icon="close" label=${t("app.cancel")} onClick=${close} />
    ${problem && html`<p class="field__error amount-form__problem" role="alert">${problem}</p>`}
  </form>`;
}
