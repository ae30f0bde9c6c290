/** The queue: what waits for a decision, or what has been decided, with what one looks for. */
import { useEffect, useRef } from "preact/hooks";

import { html } from "../../html.js";
import { WHOLE_QUEUE } from "../../moderation/queue.js";
import { narrowings } from "../../moderation/view_book.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Icon } from "../icons.js";
import { Notice } from "../notice.js";
import { Skeleton } from "../states.js";
import { agoText, causeOf, claimerOf, isMine, stateOf, whatWords } from "./desk_words.js";
import { QueueFilters } from "./queue_filters.js";
import { MarkedText } from "./rules.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */

/**
 * @param {{ desk: Desk, views: import("../../moderation/view_book.js").ViewBook, nowMs: number, wide: boolean, findRef: any, onOpen: (caseId: string) => void,
 *   onOlder: () => void, onFilter: () => void }} props onOpen: a case was picked from the list
 */
export function QueuePanel({ desk, views, nowMs, wide, findRef, onOpen, onOlder, onFilter }) {
  return html`<section class="queue" aria-label=${t("moderation.tab_queue")}>
    <${QueueFilters} desk=${desk} views=${views} wide=${wide} findRef=${findRef} onFilter=${onFilter} />
    <${NewOnes} desk=${desk} />
    <${List} desk=${desk} nowMs=${nowMs} onOpen=${onOpen} onOlder=${onOlder} />
  </section>`;
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
  const { key, tone, icon } = one.state === "open" ? causeOf(one.action) : stateOf(one);
  return html`<li class=${`entry${one.state === "open" ? "" : " entry--done"}`}>
    <button type="button" class="entry__button" data-case-id=${one.case_id} aria-current=${selected ? "true" : undefined} onClick=${() => onOpen(one.case_id)}>
      <span class="entry__top"><${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}><span class="entry__kind">${whatWords(one)}</span><time class="entry__time" datetime=${one.created_at}>${agoText(one.created_at, nowMs)}</time></span>
      <span class="entry__text"><${MarkedText} text=${one.text} spans=${one.spans} rules=${[]} /></span>
      <span class="entry__foot"><span class="entry__who">${one.subject?.display_name ?? ""}</span>${one.room && html`<span class="entry__room">${one.room.title}</span>`}${one.state === "open" && one.alike > 1 && html`<span class="entry__alike">${t("queue.alike", { count: one.alike })}</span>`}${one.reports.length > 0 && html`<span class="entry__reports"><${Icon} name="alert" />${t("moderation.reports_count", { count: one.reports.length })}</span>`}</span>
      <${Claimed} one=${one} nowMs=${nowMs} />
    </button>
  </li>`;
}

/** @param {{ one: Case, nowMs: number }} props */
function Claimed({ one, nowMs }) {
  const claimer = claimerOf(one, nowMs);
  if (claimer === "" && !isMine(one, nowMs)) return null;
  return html`<span class=${`entry__claimed${claimer === "" ? " entry__claimed--mine" : ""}`}><${Icon} name=${claimer === "" ? "person" : "people"} />${claimer === "" ? t("claim.mine") : t("moderation.claimed_by", { name: claimer })}</span>`;
}

/** @param {{ desk: Desk }} props */
function Nothing({ desk }) {
  const { state } = desk.filter.value;
  if (desk.words.value.trim() !== "") return html`<${Notice} icon="search" title=${t("moderation.nothing_found")} />`;
  if (narrowings(desk.filter.value) > 0) {
    return html`<${Notice} icon="check" title=${t("moderation.nothing_here")}><${Button} onClick=${() => desk.narrow({ ...WHOLE_QUEUE, state })}>${t("moderation.show_all")}</${Button}></${Notice}>`;
  }
  if (state === "done") return html`<${Notice} icon="receipt" title=${t("moderation.nothing_done")} />`;
  const at = desk.renewedAtMs.value;
  return html`<${Notice} icon="check" title=${t("moderation.all_done")} text=${at === null ? "" : t("moderation.all_done_text", { time: timeText(new Date(at).toISOString()) })} />`;
}
