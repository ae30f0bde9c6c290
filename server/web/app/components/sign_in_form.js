/** Sign in, or sign up: one form with two faces. */
import { useState } from "preact/hooks";

import { Problem } from "../api.js";
import { html } from "../html.js";
import "../messages/kit.js";
import "../messages/sign_in.js";
import { signIn, signUp } from "../session.js";
import { errorText } from "../words/error_text.js";
import { isMessage, t } from "../words/text.js";
import { Icon } from "./icons.js";

const PASSWORD_CHARS_MIN = 8;

/** @param {{ onSignedIn: () => void }} props */
export function SignInForm({ onSignedIn }) {
  const [isNew, setIsNew] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [shown, setShown] = useState(false);
  const [closed, setClosed] = useState(/** @type {(() => any) | null} */ (null));

  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? "").trim();
    setBusy(true);
    setProblem("");
    try {
      const credentials = { login: text("login"), password: String(fields.get("password") ?? "") };
      await (isNew ? signUp({ ...credentials, display_name: text("display_name") }) : signIn(credentials));
      onSignedIn();
    } catch (error) {
      const why = await closedBy(error, () => setClosed(null));
      if (why !== null) setClosed(() => why);
      setProblem(faultText(error));
      setBusy(false);
    }
  };
  if (closed !== null) return closed();
  const face = (/** @type {boolean} */ turnNew) => () => {
    setIsNew(turnNew);
    setProblem("");
  };
  return html`<form class="form" onSubmit=${submit}>
    <div class="segments" role="group">
      <button type="button" class="segments__button" aria-pressed=${!isNew} onClick=${face(false)}>${t("sign_in.tab_in")}</button>
      <button type="button" class="segments__button" aria-pressed=${isNew} onClick=${face(true)}>${t("sign_in.tab_up")}</button>
    </div>
    <${Field} name="login" label=${t("sign_in.login")} hint=${isNew ? t("sign_in.login_hint") : ""} autocomplete="username" />
    ${isNew && html`<${Field} name="display_name" label=${t("sign_in.display_name")} hint=${t("sign_in.display_name_hint")} autocomplete="nickname" />`}
    <${Field} name="password" label=${t("sign_in.password")} hint=${isNew ? t("sign_in.password_hint") : ""}
      type=${shown ? "text" : "password"} minLength=${isNew ? PASSWORD_CHARS_MIN : undefined}
      autocomplete=${isNew ? "new-password" : "current-password"}>
      <button type="button" class="icon-button field__reveal" aria-pressed=${shown}
        aria-label=${t(shown ? "sign_in.hide_password" : "sign_in.show_password")} onClick=${() => setShown(!shown)}><${Icon} name=${shown ? "eye_off" : "eye"} /></button>
    </${Field}>
    ${problem && html`<p class="banner banner--bad" role="alert">${problem}</p>`}
    <button type="submit" class="button button--primary button--wide" disabled=${busy}>
      ${busy ? t("sign_in.busy") : t(isNew ? "sign_in.submit_up" : "sign_in.submit_in")}
    </button>
  </form>`;
}

/**
 * What the owner of an account reads that a moderator closed; null for other faults.
 * @param {unknown} error @param {() => void} onBack
 */
async function closedBy(error, onBack) {
  if (!(error instanceof Problem) || error.code !== "account_closed") return null;
  const { decision, appeal_token: token } = error.facts;
  if (!decision || typeof token !== "string") return null;
  try {
    const { ClosedAccount } = await import("./me/closed_account.js");
    return () => html`<${ClosedAccount} decision=${decision} token=${token} onBack=${onBack} />`;
  } catch {
    return null; // that it is closed is said all the same
  }
}

/** Which field is at fault, where the server says so. @param {unknown} error @returns {string} */
function faultText(error) {
  const fields = error instanceof Problem && error.code === "invalid" ? Object.keys(error.facts.fields ?? {}) : [];
  const keys = fields.map((name) => `sign_in.fault_${name}`).filter(isMessage);
  return keys.length > 0 ? keys.map((key) => t(key)).join(" ") : errorText(error);
}

/**
 * @param {{ name: string, label: string, hint: string, autocomplete: string, type?: string, minLength?: number,
 *   children?: any }} props
 */
function Field({ name, label, hint, autocomplete, type = "text", minLength, children }) {
  const hintId = `${name}-hint`;
  return html`<label class="field">
    <span class="label">${label}</span>
    <span class="field__box">
      <input class="field__input" name=${name} type=${type} required minlength=${minLength} maxlength="128" autocomplete=${autocomplete}
        autocapitalize="none" spellcheck=${false} aria-describedby=${hint ? hintId : undefined} />${children}
    </span>
    ${hint && html`<span class="field__hint" id=${hintId}>${hint}</span>`}
  </label>`;
}
