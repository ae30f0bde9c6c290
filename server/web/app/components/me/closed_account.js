/** What the owner of a closed account reads instead of being signed in: why, and the way to appeal. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import "../../messages/me.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { DecisionCard } from "./decision_card.js";

/** @param {{ decision: import("../../decisions.js").Decision, token: string, onBack: () => void }} props token: reads the decisions and appeals, and does nothing else */
export function ClosedAccount({ decision, token, onBack }) {
  const [one, setOne] = useState(decision);
  const text = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => text.current?.focus(), []);
  return html`<div class="stack closed">
    <p class="banner banner--warn" tabindex="-1" ref=${text}>${t("me.closed_text")}</p>
    <${DecisionCard} decision=${one} token=${token} onChanged=${setOne} />
    <${Button} size="wide" onClick=${onBack}>${t("me.closed_back")}</${Button}>
  </div>`;
}
