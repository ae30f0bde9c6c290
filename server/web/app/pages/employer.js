/** /employer */
import { PageHeader } from "../components/page_header.js";
import { html } from "../html.js";
import "../messages/jobs.js";
import { t } from "../words/text.js";

export function Employer() {
  return html`<${PageHeader} /><main class="narrow"><h1 class="page-title">${t("jobs.title")}</h1></main>`;
}
