/** Registering the organisation that hires, which comes before any post. */
import { useRef, useState } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { createEmployer } from "../../jobs/posts.js";
import { faultText } from "../../jobs/words.js";
import { renewMe } from "../../me.js";
import { randomKey } from "../../random_key.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { TextField } from "../fields.js";
import { Icon } from "../icons.js";
import { FormProblem } from "./form_problem.js";

const NAME_CHARS_MAX = 64;

export function OrgForm() {
  const [name, setName] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const key = useRef(randomKey());
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setFault(name.trim() === "" ? faultText("missing") : "");
    setError(null);
    if (name.trim() === "") return;
    setBusy(true);
    try {
      await createEmployer(name.trim(), key.current);
      await renewMe();
    } catch (failure) {
      if (failure instanceof Problem) key.current = randomKey();
      setError(failure);
      setBusy(false);
    }
  };
  return html`<section class="card org-form">
    <span class="panel__mark panel__mark--leaf" aria-hidden="true"><${Icon} name="briefcase" /></span>
    <h2 class="card__title">${t("employer.make_title")}</h2>
    <p class="muted">${t("employer.make_text")}</p>
    <form class="form" novalidate onSubmit=${submit}>
      <${TextField} name="name" label=${t("employer.make_name")} hint=${t("employer.make_name_hint")} required autocomplete="organization" value=${name} charsMax=${NAME_CHARS_MAX} error=${fault} onValue=${setName} />
      <${FormProblem} error=${error} />
      <${Button} type="submit" kind="primary" size="wide" busy=${busy}>${t(busy ? "employer.making" : "employer.make_button")}</${Button}>
    </form>
  </section>`;
}
