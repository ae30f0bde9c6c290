/** What was decided about one's own words or account, as its author reads it: the words marked, the decision, why, by which rule and law. */
import { html } from "../../html.js";
import "../../messages/moderation.js";
import { t, timeText } from "../../words/text.js";
import { fullReason } from "./desk_words.js";
import { MarkedText, RuleList } from "./rules.js";

/** @typedef {import("../../words/text.js").MessageKey} MessageKey */

/** @type {Record<string, { title: MessageKey, more?: MessageKey, icon: import("../icons.js").IconName }>} */
const DECISIONS = {
  line_held: { title: "moderation.told_line_held", more: "moderation.told_line_held_text", icon: "clock" },
  line_approved: { title: "moderation.told_line_approved", icon: "check" },
  line_removed: { title: "moderation.told_line_removed", icon: "remove" },
  card_removed: { title: "moderation.told_card_removed", icon: "remove" },
  post_removed: { title: "moderation.told_post_removed", icon: "remove" },
  title_removed: { title: "moderation.told_title_removed", icon: "remove" },
  name_removed: { title: "moderation.told_name_removed", icon: "remove" },
  suppression_upheld: { title: "moderation.told_suppression_upheld", more: "moderation.told_suppression_upheld_text", icon: "alert" },
  moment_upheld: { title: "moderation.told_moment_upheld", icon: "alert" },
  report_upheld: { title: "moderation.told_report_upheld", icon: "alert" },
  muted: { title: "moderation.told_muted", icon: "muted" },
  mute_lifted: { title: "moderation.told_mute_lifted", icon: "mic" },
  account_closed: { title: "moderation.told_account_closed", icon: "remove" },
  account_reopened: { title: "moderation.told_account_reopened", icon: "check" },
  decision_undone: { title: "moderation.told_decision_undone", icon: "undo" },
  sanction_confirmed: { title: "moderation.told_confirmed", icon: "shield" },
  sanction_lifted: { title: "moderation.told_lifted", icon: "check" },
  appeal_upheld: { title: "moderation.told_appeal_upheld", icon: "check" },
  appeal_rejected: { title: "moderation.told_appeal_rejected", icon: "shield" },
};
/** The notice `sanctioned`, by the kind of the sanction. @type {Record<string, { title: MessageKey, more?: MessageKey, icon: import("../icons.js").IconName }>} */
const SANCTIONED = {
  warn: { title: "moderation.told_sanctioned_warn", icon: "alert" },
  room_ban: { title: "moderation.told_sanctioned_room_ban", icon: "remove" },
  card_off: { title: "moderation.told_sanctioned_card_off", icon: "remove" },
  limited_account: { title: "moderation.told_sanctioned_limited", icon: "remove" },
  stream_limited: { title: "moderation.told_sanctioned_stream", icon: "remove" },
};
/** Notices of what goes against their reader, who may appeal. */
const AGAINST = new Set(["line_removed", "card_removed", "post_removed", "title_removed", "name_removed", "report_upheld", "suppression_upheld", "moment_upheld", "muted", "account_closed", "sanctioned"]);
/** Something that was let through waits again. @type {{ title: MessageKey, more?: MessageKey, icon: import("../icons.js").IconName }} */
const WAITS_AGAIN = { title: "moderation.told_waits_again", icon: "clock" };

/** @param {string} kind @param {Record<string, any>} facts */
function decisionOf(kind, facts) {
  if (kind === "decision_undone" && facts.kind === "approve") return WAITS_AGAIN;
  return (kind === "sanctioned" ? SANCTIONED[facts.kind] : DECISIONS[kind]) ?? { title: /** @type {const} */ ("moderation.told_other"), icon: /** @type {const} */ ("shield") };
}

/** @param {string} kind @param {Record<string, any>} facts */
export const decisionTitle = (kind, facts) => t(decisionOf(kind, facts).title);
/** @param {string} kind @returns {import("../icons.js").IconName} */
export const decisionIcon = (kind) => decisionOf(kind, {}).icon;

/** Where one reads all of it and may appeal; null where it is not one of those. @param {Record<string, any>} facts */
export const decisionHref = (facts) => (typeof facts.action_id === "string" ? `/me/decisions#${facts.action_id}` : null);
/** @param {string} kind @param {Record<string, any>} facts */
export const mayAppeal = (kind, facts) => AGAINST.has(kind) && decisionHref(facts) !== null;

/** @param {string} kind @param {Record<string, any>} facts @returns {string} what follows from it; "" where nothing does */
function consequence(kind, facts) {
  if (kind === "muted") return facts.until ? t("moderation.told_muted_until", { time: timeText(facts.until) }) : t("moderation.told_muted_for_good");
  if (kind === "sanctioned" && facts.until) return t("moderation.told_until", { time: timeText(facts.until) });
  const { more } = decisionOf(kind, facts);
  return more === undefined ? "" : t(more);
}

/** @param {{ notice: { kind: string, facts: Record<string, any> } }} props */
export function DecisionBody({ notice: { kind, facts } }) {
  const spans = facts.spans ?? [];
  const rules = facts.rules ?? [];
  const why = fullReason(facts.reason ?? "");
  const follows = consequence(kind, facts);
  const provisional = facts.provisional_until ? t("moderation.told_provisional", { time: timeText(facts.provisional_until) }) : "";
  return html`<div class="told" data-kind=${kind}>
    ${facts.text && html`<p class="told__text"><${MarkedText} text=${facts.text} spans=${spans} rules=${rules} /></p>`}
    ${why && html`<p>${t("moderation.reason_is", { reason: why })}</p>`}
    ${rules.length > 0 && kind !== "line_approved" && html`<${RuleList} rules=${rules} />`}
    ${follows && html`<p>${follows}</p>`}
    ${provisional && html`<p>${provisional}</p>`}
    ${facts.room_title && html`<p class="told__more">${t("moderation.told_where", { title: facts.room_title })}</p>`}
  </div>`;
}
