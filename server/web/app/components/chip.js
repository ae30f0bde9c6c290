/** A state in a word, on a colour that says whether it is good, waiting or bad; never by colour alone. */
import { html } from "../html.js";
import { Icon } from "./icons.js";

/** @typedef {"plain" | "good" | "wait" | "bad" | "live" | "info"} Tone */

/** @param {{ tone?: Tone, icon?: import("./icons.js").IconName, children?: any }} props */
export function Chip({ tone = "plain", icon, children }) {
  return html`<span class=${`state state--${tone}`}>${icon && html`<${Icon} name=${icon} />`}${tone === "live" && html`<span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>`}${children}</span>`;
}

/** A small count, e.g. on a tab. @param {{ count: number, label: string }} props label: the count in words, e.g. "3 new" */
export function Count({ count, label }) {
  if (count <= 0) return null;
  return html`<span class="count"><span aria-hidden="true">${count > 99 ? "99+" : count}</span><span class="unseen">${label}</span></span>`;
}
