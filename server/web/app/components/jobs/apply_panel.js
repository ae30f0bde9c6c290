/**
 * Applying without leaving the picture: with a résumé one press, without one the three fields it takes, right here.
 * What is sent is said beforehand and shown afterwards.
 */
import { useRef, useState } from "preact/hooks";

import { Problem, Unreachable } from "../../api.js";
import { html } from "../../html.js";
import { applicationFor, apply, fetchMyApplications } from "../../jobs/applications.js";
import { faceOf } from "../../jobs/apply_flow.js";
import { fetchPost } from "../../jobs/posts.js";
import { fetchResume, maskedPhone } from "../../jobs/resumes.js";
import { yearsText } from "../../jobs/words.js";
import { randomKey } from "../../random_key.js";
import { session, sessionReady } from "../../session.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { TextArea } from "../fields.js";
import { Icon } from "../icons.js";
import { SignInForm } from "../sign_in_form.js";
import { Async, Banner } from "../states.js";
import { FormProblem } from "./form_problem.js";
import { ResumeForm } from "./resume_form.js";
import { SharePhone } from "./share_phone.js";
import { useFresh } from "./use_fresh.js";
import { StateChip, Way } from "./way.js";

const MESSAGE_CHARS_MAX = 500;

/** @typedef {import("../../jobs/applications.js").MyApplication} MyApplication */
/** @typedef {import("../../jobs/resumes.js").Resume} Resume */
/** @typedef {{ jobId: string, employer: string, roomSlug: string | null, cardId: string | null }} Offer where one applies from */
/** @typedef {{ post: import("../../jobs/posts.js").Post | null, application: MyApplication | null, resume: Resume | null }} Standing */

/** @param {string} jobId @param {boolean} isSignedIn @returns {Promise<Standing>} */
async function fetchStanding(jobId, isSignedIn) {
  const post = fetchPost(jobId).catch((error) => {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  });
  if (!isSignedIn) return { post: await post, application: null, resume: null };
  const [found, mine, resume] = await Promise.all([post, fetchMyApplications(), fetchResume()]);
  return { post: found, application: applicationFor(mine, jobId), resume };
}

/** How things stand between this visitor and a post. @param {string} jobId @param {boolean} isOnShelf whether its card is in the room; when that changes, the post is asked about again */
export function useStanding(jobId, isOnShelf) {
  const isSignedIn = sessionReady.value ? session.value !== null : null;
  return useFresh(() => fetchStanding(jobId, isSignedIn === true), [jobId, isSignedIn, isOnShelf]);
}

/** @typedef {"read" | "sign_in" | "resume" | "done"} ApplyStep read: the post is being read */

/**
 * @param {{ offer: Offer, standing: import("../states.js").Load<Standing>, step: ApplyStep, onStep: (step: ApplyStep) => void,
 *   onClose: () => void }} props standing: what useStanding gave
 */
export function ApplyPanel({ offer, standing, step, onStep, onClose }) {
  const isSignedIn = sessionReady.value ? session.value !== null : null;
  const set = (/** @type {Partial<Standing>} */ changed) => standing.set({ ...(standing.value ?? { post: null, application: null, resume: null }), ...changed });
  const saved = (/** @type {Resume} */ resume) => {
    set({ resume });
    onStep("read");
  };
  const made = (/** @type {MyApplication} */ application) => {
    set({ application });
    onStep("done");
  };
  const show = (/** @type {Standing} */ { post, application, resume }) => {
    const face = faceOf({ isSignedIn, post, application, resume });
    if (face === "applied") {
      return html`<${Applied} application=${application} resume=${resume} isNew=${step === "done"} onChange=${(/** @type {MyApplication} */ changed) => set({ application: changed })} onClose=${onClose} />`;
    }
    if (face === "closed") return html`<div class="closed apply--first" role="status"><p class="closed__title">${t("job.closed_title")}</p><p class="muted">${t("job.closed_text")}</p></div>`;
    if (step === "resume") return html`<${ShortResume} resume=${resume} onSaved=${saved} />`;
    if (face === "sign_in" && step === "sign_in") return html`<section class="apply"><h3 class="apply__title">${t("apply.sign_in_title")}</h3><${SignInForm} onSignedIn=${() => onStep("read")} /></section>`;
    if (face === "sign_in") return html`<${Foot}><${Button} kind="leaf" size="wide" onClick=${() => onStep("sign_in")}>${t("apply.sign_in")}</${Button}></${Foot}>`;
    if (face === "resume") return html`<${Foot}><${Button} kind="leaf" size="wide" onClick=${() => onStep("resume")}>${t("apply.button")}</${Button}></${Foot}>`;
    return html`<${Ready} offer=${offer} resume=${resume} onEdit=${() => onStep("resume")} onClosed=${standing.reload} onApplied=${made} />`;
  };
  return html`<${Async} of=${standing} show=${show} />`;
}

