/** For an address that leads nowhere. */
import { Notice } from "../components/notice.js";
import { PageHeader } from "../components/page_header.js";
import { html } from "../html.js";
import { t } from "../words/text.js";

export function NotFound() {
  return html`<div class="page">
    <${PageHeader} />
    <main class="narrow"><${Notice} icon="stall" title=${t("app.not_found_title")} text=${t("app.not_found_text")}>
      <a class="button button--primary" href="/">${t("app.go_lobby")}</a>
    </${Notice}></main>
  </div>`;
}
