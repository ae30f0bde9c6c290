/**
 * What the visitor chose about how the pages look and move: kept on this device, applied by first_paint.js.
 *
 * `comfort` holds it whole; `changeComfort` is the only way to change it.
 */
import { signal } from "@preact/signals";

/**
 * @typedef {{
 *   theme: "auto" | "light" | "dark",
 *   text: "normal" | "large" | "largest",
 *   motion: "auto" | "calm" | "full",
 *   elder: boolean,
 *   danmaku: { on: boolean, opacity: number, size: "small" | "normal" | "large", area: "quarter" | "half" | "full" },
 * }} Comfort opacity in hundredths; area of the picture's height
 */

const KEY = "jishi.comfort";
const OPACITY_MIN = 20;

/** @type {Comfort} */
export const USUAL = {
  theme: "auto",
  text: "normal",
  motion: "auto",
  elder: false,
  danmaku: { on: true, opacity: 100, size: "normal", area: "half" },
};

/** @template T @param {unknown} value @param {readonly T[]} allowed @param {T} otherwise @returns {T} */
const oneOf = (value, allowed, otherwise) => (allowed.includes(/** @type {any} */ (value)) ? /** @type {any} */ (value) : otherwise);

/** What was stored, with everything that is not a choice of today's replaced by the usual. @param {any} stored @returns {Comfort} */
export function comfortFrom(stored) {
  const danmaku = stored?.danmaku ?? {};
  const opacity = Number.isFinite(danmaku.opacity) ? Math.round(danmaku.opacity) : USUAL.danmaku.opacity;
  return {
    theme: oneOf(stored?.theme, ["auto", "light", "dark"], USUAL.theme),
    text: oneOf(stored?.text, ["normal", "large", "largest"], USUAL.text),
    motion: oneOf(stored?.motion, ["auto", "calm", "full"], USUAL.motion),
    elder: stored?.elder === true,
    danmaku: {
      on: danmaku.on !== false,
      opacity: Math.min(100, Math.max(OPACITY_MIN, opacity)),
      size: oneOf(danmaku.size, ["small", "normal", "large"], USUAL.danmaku.size),
      area: oneOf(danmaku.area, ["quarter", "half", "full"], USUAL.danmaku.area),
    },
  };
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {}; // storage is closed to us, or holds something else
  }
}

/** @type {import("@preact/signals").Signal<Comfort>} */
export const comfort = signal(comfortFrom(stored()));

/** @param {Partial<Comfort>} changes */
export function changeComfort(changes) {
  comfort.value = comfortFrom({ ...comfort.value, ...changes });
  dispatchEvent(new CustomEvent("jishi-comfort", { detail: comfort.value }));
  try {
    localStorage.setItem(KEY, JSON.stringify(comfort.value));
  } catch {
    // For this page alone, then.
  }
}

/** Whether things should not move by themselves, by the visitor's choice or else the system's. */
export const isCalm = () => document.documentElement.dataset.motion === "calm";
