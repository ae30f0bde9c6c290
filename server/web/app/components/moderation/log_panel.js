/** The log: who did what when and why, and who took it back; anything that stands can be undone from here. */
import { useEffect, useMemo } from "preact/hooks";

import { html } from "../../html.js";
import { LogBook } from "../../moderation/log_book.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Notice } from "../notice.js";
import { Skeleton } from "../states.js";
import { Table } from "../table.js";
import { deedWords, fullReason, roleWords } from "./desk_words.js";

/** @typedef {import("../../moderation/desk_api.js").Action} Action */

/** @param {{ stamp: unknown, onUndo: (action: Action) => void, onCase: (caseId: string) => void }} props stamp: asked for again when it changes */
export function LogPanel({ stamp, onUndo, onCase }) {
  const book = useMemo(() => new LogBook(), []);
  useEffect(() => {
    book.renew();
  }, [stamp]);
  const actions = book.actions.value;
  if (actions === null && book.failing.value) {
    return html`<${Notice} icon="offline" title=${t("app.failed_title")}><${Button} kind="primary" onClick=${() => book.renew()}>${t("app.retry")}</${Button}></${Notice}>`;
  }
  if (actions === null) return html`<${Skeleton} rows=${6} />`;
  if (actions.length === 0) return html`<${Notice} icon="receipt" title=${t("moderation.log_empty")} />`;
  const columns = [
    { key: "what", title: t("moderation.log_what"), main: true, cell: (/** @type {Action} */ action) => html`<${What} action=${action} onCase=${onCase} />` },
    { key: "whom", title: t("moderation.log_whom"), cell: (/** @type {Action} */ action) => action.subject_name ?? "–" },
    { key: "why", title: t("moderation.log_why"), cell: (/** @type {Action} */ action) => fullReason(action.reason) || "–" },
    { key: "who", title: t("moderation.log_who"), cell: (/** @type {Action} */ action) => html`<span class="log__who"><span>${action.actor_name} <span class="muted">${roleWords(action.actor_role)}</span></span><time class="muted" datetime=${action.at}>${timeText(action.at)}</time></span>` },
    { key: "undo", title: t("app.undo"), actions: true, cell: (/** @type {Action} */ action) => html`<${Undone} action=${action} onUndo=${onUndo} />` },
  ];
  return html`<div class="log">
    <${Table} label=${t("moderation.tab_log")} columns=${columns} rows=${actions} rowKey=${(/** @type {Action} */ action) => action.action_id} />
    ${book.failing.value && html`<p class="banner banner--warn" role="status">${t("app.stale")}</p>`}
    ${book.nextBefore.value !== null && html`<div class="more"><${Button} onClick=${() => book.older()}>${t("app.more")}</${Button}></div>`}
  </div>`;
}

/** @param {{ action: Action, onCase: (caseId: string) => void }} props */
function What({ action, onCase }) {
  const { case_id: caseId } = action;
  return html`<div class="log__what"><b>${deedWords(action.kind)}</b>
    ${action.text && html`<span class="log__text">${action.text}</span>`}
    ${caseId !== null && html`<button type="button" class="link log__case" onClick=${() => onCase(caseId)}>${t("moderation.see_case")}</button>`}
  </div>`;
}

/** @param {{ action: Action, onUndo: (action: Action) => void }} props */
function Undone({ action, onUndo }) {
  if (action.undone_at !== null) {
    return html`<div class="log__undone"><${Chip} icon="undo">${t("moderation.undone")}</${Chip}><span class="muted">${t("moderation.by_at", { name: action.undone_by_name ?? "", time: timeText(action.undone_at) })}</span>${action.undo_reason && html`<span class="muted">${fullReason(action.undo_reason)}</span>`}</div>`;
  }
  return html`<${Button} size="s" icon="undo" label=${t("moderation.undo_what", { what: deedWords(action.kind) })} onClick=${() => onUndo(action)}>${t("app.undo")}</${Button}>`;
}
