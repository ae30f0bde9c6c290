/** The head of the desk: its parts, how much waits, the keys; and the word that what is shown may be old. */
import { html } from "../../html.js";
import "../../messages/desk.js";
import { keysOn, roomShown } from "../../moderation/preferences.js";
import { keyOf } from "../../moderation/shortcuts.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Count } from "../chip.js";
import { Icon } from "../icons.js";
import { useSideways } from "../sideways.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {"queue" | "case" | "room" | "appeals" | "seconds" | "figures" | "log"} Pane what a phone shows, the case and its room coming from the queue; on a desk the first three stand side by side */

/** The panes that have the whole desk, and stand in the address. @type {ReadonlySet<Pane>} */
export const WHOLE = new Set(/** @type {const} */ (["appeals", "seconds", "figures", "log"]));

/** @returns {Pane} the one that the address names */
export function paneOfAddress() {
  const named = /** @type {Pane} */ (location.hash.slice(1));
  return WHOLE.has(named) ? named : "queue";
}

/** @param {Pane} pane @param {boolean} withWayBack whether one comes back from a case to the list */
export function turnAddressTo(pane, withWayBack) {
  const isDeep = pane === "case" || pane === "room";
  const wasDeep = history.state?.deskPane !== undefined;
  if (pane === "queue" && wasDeep) return history.back();
  const state = isDeep && withWayBack ? { deskPane: pane } : null;
  const address = WHOLE.has(pane) ? `#${pane}` : location.pathname + location.search;
  if (state !== null && !wasDeep) return history.pushState(state, "", address);
  return history.replaceState(state, "", address);
}

/**
 * @param {{ desk: Desk, appeals: import("../../moderation/appeal_book.js").AppealBook, seconds: import("../../moderation/second_book.js").SecondBook, pane: Pane,
 *   wide: boolean, onPane: (pane: Pane) => void, onUndo: () => void, onKeys: () => void }} props
 */
export function Toolbar({ desk, appeals, seconds, pane, wide, onPane, onUndo, onKeys }) {
  const row = useSideways(pane);
  const open = desk.openCount.value;
  const [appealed, wanted] = [appeals.openCount.value, seconds.waitingCount.value];
  /** @type {Partial<Record<Pane, { count: number, label: string }>>} */
  const counts = {
    queue: { count: open, label: t("moderation.open_count", { count: open }) },
    appeals: { count: appealed, label: t("moderation.appeals_count", { count: appealed }) },
    seconds: { count: wanted, label: t("seconds.count", { count: wanted }) },
  };
  /** @type {[Pane, string][]} */
  const panes = [["queue", t("moderation.tab_queue")], ["appeals", t("moderation.tab_appeals")], ["seconds", t("seconds.tab")], ["figures", t("figures.tab")], ["log", t("moderation.tab_log")]];
  const isShown = (/** @type {Pane} */ value) => value === pane || (value === "queue" && !WHOLE.has(pane));
  return html`<header class="toolbar">
    <p class="toolbar__title" aria-hidden="true">${t("moderation.title")}</p>
    <nav class="toolbar__panes sideways" aria-label=${t("moderation.title")} ref=${row}>${panes.map(([value, words]) => html`<button key=${value} type="button" class="toolbar__pane" data-pane=${value} aria-current=${isShown(value) ? "page" : undefined}
      onClick=${() => onPane(value)}>${words}${counts[value] && html`<${Count} ...${counts[value]} />`}</button>`)}</nav>
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
