/** The switch to the other language, in that language's own words. */
import { html } from "../html.js";
import { chooseLanguage, language, t } from "../words/text.js";
import { Icon } from "./icons.js";

export function LanguageSwitch() {
  const other = language.value === "zh" ? "en" : "zh";
  return html`<button type="button" class="nav-link" lang=${other} onClick=${() => chooseLanguage(other)}>
    <${Icon} name="globe" /><span>${t("app.language_other")}</span>
  </button>`;
}
