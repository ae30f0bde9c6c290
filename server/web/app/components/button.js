/** A button, or a link that looks like one; while busy it keeps its width and cannot be pressed again. */
import { html } from "../html.js";
import { Icon } from "./icons.js";

/**
 * @param {{ children?: any, kind?: "primary" | "leaf" | "quiet" | "plain" | "danger", size?: "m" | "s" | "wide", icon?: import("./icons.js").IconName,
 *   href?: string, type?: "button" | "submit", busy?: boolean, disabled?: boolean, onClick?: (event: any) => void, label?: string,
 *   shortcut?: string, [more: `data-${string}`]: unknown }} props
 *   label: the name for screen readers, where the words in it don't say enough. size s: for rows at a desk, 36 px
 *   high there and 44 px on a phone. shortcut: the key that does the same, shown beside the words on a desk
 */
export function Button({ children, kind = "quiet", size = "m", icon, href, type = "button", busy = false, disabled = false, onClick, label, shortcut, ...more }) {
  const name = `button button--${kind}${size === "m" ? "" : ` button--${size}`}${busy ? " button--busy" : ""}`;
  const face = html`${icon && html`<${Icon} name=${icon} />`}<span class="button__words">${children}</span>${shortcut && html`<kbd class="key" aria-hidden="true">${shortcut}</kbd>`}`;
  if (href !== undefined) return html`<a ...${more} class=${name} href=${href} aria-label=${label} onClick=${onClick}>${face}</a>`;
  return html`<button ...${more} type=${type} class=${name} disabled=${disabled || busy} aria-busy=${busy ? "true" : undefined} aria-label=${label} aria-keyshortcuts=${shortcut} onClick=${onClick}>${face}</button>`;
}

/** @param {{ icon: import("./icons.js").IconName, label: string, onClick?: (event: any) => void, disabled?: boolean, pressed?: boolean, href?: string }} props a round one without words; label names it */
export function IconButton({ icon, label, onClick, disabled = false, pressed, href }) {
  if (href !== undefined) return html`<a class="icon-button" href=${href} aria-label=${label} title=${label}><${Icon} name=${icon} /></a>`;
  return html`<button type="button" class="icon-button" aria-label=${label} title=${label} aria-pressed=${pressed} disabled=${disabled} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}
