/** One of one's own applications: its state at a glance, and opened all there is to it. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { fetchMyApplication, isEnded, withdrawApplication } from "../../jobs/applications.js";
import { toldText } from "../../jobs/words.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { confirmed } from "../confirm.js";
import { Icon } from "../icons.js";
import { Pay } from "../price.js";
import { Async, useLoad } from "../states.js";
import { toast, toastError } from "../toast.js";
import { SharePhone } from "./share_phone.js";
import { History, StateChip, Way } from "./way.js";

/** @typedef {import("../../jobs/applications.js").MyApplication} MyApplication */

/** @param {{ application: MyApplication, onChange: (changed: MyApplication) => void }} props */
export function ApplicationItem({ application, onChange }) {
  const id = application.application_id;
  const isNamed = location.hash === `#${id}`;
  const [open, setOpen] = useState(isNamed);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (isNamed) element.current?.scrollIntoView({ block: "start" });
  }, []);
  const newest = application.history.at(-1);
  const { pay } = application;
  return html`<li ref=${element} class="application" id=${id} data-application-id=${id}>
    <div class="application__head">
      <div class="application__what">
        <h3 class="application__title">${application.job_title}</h3>
        <p class="muted">${[application.employer, application.place].filter(Boolean).join(" · ")}</p>
      </div>
      <${StateChip} state=${application.state} />
    </div>
    <p class="application__figures"><${Pay} pay=${{ min_minor: pay.pay_min_minor, max_minor: pay.pay_max_minor, currency: pay.currency, unit: pay.pay_unit }} /><span class="muted">${t("applications.applied_at", { time: timeText(application.created_at) })}</span></p>
    <${Way} application=${application} />
    ${!open && html`<p class="application__told">${toldText(application.state)}</p>`}
    ${!open && newest?.note && html`<p class="history__note"><span class="label">${t("state.note")}</span>${newest.note}</p>`}
    <button type="button" class="text-button application__more" aria-expanded=${open} aria-controls=${`${id}-more`} onClick=${() => setOpen(!open)}>${t(open ? "applications.details_hide" : "applications.details")}<${Icon} name="chevron" /></button>
    <div id=${`${id}-more`}>${open && html`<${More} application=${application} onChange=${onChange} />`}</div>
  </li>`;
}

/** @param {{ application: MyApplication, onChange: (changed: MyApplication) => void }} props */
function More({ application, onChange }) {
  const [busy, setBusy] = useState(false);
  const { application_id: id, version } = application;
  const load = useLoad(() => fetchMyApplication(id), [id, version]);
  const ask = { title: t("applications.withdraw_ask", { employer: application.employer, title: application.job_title }), text: t("applications.withdraw_text"), yes: t("applications.withdraw_yes"), no: t("applications.withdraw_no"), danger: true };
  const withdraw = async () => {
    if (!(await confirmed(ask))) return;
    setBusy(true);
    try {
      onChange({ ...application, ...(await withdrawApplication(id)) });
      toast(t("applications.withdrawn_done"));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const show = (/** @type {MyApplication} */ whole) => html`
    <section class="job__part"><h4 class="label">${t("applications.history")}</h4><${History} history=${whole.history} /></section>
    ${whole.message && html`<section class="job__part"><h4 class="label">${t("applications.message")}</h4><p class="job__text">${whole.message}</p></section>`}
    <${Seen} looks=${whole.seen ?? []} />
    ${!isEnded(application) && html`<${SharePhone} application=${application} onChange=${onChange} />`}
    <div class="application__actions">
      ${application.room_slug && html`<${Button} href=${`/rooms/${encodeURIComponent(application.room_slug)}`}>${t("applications.room")}</${Button}>`}
      ${!isEnded(application) && html`<${Button} busy=${busy} onClick=${withdraw}>${t("applications.withdraw")}</${Button}>`}
    </div>`;
  return html`<div class="application__whole"><${Async} of=${load} show=${show} /></div>`;
}

/** @param {{ looks: import("../../jobs/applications.js").Look[] }} props */
function Seen({ looks }) {
  return html`<section class="job__part"><h4 class="label">${t("applications.seen_title")}</h4>
    ${looks.length === 0
      ? html`<p class="muted">${t("applications.seen_none")}</p>`
      : html`<ul class="seen">${looks.map((look) => html`<li key=${`${look.at} ${look.kind}`}>${t(look.kind === "opened" ? "applications.seen_opened" : "applications.seen_listed", { name: look.by_name, time: timeText(look.at) })}</li>`)}</ul>`}
  </section>`;
}
