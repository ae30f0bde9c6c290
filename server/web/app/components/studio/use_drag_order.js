/** Putting rows in order by their handle: dragged by a pointer, or moved by the arrow keys. */
import { useRef, useState } from "preact/hooks";

import { indexByKey, indexByShift, moved } from "../../studio/ordering.js";

/** So near the edge of what can be seen, dragging scrolls. */
const EDGE_PX = 72;
const SCROLL_STEP_PX = 10;

/**
 * @typedef {{ id: string, rows: { top: number, height: number }[], elements: HTMLElement[], index: number,
 *   startY: number, scroller: Element, startScroll: number, target: number }} Drag
 */

/**
 * @param {readonly string[]} ids in order
 * @param {(ids: string[], id: string, by: "pointer" | "keys") => void} onOrder
 */
export function useDragOrder(ids, onOrder) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const drag = useRef(/** @type {Drag | null} */ (null));
  const [draggedId, setDraggedId] = useState("");
  const rowsNow = () => /** @type {HTMLElement[]} */ ([...(list.current?.children ?? [])]);

  const begin = (/** @type {PointerEvent} */ event, /** @type {string} */ id) => {
    if (event.button !== 0 || drag.current !== null) return;
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    const elements = rowsNow();
    const scroller = scrollerOf(handle);
    const rows = elements.map((element) => ({ top: element.offsetTop, height: element.offsetHeight }));
    const index = ids.indexOf(id);
    if (rows[index] === undefined) return;
    handle.setPointerCapture(event.pointerId);
    drag.current = { id, rows, elements, index, startY: event.clientY, scroller, startScroll: scroller.scrollTop, target: index };
    setDraggedId(id);
  };
  const follow = (/** @type {PointerEvent} */ event) => {
    const held = drag.current;
    if (held === null) return;
    if (event.clientY < EDGE_PX) held.scroller.scrollBy(0, -SCROLL_STEP_PX);
    else if (event.clientY > innerHeight - EDGE_PX) held.scroller.scrollBy(0, SCROLL_STEP_PX);
    const shift = event.clientY - held.startY + held.scroller.scrollTop - held.startScroll;
    held.target = indexByShift(held.rows, held.index, shift);
    layOut(held, shift);
  };
  const end = (/** @type {boolean} */ keep) => {
    const held = drag.current;
    if (held === null) return;
    drag.current = null;
    setDraggedId("");
    for (const element of held.elements) element.style.transform = "";
    if (keep && held.target !== held.index) onOrder(moved(ids, held.id, held.target), held.id, "pointer");
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event, /** @type {string} */ id) => {
    if (event.key === "Escape") return end(false);
    const target = indexByKey(event.key, ids.indexOf(id), ids.length);
    if (target === null) return undefined;
    event.preventDefault();
    return onOrder(moved(ids, id, target), id, "keys");
  };
  const handleProps = (/** @type {string} */ id) => ({
    onPointerDown: (/** @type {PointerEvent} */ event) => begin(event, id),
    onPointerMove: follow,
    onPointerUp: () => end(true),
    onPointerCancel: () => end(false),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => onKeyDown(event, id),
  });
  return { list, draggedId, handleProps };
}

/** The dragged row under the finger, the others making room. @param {Drag} drag @param {number} shiftPx */
function layOut({ rows, elements, index, target }, shiftPx) {
  const room = (rows[index + 1]?.top ?? NaN) - rows[index].top || rows[index].top - (rows[index - 1]?.top ?? rows[index].top);
  elements.forEach((element, at) => {
    let shift = 0;
    if (at === index) shift = shiftPx;
    else if (at > index && at <= target) shift = -room;
    else if (at < index && at >= target) shift = room;
    element.style.transform = shift === 0 ? "" : `translateY(${shift}px)`;
  });
}

/** @param {Element} element @returns {Element} what scrolls around it */
function scrollerOf(element) {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}
