/** Deleting the account: what goes, what stays, and the password as the last word. */
import { useState } from "preact/hooks";

import { call, Problem } from "../../api.js";
import { html } from "../../html.js";
import { leaveSession } from "../../session.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { TextField } from "../fields.js";
import { Icon } from "../icons.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";

/** @typedef {{ code: string, name?: string, count?: number }} Reason */

/** @param {{ onClose: () => void, onGone: () => void }} props */
export function DeleteSheet({ onClose, onGone }) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [problem, setProblem] = useState("");
  const [reasons, setReasons] = useState(/** @type {Reason[]} */ ([]));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    setWrong("");
    setProblem("");
    setReasons([]);
    try {
      await call("DELETE", "/api/me", { body: { password } });
      leaveSession();
      onGone();
    } catch (error) {
      if (error instanceof Problem && error.code === "wrong_password") setWrong(t("error.wrong_password"));
      else if (error instanceof Problem && error.code === "account_needed") setReasons(error.facts.reasons ?? []);
      else setProblem(errorText(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("me.delete")} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <p class="banner banner--bad"><${Icon} name="alert" />${t("me.delete_warning")}</p>
      <div>
        <p class="delete__head">${t("me.delete_goes")}</p>
        <ul class="delete__list">
          <li>${t("me.delete_goes_account")}</li>
          <li>${t("me.delete_goes_private")}</li>
          <li>${t("me.delete_goes_applications")}</li>
          <li>${t("me.delete_goes_shop")}</li>
        </ul>
        <p class="delete__head">${t("me.delete_stays")}</p>
        <ul class="delete__list"><li>${t("me.delete_stays_orders")}</li></ul>
      </div>
      ${reasons.length > 0 && html`<div class="banner banner--warn delete__reasons" role="alert"><p>${t("error.account_needed")}</p><ul class="delete__list">${reasons.map((reason) => html`<li>${reasonText(reason)}</li>`)}</ul></div>`}
      <${TextField} name="password" label=${t("me.delete_password")} type="password" required value=${password} onValue=${setPassword} error=${wrong} autocomplete="current-password" />
      <${Banner} text=${problem} />
      <div class="form__foot"><${Button} onClick=${onClose}>${t("me.delete_no")}</${Button}><${Button} kind="danger" type="submit" busy=${busy} disabled=${password === ""}>${t("me.delete_yes")}</${Button}></div>
    </form>
  </${Sheet}>`;
}

/** @param {Reason} reason */
function reasonText({ code, name = "", count = 0 }) {
  switch (code) {
    case "orders": return t("me.needed_orders", { count });
    case "sales": return t("me.needed_sales", { name, count });
    case "organisation": return t("me.needed_organisation", { name });
    case "on_air": return t("me.needed_on_air");
    case "platform_role": return t("me.needed_platform_role");
    default: return t("me.needed_other");
  }
}
