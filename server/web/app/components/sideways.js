/** Rows that scroll sideways where they are too long: they say at which edge they go on, and keep what is chosen in sight. */
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
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", mark);
    };
  }, []);
  useEffect(() => {
    const element = row.current;
    const one = element?.querySelector(CHOSEN)?.getBoundingClientRect();
    if (element === null || one === undefined) return;
    const { left, right } = element.getBoundingClientRect();
    if (one.left < left + FADE_PX) element.scrollLeft -= left + FADE_PX - one.left;
    else if (one.right > right - FADE_PX) element.scrollLeft += one.right - right + FADE_PX;
  }, [chosen]);
  return row;
}
