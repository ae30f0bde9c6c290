/** Words that the filter stopped, for the one who wrote them: which, why, and that they may be changed. */
import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { errorText } from "../../words/error_text.js";
import { cutAtSpans } from "../../words/spans.js";
import { t } from "../../words/text.js";
import { Banner } from "../states.js";

/** @param {{ error: unknown }} props any refusal; only a filter's names words */
export function RefusalBanner({ error }) {
  if (error === null) return null;
  if (!(error instanceof Problem) || error.code !== "filtered") return html`<${Banner} text=${errorText(error)} />`;
  const pieces = cutAtSpans(String(error.facts.text ?? ""), error.facts.spans ?? []);
  return html`<div class="banner banner--bad refusal" role="alert">
    <p class="refusal__title">${t("studio.filtered")}</p>
    ${pieces.length > 0 && html`<p class="refusal__text">${pieces.map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : piece.text))}</p>`}
    <p>${errorText(error)}</p>
  </div>`;
}
