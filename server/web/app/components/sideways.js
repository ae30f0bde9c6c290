/** Rows that scroll sideways where they are too long: they say at which edge they go on, and keep what is chosen, or reached by keys, in sight. */
import { useEffect, useRef } from "preact/hooks";

/** So much of an edge fades (styles/kit.css), and hides what lies there. */
const FADE_PX = 44;
const CHOSEN = '[aria-selected="true"], [aria-current], [aria-pressed="true"]';

/**
 * @param {{ scrollLeft: number, clientWidth: number, scrollWidth: number }} row
 * @returns {"" | "before" | "after" | "both"} where there is more than is seen
 */
export function moreOf({ scrollLeft, clientWidth, scrollWidth }) {
  // Widths are rounded, so a pixel is nothing.
  const [before, after] = [scrollLeft > 1, scrollLeft + clientWidth < scrollWidth - 1];
  return before && after ? "both" : before ? "before" : after ? "after" : "";
}

/** Scroll the row until one of its own lies clear of what fades. @param {HTMLElement} row @param {Element} one */
export function bringIntoSight(row, one) {
  const [{ left, right }, its] = [row.getBoundingClientRect(), one.getBoundingClientRect()];
  if (its.left < left + FADE_PX) row.scrollLeft -= left + FADE_PX - its.left;
  else if (its.right > right - FADE_PX) row.scrollLeft += its.right - right + FADE_PX;
}

/** Bring into sight whatever is reached by keys. @param {HTMLElement} row @returns {() => void} ends it */
export function followFocus(row) {
  const onFocusIn = (/** @type {FocusEvent} */ event) => {
    const one = /** @type {Element} */ (event.target);
    // A row that moved under a finger or a mouse between its two halves of a press would lose the press.
    if (one.matches(":focus-visible")) bringIntoSight(row, one);
  };
  row.addEventListener("focusin", onFocusIn);
  return () => row.removeEventListener("focusin", onFocusIn);
}

/**
 * For the row of class "sideways" that gets the ref, and is there as long as its component is, which draws it anew with its content.
 * @param {unknown} chosen changes with what is chosen in the row
 * @returns {{ current: HTMLElement | null }}
 */
export function useSideways(chosen) {
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  const mark = () => {
    const element = row.current;
    if (element === null) return;
    const more = moreOf(element);
    if (more === "") delete element.dataset.more;
    else element.dataset.more = more;
  };
  useEffect(mark);
  useEffect(() => {
    const element = row.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(mark);
    observer.observe(element);
    element.addEventListener("scroll", mark, { passive: true });
    const unfollow = followFocus(element);
    return () => {
      unfollow();
      observer.disconnect();
      element.removeEventListener("scroll", mark);
    };
  }, []);
  useEffect(() => {
    const element = row.current;
    const one = element?.querySelector(CHOSEN) ?? null;
    if (element !== null && one !== null) bringIntoSight(element, one);
  }, [chosen]);
  return row;
}
