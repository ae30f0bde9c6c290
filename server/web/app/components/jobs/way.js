/** How far an application has come: the way at a glance, and its history with what was said. */
import { html } from "../../html.js";
import { wayOf } from "../../jobs/applications.js";
import { stateText, toldText } from "../../jobs/words.js";
import { t, timeText } from "../../words/text.js";
import { Chip } from "../chip.js";
import { Icon } from "../icons.js";

/** @typedef {import("../../jobs/applications.js").State} State */
/** @typedef {import("../../jobs/applications.js").Step} Step */

/** @type {Record<State, import("../chip.js").Tone>} */
const TONES = { submitted: "plain", viewed: "info", contacted: "info", interview: "wait", offered: "good", hired: "good", rejected: "plain", withdrawn: "plain" };

/** @param {{ state: State }} props */
export const StateChip = ({ state }) => html`<${Chip} tone=${TONES[state]}>${stateText(state)}</${Chip}>`;

/** @param {{ application: { state: State, history: Step[] } }} props */
export function Way({ application }) {
  return html`<ol class="steps" aria-label=${t("applications.way")}>${wayOf(application).map(
    ({ state, standing }) => html`<li key=${state} class=${`steps__step steps__step--${standing} steps__step--${state}`} aria-current=${standing === "now" ? "step" : undefined}>
      <span class="steps__dot" aria-hidden="true">${standing === "done" && html`<${Icon} name="check" />`}</span><span class="steps__word">${stateText(state)}</span>
    </li>`,
  )}</ol>`;
}

/** Newest first. @param {{ history: Step[], plain?: boolean }} props plain: for an employer, without what it means for the applicant */
export function History({ history, plain = false }) {
  return html`<ol class="history">${[...history].reverse().map(
    (step, index) => html`<li key=${`${step.state}-${step.at}`} class=${`history__step${index === 0 ? " history__step--newest" : ""}`}>
      <p class="history__top"><strong>${stateText(step.state)}</strong><time class="muted" datetime=${step.at}>${timeText(step.at)}</time></p>
      ${!plain && index === 0 && html`<p class="muted">${toldText(step.state)}</p>`}
      ${step.note && html`<p class="history__note"><span class="label">${t("state.note")}</span>${step.note}</p>`}
    </li>`,
  )}</ol>`;
}
