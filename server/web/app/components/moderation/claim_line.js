/** Who works on an open case: oneself, another moderator, or nobody yet; and taking it, or letting it go. */
import { html } from "../../html.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { claimerOf, isMine } from "./desk_words.js";

/** @param {{ one: import("../../moderation/desk_api.js").Case, nowMs: number, shortcut: string | undefined, onClaim: () => void }} props onClaim: take it, or let it go */
export function ClaimLine({ one, nowMs, shortcut, onClaim }) {
  if (one.state !== "open") return null;
  const claimer = claimerOf(one, nowMs);
  const mine = isMine(one, nowMs);
  return html`<div class="claim">
    <p role="status">${claimer !== "" && html`<${Chip} tone="wait" icon="people">${t("moderation.claimed_by", { name: claimer })}</${Chip}>`}
      ${mine && html`<${Chip} tone="good" icon="person">${t("claim.mine")}</${Chip}>`}</p>
    ${claimer === "" && html`<${Button} size="s" icon=${mine ? "leave" : "person"} data-claim=${mine ? "release" : "take"} shortcut=${shortcut} onClick=${onClaim}>${t(mine ? "claim.release" : "claim.take")}</${Button}>`}
  </div>`;
}
