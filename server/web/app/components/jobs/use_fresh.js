/** What others may change at any moment: asked for now and then, on being told of a change, and on looking at the page again. */
import { useEffect, useRef } from "preact/hooks";

import { arrived } from "../../notices.js";
import { usePages } from "../pages.js";
import { useLoad } from "../states.js";

const EVERY_MS = 12_000;

/** @param {() => void} reload @param {readonly unknown[]} on @param {number} everyMs 0: on looking again alone */
function useRepeated(reload, on, everyMs) {
  const newest = useRef(reload);
  newest.current = reload;
  useEffect(() => {
    const again = () => document.hidden || newest.current();
    document.addEventListener("visibilitychange", again);
    const timer = everyMs > 0 ? setInterval(again, everyMs) : 0;
    return () => {
      document.removeEventListener("visibilitychange", again);
      clearInterval(timer);
    };
  }, [...on]);
}

/**
 * @template T
 * @param {() => Promise<T>} ask
 * @param {readonly unknown[]} on asked anew when one of these changes
 * @returns {import("../states.js").Load<T>}
 */
export function useFresh(ask, on) {
  const load = useLoad(ask, on, { everyMs: EVERY_MS });
  useRepeated(load.reload, on, 0);
  const told = arrived.value?.kind === "application_changed" ? arrived.value.notice_id : "";
  useEffect(() => {
    if (told) load.reload();
  }, [told]);
  return load;
}

/**
 * A long list; once one has asked for more of it, it stands still, so that nothing moves under the reader's eyes.
 * @template T
 * @param {(before: string | null) => Promise<{ items: T[], before: string | null }>} ask
 * @param {readonly unknown[]} on
 */
export function useFreshPages(ask, on) {
  const list = usePages(ask, on);
  const isLong = useRef(false);
  useEffect(() => {
    isLong.current = false;
  }, [...on]);
  useRepeated(() => isLong.current || list.reload(), on, EVERY_MS);
  const more = () => {
    isLong.current = true;
    return list.more();
  };
  return { ...list, more };
}
