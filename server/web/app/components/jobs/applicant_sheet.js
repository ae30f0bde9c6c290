/** One application as its employer opens it: the résumé as it was sent, how far it has come, and the next step with a note. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { fetchApplicant, moveApplicant } from "../../jobs/applications.js";
import { dayText, stateText } from "../../jobs/words.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Choices, TextArea } from "../fields.js";
import { Sheet } from "../sheet.js";
import { Async, useLoad } from "../states.js";
import { toast } from "../toast.js";
import { FormProblem } from "./form_problem.js";
import { ResumeView } from "./resume_view.js";
import { History, StateChip } from "./way.js";

/** @typedef {import("../../jobs/applications.js").ApplicantDetail} ApplicantDetail */
/** @typedef {import("../../jobs/applications.js").State} State */

const NOTE_CHARS_MAX = 500;

/** @param {{ orgId: string, applicationId: string, onChanged: () => void, onClose: () => void }} props onChanged: also once it was opened, which marks it as viewed */
export function ApplicantSheet({ orgId, applicationId, onChanged, onClose }) {
  const load = useLoad(async () => {
    const opened = await fetchApplicant(orgId, applicationId);
    onChanged();
    return opened;
  }, [orgId, applicationId]);
  const moved = (/** @type {ApplicantDetail} */ changed) => {
    load.set(/** @type {ApplicantDetail} */ ({ ...load.value, ...changed }));
    toast(t("applicants.moved", { state: stateText(changed.state) }));
    onChanged();
  };
  const title = load.value?.name || t("applicants.resume");
  return html`<${Sheet} title=${title} onClose=${onClose} className="sheet--applicant">
    <${Async} of=${load} show=${(/** @type {ApplicantDetail} */ detail) => html`<${Detail} key=${detail.state} detail=${detail} orgId=${orgId} onMoved=${moved} onStale=${load.reload} />`} />
  </${Sheet}>`;
}

/** @param {{ detail: ApplicantDetail, orgId: string, onMoved: (changed: ApplicantDetail) => void, onStale: () => void }} props */
function Detail({ detail, orgId, onMoved, onStale }) {
  return html`
    <p class="applicant__top"><${StateChip} state=${detail.state} /><span class="muted">${detail.job_title}</span></p>
    ${detail.resume === null
      ? html`<p class="banner banner--warn">${t("applicants.access_ended")}</p>`
      : html`<${ResumeView} resume=${{ ...detail.resume, phone: detail.phone }} phoneNote=${t(detail.phone_shared ? "applicants.phone_shared" : "applicants.phone_masked")} />`}
    ${detail.message && html`<section class="job__part"><h3 class="label">${t("applicants.message")}</h3><p class="quote">${detail.message}</p></section>`}
    <section class="job__part"><h3 class="label">${t("applicants.history")}</h3><${History} history=${detail.history} plain /></section>
    ${detail.resume !== null && html`<p class="muted">${t("applicants.logged")}${detail.access_ends_at && ` ${t("applicants.access_until", { day: dayText(detail.access_ends_at) })}`}</p>`}
    ${detail.may_become.length > 0 ? html`<${Move} detail=${detail} orgId=${orgId} onMoved=${onMoved} onStale=${onStale} />` : html`<p class="muted">${t("applicants.ended")}</p>`}`;
}

/** @param {{ detail: ApplicantDetail, orgId: string, onMoved: (changed: ApplicantDetail) => void, onStale: () => void }} props */
function Move({ detail, orgId, onMoved, onStale }) {
  const [to, setTo] = useState(/** @type {State | ""} */ (""));
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => {
    // What comes up on choosing must not stay below the foot.
    if (to) element.current?.querySelector("textarea")?.scrollIntoView({ block: "center" });
  }, [to]);
  const move = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (to === "" || busy) return;
    setBusy(true);
    setError(null);
    try {
      onMoved(await moveApplicant(orgId, detail.application_id, to, note.trim()));
    } catch (failure) {
      setBusy(false);
      if (failure instanceof Problem && failure.code === "wrong_state") {
        toast(t("applicants.changed_meanwhile"), { tone: "plain" });
        onStale();
      } else setError(failure);
    }
  };
  return html`<form class="form move" ref=${element} onSubmit=${move}>
    <${Choices} label=${t("applicants.move")} value=${to} options=${detail.may_become.map((value) => ({ value, label: stateText(value) }))} onValue=${setTo} disabled=${busy} />
    ${to && html`<${TextArea} name="note" label=${t("applicants.note")} hint=${t("applicants.note_hint")} rows=${2} value=${note} charsMax=${NOTE_CHARS_MAX} onValue=${setNote} />`}
    <${FormProblem} error=${error} />
    <footer class="sheet__foot">
      <${Button} type="submit" kind="leaf" size="wide" busy=${busy} disabled=${to === "" || Array.from(note).length > NOTE_CHARS_MAX}>${busy ? t("applicants.moving") : to ? t("applicants.move_to", { state: stateText(to) }) : t("applicants.move_choose")}</${Button}>
    </footer>
  </form>`;
}
