/** The employer's posts: how each stands, who applied, writing a new one; and registering the organisation first. */
import { useState } from "preact/hooks";

import { Problem } from "../api.js";
import { Page, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { SelectField } from "../components/fields.js";
import { OrgForm } from "../components/jobs/org_form.js";
import { PostEditor } from "../components/jobs/post_editor.js";
import { PostList } from "../components/jobs/post_list.js";
import { useAddressed } from "../components/jobs/use_addressed.js";
import { useFresh } from "../components/jobs/use_fresh.js";
import { Async, Empty } from "../components/states.js";
import { html } from "../html.js";
import { fetchPosts } from "../jobs/posts.js";
import { me } from "../me.js";
import "../messages/jobs.js";
import { t } from "../words/text.js";

/** @typedef {import("../jobs/posts.js").Post} Post */
/** @typedef {import("../me.js").Membership} Membership */

const NEW = "new";

export function Employer() {
  const [orgId, setOrgId] = useState("");
  const [editing, setEditing] = useAddressed("post");
  const orgs = (me.value?.memberships ?? []).filter((one) => one.kind === "employer");
  const org = orgs.find((one) => one.org_id === orgId) ?? orgs[0];
  const actions = org && !editing && html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing(NEW)}>${t("employer.new_post")}</${Button}>`;
  const title = t(editing === NEW ? "post.new_title" : editing ? "post.edit_title" : "employer.title");
  return html`<${Page} title=${title} lead=${org && orgs.length === 1 ? org.name : ""} place="employer" width="page" actions=${actions}>
    <${SignedIn} role="employer" icon="briefcase" title=${t("employer.signed_out_title")} text=${t("employer.signed_out_text")} otherwise=${html`<${OrgForm} />`}>
      ${orgs.length > 1 && !editing && html`<${SelectField} label=${t("employer.choose")} required value=${org.org_id} options=${orgs.map((one) => ({ value: one.org_id, label: one.name }))} onValue=${setOrgId} />`}
      ${org && html`<${Posts} key=${org.org_id} org=${org} editing=${editing} onEdit=${setEditing} />`}
    </${SignedIn}>
  </${Page}>`;
}

/** @param {{ org: Membership, editing: string, onEdit: (jobId: string) => void }} props editing: the post being written, "new", or "" */
function Posts({ org, editing, onEdit }) {
  const load = useFresh(() => fetchPosts(org.org_id), [org.org_id]);
  const [stopped, setStopped] = useState(/** @type {{ jobId: string, error: Problem } | null} */ (null));
  const edit = (/** @type {string} */ jobId, /** @type {Problem | null} */ error = null) => {
    setStopped(error && { jobId, error });
    onEdit(jobId);
  };
  const done = () => {
    edit("");
    load.reload();
  };
  const empty = html`<${Empty} icon="briefcase" title=${t("employer.empty_title")} text=${t("employer.empty_text")}>
    <${Button} kind="primary" icon="plus" onClick=${() => edit(NEW)}>${t("employer.new_post")}</${Button}>
  </${Empty}>`;
  const show = (/** @type {Post[]} */ posts) => {
    const post = posts.find((one) => one.job_id === editing) ?? null;
    if (editing) return html`<${PostEditor} key=${editing} org=${org} post=${post} stopped=${stopped?.jobId === editing ? stopped.error : null} onDone=${done} onBack=${() => edit("")} />`;
    if (posts.length === 0) return empty;
    return html`<${PostList} posts=${posts} onEdit=${edit} onStopped=${edit} onChanged=${load.reload} />`;
  };
  return html`<${Async} of=${load} rows=${4} show=${show} />`;
}
