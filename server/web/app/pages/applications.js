/** One's own applications: how far each has come, who looked at it, what one shares, and taking one back. */
import { Page, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { ApplicationItem } from "../components/jobs/application_item.js";
import { useFresh } from "../components/jobs/use_fresh.js";
import { Async, Empty } from "../components/states.js";
import { html } from "../html.js";
import { fetchMyApplications, isEnded } from "../jobs/applications.js";
import "../messages/jobs.js";
import { t } from "../words/text.js";

/** @typedef {import("../jobs/applications.js").MyApplication} MyApplication */

export function Applications() {
  const actions = html`<${Button} href="/me/resume" icon="person">${t("applications.to_resume")}</${Button}>`;
  return html`<${Page} title=${t("applications.title")} place="applications" actions=${actions}>
    <${SignedIn} icon="briefcase" title=${t("applications.signed_out_title")} text=${t("applications.signed_out_text")}><${List} /></${SignedIn}>
  </${Page}>`;
}

function List() {
  const load = useFresh(fetchMyApplications, []);
  const replace = (/** @type {MyApplication} */ changed) =>
    load.set((load.value ?? []).map((one) => (one.application_id === changed.application_id ? changed : one)));
  const empty = html`<${Empty} icon="briefcase" title=${t("applications.empty_title")} text=${t("applications.empty_text")}>
    <${Button} kind="leaf" href="/">${t("applications.to_rooms")}</${Button}>
  </${Empty}>`;
  const show = (/** @type {MyApplication[]} */ all) => {
    const active = all.filter((one) => !isEnded(one));
    const ended = all.filter(isEnded);
    return html`<${Group} title=${t("applications.active", { count: active.length })} items=${active} onChange=${replace} />
      <${Group} title=${t("applications.ended", { count: ended.length })} items=${ended} onChange=${replace} />`;
  };
  return html`<${Async} of=${load} show=${show} isEmpty=${(/** @type {MyApplication[]} */ all) => all.length === 0} empty=${empty} rows=${3} />`;
}

/** @param {{ title: string, items: MyApplication[], onChange: (changed: MyApplication) => void }} props */
function Group({ title, items, onChange }) {
  if (items.length === 0) return null;
  return html`<section class="group"><h2 class="group__title">${title}</h2>
    <ul class="applications">${items.map((item) => html`<${ApplicationItem} key=${item.application_id} application=${item} onChange=${onChange} />`)}</ul>
  </section>`;
}
