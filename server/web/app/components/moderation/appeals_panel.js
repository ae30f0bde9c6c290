/** The appeals: what was decided by whom, what the person says to it, until when an answer is due; and the answer. */
import { useEffect, useRef } from "preact/hooks";

import { html } from "../../html.js";
import { REJECT_CODES, UPHOLD_CODES } from "../../moderation/reasons.js";
import { session } from "../../session.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Segmented } from "../fields.js";
import { Notice } from "../notice.js";
import { Skeleton } from "../states.js";
import { toast, toastError } from "../toast.js";
import { deedWords, fullReason, roleWords, whenText } from "./desk_words.js";
import { ReasonSheet } from "./reason_sheet.js";

/** @typedef {import("../../moderation/appeal_book.js").AppealBook} AppealBook */
/** @typedef {import("../../moderation/desk_api.js").Appeal} Appeal */
/** @typedef {import("../../moderation/desk_api.js").AppealDecision} AppealDecision */

/** @type {Record<string, { key: import("../../words/text.js").MessageKey, tone: import("../chip.js").Tone, icon: import("../icons.js").IconName }>} */
const STATES = {
  upheld: { key: "moderation.appeal_upheld", tone: "good", icon: "check" },
  rejected: { key: "moderation.appeal_rejected", tone: "plain", icon: "shield" },
  undone: { key: "moderation.appeal_undone", tone: "plain", icon: "undo" },
};

/**
 * @param {{ book: AppealBook, nowMs: number, keys: { uphold?: string, reject?: string }, onAnswer: (appeal: Appeal, decision: AppealDecision) => void,
 *   onCase: (caseId: string) => void }} props keys: named beside the words of the one that is chosen
 */
export function AppealsPanel({ book, nowMs, keys, onAnswer, onCase }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const selectedId = book.selectedId.value;
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);
  const which = [{ value: "open", label: t("moderation.appeals_open") }, { value: "done", label: t("moderation.appeals_done") }];
  const overdue = book.overdueCount.value;
  return html`<section class="appeals" aria-label=${t("moderation.tab_appeals")} ref=${list}>
    <div class="appeals__head"><${Segmented} label=${t("moderation.filter_state")} unseenLabel value=${book.which.value} options=${which} onValue=${(/** @type {"open" | "done"} */ value) => book.show(value)} />
      ${overdue > 0 && html`<${Chip} tone="bad" icon="alert">${t("moderation.appeals_overdue", { count: overdue })}</${Chip}>`}</div>
    ${book.failing.value && book.appeals.value !== null && html`<p class="banner banner--warn" role="status">${t("app.stale")}</p>`}
    <${List} book=${book} show=${(/** @type {Appeal} */ one) => html`<${One} key=${one.appeal_id} one=${one} nowMs=${nowMs} selected=${one.appeal_id === selectedId} busy=${book.busy.value}
      keys=${one.appeal_id === selectedId ? keys : {}} onSelect=${() => (book.selectedId.value = one.appeal_id)} onAnswer=${onAnswer} onCase=${onCase} />`} />
  </section>`;
}

/** @param {{ book: AppealBook, show: (one: Appeal) => any }} props */
function List({ book, show }) {
  const appeals = book.appeals.value;
  if (appeals === null && book.failing.value) return html`<${Notice} icon="offline" title=${t("app.failed_title")}><${Button} kind="primary" onClick=${() => book.renew()}>${t("app.retry")}</${Button}></${Notice}>`;
  if (appeals === null) return html`<${Skeleton} rows=${4} />`;
  if (appeals.length === 0) return html`<${Notice} icon="check" title=${t(book.which.value === "open" ? "moderation.appeals_none" : "moderation.appeals_none_done")} />`;
  return html`<div class="appeals__list">${appeals.map(show)}</div>
    ${book.nextAfter.value !== null && html`<div class="more"><${Button} onClick=${() => book.older()}>${t("app.more")}</${Button}></div>`}`;
}

/**
 * @param {{ one: Appeal, nowMs: number, selected: boolean, busy: boolean, keys: { uphold?: string, reject?: string }, onSelect: () => void,
 *   onAnswer: (appeal: Appeal, decision: AppealDecision) => void, onCase: (caseId: string) => void }} props
 */
