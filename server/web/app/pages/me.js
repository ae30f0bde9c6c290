/** /me */
import { PageHeader } from "../components/page_header.js";
import { html } from "../html.js";
import "../messages/me.js";
import { t } from "../words/text.js";

export function Me() {
  return html`<${PageHeader} /><main class="narrow"><h1 class="page-title">${t("me.title")}</h1></main>`;
}
