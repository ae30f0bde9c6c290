/** What one was told, newest first; looking at it is reading it. */
import { useEffect } from "preact/hooks";

import { Page, SignedIn } from "../components/app_shell.js";
import { Icon } from "../components/icons.js";
import { tellingOf } from "../components/notices/registry.js";
import { More, usePages } from "../components/pages.js";
import { Async, Empty } from "../components/states.js";
import { html } from "../html.js";
import { unread } from "../me.js";
import "../messages/me.js";
import { fetchNotices, readNotices } from "../notices.js";
import { t, timeText } from "../words/text.js";

/** @typedef {import("../notices.js").Notice} Notice */

export function Notices() {
  return html`<${Page} title=${t("me.notices")} place="notices">
    <${SignedIn} icon="bell" title=${t("me.notices_signed_out")} text=${t("me.signed_out_text")}><${List} /></${SignedIn}>
  </${Page}>`;
}

function List() {
  const list = usePages(async (before) => {
    const { notices, next_before: next } = await fetchNotices(before);
    return { items: notices, before: next };
  }, []);
  const newest = list.value?.items[0]?.notice_id;
  useEffect(() => {
    if (newest === undefined) return;
    // What is shown as new stays so until the page is left; the count goes at once.
    readNotices().then(() => { unread.value = 0; }, () => {}); // or with the next visit
  }, [newest]);
  const items = /** @type {Notice[]} */ (list.value?.items ?? []);
  const empty = html`<${Empty} icon="bell" title=${t("me.notices_empty_title")} text=${t("me.notices_empty_text")} />`;
  const show = () => html`<ul class="notices">${items.map((notice) => html`<${Item} key=${notice.notice_id} notice=${notice} />`)}</ul>`;
  return html`<${Async} of=${list} rows=${4} isEmpty=${() => items.length === 0} empty=${empty} show=${show} /><${More} of=${list} />`;
}

/** @param {{ notice: Notice }} props */
function Item({ notice }) {
  const { icon, title, href, Body } = tellingOf(notice.kind);
  const way = href?.(notice.facts) ?? null;
  const body = html`<span class="notices__icon"><${Icon} name=${icon} /></span>
    <div class="notices__words grow">
      <p class="notices__title">${title(notice.facts)}</p>
      ${Body && html`<${Body} notice=${notice} />`}
      <p class="notices__at"><time datetime=${notice.at}>${timeText(notice.at)}</time>${!notice.read && html` <span class="notices__new">${t("me.notice_new")}</span>`}</p>
    </div>
    ${way !== null && html`<${Icon} name="chevron" />`}`;
  return html`<li class="notices__item" data-kind=${notice.kind}>${way === null ? html`<div class="notices__row">${body}</div>` : html`<a class="notices__row" href=${way}>${body}</a>`}</li>`;
}
