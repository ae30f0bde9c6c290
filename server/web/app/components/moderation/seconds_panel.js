/** What wants another pair of eyes: severe sanctions to agree with or drop, and decisions to look at again without knowing them. */
import { useEffect, useRef } from "preact/hooks";

import { html } from "../../html.js";
import { REJECT_CODES, UPHOLD_CODES } from "../../moderation/reasons.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Segmented } from "../fields.js";
import { Notice } from "../notice.js";
import { Skeleton } from "../states.js";
import { toast } from "../toast.js";
import { Around, Reports, Said, Why } from "./case_parts.js";
import { causeOf, deedWords, fullReason, refusalText, roleWords, whatWords, whenText } from "./desk_words.js";
import { ReasonSheet } from "./reason_sheet.js";
import { RiskCard } from "./risk_card.js";

/** @typedef {import("../../moderation/second_book.js").SecondBook} SecondBook */
/** @typedef {import("../../moderation/second_book.js").Look} Look */
/** @typedef {import("../../moderation/second_book.js").Which} Which */
/** @typedef {import("../../moderation/desk_api.js").Action} Action */
/** @typedef {import("../../moderation/desk_api.js").Decision} Decision */
/** @typedef {{ yes?: string, no?: string }} Keys named beside the words of the one that is chosen */

/** @type {Record<string, { key: import("../../words/text.js").MessageKey, tone: import("../chip.js").Tone, icon: import("../icons.js").IconName }>} */
const OUTCOMES = {
  agreed: { key: "seconds.agreed", tone: "good", icon: "check" },
  dropped: { key: "seconds.dropped", tone: "plain", icon: "undo" },
  lapsed: { key: "seconds.lapsed", tone: "plain", icon: "clock" },
  alone: { key: "seconds.alone", tone: "plain", icon: "person" },
};

/**
 * @param {{ book: SecondBook, nowMs: number, keys: Keys, onSecond: (action: Action, agree: boolean) => void, onLook: (look: Look, decision: Decision) => void,
 *   onCase: (caseId: string) => void }} props
 */
export function SecondsPanel({ book, nowMs, keys, onSecond, onLook, onCase }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const selectedId = book.selectedId.value;
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);
  const which = book.which.value;
  const counted = (/** @type {string} */ words, /** @type {number} */ count) => (count > 0 ? `${words} · ${count}` : words);
  const options = [
    { value: "seconds", label: counted(t("seconds.seconds"), book.waitingCount.value) },
    { value: "looks", label: counted(t("seconds.looks"), book.looksCount.value) },
  ];
  const of = (/** @type {{ action_id: string }} */ one) => ({ nowMs, selected: one.action_id === selectedId, busy: book.busy.value, keys: one.action_id === selectedId ? keys : {}, onSelect: () => (book.selectedId.value = one.action_id) });
  return html`<section class="appeals seconds" aria-label=${t("seconds.tab")} ref=${list}>
    <div class="appeals__head"><${Segmented} label=${t("seconds.which")} unseenLabel value=${which} options=${options} onValue=${(/** @type {Which} */ value) => book.show(value)} /></div>
    <p class="muted">${t(which === "seconds" ? "seconds.lead" : "seconds.looks_lead")}</p>
    ${book.failing.value && book.actions.value !== null && html`<p class="banner banner--warn" role="status">${t("app.stale")}</p>`}
    <${List} book=${book} none=${t(which === "seconds" ? "seconds.none" : "seconds.looks_none")} show=${(/** @type {any} */ one) => which === "seconds"
      ? html`<${Wanted} key=${one.action_id} ...${of(one)} action=${one} may=${book.maySecond(one)} onSecond=${onSecond} onCase=${onCase} />`
      : html`<${Blind} key=${one.action_id} ...${of(one)} look=${one} onLook=${onLook} />`} />
  </section>`;
}

/** @param {{ book: SecondBook, none: string, show: (one: any) => any }} props */
function List({ book, none, show }) {
  const listed = book.which.value === "seconds" ? book.actions.value : book.looks.value;
  if (listed === null && book.failing.value) return html`<${Notice} icon="offline" title=${t("app.failed_title")}><${Button} kind="primary" onClick=${() => book.renew()}>${t("app.retry")}</${Button}></${Notice}>`;
  if (listed === null) return html`<${Skeleton} rows=${3} />`;
  if (listed.length === 0) return html`<${Notice} icon="check" title=${none} />`;
  return html`<div class="appeals__list">${listed.map(show)}</div>`;
}

/**
 * @param {{ action: Action, nowMs: number, selected: boolean, may: boolean, busy: boolean, keys: Keys, onSelect: () => void,
 *   onSecond: (action: Action, agree: boolean) => void, onCase: (caseId: string) => void }} props may: it waits for oneself
 */
