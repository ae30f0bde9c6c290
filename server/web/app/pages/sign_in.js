/** Signing in as a page of its own; afterwards one is taken to where one came from. */
import { useEffect } from "preact/hooks";

import { Icon } from "../components/icons.js";
import { PageHeader } from "../components/page_header.js";
import { SignInForm } from "../components/sign_in_form.js";
import { html } from "../html.js";
import { session } from "../session.js";
import { t } from "../words/text.js";

/** Only a path of this site is followed. */
function nextPath() {
  const next = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return next.origin === location.origin ? next.pathname + next.search : "/";
}

export function SignInPage() {
  const go = () => location.replace(nextPath());
  useEffect(() => {
    if (session.value !== null) go();
  }, [session.value]);
  return html`<div class="page">
    <${PageHeader} />
    <main class="narrow">
      <section class="panel">
        <span class="panel__mark" aria-hidden="true"><${Icon} name="stall" /></span>
        <h1 class="panel__title">${t("sign_in.title")}</h1>
        <p class="panel__text">${t("sign_in.welcome")}</p>
        <${SignInForm} onSignedIn=${() => {}} />
      </section>
    </main>
  </div>`;
}
