/** Views of one thing, of which one shows: arrow keys go between them (WAI-ARIA tabs). The panel is the caller's. */
import { useId } from "preact/hooks";

import { html } from "../html.js";
import { Count } from "./chip.js";
import { useSideways } from "./sideways.js";

/** @typedef {{ value: string, label: string, count?: number, countLabel?: string }} Tab */

/**
 * @param {{ label: string, tabs: readonly Tab[], value: string, onValue: (value: any) => void, children?: any }} props
 *   children: the panel of the chosen tab
 */
export function Tabs({ label, tabs, value, onValue, children }) {
  const id = useId();
  const row = useSideways(value);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const at = tabs.findIndex((tab) => tab.value === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = (to + tabs.length) % tabs.length;
    onValue(tabs[index].value);
    /** @type {HTMLElement} */ (row.current?.children[index])?.focus();
  };
  return html`<div class="tabs sideways" ref=${row} role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
      ${tabs.map((tab) => html`<button key=${tab.value} type="button" class="tabs__tab" role="tab" id=${`${id}-${tab.value}`} aria-selected=${tab.value === value}
        aria-controls=${`${id}-panel`} tabindex=${tab.value === value ? 0 : -1} onClick=${() => onValue(tab.value)}>
        ${tab.label}${tab.count !== undefined && html`<${Count} count=${tab.count} label=${tab.countLabel ?? String(tab.count)} />`}
      </button>`)}
    </div>
    <div class="tabs__panel" role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${value}`}>${children}</div>`;
}
