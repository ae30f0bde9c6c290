/** Short words on what was just done, with a way to undo it; they wait while one points at them. */
import { h, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";

import { html } from "../html.js";
import "../messages/kit.js";
import { errorText } from "../words/error_text.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

const SHOWN_MS = 4_000;
const SHOWN_WITH_UNDO_MS = 10_000;
const TOASTS_MAX = 3;

/** @typedef {{ id: number, text: string, tone: "good" | "bad" | "plain", undo?: () => Promise<unknown> | void }} Toast */

/** @type {import("@preact/signals").Signal<Toast[]>} */
const toasts = signal([]);
let lastId = 0;
let isMounted = false;

/** @param {string} text @param {{ tone?: "good" | "bad" | "plain", undo?: () => Promise<unknown> | void }} [options] */
export function toast(text, { tone = "good", undo } = {}) {
  mount();
  toasts.value = [...toasts.value, { id: ++lastId, text, tone, undo }].slice(-TOASTS_MAX);
}

/** @param {unknown} error what went wrong, told in passing */
export const toastError = (error) => toast(errorText(error), { tone: "bad" });

function mount() {
  if (isMounted) return;
  isMounted = true;
  const root = document.createElement("div");
  document.body.append(root);
  render(h(Toasts, {}), root);
}

/** @param {number} id */
const dismiss = (id) => {
  toasts.value = toasts.value.filter((one) => one.id !== id);
};

function Toasts() {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    // Above an open dialog too, which has all else below it.
    const element = list.current;
    if (element === null || element.showPopover === undefined) return;
    if (element.matches(":popover-open")) element.hidePopover();
    if (toasts.value.length > 0) element.showPopover();
  }, [toasts.value]);
  return html`<div ref=${list} class="toasts" popover="manual" role="status" aria-live="polite">
    ${toasts.value.map((one) => html`<${Item} key=${one.id} one=${one} />`)}
  </div>`;
}

/** @param {{ one: Toast }} props */
function Item({ one }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => dismiss(one.id), one.undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held]);
  const undo = async () => {
    dismiss(one.id);
    try {
      await one.undo?.();
    } catch (error) {
      toastError(error);
    }
  };
  return html`<div class=${`toast toast--${one.tone}`} onPointerEnter=${() => setHeld(true)} onPointerLeave=${() => setHeld(false)} onFocusIn=${() => setHeld(true)} onFocusOut=${() => setHeld(false)}>
    <${Icon} name=${one.tone === "bad" ? "alert" : "check"} /><span class="toast__text">${one.text}</span>
    ${one.undo && html`<button type="button" class="toast__undo" onClick=${undo}>${t("app.undo")}</button>`}
    <button type="button" class="icon-button toast__close" aria-label=${t("app.close")} onClick=${() => dismiss(one.id)}><${Icon} name="close" /></button>
  </div>`;
}
