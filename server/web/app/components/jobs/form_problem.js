/** What the server said to a form: the filter's reasons in full, all else in a line. */
import { useEffect, useRef } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { errorText } from "../../words/error_text.js";
import { Banner } from "../states.js";
import { FilterRefusal } from "./filter_refusal.js";

/** Comes into sight by itself. @param {{ error: unknown }} props null while there is none */
export function FormProblem({ error }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (error !== null) element.current?.scrollIntoView({ block: "nearest" });
  }, [error]);
  if (error === null) return null;
  const isFiltered = error instanceof Problem && error.code === "filtered";
  return html`<div class="form-problem" ref=${element}>
    ${isFiltered ? html`<${FilterRefusal} facts=${error.facts} />` : html`<${Banner} text=${errorText(error)} />`}
  </div>`;
}

/** What is wrong with which field, where the server says so. @param {unknown} error @returns {Record<string, string>} */
export const fieldsOf = (error) => (error instanceof Problem && error.code === "invalid" ? (error.facts.fields ?? {}) : {});

/** Take whoever fills it in to the first field that is wrong. @param {HTMLElement | null} form */
export const focusFirstFault = (form) =>
  requestAnimationFrame(() => /** @type {HTMLElement | null | undefined} */ (form?.querySelector("[aria-invalid=true]"))?.focus());