function One({ one, nowMs, selected, busy, keys, onSelect, onAnswer, onCase }) {
  const { action, person } = one;
  const caseId = action.case_id;
  const heading = `appeal-${one.appeal_id}`;
  return html`<article class="appeal" aria-labelledby=${heading} aria-current=${selected ? "true" : undefined} data-appeal-id=${one.appeal_id} data-state=${one.state} onClick=${onSelect} onFocusIn=${onSelect}>
    <header class="case__row"><h2 class="appeal__title" id=${heading}>${t("moderation.appeal_title", { name: person.display_name, what: deedWords(action.kind) })}</h2>
      ${person.state === "closed" && html`<${Chip} tone="bad" icon="remove">${t("moderation.account_closed")}</${Chip}>`}
      <${Due} one=${one} nowMs=${nowMs} /></header>
    <div class="appeal__part"><h3 class="case__title">${t("moderation.appeal_words")}</h3>
      <p class="appeal__words">${one.words || html`<span class="muted">${t("moderation.appeal_wordless")}</span>`}</p></div>
    <div class="appeal__part"><h3 class="case__title">${t("moderation.appeal_decided")}</h3>
      ${action.text && html`<blockquote class="quote">${action.text}</blockquote>`}
      <p><b>${deedWords(action.kind)}</b> ${t("moderation.by_at", { name: action.actor_name, time: timeText(action.at) })} <span class="muted">${roleWords(action.actor_role)}</span></p>
      ${action.reason && html`<p class="muted">${t("moderation.reason_is", { reason: fullReason(action.reason) })}</p>`}</div>
    <${Answered} one=${one} />
    <footer class="appeal__foot">
      ${caseId !== null && html`<${Button} size="s" icon="eye" onClick=${() => onCase(caseId)}>${t("moderation.see_case")}</${Button}>`}
      ${one.may_answer && html`<${Button} kind="leaf" icon="check" busy=${busy} shortcut=${keys.uphold} onClick=${() => onAnswer(one, "uphold")}>${t("moderation.uphold")}</${Button}>
        <${Button} icon="shield" busy=${busy} shortcut=${keys.reject} onClick=${() => onAnswer(one, "reject")}>${t("moderation.reject")}</${Button}>`}
      ${one.state === "open" && !one.may_answer && html`<p class="appeal__not_yours">${t(person.person_id === session.value?.person.person_id ? "moderation.appeal_own" : "moderation.appeal_not_yours")}</p>`}
    </footer>
  </article>`;
}

/** @param {{ one: Appeal, nowMs: number }} props */
function Due({ one, nowMs }) {
  if (one.state !== "open") {
    const { key, tone, icon } = STATES[one.state];
    return html`<span class="appeal__due"><${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}></span>`;
  }
  const when = whenText(one.due_at, nowMs);
  return html`<span class="appeal__due" title=${timeText(one.due_at)}><${Chip} tone=${one.overdue ? "bad" : "wait"} icon=${one.overdue ? "alert" : "clock"}>${t(one.overdue ? "moderation.appeal_overdue" : "moderation.appeal_due", { when })}</${Chip}></span>`;
}

/** @param {{ one: Appeal }} props */
function Answered({ one }) {
  if (one.answer === null) return null;
  const { by_name: name, at, reason } = one.answer;
  return html`<div class="appeal__part"><h3 class="case__title">${t("moderation.appeal_answer")}</h3>
    <p>${t("moderation.by_at", { name, time: timeText(at) })}</p>${reason && html`<p>${fullReason(reason)}</p>`}</div>`;
}

/** Asks why before an appeal is answered. @param {{ appeal: Appeal, decision: AppealDecision, book: AppealBook, keys: boolean, onClose: () => void }} props */
export function AnswerSheet({ appeal, decision, book, keys, onClose }) {
  const upholds = decision === "uphold";
  const codes = upholds ? UPHOLD_CODES : REJECT_CODES;
  const answer = async (/** @type {string} */ reason) => {
    const outcome = await book.answer(appeal, decision, reason);
    if (outcome.ok) toast(t(upholds ? "moderation.did_uphold" : "moderation.did_reject"));
    else toastError(outcome.error);
    return outcome.ok;
  };
  return html`<${ReasonSheet} keys=${keys} onClose=${onClose} title=${t(upholds ? "moderation.uphold" : "moderation.reject")} text=${t(upholds ? "moderation.uphold_text" : "moderation.reject_text")}
    quote=${{ name: appeal.person.display_name, text: appeal.words || appeal.action.text }} codes=${codes} first=${codes[0]} yes=${t(upholds ? "moderation.uphold" : "moderation.reject")} danger=${false} onYes=${answer} />`;
}
