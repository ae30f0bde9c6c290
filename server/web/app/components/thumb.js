/** The picture of a product or job, or a drawn stand-in where there is none; marked while the host explains it. */
import { html } from "../html.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";
import { tintOf } from "./avatar.js";

/** @param {{ card: { kind: string, title: string, image_url?: string | null, explaining?: boolean } }} props */
export function Thumb({ card }) {
  if (!card.explaining) return html`<${Picture} card=${card} />`;
  return html`<span class="thumb-box"><${Picture} card=${card} />
    <span class="thumb-box__tag"><span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>${t("card.explaining")}</span></span>`;
}

/** @param {{ card: { kind: string, title: string, image_url?: string | null } }} props */
function Picture({ card }) {
  if (card.image_url) return html`<img class="thumb" src=${card.image_url} alt="" loading="lazy" decoding="async" />`;
  const icon = card.kind === "job" ? "briefcase" : card.kind === "notice" ? "danmaku" : "basket";
  return html`<span class=${`thumb thumb--drawn tint-${tintOf(card.title)}`} aria-hidden="true"><${Icon} name=${icon} /></span>`;
}