/** Stays at the foot of the sheet, however long the post is. @param {{ isColumn?: boolean, children?: any }} props */
const Foot = ({ isColumn = false, children }) => html`<footer class=${`sheet__foot${isColumn ? " sheet__foot--column" : ""}`}>${children}</footer>`;

/** @param {{ resume: Resume | null, onSaved: (saved: Resume) => void }} props */
function ShortResume({ resume, onSaved }) {
  return html`<section class="apply" aria-label=${t("apply.resume_title")}>
    <h3 class="apply__title">${t("apply.resume_title")}</h3><p class="muted">${t("apply.resume_text")}</p>
    <${ResumeForm} resume=${resume} isShort onSaved=${onSaved} />
  </section>`;
}

/** @param {{ offer: Offer, resume: Resume, onEdit: () => void, onClosed: () => void, onApplied: (made: MyApplication) => void }} props */
function Ready({ offer, resume, onEdit, onClosed, onApplied }) {
  const [message, setMessage] = useState("");
  const [isWriting, setIsWriting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  // Kept until the server has answered: asked twice under one key, it applies once.
  const key = useRef(randomKey());
  const unsure = error instanceof Unreachable;
  const send = async () => {
    setBusy(true);
    try {
      onApplied(await apply({ ...offer, message }, key.current));
    } catch (failure) {
      setBusy(false);
      setError(failure);
      if (!(failure instanceof Problem)) return;
      key.current = randomKey();
      if (["already_applied", "post_closed", "resume_missing", "not_found"].includes(failure.code)) onClosed();
    }
  };
  return html`<section class="apply apply--below">
    <${Sends} title=${t("apply.sends", { employer: offer.employer })} resume=${resume} note=${t("apply.sends_phone", { phone: maskedPhone(resume.phone) })}>
      <button type="button" class="text-button" onClick=${onEdit}>${t("apply.edit_resume")}</button>
      ${!isWriting && html`<button type="button" class="text-button" onClick=${() => setIsWriting(true)}>${t("apply.message_open")}</button>`}
    </${Sends}>
    ${isWriting && html`<${TextArea} name="message" label=${t("apply.message")} hint=${t("apply.message_hint")} rows=${2} value=${message} charsMax=${MESSAGE_CHARS_MAX} disabled=${unsure} onValue=${setMessage} />`}
    ${unsure ? html`<${Banner} tone="warn" text=${t("apply.unsure")} />` : html`<${FormProblem} error=${error} />`}
    </section>
    <${Foot} isColumn>
      <p class="muted">${t("apply.sends_short", { name: resume.name })}</p>
      <${Button} kind="leaf" size="wide" busy=${busy} disabled=${Array.from(message).length > MESSAGE_CHARS_MAX} onClick=${send}>${busy ? t("apply.busy") : t(unsure ? "apply.retry" : "apply.button")}</${Button}>
    </${Foot}>`;
}

/** @param {{ application: MyApplication, resume: Resume | null, isNew: boolean, onChange: (changed: MyApplication) => void, onClose: () => void }} props */
function Applied({ application, resume, isNew, onChange, onClose }) {
  return html`<section class=${`apply${isNew ? "" : " apply--first"}`}>
    ${isNew
      ? html`<div class="outcome outcome--paid" role="status"><span class="outcome__mark"><${Icon} name="check" /></span>
          <h3 class="outcome__title">${t("apply.done_title")}</h3><p class="outcome__text">${t("apply.done_text", { employer: application.employer })}</p></div>
        ${resume && html`<${Sends} title=${t("apply.done_sent")} resume=${resume} note=${application.phone_shared ? resume.phone : t("apply.sends_phone", { phone: maskedPhone(resume.phone) })}>
          ${application.message && html`<p class="sends__message">${application.message}</p>`}</${Sends}>
        <${SharePhone} application=${application} onChange=${onChange} />`}`
      : html`<p class="apply__already"><${StateChip} state=${application.state} /><span>${t("apply.already")}</span><time class="muted" datetime=${application.created_at}>${timeText(application.created_at)}</time></p>
        <${Way} application=${application} />`}
    </section>
    <${Foot}>
      <${Button} size="wide" href=${`/applications#${application.application_id}`}>${t("apply.see_progress")}</${Button}>
      <${Button} size="wide" kind="leaf" onClick=${onClose}>${t("apply.go_on")}</${Button}>
    </${Foot}>`;
}

/** What of the résumé goes out, at a glance. @param {{ title: string, resume: Resume, note: string, children?: any }} props */
function Sends({ title, resume, note, children }) {
  const about = [resume.name, resume.city, yearsText(resume.years_experience), ...(resume.skills ?? []).slice(0, 3)];
  return html`<div class="sends">
    <p class="label">${title}</p>
    <p class="sends__who">${about.filter(Boolean).join(" · ")}</p>
    <p class="muted">${note}</p>
    <div class="sends__more">${children}</div>
  </div>`;
}
