/** Another password: every other session ends with the old one. */
import { useState } from "preact/hooks";

import { call, Problem } from "../../api.js";
import { html } from "../../html.js";
import { adoptSession } from "../../session.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";
import { toast } from "../toast.js";

/** @param {{ login: string, onClose: () => void }} props */
export function PasswordSheet({ login, onClose }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState(/** @type {{ old?: string, fresh?: string, other?: string }} */ ({}));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    setFault({});
    try {
      adoptSession(await call("POST", "/api/me/password", { body: { old, new: fresh } }));
      toast(t("me.password_changed"));
      onClose();
    } catch (error) {
      setFault(faultOf(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("me.password")} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <input class="unseen" type="text" name="username" autocomplete="username" value=${login} readonly tabindex="-1" aria-hidden="true" />
      <${TextField} name="old" label=${t("me.password_old")} type="password" required value=${old} onValue=${setOld} error=${fault.old} autocomplete="current-password" />
      <${TextField} name="new" label=${t("me.password_new")} hint=${t("sign_in.password_hint")} type="password" required value=${fresh} onValue=${setFresh} error=${fault.fresh} autocomplete="new-password" />
      <p class="muted">${t("me.password_text")}</p>
      <${Banner} text=${fault.other ?? ""} />
      <div class="form__foot"><${Button} onClick=${onClose}>${t("app.cancel")}</${Button}><${Button} kind="primary" type="submit" busy=${busy}>${t("me.password_do")}</${Button}></div>
    </form>
  </${Sheet}>`;
}

/** @param {unknown} error @returns {{ old?: string, fresh?: string, other?: string }} */
function faultOf(error) {
  if (error instanceof Problem && error.code === "wrong_password") return { old: t("error.wrong_password") };
  if (error instanceof Problem && error.code === "invalid") return { fresh: t("sign_in.fault_password") };
  return { other: errorText(error) };
}
