/** How this moderator likes the desk, kept on this device. */
import { effect, signal } from "@preact/signals";

/** @param {string} key @param {boolean} usual */
function kept(key, usual) {
  const held = signal(read(key) ?? usual);
  effect(() => {
    try {
      localStorage.setItem(key, held.value ? "on" : "off");
    } catch {
      // For this page alone, then.
    }
  });
  return held;
}

/** @param {string} key @returns {boolean | null} null where nothing is stored */
function read(key) {
  try {
    const value = localStorage.getItem(key);
    return value === null ? null : value === "on";
  } catch {
    return null;
  }
}

/** Whether single keys do something (WCAG 2.1.4 asks for a way to turn them off). */
export const keysOn = kept("jishi.desk_keys", true);
/** Whether the live room stands beside the case, where there is space for it. */
export const roomShown = kept("jishi.desk_room", true);