function Wanted({ action, nowMs, selected, may, busy, keys, onSelect, onSecond, onCase }) {
  const { case_id: caseId, subject_id: subjectId, second } = action;
  const heading = `second-${action.action_id}`;
  const waits = second?.state === "wanted" && action.undone_at === null;
  const outcome = waits ? undefined : OUTCOMES[second?.state ?? ""] ?? { key: /** @type {const} */ ("seconds.undone"), tone: /** @type {const} */ ("plain"), icon: /** @type {const} */ ("undo") };
  return html`<article class="appeal" aria-labelledby=${heading} aria-current=${selected ? "true" : undefined} data-action-id=${action.action_id} data-state=${second?.state} onClick=${onSelect} onFocusIn=${onSelect}>
    <header class="case__row"><h2 class="appeal__title" id=${heading}>${t("seconds.title", { what: deedWords(action.kind), name: action.subject_name ?? "" })}</h2>
      <span class="appeal__due">${waits && second?.due_at && html`<${Chip} tone="wait" icon="clock">${t("seconds.due", { when: whenText(second.due_at, nowMs) })}</${Chip}>`}
        ${outcome && html`<${Chip} tone=${outcome.tone} icon=${outcome.icon}>${t(outcome.key)}</${Chip}>`}</span></header>
    <div class="appeal__part"><h3 class="case__title">${t("moderation.appeal_decided")}</h3>
      ${action.text && html`<blockquote class="quote">${action.text}</blockquote>`}
      <p>${t("moderation.by_at", { name: action.actor_name, time: timeText(action.at) })} <span class="muted">${roleWords(action.actor_role)}</span></p>
      ${action.reason && html`<p class="muted">${t("moderation.reason_is", { reason: fullReason(action.reason) })}</p>`}
      ${second?.by_name && html`<p>${t("moderation.by_at", { name: second.by_name, time: second.at === null ? "" : timeText(second.at) })} ${second.reason && html`<span class="muted">${fullReason(second.reason)}</span>`}</p>`}</div>
    ${waits && subjectId !== null && html`<${RiskCard} personId=${subjectId} />`}
    <footer class="appeal__foot">
      ${caseId !== null && html`<${Button} size="s" icon="eye" onClick=${() => onCase(caseId)}>${t("moderation.see_case")}</${Button}>`}
      ${may && html`<${Button} kind="leaf" icon="check" busy=${busy} shortcut=${keys.yes} onClick=${() => onSecond(action, true)}>${t("seconds.agree")}</${Button}>
        <${Button} icon="undo" busy=${busy} shortcut=${keys.no} onClick=${() => onSecond(action, false)}>${t("seconds.drop")}</${Button}>`}
      ${waits && !may && html`<p class="appeal__not_yours">${t("seconds.own")}</p>`}
    </footer>
  </article>`;
}

/** @param {{ look: Look, nowMs: number, selected: boolean, busy: boolean, keys: Keys, onSelect: () => void, onLook: (look: Look, decision: Decision) => void }} props */
function Blind({ look, nowMs, selected, busy, keys, onSelect, onLook }) {
  const { answer } = look;
  const heading = `look-${look.action_id}`;
  const { key, tone, icon } = causeOf(look.action);
  return html`<article class="appeal" aria-labelledby=${heading} aria-current=${selected ? "true" : undefined} data-action-id=${look.action_id} data-state=${answer === null ? "open" : "looked"} onClick=${onSelect} onFocusIn=${onSelect}>
    <header class="case__row"><h2 class="appeal__title" id=${heading}>${whatWords(look)}</h2><${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}>
      ${look.subject_role !== null && html`<span class="muted">${roleWords(look.subject_role)}</span>`}${look.room && html`<span class="muted">${look.room.title}</span>`}</header>
    <${Said} one=${look} /><${Why} one=${look} /><${Reports} one=${look} nowMs=${nowMs} /><${Around} one=${look} />
    ${answer === null
      ? html`<footer class="appeal__foot"><${Button} kind="leaf" icon="check" busy=${busy} shortcut=${keys.yes} onClick=${() => onLook(look, "approve")}>${t("seconds.would_approve")}</${Button}>
          <${Button} kind="danger" icon="remove" busy=${busy} shortcut=${keys.no} onClick=${() => onLook(look, "remove")}>${t("seconds.would_remove")}</${Button}></footer>`
      : html`<p class="appeal__foot" role="status"><${Chip} tone=${answer.agrees ? "good" : "wait"} icon=${answer.agrees ? "check" : "alert"}>${t(answer.agrees ? "seconds.agrees" : "seconds.differs")}</${Chip}>
          <span class="muted">${t("seconds.first", { what: deedWords(answer.first.kind), name: answer.first.actor_name, time: timeText(answer.first.at) })}</span></p>`}
  </article>`;
}

/** Asks why before one agrees, or drops it. @param {{ action: Action, agree: boolean, book: SecondBook, keys: boolean, onClose: () => void }} props */
export function SecondSheet({ action, agree, book, keys, onClose }) {
  const codes = agree ? REJECT_CODES : UPHOLD_CODES;
  const words = t(agree ? "seconds.agree" : "seconds.drop");
  const answer = async (/** @type {string} */ reason) => {
    const outcome = await book.second(action, agree, reason);
    toast(outcome.ok ? t(agree ? "seconds.did_agree" : "seconds.did_drop") : refusalText(outcome.error), outcome.ok ? {} : { tone: "bad" });
    return outcome.ok;
  };
  return html`<${ReasonSheet} keys=${keys} onClose=${onClose} title=${words} text=${t(agree ? "seconds.agree_text" : "seconds.drop_text")}
    quote=${{ name: action.subject_name ?? "", text: `${deedWords(action.kind)} ${action.text}` }} codes=${codes} first=${codes[0]} yes=${words} danger=${false} onYes=${answer} />`;
}
