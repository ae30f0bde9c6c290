/** Being shown under another name. */
import { useState } from "preact/hooks";

import { bearer, call, Problem } from "../../api.js";
import { html } from "../../html.js";
import { renewMe } from "../../me.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { toast } from "../toast.js";

/** @param {{ name: string, onClose: () => void }} props */
export function NameSheet({ name, onClose }) {
  const [value, setValue] = useState(name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await call("PATCH", "/api/me", { body: { display_name: value } });
      await bearer.renew().catch(() => false); // the next token has the name; this one still holds
      await renewMe().catch(() => {});
      toast(t("me.name_changed"));
      onClose();
    } catch (error) {
      setProblem(error instanceof Problem && error.code === "invalid" ? t("sign_in.fault_display_name") : errorText(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("me.name_title")} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <${TextField} name="display_name" label=${t("sign_in.display_name")} hint=${t("sign_in.display_name_hint")} required value=${value} onValue=${setValue} error=${problem} charsMax=${32} autocomplete="nickname" />
      <div class="form__foot"><${Button} onClick=${onClose}>${t("app.cancel")}</${Button}><${Button} kind="primary" type="submit" busy=${busy}>${t("me.save")}</${Button}></div>
    </form>
  </${Sheet}>`;
}
