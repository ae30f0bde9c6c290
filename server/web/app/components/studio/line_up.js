/** What the show is about to offer, in the order it will come; each thing pushed, explained, pinned or taken off by one press. */
import { useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { changeCard, offerIdOf, pushCard, removeFromLineUp, withdrawCard } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Empty, Failed, Skeleton } from "../states.js";
import { toast, toastError } from "../toast.js";
import { LineUpRow } from "./line_up_row.js";
import { useDragOrder } from "./use_drag_order.js";

/** @typedef {import("../../studio/studio_calls.js").LineUpItem} LineUpItem */

/** A run of arrow keys is sent as one order. */
const KEYS_REST_MS = 600;

/**
 * @param {{ desk: import("../../studio/room_desk.js").RoomDesk, onAdd: () => void, onEdit: (item: LineUpItem) => void,
 *   onRefused: (error: import("../../api.js").Problem) => void }} props onRefused: the filter stopped a card
 */
export function LineUp({ desk, onAdd, onEdit, onRefused }) {
  const items = desk.items.value;
  const jobs = desk.isJobs.value;
  const fault = desk.faults.value.get("line_up");
  if (items === null) return fault ? html`<${Failed} error=${fault} onRetry=${desk.loadLineUp} />` : html`<${Skeleton} rows=${3} />`;
  if (items.length === 0) {
    return html`<${Empty} icon=${jobs ? "briefcase" : "basket"} title=${t(jobs ? "studio.shelf_empty_jobs" : "studio.shelf_empty")} text=${t(jobs ? "studio.shelf_empty_jobs_text" : "studio.shelf_empty_text")}>
      <${Button} kind="primary" icon="plus" onClick=${onAdd}>${t(jobs ? "studio.add_job" : "studio.add_product")}</${Button}>
    </${Empty}>`;
  }
  return html`<${Rows} desk=${desk} items=${items} onEdit=${onEdit} onRefused=${onRefused} />`;
}

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, items: LineUpItem[], onEdit: (item: LineUpItem) => void, onRefused: (error: any) => void }} props */
function Rows({ desk, items, onEdit, onRefused }) {
  const [busyId, setBusyId] = useState("");
  const [said, setSaid] = useState("");
  const restTimer = useRef(0);
  const ids = items.map((item) => item.item_id);
  const send = (/** @type {string[]} */ order) => desk.putInOrder(order).catch(toastError);
  const { list, draggedId, handleProps } = useDragOrder(ids, (order, id, by) => {
    const title = titleOf(items.find((item) => item.item_id === id));
    setSaid(t("studio.moved", { title, place: order.indexOf(id) + 1, count: order.length }));
    clearTimeout(restTimer.current);
    if (by === "pointer") return send(order);
    desk.showOrder(order);
    restTimer.current = Number(setTimeout(() => send(order), KEYS_REST_MS));
    return undefined;
  });
  const act = async (/** @type {LineUpItem} */ item, /** @type {() => Promise<unknown>} */ action) => {
    setBusyId(item.item_id);
    try {
      await action();
      await desk.loadLineUp();
    } catch (error) {
      if (/** @type {any} */ (error).code === "filtered") onRefused(error);
      else toastError(error);
    } finally {
      setBusyId("");
    }
  };
  const actionsOf = (/** @type {LineUpItem} */ item) => ({
    push: (/** @type {boolean} */ explaining) => act(item, () => pushCard(desk.slug, item, { explaining })),
    explain: () => act(item, () => changeCard(desk.slug, item.card_id ?? "", { explaining: !item.explaining })),
    pin: () => act(item, () => changeCard(desk.slug, item.card_id ?? "", { pinned: !item.pinned })),
    withdraw: () => act(item, () => withdrawCard(desk.slug, item.card_id ?? "")),
    edit: () => onEdit(item),
    remove: () => act(item, () => removeFromLineUp(desk.slug, item.item_id).then(() => toast(t("studio.removed", { title: titleOf(item) })))),
  });
  return html`<ol class=${`line-up${draggedId ? " line-up--dragging" : ""}`} ref=${list} aria-label=${t("studio.shelf")}>
      ${items.map((item, index) => html`<${LineUpRow} key=${item.item_id} item=${item} index=${index} count=${items.length} busy=${busyId === item.item_id}
        dragged=${draggedId === item.item_id} handleProps=${handleProps(item.item_id)} actions=${actionsOf(item)} onProduct=${(/** @type {any} */ product) => desk.noteProduct(product)} />`)}
    </ol>
    <p class="unseen" aria-live="assertive" data-said>${said}</p>`;
}

/** @param {LineUpItem | undefined} item */
const titleOf = (item) => item?.product?.title ?? item?.job?.title ?? "";

/** @param {readonly LineUpItem[]} items @returns {Set<string>} the products and jobs that stand in it */
export const offersIn = (items) => new Set(items.map(offerIdOf));
