/** For an address that leads nowhere. */
import { Page } from "../components/app_shell.js";
import { Notice } from "../components/notice.js";
import { html } from "../html.js";
import { t } from "../words/text.js";

export function NotFound() {
  return html`<${Page} title=${t("app.not_found_title")} unseenTitle width="form">
    <${Notice} icon="stall" title=${t("app.not_found_title")} text=${t("app.not_found_text")}>
      <a class="button button--primary" href="/">${t("app.go_lobby")}</a>
    </${Notice}>
  </${Page}>`;
}
