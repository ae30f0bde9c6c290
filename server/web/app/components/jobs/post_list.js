/** The posts of an organisation: figures on top, a row each with what one may do with it. */
import { useState } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { factsOf } from "../../jobs/facts.js";
import { isTaking, publishPost, standingOf, withdrawPost } from "../../jobs/posts.js";
import { dayText, standingText } from "../../jobs/words.js";
import { countText, t } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { confirmed } from "../confirm.js";
import { Pay } from "../price.js";
import { Table } from "../table.js";
import { toast, toastError } from "../toast.js";

/** @typedef {import("../../jobs/posts.js").Post} Post */

/** @type {Record<string, import("../chip.js").Tone>} */
const TONES = { draft: "wait", open: "good", withdrawn: "plain", expired: "bad", removed: "bad" };

/** @param {{ post: Post }} props */
export function PostChip({ post }) {
  const standing = standingOf(post);
  return html`<${Chip} tone=${TONES[standing]}>${standingText(standing)}</${Chip}>`;
}

/**
 * @typedef {{ onEdit: (jobId: string) => void, onStopped: (jobId: string, error: Problem) => void, onChanged: () => void }} Deeds
 *   onStopped: it can't be published as it stands, and why
 */

/** @param {Deeds & { posts: Post[] }} props */
export function PostList({ posts, onEdit, onStopped, onChanged }) {
  const open = posts.filter(isTaking);
  const sum = (/** @type {Post[]} */ of, /** @type {(post: Post) => number} */ what) => of.reduce((total, post) => total + what(post), 0);
  const figures = [
    [t("employer.figure_open"), open.length],
    [t("employer.figure_headcount"), sum(open, (post) => post.headcount ?? 0)],
    [t("employer.figure_applications"), sum(posts, (post) => post.applications)],
  ];
  const columns = [
    { key: "post", title: t("employer.column_post"), main: true, cell: (/** @type {Post} */ post) => html`<a class="post-link" href=${`/employer/posts/${post.job_id}`}>${post.title}</a><span class="post-place">${post.place}</span>` },
    { key: "state", title: t("employer.column_state"), cell: (/** @type {Post} */ post) => html`<${PostChip} post=${post} />` },
    { key: "pay", title: t("employer.column_pay"), number: true, cell: (/** @type {Post} */ post) => (factsOf(post).pay === null ? "—" : html`<${Pay} pay=${factsOf(post).pay} />`) },
    { key: "applications", title: t("employer.column_applications"), number: true, cell: (/** @type {Post} */ post) => countText(post.applications) },
    { key: "until", title: t("employer.column_until"), number: true, cell: (/** @type {Post} */ post) => (post.valid_until ? dayText(post.valid_until) : "—") },
    { key: "do", title: t("employer.column_actions"), actions: true, cell: (/** @type {Post} */ post) => html`<${PostActions} post=${post} onEdit=${onEdit} onStopped=${onStopped} onChanged=${onChanged} />` },
  ];
  return html`<dl class="figures">${figures.map(([name, figure]) => html`<div class="figures__one" key=${name}><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>
    <${Table} label=${t("employer.posts")} columns=${columns} rows=${posts} rowKey=${(/** @type {Post} */ post) => post.job_id} />`;
}

/** @param {Deeds & { post: Post }} props */
function PostActions({ post, onEdit, onStopped, onChanged }) {
  const [busy, setBusy] = useState(false);
  const act = async (/** @type {() => Promise<unknown>} */ deed, /** @type {string} */ said) => {
    setBusy(true);
    try {
      await deed();
      toast(said);
      onChanged();
    } catch (error) {
      // What is missing, or stands in the way, is put right in the form.
      if (error instanceof Problem && (error.code === "invalid" || error.code === "filtered")) onStopped(post.job_id, error);
      else toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const withdraw = async () => {
    const question = { title: t("employer.withdraw_ask", { title: post.title }), text: t("employer.withdraw_text"), yes: t("employer.withdraw_yes"), no: t("employer.withdraw_no"), danger: true };
    if (await confirmed(question)) await act(() => withdrawPost(post.job_id), t("employer.withdrawn"));
  };
  return html`<span class="row row--end">
    ${post.applications > 0 && html`<${Button} size="s" href=${`/employer/posts/${post.job_id}`} label=${`${t("employer.applicants")} ${post.title}`}>${t("employer.applicants")}</${Button}>`}
    <${Button} size="s" label=${`${t("employer.edit")} ${post.title}`} onClick=${() => onEdit(post.job_id)}>${t("employer.edit")}</${Button}>
    ${post.state === "open"
      ? html`<${Button} size="s" busy=${busy} label=${`${t("employer.withdraw")} ${post.title}`} onClick=${withdraw}>${t("employer.withdraw")}</${Button}>`
      : !post.removed && html`<${Button} size="s" kind="leaf" busy=${busy} label=${`${t("employer.publish")} ${post.title}`} onClick=${() => act(() => publishPost(post.job_id), t("employer.published"))}>${t("employer.publish")}</${Button}>`}
  </span>`;
}
