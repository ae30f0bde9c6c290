/** Signing in as a page of its own; afterwards one is taken to where one came from. */
import { useEffect } from "preact/hooks";

import { Page } from "../components/app_shell.js";
import { Icon } from "../components/icons.js";
import { SignInForm } from "../components/sign_in_form.js";
import { html } from "../html.js";
import "../messages/sign_in.js";
import { session } from "../session.js";
import { t } from "../words/text.js";

/** Only a path of this site is followed. */
function nextPath() {
  const next = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return next.origin === location.origin ? next.pathname + next.search : "/";
}

export function SignInPage() {
  const isSignedIn = session.value !== null;
  // Once: a session that is renewed meanwhile would break off the way there and begin it anew.
  useEffect(() => {
    if (isSignedIn) location.replace(nextPath());
  }, [isSignedIn]);
  return html`<${Page} title=${t("sign_in.title")} unseenTitle width="form">
    <section class="panel">
      <span class="panel__mark" aria-hidden="true"><${Icon} name="stall" /></span>
      <p class="panel__title" aria-hidden="true">${t("sign_in.title")}</p>
      <p class="panel__text">${t("sign_in.welcome")}</p>
      <${SignInForm} onSignedIn=${() => {}} />
    </section>
  </${Page}>`;
}
