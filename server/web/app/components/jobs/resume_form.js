/** Filling in one's résumé: all of it on its page, what applying takes on the watch page. */
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { bodyOf, emptyResume, faultsOf, formOf, saveResume } from "../../jobs/resumes.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { fieldsOf, focusFirstFault, FormProblem } from "./form_problem.js";
import { AboutFields, BasicFields, PastFields, WishFields, YearsFields } from "./resume_fields.js";

/** @typedef {import("../../jobs/resumes.js").Resume} Resume */
/** @typedef {import("../../jobs/resumes.js").ResumeForm} Form */

/**
 * @param {{ resume: Resume | null, isShort?: boolean, onSaved: (saved: Resume) => void, onForm?: (form: Form, isChanged: boolean) => void,
 *   children?: any }} props onForm: told of every change, for a preview. children: beside the button
 */
export function ResumeForm({ resume, isShort = false, onSaved, onForm = () => {}, children }) {
  const [form, setForm] = useState(() => (resume === null ? emptyResume() : formOf(resume)));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  const faults = tried ? { ...fieldsOf(error), ...faultsOf(form) } : {};
  useEffect(() => onForm(form, false), []);
  const change = (/** @type {Partial<Form>} */ changed) => {
    const next = { ...form, ...changed };
    setForm(next);
    onForm(next, true);
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (Object.keys(faultsOf(form)).length > 0) {
      focusFirstFault(element.current);
      return;
    }
    setBusy(true);
    try {
      const saved = await saveResume(bodyOf(form));
      onForm(form, false);
      onSaved({ ...bodyOf(form), ...saved });
    } catch (failure) {
      setError(failure);
      focusFirstFault(element.current);
    } finally {
      setBusy(false);
    }
  };
  const props = { form, faults, onChange: change };
  const part = (/** @type {any} */ component) => html`<${component} ...${props} />`;
  return html`<form class="form" ref=${element} novalidate onSubmit=${submit}>
    ${isShort
      ? html`${part(BasicFields)}<details class="more-fields"><summary>${t("apply.resume_more")}</summary><div class="form">${part(YearsFields)}${part(WishFields)}</div></details>`
      : html`
        <${Section} title=${t("resume.section_basic")} text=${t("resume.section_basic_text")}>${part(BasicFields)}</${Section}>
        <${Section} title=${t("resume.section_wish")}>${part(WishFields)}</${Section}>
        <${Section} title=${t("resume.section_past")}>${part(YearsFields)}${part(PastFields)}</${Section}>
        <${Section} title=${t("resume.section_about")}>${part(AboutFields)}</${Section}>`}
    <${FormProblem} error=${error} />
    <div class=${isShort ? "sheet__foot" : "form__foot"}>
      ${children}<${Button} type="submit" kind=${isShort ? "leaf" : "primary"} size="wide" busy=${busy}>${t(busy ? "resume.saving" : isShort ? "apply.resume_save" : "resume.save")}</${Button}>
    </div>
  </form>`;
}

/** @param {{ title: string, text?: string, children?: any }} props */
export function Section({ title, text = "", children }) {
  const id = useId();
  return html`<div class="section" role="group" aria-labelledby=${id}><h2 class="section__title" id=${id}>${title}</h2>${text && html`<p class="muted">${text}</p>`}${children}</div>`;
}
