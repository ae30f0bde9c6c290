/** /studio */
import { PageHeader } from "../components/page_header.js";
import { html } from "../html.js";
import "../messages/studio.js";
import { t } from "../words/text.js";

export function Studio() {
  return html`<${PageHeader} /><main class="narrow"><h1 class="page-title">${t("studio.title")}</h1></main>`;
}
