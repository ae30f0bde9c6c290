/** Said at once to a host whose words about stock or price the order book contradicts: they were shown all the same. */
import { html } from "../../html.js";
import { arrived } from "../../notices.js";
import { language, t } from "../../words/text.js";
import { IconButton } from "../button.js";
import { Icon } from "../icons.js";

/** @param {{ slug: string }} props */
export function ClaimNote({ slug }) {
  const notice = arrived.value;
  const isMine = notice !== null && notice.kind === "claim_doubted" && notice.facts.room_slug === slug;
  return html`<div role="status">${isMine && html`<div class="banner banner--warn claim-note"><${Icon} name="alert" />
    <div class="grow">
      ${notice.facts.rules.map((/** @type {any} */ rule) => html`<p key=${rule.id}>${rule.reason[language.value]}</p>`)}
      <p class="advice__todo">${t("studio.claim_note")}</p>
    </div>
    <${IconButton} icon="close" label=${t("studio.claim_note_close")} onClick=${() => (arrived.value = null)} />
  </div>`}</div>`;
}
