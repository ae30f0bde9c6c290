/** One decision about one's own words or account: what it says and rests on, how it stands, and the appeal against it. */
import { useRef, useState } from "preact/hooks";

import { standingOf } from "../../decisions.js";
import { html } from "../../html.js";
import "../../messages/me.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { fullReason } from "../moderation/desk_words.js";
import { MarkedText, RuleList } from "../moderation/rules.js";
import { toast } from "../toast.js";
import { AppealSheet } from "./appeal_sheet.js";

/** @typedef {import("../../decisions.js").Decision} Decision */
/** @typedef {import("../../words/text.js").MessageKey} MessageKey */

/** @type {Record<string, MessageKey>} */
const TITLES = {
  mask: "me.decided_mask",
  ratelimit: "me.decided_ratelimit",
  hold: "me.decided_hold",
  block: "me.decided_block",
  approve: "me.decided_approve",
  remove: "me.decided_remove",
  warn: "me.decided_warn",
  mute_10m: "me.decided_mute_10m",
  mute_1d: "me.decided_mute_1d",
  mute_room: "me.decided_mute_room",
  room_ban: "me.decided_room_ban",
  card_off: "me.decided_card_off",
  limited_account: "me.decided_limited_account",
  stream_limited: "me.decided_stream_limited",
  close_account: "me.decided_close_account",
};
/** What it means, where the title does not say so. @type {Record<string, MessageKey>} */
const MEANINGS = {
  hold: "me.means_hold",
  warn: "me.means_warn",
  room_ban: "me.means_room_ban",
  card_off: "me.means_card_off",
  limited_account: "me.means_limited_account",
  stream_limited: "me.means_stream_limited",
};
/** Those that hold until they are undone where no end is named. */
const LASTING = new Set(["mute_room", "room_ban", "card_off", "limited_account", "stream_limited", "close_account"]);

/** @type {Record<Decision["by"], MessageKey>} */
const DECIDERS = {
  filter: "me.by_filter",
  moderator: "me.by_moderator",
  room_moderator: "me.by_room_moderator",
  host: "me.by_host",
};

/** @type {Record<import("../../decisions.js").Standing, { key: MessageKey, tone: import("../chip.js").Tone, icon: import("../icons.js").IconName }>} */
const STANDINGS = {
  appealed: { key: "me.standing_appealed", tone: "wait", icon: "clock" },
  upheld: { key: "me.standing_upheld", tone: "good", icon: "check" },
  undone: { key: "me.standing_undone", tone: "good", icon: "undo" },
  rejected: { key: "me.standing_rejected", tone: "plain", icon: "shield" },
  over: { key: "me.standing_over", tone: "plain", icon: "clock" },
};

/** @param {{ decision: Decision, token?: string | null, marked?: boolean, onChanged: (decision: Decision) => void }} props token: a closed account's. marked: one came here for this one */
export function DecisionCard({ decision, token = null, marked = false, onChanged }) {
  const [isAppealing, setIsAppealing] = useState(false);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const { kind, text, spans, rules } = decision;
  const title = t(TITLES[kind] ?? "moderation.told_other");
  const why = fullReason(decision.reason);
  const made = (/** @type {Decision} */ changed) => {
    setIsAppealing(false);
    onChanged(changed);
    toast(t("me.appeal_sent"));
    // The button that was pressed is gone.
    setTimeout(() => heading.current?.focus());
  };
  return html`<article class=${`card decided${marked ? " decided--marked" : ""}`} id=${decision.decision_id} data-kind=${kind}>
    <header class="decided__head"><h2 class="decided__title" tabindex="-1" ref=${heading}>${title}</h2><${Standing} decision=${decision} /></header>
    <p class="decided__by">${t(DECIDERS[decision.by])} · <time datetime=${decision.at}>${timeText(decision.at)}</time>${decision.room_title && html` · ${t("moderation.told_where", { title: decision.room_title })}`}</p>
    ${MEANINGS[kind] && html`<p>${t(MEANINGS[kind])}</p>`}
    ${text && html`<p class="told__text"><${MarkedText} text=${text} spans=${spans} rules=${rules} /></p>`}
    ${why && html`<p>${t("moderation.reason_is", { reason: why })}</p>`}
    ${rules.length > 0 && kind !== "approve" && html`<${RuleList} rules=${rules} />`}
    <${Ending} decision=${decision} />
    ${decision.appeal && html`<${AppealMade} appeal=${decision.appeal} />`}
    ${decision.may_appeal && html`<footer class="decided__foot"><span class="muted">${decision.appeal_until && t("me.appeal_until", { time: timeText(decision.appeal_until) })}</span>
      <${Button} icon="flag" label=${t("me.appeal_what", { what: title })} onClick=${() => setIsAppealing(true)}>${t("me.appeal")}</${Button}></footer>`}
    ${isAppealing && html`<${AppealSheet} decision=${decision} title=${title} token=${token} onMade=${made} onClose=${() => setIsAppealing(false)} />`}
  </article>`;
}

/** @param {{ decision: Decision }} props */
function Standing({ decision }) {
  const standing = standingOf(decision, Date.now());
  if (standing === null) return null;
  const { key, tone, icon } = STANDINGS[standing];
  return html`<${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}>`;
}

/** Until when it holds. @param {{ decision: Decision }} props */
function Ending({ decision: { kind, until, undone_at: undoneAt, provisional_until: provisional } }) {
  if (undoneAt !== null) return html`<p class="muted">${t("me.undone_at", { time: timeText(undoneAt) })}</p>`;
  return html`${until !== null ? html`<p>${t("me.until", { time: timeText(until) })}</p>` : LASTING.has(kind) && provisional === null && html`<p>${t("me.until_undone")}</p>`}
    ${provisional !== null && html`<p>${t("me.provisional", { time: timeText(provisional) })}</p>`}`;
}

/** @param {{ appeal: import("../../decisions.js").Appeal }} props */
function AppealMade({ appeal }) {
  const answer = fullReason(appeal.reason);
  return html`<section class="decided__appeal">
    <p class="decided__label">${t("me.appeal_mine")} <time class="muted" datetime=${appeal.at}>${timeText(appeal.at)}</time></p>
    <p class="appeal__text">${appeal.words || html`<span class="muted">${t("me.appeal_wordless")}</span>`}</p>
    ${appeal.state === "open" && html`<p>${t("me.appeal_due", { time: timeText(appeal.due_at) })}</p>`}
    ${appeal.answered_at !== null && html`<p class="decided__label">${t("me.appeal_answer")} <time class="muted" datetime=${appeal.answered_at}>${timeText(appeal.answered_at)}</time></p>`}
    ${answer && html`<p class="appeal__text">${answer}</p>`}
  </section>`;
}
