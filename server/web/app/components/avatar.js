/** A person's first character on a colour of their own. */
import { html } from "../html.js";

const TINTS = 5;

/** @param {{ name: string }} props */
export function Avatar({ name }) {
  return html`<span class=${`avatar tint-${tintOf(name)}`} aria-hidden="true">${Array.from(name)[0] ?? ""}</span>`;
}

/** The same name has the same colour everywhere. @param {string} name */
export function tintOf(name) {
  let sum = 0;
  for (const point of name) sum = (sum * 31 + (point.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}
