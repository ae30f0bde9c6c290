/** Who applied for one post: a list by state, and each application opened in a sheet. */
import { useState } from "preact/hooks";

import { Page, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { ApplicantSheet } from "../components/jobs/applicant_sheet.js";
import { ApplicantTable } from "../components/jobs/applicant_table.js";
import { PostChip } from "../components/jobs/post_list.js";
import { useAddressed } from "../components/jobs/use_addressed.js";
import { useFreshPages } from "../components/jobs/use_fresh.js";
import { More } from "../components/pages.js";
import { Async, Empty, useLoad } from "../components/states.js";
import { Tabs } from "../components/tabs.js";
import { html } from "../html.js";
import { fetchApplicants, STATES } from "../jobs/applications.js";
import { fetchPosts } from "../jobs/posts.js";
import { stateText } from "../jobs/words.js";
import { me } from "../me.js";
import "../messages/jobs.js";
import { t } from "../words/text.js";

/** @typedef {import("../jobs/posts.js").Post} Post */
/** @typedef {import("../jobs/applications.js").Applicant} Applicant */

const ALL = "all";

/** @param {{ job_id: string }} props */
export function EmployerPost({ job_id: jobId }) {
  const [post, setPost] = useState(/** @type {Post | null} */ (null));
  const back = { href: "/employer", label: t("applicants.back") };
  const title = post === null ? t("applicants.title") : t("applicants.of_post", { title: post.title });
  const actions = post && html`<${PostChip} post=${post} /><${Button} href=${`/employer?post=${jobId}`} icon="edit">${t("employer.edit")}</${Button}>`;
  return html`<${Page} title=${title} lead=${post?.place ?? ""} place="employer" width="page" back=${back} actions=${actions}>
    <${SignedIn} role="employer" icon="briefcase" title=${t("employer.signed_out_title")} text=${t("employer.signed_out_text")}>
      <${Found} jobId=${jobId} onPost=${setPost} />
    </${SignedIn}>
  </${Page}>`;
}

/** @param {string} jobId @returns {Promise<Post | null>} of whichever organisation one belongs to; null where it is none of theirs */
async function findPost(jobId) {
  const employers = (me.value?.memberships ?? []).filter((one) => one.kind === "employer");
  const lists = await Promise.all(employers.map((org) => fetchPosts(org.org_id)));
  return lists.flat().find((post) => post.job_id === jobId) ?? null;
}

/** @param {{ jobId: string, onPost: (post: Post | null) => void }} props */
function Found({ jobId, onPost }) {
  const load = useLoad(async () => {
    const post = await findPost(jobId);
    onPost(post);
    return { post };
  }, [jobId]);
  const empty = html`<${Empty} icon="briefcase" title=${t("applicants.error_title")} text=${t("applicants.not_yours")}><${Button} kind="primary" href="/employer">${t("applicants.back")}</${Button}></${Empty}>`;
  return html`<${Async} of=${load} rows=${4} isEmpty=${(/** @type {{ post: Post | null }} */ found) => found.post === null} empty=${empty}
    show=${(/** @type {{ post: Post }} */ { post }) => html`<${Applicants} post=${post} />`} />`;
}

/** @param {{ post: Post }} props */
function Applicants({ post }) {
  const [state, setState] = useState(ALL);
  const [openId, setOpenId] = useAddressed("application");
  const list = useFreshPages(async (before) => {
    const answer = await fetchApplicants(post.org_id, { jobId: post.job_id, state: state === ALL ? "" : state, before });
    return { items: answer.applications, before: answer.next_before };
  }, [post.job_id, state]);
  const tabs = [{ value: ALL, label: t("applicants.all") }, ...STATES.map((value) => ({ value, label: stateText(value) }))];
  const empty = state === ALL
    ? html`<${Empty} icon="people" title=${t("applicants.empty_title")} text=${t("applicants.empty_text")} />`
    : html`<${Empty} icon="people" title=${t("applicants.none_of_state")} />`;
  return html`<${Tabs} label=${t("applicants.filter")} tabs=${tabs} value=${state} onValue=${setState}>
      <${Async} of=${list} rows=${4} isEmpty=${(/** @type {{ items: Applicant[] }} */ came) => came.items.length === 0} empty=${empty}
        show=${(/** @type {{ items: Applicant[] }} */ came) => html`<${ApplicantTable} applicants=${came.items} openId=${openId} onOpen=${setOpenId} />`} />
      <${More} of=${list} />
    </${Tabs}>
    ${openId && html`<${ApplicantSheet} key=${openId} orgId=${post.org_id} applicationId=${openId} onChanged=${list.reload} onClose=${() => setOpenId("")} />`}`;
}
