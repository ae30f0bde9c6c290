/** All that a job's post says, and applying for it right there. */
import { useState } from "preact/hooks";

import { html } from "../html.js";
import { factsOf } from "../jobs/facts.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";
import { ApplyPanel, useStanding } from "./jobs/apply_panel.js";
import { JobFacts } from "./jobs/job_facts.js";
import "./jobs/told.js";
import { Sheet } from "./sheet.js";

/** @param {{ card: any, visit: import("../live/room_visit.js").RoomVisit, onClose: () => void }} props card as it stands, or last stood */
export function JobSheet({ card, visit, onClose }) {
  const [step, setStep] = useState(/** @type {import("./jobs/apply_panel.js").ApplyStep} */ ("read"));
  const isOnShelf = visit.state.cards.value.some((one) => one.card_id === card.card_id);
  const standing = useStanding(card.job_id, isOnShelf);
  // A card is there at once, and has all but the longer words.
  const facts = factsOf(standing.value?.post ?? card);
  const offer = { jobId: card.job_id, employer: facts.employer, roomSlug: visit.slug, cardId: card.card_id };
  const canGoBack = step === "sign_in" || step === "resume";
  return html`<${Sheet} title=${facts.title} onClose=${onClose} className="sheet--job">
    ${canGoBack && html`<button type="button" class="text-button apply__back" onClick=${() => setStep("read")}><${Icon} name="back" />${t("apply.back")}</button>`}
    ${step === "read" && html`<${JobFacts} facts=${facts} />`}
    <${ApplyPanel} offer=${offer} standing=${standing} step=${step} onStep=${setStep} onClose=${onClose} />
  </${Sheet}>`;
}
