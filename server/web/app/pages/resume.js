/** One's résumé: written by section, with what employers see of it beside, and deleted whenever one likes. */
import { useState } from "preact/hooks";

import { Page, SignedIn } from "../components/app_shell.js";
import { confirmed } from "../components/confirm.js";
import { ResumeForm } from "../components/jobs/resume_form.js";
import { ResumeView } from "../components/jobs/resume_view.js";
import { Async, useLoad } from "../components/states.js";
import { toast, toastError } from "../components/toast.js";
import { html } from "../html.js";
import { bodyOf, deleteResume, emptyResume, fetchResume, maskedPhone } from "../jobs/resumes.js";
import "../messages/jobs.js";
import { t, timeText } from "../words/text.js";

/** @typedef {import("../jobs/resumes.js").Resume} Resume */
/** @typedef {import("../jobs/resumes.js").ResumeForm} Form */

export function Resume() {
  const back = { href: "/applications", label: t("applications.title") };
  return html`<${Page} title=${t("resume.title")} lead=${t("resume.intro")} place="applications" width="page" back=${back}>
    <${SignedIn} icon="shield" title=${t("resume.signed_out_title")} text=${t("resume.signed_out_text")}><${Body} /></${SignedIn}>
  </${Page}>`;
}

function Body() {
  const [turn, setTurn] = useState(0);
  const load = useLoad(async () => ({ resume: await fetchResume() }), []);
  const deleted = () => {
    load.set({ resume: null });
    setTurn(turn + 1); // the form begins anew
  };
  const show = (/** @type {{ resume: Resume | null }} */ { resume }) =>
    html`<${Writing} key=${turn} resume=${resume} onSaved=${(/** @type {Resume} */ saved) => load.set({ resume: saved })} onDeleted=${deleted} />`;
  return html`<${Async} of=${load} show=${show} rows=${4} />`;
}

/** @param {{ resume: Resume | null, onSaved: (saved: Resume) => void, onDeleted: () => void }} props */
function Writing({ resume, onSaved, onDeleted }) {
  const [form, setForm] = useState(emptyResume);
  const [isChanged, setIsChanged] = useState(false);
  const [busy, setBusy] = useState(false);
  const follow = (/** @type {Form} */ now, /** @type {boolean} */ changed) => {
    setForm(now);
    setIsChanged(changed);
  };
  const saved = (/** @type {Resume} */ now) => {
    onSaved({ updated_at: new Date().toISOString(), ...now });
    toast(t("resume.saved"));
  };
  const remove = async () => {
    if (!(await confirmed({ title: t("resume.delete_ask"), text: t("resume.delete_text"), yes: t("resume.delete_yes"), no: t("resume.delete_no"), danger: true }))) return;
    setBusy(true);
    try {
      await deleteResume();
      toast(t("resume.deleted"));
      onDeleted();
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  const preview = /** @type {any} */ (bodyOf(form));
  return html`<div class="beside">
    <div class="card">
      <p class="saved" role="status">${savedText(resume, isChanged)}</p>
      <${ResumeForm} resume=${resume} onForm=${follow} onSaved=${saved} />
      ${resume !== null && html`<p class="beside__last"><button type="button" class="text-button text-button--bad" disabled=${busy} onClick=${remove}>${t("resume.delete")}</button></p>`}
    </div>
    <section class="card beside__aside" tabindex="0" aria-label=${t("resume.employers_see")}>
      <h2 class="section__title">${t("resume.employers_see")}</h2>
      <${ResumeView} resume=${{ ...preview, name: preview.name || t("resume.name"), city: preview.city || t("resume.city"), phone: preview.phone ? maskedPhone(preview.phone) : "—" }} phoneNote=${t("applicants.phone_masked")} />
      <p class="muted">${t("resume.employers_see_text")}</p>
    </section>
  </div>`;
}

/** @param {Resume | null} resume @param {boolean} isChanged */
function savedText(resume, isChanged) {
  if (isChanged) return t("resume.unsaved");
  if (resume === null) return t("resume.none_yet");
  return resume.updated_at ? t("resume.saved_at", { time: timeText(resume.updated_at) }) : t("resume.saved");
}
