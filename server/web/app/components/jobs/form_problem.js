/** What the server said to a form: the filter's reasons in full, all else in a line. */
import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { errorText } from "../../words/error_text.js";
import { Banner } from "../states.js";
import { FilterRefusal } from "./filter_refusal.js";

/** @param {{ error: unknown }} props null while there is none */
export function FormProblem({ error }) {
  if (error === null) return null;
  if (error instanceof Problem && error.code === "filtered") return html`<${FilterRefusal} facts=${error.facts} />`;
  return html`<${Banner} text=${errorText(error)} />`;
}

/** What is wrong with which field, where the server says so. @param {unknown} error @returns {Record<string, string>} */
export const fieldsOf = (error) => (error instanceof Problem && error.code === "invalid" ? (error.facts.fields ?? {}) : {});

/** Take whoever fills it in to the first field that is wrong. @param {HTMLElement | null} form */
export const focusFirstFault = (form) =>
  requestAnimationFrame(() => /** @type {HTMLElement | null | undefined} */ (form?.querySelector("[aria-invalid=true]"))?.focus());
