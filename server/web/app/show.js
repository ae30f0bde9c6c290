/** Puts a page on the screen, and brings back who was signed in. */
import { h, render } from "preact";

import { restoreSession } from "./session.js";

/** @param {import("preact").ComponentType<any>} component @param {Record<string, unknown>} props */
export function show(component, props) {
  restoreSession();
  render(h(component, props), /** @type {HTMLElement} */ (document.getElementById("app")));
}
