/** Who applied to the posts of this employer, newest first; what happens with each is decided on the employer's pages. */
import { html } from "../../html.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Empty, Failed, Skeleton } from "../states.js";

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk }} props */
export function ApplicationsPanel({ desk }) {
  const applications = desk.applications.value;
  const fault = desk.faults.value.get("sales");
  if (applications === null) return fault ? html`<${Failed} error=${fault} onRetry=${desk.loadSales} />` : html`<${Skeleton} rows=${3} />`;
  const posts = desk.posts.value ?? [];
  const total = posts.reduce((sum, post) => sum + (post.applications ?? 0), 0);
  return html`<div class="sales">
    <dl class="totals">
      <div><dt>${t("studio.total_posts")}</dt><dd>${posts.length}</dd></div>
      <div><dt>${t("studio.total_applications")}</dt><dd>${total}</dd></div>
    </dl>
    ${applications.length === 0 && html`<${Empty} icon="people" title=${t("studio.applications_empty")} text=${t("studio.applications_empty_text")} />`}
    <ul class="sales__list">${applications.map((one) => html`<li key=${one.application_id} class=${`sale${desk.news.value.has(one.application_id) ? " sale--fresh" : ""}`}>
      <p class="sale__top">
        ${desk.news.value.has(one.application_id) && html`<${Chip} tone="live">${t("studio.new")}</${Chip}>`}
        <b>${one.name}</b><time class="sale__time" datetime=${one.created_at}>${timeText(one.created_at)}</time>
      </p>
      <p>${one.job_title}</p>
      <p class="muted">${[one.city, one.expected_pay].filter(Boolean).join(" · ")}</p>
      <a class="sale__link" href=${`/employer/posts/${one.job_id}`} aria-label=${`${t("studio.application_open")} ${one.name}`}>${t("studio.application_open")}</a>
    </li>`)}</ul>
    ${posts.length > 0 && html`<h3 class="label">${t("studio.posts")}</h3>
      <ul class="post-counts">${posts.map((post) => html`<li key=${post.job_id}><a href=${`/employer/posts/${post.job_id}`}><span>${post.title}</span><b>${t("studio.applications", { count: post.applications ?? 0 })}</b></a></li>`)}</ul>`}
    <${Button} href="/employer" icon="briefcase">${t("studio.to_employer")}</${Button}>
  </div>`;
}
