/** Over the queue: which cases and in which order, the views that one keeps, and what one looks for. */
import { html } from "../../html.js";
import { keyOf } from "../../moderation/shortcuts.js";
import { filterOf, isSameFilter, narrowings } from "../../moderation/view_book.js";
import { WHOLE_QUEUE } from "../../moderation/queue.js";
import { keysOn } from "../../moderation/preferences.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Count } from "../chip.js";
import { Segmented, SelectField, TextField } from "../fields.js";
import { useSideways } from "../sideways.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/view_book.js").ViewBook} ViewBook */

/** @param {{ desk: Desk, views: ViewBook, wide: boolean, findRef: any, onFilter: () => void }} props */
export function QueueFilters({ desk, views, wide, findRef, onFilter }) {
  const filter = desk.filter.value;
  const states = [
    { value: "open", label: t("moderation.filter_open") },
    { value: "done", label: t("moderation.filter_done") },
  ];
  const orders = [
    { value: "risk", label: t("queue.by_risk") },
    { value: "newest", label: t("queue.newest") },
  ];
  const count = narrowings(filter);
  const kept = views.views.value ?? [];
  return html`<div class="queue__filters">
    <${Segmented} label=${t("moderation.filter_state")} unseenLabel value=${filter.state} options=${states} onValue=${(/** @type {"open" | "done"} */ state) => desk.narrow({ state })} />
    ${kept.length > 0 && html`<${Views} desk=${desk} kept=${kept} />`}
    <div class="queue__row">
      ${filter.state === "open" && html`<${SelectField} label=${t("queue.order")} unseenLabel required value=${filter.order} options=${orders} onValue=${(/** @type {"risk" | "newest"} */ order) => desk.narrow({ order })} />`}
      <${Button} icon="sliders" data-filter shortcut=${keysOn.value && wide ? keyOf("filter") : undefined} onClick=${onFilter}>${t("queue.filter")}<${Count} count=${count} label=${t("queue.filter_count", { count })} /></${Button}>
    </div>
    <${TextField} label=${t("moderation.find")} unseenLabel required type="search" value=${desk.words.value} placeholder=${t("moderation.find")} inputRef=${findRef}
      onValue=${(/** @type {string} */ value) => (desk.words.value = value)} />
  </div>`;
}

/** @param {{ desk: Desk, kept: readonly import("../../moderation/desk_api.js").SavedView[] }} props */
function Views({ desk, kept }) {
  const row = useSideways(desk.filter.value);
  const all = [{ name: t("queue.view_whole"), filter: WHOLE_QUEUE }, ...kept.map((view) => ({ name: view.name, filter: filterOf(view) }))];
  return html`<ul class="views sideways" ref=${row} aria-label=${t("queue.views")}>${all.map(({ name, filter }) => html`<li key=${name}>
    <button type="button" class="views__one" aria-pressed=${isSameFilter(filter, desk.filter.value)} onClick=${() => desk.narrow(filter)}>${name}</button>
  </li>`)}</ul>`;
}
