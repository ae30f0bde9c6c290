/** Now, or at a time that viewers are told beforehand. */
import { html } from "../../html.js";
import { t } from "../../words/text.js";
import { Segmented, TextField } from "../fields.js";

/** @param {{ later: boolean, onLater: (later: boolean) => void, when: string, onWhen: (when: string) => void, error: string }} props when: local, as the browser's clock field has it */
export function WhenField({ later, onLater, when, onWhen, error }) {
  const options = [{ value: "now", label: t("studio.when_now") }, { value: "later", label: t("studio.when_later") }];
  return html`<div class="when">
    <${Segmented} label=${t("studio.when")} value=${later ? "later" : "now"} options=${options} onValue=${(/** @type {string} */ chosen) => onLater(chosen === "later")} />
    ${later && html`<${TextField} label=${t("studio.when_at")} required type="datetime-local" value=${when} error=${error} hint=${t("studio.when_hint")} onValue=${onWhen} />`}
  </div>`;
}
