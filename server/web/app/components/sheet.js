/** A sheet that slides up on the phone and stands in the middle of a desk; the browser's own modal dialog underneath. */
import { useLayoutEffect, useRef } from "preact/hooks";

import { html } from "../html.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

/** @param {{ title: string, onClose: () => void, children?: any, className?: string }} props */
export function Sheet({ title, onClose, children, className = "" }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // Before the next key can be pressed: a sheet that is drawn and not yet open lets the page behind it take the key.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const onBackdrop = (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog.current) onClose();
  };
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${dialog} class=${`sheet ${className}`} aria-label=${title} onClick=${onBackdrop} onCancel=${onCancel}>
    <div class="sheet__body">
      <div class="sheet__head">
        <h2 class="sheet__title">${title}</h2>
        <button type="button" class="icon-button" aria-label=${t("app.close")} onClick=${onClose}><${Icon} name="close" /></button>
      </div>
      <div class="sheet__content">${children}</div>
    </div>
  </dialog>`;
}
