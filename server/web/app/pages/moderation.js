/** /moderation */
import { PageHeader } from "../components/page_header.js";
import { html } from "../html.js";
import "../messages/moderation.js";
import { t } from "../words/text.js";

export function Moderation() {
  return html`<${PageHeader} /><main class="narrow"><h1 class="page-title">${t("moderation.title")}</h1></main>`;
}
