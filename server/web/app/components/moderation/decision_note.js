/** A decision about one's own words, said at once where one is: for the watch page, over the place where one writes. */
import { html } from "../../html.js";
import { t } from "../../words/text.js";
import { Icon } from "../icons.js";
import { DecisionBody, decisionHref, decisionTitle, mayAppeal } from "./decision.js";

/**
 * Placing it is the page's; styles/told.css draws it.
 * @param {{ notice: { notice_id: string, kind: string, facts: Record<string, any> }, onDismiss: () => void }} props
 */
export function DecisionNote({ notice, onDismiss }) {
  return html`<div class="told-note" role="alert" data-notice-id=${notice.notice_id}>
    <div class="told-note__body"><p class="told-note__title">${decisionTitle(notice.kind, notice.facts)}</p><${DecisionBody} notice=${notice} />
      ${mayAppeal(notice.kind, notice.facts) && html`<p><a class="link" href=${decisionHref(notice.facts)}>${t("moderation.told_appeal")}</a></p>`}</div>
    <button type="button" class="icon-button" aria-label=${t("chat.dismiss")} onClick=${onDismiss}><${Icon} name="close" /></button>
  </div>`;
}
