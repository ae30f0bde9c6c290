/** Until when a sanction holds, for those whose end one may choose: as usual, one of a few lengths, or a moment of one's own. */
import { html } from "../../html.js";
import { ENDS_S, USUAL_S } from "../../moderation/grades.js";
import { t } from "../../words/text.js";
import { SelectField, TextField } from "../fields.js";
import { lengthText } from "./desk_words.js";

/** @typedef {{ choice: string, moment: string }} End choice: "" as usual, seconds from now, or "at" for the moment, which is local, as the browser's clock field has it */

/** @type {End} */
export const AS_USUAL = { choice: "", moment: "" };

/** What is wrong with an end. @type {Record<"empty" | "past" | "far", import("../../words/text.js").MessageKey>} */
export const FAULTS = { empty: "ends.empty", past: "ends.past", far: "ends.far" };

/** @param {{ sanction: import("../../moderation/desk_api.js").Sanction, end: End, onEnd: (end: End) => void }} props */
export function EndField({ sanction, end, onEnd }) {
  const usualS = USUAL_S[sanction];
  if (usualS === undefined) return null;
  const options = [
    { value: "", label: t("ends.usual", { length: lengthText(usualS) }) },
    ...ENDS_S.filter((seconds) => seconds !== usualS).map((seconds) => ({ value: String(seconds), label: lengthText(seconds) })),
    { value: "at", label: t("ends.at") },
  ];
  return html`<div class="stack stack--tight">
    <${SelectField} label=${t("ends.until")} required name="until" value=${end.choice} options=${options} onValue=${(/** @type {string} */ choice) => onEnd({ ...end, choice })} />
    ${end.choice === "at" && html`<${TextField} label=${t("ends.moment")} required name="moment" type="datetime-local" value=${end.moment} onValue=${(/** @type {string} */ moment) => onEnd({ ...end, moment })} />`}
  </div>`;
}
