/** Applicants in a table, on a phone in cards. */
import { html } from "../../html.js";
import { yearsText } from "../../jobs/words.js";
import { t, timeText } from "../../words/text.js";
import { Table } from "../table.js";
import { StateChip } from "./way.js";

/** @typedef {import("../../jobs/applications.js").Applicant} Applicant */

/** @param {{ applicants: Applicant[], openId: string, onOpen: (applicationId: string) => void }} props */
export function ApplicantTable({ applicants, openId, onOpen }) {
  const nameOf = (/** @type {Applicant} */ one) => one.name || t("applicants.unnamed");
  const columns = [
    { key: "name", title: t("applicants.column_name"), main: true, cell: (/** @type {Applicant} */ one) => html`<button type="button" class="post-link" aria-label=${t("applicants.open", { name: nameOf(one) })} onClick=${() => onOpen(one.application_id)}>${nameOf(one)}</button>` },
    { key: "city", title: t("applicants.column_city"), cell: (/** @type {Applicant} */ one) => one.city || "—" },
    { key: "years", title: t("applicants.column_years"), cell: (/** @type {Applicant} */ one) => (one.years_experience === null ? "—" : yearsText(one.years_experience)) },
    { key: "pay", title: t("applicants.column_pay"), cell: (/** @type {Applicant} */ one) => one.expected_pay || "—" },
    { key: "phone", title: t("applicants.column_phone"), cell: (/** @type {Applicant} */ one) => html`<span class="number">${one.phone || "—"}</span>` },
    { key: "at", title: t("applicants.column_at"), cell: (/** @type {Applicant} */ one) => timeText(one.created_at) },
    { key: "state", title: t("applicants.column_state"), cell: (/** @type {Applicant} */ one) => html`<${StateChip} state=${one.state} />` },
  ];
  return html`<${Table} label=${t("applicants.title")} columns=${columns} rows=${applicants} rowKey=${(/** @type {Applicant} */ one) => one.application_id}
    isSelected=${(/** @type {Applicant} */ one) => one.application_id === openId} onOpen=${(/** @type {Applicant} */ one) => onOpen(one.application_id)} />`;
}
