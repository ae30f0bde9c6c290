/** The head of every page but the watch page: brand, language, and where one's own things are. */
import { html } from "../html.js";
import { session, signOut } from "../session.js";
import { chooseLanguage, language, t } from "../words/text.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";

export function PageHeader() {
  return html`<header class="page-header">
    <div class="page-header__row">
      <a class="brand" href="/"><span class="brand__mark"><${Icon} name="stall" /></span><span class="brand__name">${t("app.name")}</span></a>
      <nav class="page-header__nav">
        <${LanguageSwitch} />
        <a class="nav-link" href="/orders" aria-label=${t("nav.orders")}><${Icon} name="receipt" /><span class="nav-link__word">${t("nav.orders")}</span></a>
        <${Account} />
      </nav>
    </div>
    <div class="awning" aria-hidden="true"></div>
  </header>`;
}

export function LanguageSwitch() {
  const other = language.value === "zh" ? "en" : "zh";
  return html`<button type="button" class="nav-link" lang=${other} onClick=${() => chooseLanguage(other)}>
    <${Icon} name="globe" /><span>${t("app.language_other")}</span>
  </button>`;
}

function Account() {
  const current = session.value;
  if (current === null) {
    const next = encodeURIComponent(location.pathname === "/sign-in" ? "/" : location.pathname);
    return html`<a class="nav-link" href=${`/sign-in?next=${next}`} aria-label=${t("nav.sign_in")}><${Icon} name="person" /><span class="nav-link__word">${t("nav.sign_in")}</span></a>`;
  }
  const name = current.person.display_name;
  return html`<details class="account">
    <summary class="nav-link" aria-label=${t("nav.hello", { name })}><${Avatar} name=${name} /></summary>
    <div class="account__menu">
      <p class="account__name">${t("nav.hello", { name })}</p>
      <button type="button" class="button button--quiet" onClick=${signOut}>${t("nav.sign_out")}</button>
    </div>
  </details>`;
}
