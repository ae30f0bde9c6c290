/** The head of the desk: its parts, how much waits, the keys; and the word that what is shown may be old. */
import { html } from "../../html.js";
import { keysOn, roomShown } from "../../moderation/preferences.js";
import { keyOf } from "../../moderation/shortcuts.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Count } from "../chip.js";
import { Icon } from "../icons.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {"queue" | "case" | "room" | "appeals" | "log"} Pane what a phone shows; on a desk the first three stand side by side */

/** The panes that have the whole desk. @type {ReadonlySet<Pane>} */
export const WHOLE = new Set(/** @type {const} */ (["appeals", "log"]));

/** @param {{ desk: Desk, appeals: import("../../moderation/appeal_book.js").AppealBook, pane: Pane, wide: boolean, onPane: (pane: Pane) => void, onUndo: () => void, onKeys: () => void }} props */
export function Toolbar({ desk, appeals, pane, wide, onPane, onUndo, onKeys }) {
  const count = desk.openCount.value;
  const waiting = appeals.openCount.value;
  /** @type {[Pane, string][]} */
  const panes = wide
    ? [["queue", t("moderation.tab_queue")], ["appeals", t("moderation.tab_appeals")], ["log", t("moderation.tab_log")]]
    : [["queue", t("moderation.tab_queue")], ["case", t("moderation.tab_case")], ["room", t("moderation.tab_room")], ["appeals", t("moderation.tab_appeals")], ["log", t("moderation.tab_log")]];
  const isShown = (/** @type {Pane} */ value) => value === pane || (wide && value === "queue" && !WHOLE.has(pane));
  return html`<header class="toolbar">
    <p class="toolbar__title" aria-hidden="true">${t("moderation.title")}</p>
    <nav class="toolbar__panes" aria-label=${t("moderation.title")}>${panes.map(([value, words]) => html`<button key=${value} type="button" class="toolbar__pane" data-pane=${value} aria-current=${isShown(value) ? "page" : undefined} onClick=${() => onPane(value)}>${words}${value === "queue" && html`<${Count} count=${count} label=${t("moderation.open_count", { count })} />`}${value === "appeals" && html`<${Count} count=${waiting} label=${t("moderation.appeals_count", { count: waiting })} />`}</button>`)}</nav>
    ${wide && html`<div class="toolbar__more">
      ${desk.decidedHere.value > 0 && html`<span class="muted">${t("moderation.decided_here", { count: desk.decidedHere.value })}</span>`}
      <${Button} size="s" icon="undo" disabled=${!desk.canUndo.value || desk.busy.value} shortcut=${keysOn.value ? keyOf("undo") : undefined} onClick=${onUndo}>${t("moderation.undo_last")}</${Button}>
      ${!roomShown.value && !WHOLE.has(pane) && html`<${Button} size="s" icon="eye" shortcut=${keysOn.value ? keyOf("room") : undefined} onClick=${() => (roomShown.value = true)}>${t("moderation.tab_room")}</${Button}>`}
      <${Button} size="s" shortcut=${keysOn.value ? "?" : undefined} onClick=${onKeys}>${t("moderation.keys_title")}</${Button}>
    </div>`}
  </header>`;
}

/** The list is shown though it may be old. @param {{ desk: Desk }} props */
export function Stale({ desk }) {
  if (desk.trouble.value === "") return null;
  const at = desk.renewedAtMs.value;
  return html`<p class="banner banner--warn moderation__stale" role="status"><${Icon} name="offline" />${t("moderation.stale", { time: at === null ? "" : timeText(new Date(at).toISOString()) })}</p>`;
}
