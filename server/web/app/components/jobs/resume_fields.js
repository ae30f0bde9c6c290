/** The fields of a résumé, by section; the short form on the watch page takes the first alone. */
import { html } from "../../html.js";
import { CHARS_MAX, EDUCATIONS, SKILL_CHARS_MAX, SKILLS_MAX } from "../../jobs/resumes.js";
import { educationText, faultText } from "../../jobs/words.js";
import { t } from "../../words/text.js";
import { SelectField, TextArea, TextField } from "../fields.js";
import { LabelsField } from "./labels_field.js";

/**
 * @typedef {{ form: import("../../jobs/resumes.js").ResumeForm, faults: Record<string, string>,
 *   onChange: (changed: Partial<import("../../jobs/resumes.js").ResumeForm>) => void }} FieldsProps
 */

/** @param {FieldsProps} props who one is, and how to be reached */
export function BasicFields({ form, faults, onChange }) {
  return html`
    <${TextField} name="name" label=${t("resume.name")} required autocomplete="name" value=${form.name} charsMax=${CHARS_MAX.name}
      error=${faultText(faults.name, CHARS_MAX.name)} onValue=${(/** @type {string} */ name) => onChange({ name })} />
    <${TextField} name="phone" label=${t("resume.phone")} hint=${t("resume.phone_hint")} required type="tel" inputMode="tel" autocomplete="tel" value=${form.phone}
      error=${faultText(faults.phone)} onValue=${(/** @type {string} */ phone) => onChange({ phone })} />
    <${TextField} name="city" label=${t("resume.city")} hint=${t("resume.city_hint")} required autocomplete="address-level2" value=${form.city} charsMax=${CHARS_MAX.city}
      error=${faultText(faults.city, CHARS_MAX.city)} onValue=${(/** @type {string} */ city) => onChange({ city })} />`;
}

/** @param {FieldsProps} props what one hopes for */
export function WishFields({ form, faults, onChange }) {
  return html`<${TextField} name="expected_pay" label=${t("resume.expected_pay")} hint=${t("resume.expected_pay_hint")} value=${form.expected_pay} charsMax=${CHARS_MAX.expected_pay}
    error=${faultText(faults.expected_pay, CHARS_MAX.expected_pay)} onValue=${(/** @type {string} */ expected_pay) => onChange({ expected_pay })} />`;
}

/** @param {FieldsProps} props years and schooling */
export function YearsFields({ form, faults, onChange }) {
  const options = [{ value: "", label: t("resume.education_none") }, ...EDUCATIONS.map((value) => ({ value, label: educationText(value) }))];
  return html`<div class="pair">
    <${TextField} name="years_experience" label=${t("resume.years")} hint=${t("resume.years_hint")} inputMode="numeric" value=${form.years_experience} charsMax=${2}
      error=${faultText(faults.years_experience)} onValue=${(/** @type {string} */ years_experience) => onChange({ years_experience })} />
    <${SelectField} name="education" label=${t("resume.education")} value=${form.education} options=${options}
      error=${faultText(faults.education)} onValue=${(/** @type {string} */ education) => onChange({ education })} />
  </div>`;
}

/** @param {FieldsProps} props what one can do and has done */
export function PastFields({ form, faults, onChange }) {
  return html`
    <${LabelsField} name="skills" label=${t("resume.skills")} hint=${t("resume.skills_hint")} values=${form.skills} max=${SKILLS_MAX} charsMax=${SKILL_CHARS_MAX}
      error=${faultText(faults.skills)} onValues=${(/** @type {string[]} */ skills) => onChange({ skills })} />
    <${TextArea} name="experience" label=${t("resume.experience")} hint=${t("resume.experience_hint")} value=${form.experience} charsMax=${CHARS_MAX.experience}
      error=${faultText(faults.experience, CHARS_MAX.experience)} onValue=${(/** @type {string} */ experience) => onChange({ experience })} />`;
}

/** @param {FieldsProps} props */
export function AboutFields({ form, faults, onChange }) {
  return html`<${TextArea} name="about" label=${t("resume.about")} value=${form.about} charsMax=${CHARS_MAX.about}
    error=${faultText(faults.about, CHARS_MAX.about)} onValue=${(/** @type {string} */ about) => onChange({ about })} />`;
}
