/** What speaks against an account, asked for by a press, or with the case: its points, why, and the accounts that it is linked to, each with the way there. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { deskApi } from "../../moderation/desk_api.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Async, useLoad } from "../states.js";

/** @typedef {import("../../words/text.js").MessageKey} MessageKey */
/** @typedef {import("../../moderation/desk_api.js").Risk} Risk */

/** From so many of 100 points on. */
const HIGH_POINTS = 60;
const MIDDLE_POINTS = 30;

/** @type {Record<string, MessageKey>} */
const REASONS = {
  closed_link: "moderation.risk_closed_link",
  limited_link: "moderation.risk_limited_link",
  weak_closed_link: "moderation.risk_weak_closed_link",
  group: "moderation.risk_group",
  sanctions: "moderation.risk_sanctions",
  reports_upheld: "moderation.risk_reports_upheld",
  reports: "moderation.risk_reports",
  new_account: "moderation.risk_new_account",
};
/** @type {Record<string, MessageKey>} */
const SHARED = {
  device: "moderation.shared_device",
  phone: "moderation.shared_phone",
  address_phone: "moderation.shared_address_phone",
  payee: "moderation.shared_payee",
  bank_card: "moderation.shared_bank_card",
  network: "moderation.shared_network",
};
/** @param {string} kind */
const sharedWords = (kind) => (kind in SHARED ? t(SHARED[kind]) : kind);

/** @param {{ personId: string, shown?: boolean }} props shown: without a press */
export function RiskCard({ personId, shown = false }) {
  const [isOpen, setIsOpen] = useState(shown);
  if (!isOpen) return html`<p><${Button} size="s" icon="people" onClick=${() => setIsOpen(true)}>${t("moderation.risk_show")}</${Button}></p>`;
  return html`<${Asked} personId=${personId} />`;
}

/** @param {{ personId: string }} props */
function Asked({ personId }) {
  const load = useLoad(() => deskApi.risk(personId), [personId]);
  return html`<${Async} of=${load} rows=${2} show=${(/** @type {Risk} */ risk) => html`<${Told} risk=${risk} />`} />`;
}

/** @param {{ risk: Risk }} props */
function Told({ risk }) {
  const tone = risk.points >= HIGH_POINTS ? "bad" : risk.points >= MIDDLE_POINTS ? "wait" : "good";
  const { open, upheld, rejected } = risk.reports;
  return html`<section class="risk" aria-label=${t("moderation.risk")}>
    <p class="case__row"><b>${t("moderation.risk")}</b><${Chip} tone=${tone}>${t("moderation.risk_points", { points: risk.points })}</${Chip}>
      <span class="muted">${t("moderation.risk_since", { time: timeText(risk.created_at) })}</span></p>
    ${risk.reasons.length > 0 && html`<ul class="risk__list">${risk.reasons.map((reason) => html`<li key=${reason.code}>${reason.code in REASONS ? t(REASONS[reason.code], { count: reason.count }) : reason.code} <span class="muted">+${reason.points}</span></li>`)}</ul>`}
    <p class="muted">${t("moderation.risk_reported", { open, upheld, rejected })}</p>
    ${risk.comebacks.map((one) => html`<p key=${one.case_id} class="banner banner--warn">${t("moderation.risk_comeback", { name: one.person.display_name })}</p>`)}
    <${Linked} risk=${risk} />
  </section>`;
}

/** @param {{ risk: Risk }} props */
function Linked({ risk }) {
  if (risk.links.length === 0 && risk.weak_links.length === 0) return html`<p class="muted">${t("moderation.risk_no_links")}</p>`;
  const steps = (/** @type {Risk["links"][number]} */ link) => link.path.map((step) => t("moderation.risk_step", { from: step.from_name, to: step.to_name, what: sharedWords(step.kind) })).join(t("moderation.risk_then"));
  return html`<p class="case__title">${t("moderation.risk_links")}</p><ul class="risk__list">
    ${risk.links.map((link) => html`<li key=${link.person.person_id}><b>${link.person.display_name}</b> <${Gone} state=${link.person.state} /> <span class="muted">${steps(link)}</span></li>`)}
    ${risk.weak_links.map((link) => html`<li key=${link.person.person_id}>${link.person.display_name} <${Gone} state=${link.person.state} /> <span class="muted">${t("moderation.risk_weak", { what: sharedWords(link.kind), count: link.shared_by })}</span></li>`)}
  </ul><p class="muted">${t("moderation.risk_lead")}</p>`;
}

/** @param {{ state: string }} props */
function Gone({ state }) {
  return state === "closed" ? html`<${Chip} tone="bad" icon="remove">${t("moderation.account_closed")}</${Chip}>` : null;
}
