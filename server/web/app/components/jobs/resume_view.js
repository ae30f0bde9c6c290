/** A résumé as an employer reads it. */
import { html } from "../../html.js";
import { educationText, yearsText } from "../../jobs/words.js";
import { t } from "../../words/text.js";
import { Avatar } from "../avatar.js";
import { Chips } from "./job_facts.js";

/**
 * @param {{ resume: { name: string, phone: string, city: string, years_experience?: number | null, education?: string,
 *   skills?: string[], experience?: string, about?: string, expected_pay?: string }, phoneNote?: string }} props
 *   phone as it is to be shown
 */
export function ResumeView({ resume, phoneNote = "" }) {
  const rows = [
    [t("applicants.column_years"), yearsText(resume.years_experience)],
    [t("resume.education"), resume.education ? educationText(resume.education) : ""],
    [t("resume.expected_pay"), resume.expected_pay ?? ""],
  ].filter(([, fact]) => fact);
  return html`<div class="resume-view">
    <div class="resume-view__head">
      <${Avatar} name=${resume.name || "?"} />
      <div class="resume-view__who"><p class="resume-view__name">${resume.name}</p><p class="muted">${resume.city}</p></div>
      <p class="resume-view__phone"><span class="resume-view__number">${resume.phone}</span>${phoneNote && html`<span class="muted">${phoneNote}</span>`}</p>
    </div>
    <dl class="facts">${rows.map(([name, fact]) => html`<div class="facts__row" key=${name}><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>
    <${Chips} title=${t("resume.skills")} items=${resume.skills ?? []} />
    ${resume.experience && html`<section class="job__part"><h3 class="label">${t("resume.experience")}</h3><p class="job__text">${resume.experience}</p></section>`}
    ${resume.about && html`<section class="job__part"><h3 class="label">${t("resume.about")}</h3><p class="job__text">${resume.about}</p></section>`}
  </div>`;
}
