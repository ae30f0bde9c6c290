/** The fields of a post, in the order in which an employer thinks of them. */
import { html } from "../../html.js";
import { CHARS_MAX, EMPLOYMENTS, LABEL_CHARS_MAX, LABELS_MAX, PAY_UNITS } from "../../jobs/post_draft.js";
import { employmentText, faultText, payUnitText } from "../../jobs/words.js";
import { t } from "../../words/text.js";
import { SelectField, TextArea, TextField } from "../fields.js";
import { LabelsField } from "./labels_field.js";
import { Section } from "./resume_form.js";

/** @typedef {import("../../jobs/post_draft.js").PostForm} PostForm */

/** In the order in which they stand. @type {Record<string, import("../../words/text.js").MessageKey>} */
export const FIELD_LABELS = {
  title: "post.title", employer: "post.employer", headcount: "post.headcount", employment: "post.employment",
  place: "post.place", description: "post.description", pay_unit: "post.pay_unit", base_min: "post.base_min",
  base_max: "post.base_max", pay_min: "post.pay_min", pay_max: "post.pay_max", requirements: "post.requirements",
  benefits: "post.benefits", shift: "post.shift", valid_until: "post.valid_until",
};

/** @param {{ form: PostForm, faults: Record<string, string>, onChange: (changed: Partial<PostForm>) => void }} props */
export function PostFields({ form, faults, onChange }) {
  const of = (/** @type {keyof PostForm} */ name) => ({
    name,
    label: t(FIELD_LABELS[name]),
    value: form[name],
    error: faultText(faults[name], CHARS_MAX[name]),
    onValue: (/** @type {string} */ value) => onChange({ [name]: value }),
  });
  const amount = (/** @type {keyof PostForm} */ name) => html`<${TextField} ...${of(name)} required prefix="¥" inputMode="decimal" charsMax=${14} />`;
  const listOf = (/** @type {"benefits" | "requirements"} */ name, /** @type {string} */ hint, /** @type {boolean} */ required) => html`<${LabelsField}
    name=${name} label=${t(FIELD_LABELS[name])} hint=${hint} required=${required} error=${faultText(faults[name])} values=${form[name]} max=${LABELS_MAX}
    charsMax=${LABEL_CHARS_MAX} onValues=${(/** @type {string[]} */ values) => onChange({ [name]: values })} />`;
  return html`
    <${Section} title=${t("post.section_what")}>
      <${TextField} ...${of("title")} hint=${t("post.title_hint")} required charsMax=${CHARS_MAX.title} />
      <${TextField} ...${of("employer")} required autocomplete="organization" charsMax=${CHARS_MAX.employer} />
      <div class="form__row">
        <${TextField} ...${of("headcount")} required inputMode="numeric" charsMax=${6} />
        <${SelectField} ...${of("employment")} required options=${EMPLOYMENTS.map((value) => ({ value, label: employmentText(value) }))} />
      </div>
      <${TextField} ...${of("place")} hint=${t("post.place_hint")} required charsMax=${CHARS_MAX.place} />
      <${TextArea} ...${of("description")} hint=${t("post.description_hint")} required charsMax=${CHARS_MAX.description} />
    </${Section}>
    <${Section} title=${t("post.section_pay")} text=${t("post.section_pay_text")}>
      <${SelectField} ...${of("pay_unit")} required options=${PAY_UNITS.map((value) => ({ value, label: payUnitText(value) }))} />
      <div class="pair">${amount("base_min")}${amount("base_max")}</div>
      <div class="pair">${amount("pay_min")}${amount("pay_max")}</div>
    </${Section}>
    <${Section} title=${t("post.section_conditions")}>
      ${listOf("requirements", t("post.requirements_hint"), true)}
      ${listOf("benefits", t("post.benefits_hint"), false)}
      <${TextField} ...${of("shift")} hint=${t("post.shift_hint")} charsMax=${CHARS_MAX.shift} />
      <${TextField} ...${of("valid_until")} type="date" required />
    </${Section}>`;
}
