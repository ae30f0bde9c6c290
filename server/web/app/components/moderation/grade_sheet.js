/** Which sanction: all grades that make sense here, mildest first, with the points of the person and the step that they suggest. */
import { html } from "../../html.js";
import { gradesFor } from "../../moderation/grades.js";
import { choiceFor } from "../../moderation/shortcuts.js";
import { locale, t } from "../../words/text.js";
import { Chip } from "../chip.js";
import { Sheet } from "../sheet.js";
import { gradeHint, gradeWords } from "./desk_words.js";

/** @typedef {import("../../moderation/desk_api.js").Sanction} Sanction */

/** @param {{ one: import("../../moderation/desk_api.js").Case, keys: boolean, onPick: (grade: Sanction) => void, onClose: () => void }} props */
export function GradeSheet({ one, keys, onPick, onClose }) {
  const { subject } = one;
  if (subject === null) return null;
  const grades = gradesFor(one);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const index = keys ? choiceFor(event, grades.length) : null;
    if (index === null) return;
    event.preventDefault();
    // This sheet is gone before the desk hears of the key, which means something else there.
    event.stopPropagation();
    onPick(grades[index]);
  };
  const first = grades.includes(subject.suggested) ? subject.suggested : grades[0];
  return html`<${Sheet} title=${t("moderation.sanction_title", { what: t("moderation.grades"), name: subject.display_name })} onClose=${onClose} className="sheet--reason">
    <div class="grades" onKeyDown=${onKeyDown}>
      <p>${t("moderation.points", { points: pointsText(subject.points) })} <span class="muted">${t("moderation.points_hint")}</span></p>
      <ul class="grades__list">${grades.map((grade, index) => html`<li key=${grade}>
        <button type="button" class="grades__one" data-grade=${grade} autofocus=${grade === first} onClick=${() => onPick(grade)}>
          <span class="grow"><span class="grades__name">${gradeWords(grade)}${grade === subject.suggested && html` <${Chip} tone="info">${t("moderation.suggested")}</${Chip}>`}</span><span class="field__hint">${gradeHint(grade)}</span></span>
          ${keys && html`<kbd class="key" aria-hidden="true">${index + 1}</kbd>`}
        </button></li>`)}</ul>
    </div>
  </${Sheet}>`;
}

/** @param {number} points */
export const pointsText = (points) => new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(points);
