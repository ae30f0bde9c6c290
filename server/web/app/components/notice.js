/** A page's quiet states: nothing here, something failed, please wait. */
import { html } from "../html.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

/** @param {{ icon: import("./icons.js").IconName, title: string, text?: string, children?: any }} props */
export function Notice({ icon, title, text, children }) {
  return html`<div class="notice">
    <span class="notice__icon"><${Icon} name=${icon} /></span>
    <h2 class="notice__title">${title}</h2>
    ${text && html`<p class="notice__text">${text}</p>`}
    ${children && html`<div class="notice__actions">${children}</div>`}
  </div>`;
}

export function Loading() {
  return html`<p class="loading" role="status"><span class="loading__dots" aria-hidden="true"><i></i><i></i><i></i></span>${t("app.loading")}</p>`;
}
