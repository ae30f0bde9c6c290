/** The queue: what waits for a decision, or what has been decided, with what one looks for. */
import { useEffect, useRef } from "preact/hooks";

import { html } from "../../html.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Segmented, SelectField, TextField } from "../fields.js";
import { Icon } from "../icons.js";
import { Notice } from "../notice.js";
import { Skeleton } from "../states.js";
import { agoText, causeOf, claimerOf, KIND_CODES, kindWords, stateOf } from "./desk_words.js";
import { MarkedText } from "./rules.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */

/** @param {{ desk: Desk, nowMs: number, findRef: any, onOpen: (caseId: string) => void, onOlder: () => void }} props onOpen: a case was picked from the list */
export function QueuePanel({ desk, nowMs, findRef, onOpen, onOlder }) {
  return html`<section class="queue" aria-label=${t("moderation.tab_queue")}>
    <${Filters} desk=${desk} findRef=${findRef} />
    <${NewOnes} desk=${desk} />
    <${List} desk=${desk} nowMs=${nowMs} onOpen=${onOpen} onOlder=${onOlder} />
  </section>`;
}

/** @param {{ desk: Desk, findRef: any }} props */
function Filters({ desk, findRef }) {
  const { state, kind, slug } = desk.filter.value;
  const states = [
    { value: "open", label: t("moderation.filter_open") },
    { value: "done", label: t("moderation.filter_done") },
  ];
  const kinds = [{ value: "", label: t("moderation.all_kinds") }, ...KIND_CODES.map((code) => ({ value: code, label: kindWords(code) }))];
  const rooms = [{ value: "", label: t("moderation.all_rooms") }, ...[...desk.rooms.value].map(([value, label]) => ({ value, label }))];
  return html`<div class="queue__filters">
    <${Segmented} label=${t("moderation.filter_state")} unseenLabel value=${state} options=${states} onValue=${(/** @type {"open" | "done"} */ value) => desk.narrow({ state: value })} />
    <div class="queue__selects">
      <${SelectField} label=${t("moderation.filter_kind")} unseenLabel required value=${kind} options=${kinds} onValue=${(/** @type {string} */ value) => desk.narrow({ kind: value })} />
      <${SelectField} label=${t("moderation.filter_room")} unseenLabel required value=${slug} options=${rooms} onValue=${(/** @type {string} */ value) => desk.narrow({ slug: value })} />
    </div>
    <${TextField} label=${t("moderation.find")} unseenLabel required type="search" value=${desk.words.value} placeholder=${t("moderation.find")} inputRef=${findRef}
      onValue=${(/** @type {string} */ value) => (desk.words.value = value)} />
  </div>`;
}

/** What came since: it waits here, so that the list stays where one reads it. @param {{ desk: Desk }} props */
function NewOnes({ desk }) {
  const count = desk.fresh.value.length;
  const words = count > 0 ? t("moderation.new_ones", { count }) : "";
  return html`<div class="queue__new"><p class="unseen" role="status">${words}</p>
    ${count > 0 && html`<${Button} kind="primary" size="s" onClick=${() => desk.showFresh()}>${words}</${Button}>`}
  </div>`;
}

/** @param {{ desk: Desk, nowMs: number, onOpen: (caseId: string) => void, onOlder: () => void }} props */
function List({ desk, nowMs, onOpen, onOlder }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const selectedId = desk.selectedId.value;
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);
  if (desk.cases.value === null) return html`<div class="queue__list"><${Skeleton} rows=${5} /></div>`;
  const cases = desk.visible.value;
  if (cases.length === 0) return html`<${Nothing} desk=${desk} />`;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    desk.move(step);
    const rows = [...(list.current?.querySelectorAll("button[data-case-id]") ?? [])];
    /** @type {HTMLElement | undefined} */ (rows.find((row) => /** @type {HTMLElement} */ (row).dataset.caseId === desk.selectedId.value))?.focus();
  };
  return html`<div class="queue__list" ref=${list} onKeyDown=${onKeyDown}>
    <ul>${cases.map((one) => html`<${Row} key=${one.case_id} one=${one} nowMs=${nowMs} selected=${one.case_id === selectedId} onOpen=${onOpen} />`)}</ul>
    ${desk.nextBefore.value !== null && html`<div class="more"><${Button} busy=${desk.busy.value} onClick=${onOlder}>${t("app.more")}</${Button}></div>`}
  </div>`;
}

/** @param {{ one: Case, nowMs: number, selected: boolean, onOpen: (caseId: string) => void }} props */
function Row({ one, nowMs, selected, onOpen }) {
  const { key, tone, icon } = one.state === "open" ? causeOf(one.action) : stateOf(one.state);
  return html`<li class=${`entry${one.state === "open" ? "" : " entry--done"}`}>
    <button type="button" class="entry__button" data-case-id=${one.case_id} aria-current=${selected ? "true" : undefined} onClick=${() => onOpen(one.case_id)}>
      <span class="entry__top"><${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}><span class="entry__kind">${kindWords(one.kind)}</span><time class="entry__time" datetime=${one.created_at}>${agoText(one.created_at, nowMs)}</time></span>
      <span class="entry__text"><${MarkedText} text=${one.text} spans=${one.spans} rules=${[]} /></span>
      <span class="entry__foot"><span class="entry__who">${one.subject?.display_name ?? ""}</span>${one.room && html`<span class="entry__room">${one.room.title}</span>`}${claimerOf(one, nowMs) && html`<span class="entry__claimed"><${Icon} name="people" />${t("moderation.claimed_by", { name: claimerOf(one, nowMs) })}</span>`}${one.reports.length > 0 && html`<span class="entry__reports"><${Icon} name="alert" />${t("moderation.reports_count", { count: one.reports.length })}</span>`}</span>
    </button>
  </li>`;
}

/** @param {{ desk: Desk }} props */
function Nothing({ desk }) {
  const { state, kind, slug } = desk.filter.value;
  if (desk.words.value.trim() !== "") return html`<${Notice} icon="search" title=${t("moderation.nothing_found")} />`;
  if (kind !== "" || slug !== "") {
    return html`<${Notice} icon="check" title=${t("moderation.nothing_here")}><${Button} onClick=${() => desk.narrow({ kind: "", slug: "" })}>${t("moderation.show_all")}</${Button}></${Notice}>`;
  }
  if (state === "done") return html`<${Notice} icon="receipt" title=${t("moderation.nothing_done")} />`;
  const at = desk.renewedAtMs.value;
  return html`<${Notice} icon="check" title=${t("moderation.all_done")} text=${at === null ? "" : t("moderation.all_done_text", { time: timeText(new Date(at).toISOString()) })} />`;
}
