/** Writing a post: what is missing is named, the filter's reasons are shown in full, and beside it stands what a job seeker will read. */
import { useRef, useState } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { factsOf } from "../../jobs/facts.js";
import { bodyOf, emptyForm, faultsFrom, faultsOf, formOf } from "../../jobs/post_draft.js";
import { changePost, createPost, publishPost } from "../../jobs/posts.js";
import { randomKey } from "../../random_key.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Icon } from "../icons.js";
import { toast } from "../toast.js";
import { fieldsOf, focusFirstFault, FormProblem } from "./form_problem.js";
import { JobFacts } from "./job_facts.js";
import { FIELD_LABELS, PostFields } from "./post_fields.js";

/** @typedef {import("../../jobs/posts.js").Post} Post */
/** @typedef {import("../../jobs/post_draft.js").PostForm} PostForm */

/** @param {{ org: { org_id: string, name: string }, post: Post | null, stopped: Problem | null, onDone: () => void, onBack: () => void }} props post: null for a new one. stopped: why it could not be published just now */
export function PostEditor({ org, post, stopped, onDone, onBack }) {
  const [form, setForm] = useState(() => (post === null ? emptyForm(org.name, Date.now()) : formOf(post)));
  const [tried, setTried] = useState(/** @type {"" | "keep" | "publish"} */ (stopped === null ? "" : "publish"));
  const [busy, setBusy] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (stopped));
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  const key = useRef(randomKey());
  const isOpen = post?.state === "open";
  const isDraft = post === null || post.state === "draft";
  // Only what nobody has seen yet may be incomplete.
  const checks = (/** @type {"keep" | "publish"} */ how) => faultsOf(form, { nowMs: Date.now(), draft: isDraft && how === "keep" });
  const faults = tried ? { ...faultsFrom(fieldsOf(error)), ...checks(tried) } : {};

  const save = async (/** @type {"keep" | "publish"} */ how) => {
    const body = bodyOf(form);
    if (post === null) return createPost({ ...body, org_id: org.org_id, draft: how === "keep" }, key.current);
    await changePost(post.job_id, body);
    return how === "publish" ? publishPost(post.job_id) : undefined;
  };
  const submit = async (/** @type {"keep" | "publish"} */ how) => {
    setTried(how);
    setError(null);
    if (Object.keys(checks(how)).length > 0) {
      focusFirstFault(element.current);
      return;
    }
    setBusy(how);
    try {
      await save(how);
      toast(t(how === "publish" ? "employer.published" : isDraft ? "post.draft_saved" : "post.saved"));
      onDone();
    } catch (failure) {
      // Refused, nothing was made: what is put right is another request. Unanswered, the same key makes it once.
      if (failure instanceof Problem) key.current = randomKey();
      setError(failure);
      setBusy("");
      focusFirstFault(element.current);
    }
  };
  const change = (/** @type {Partial<PostForm>} */ changed) => setForm({ ...form, ...changed });
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    submit(isOpen ? "keep" : "publish");
  };
  return html`<button type="button" class="back-link" onClick=${onBack}><${Icon} name="back" />${t("post.back")}</button>
    <div class="beside">
      <form class="card form" ref=${element} novalidate onSubmit=${onSubmit}>
        <p class="safety"><${Icon} name="shield" /><span>${t("post.rule")}</span></p>
        <${PostFields} form=${form} faults=${faults} onChange=${change} />
        <${Missing} faults=${faults} />
        <${FormProblem} error=${Object.keys(faults).length > 0 && error instanceof Problem && error.code === "invalid" ? null : error} />
        <div class="form__foot form__foot--sticky">
          ${!isOpen && html`<${Button} size="wide" busy=${busy === "keep"} disabled=${busy !== ""} onClick=${() => submit("keep")}>${t(isDraft ? "post.save_draft" : "post.save")}</${Button}>`}
          ${!post?.removed && html`<${Button} size="wide" type="submit" kind="primary" busy=${busy !== ""}>${t(isOpen ? "post.save" : isDraft ? "post.publish" : "post.republish")}</${Button}>`}
        </div>
      </form>
      <section class="card beside__aside" tabindex="0" aria-label=${t("post.preview")}>
        <h2 class="label">${t("post.preview")}</h2>
        <p class="card__title">${form.title || t("post.title")}</p>
        <${JobFacts} facts=${factsOf(bodyOf(form))} />
      </section>
    </div>`;
}

/** All that is to be put right, by name. @param {{ faults: Record<string, string> }} props */
function Missing({ faults }) {
  const labels = Object.keys(FIELD_LABELS).filter((name) => name in faults).map((name) => t(FIELD_LABELS[name]));
  if (labels.length === 0) return null;
  return html`<p class="banner banner--bad" role="alert">${t("fault.summary", { count: labels.length })}${labels.join(t("fault.summary_and"))}</p>`;
}
