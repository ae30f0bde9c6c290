/**
 * The desk's keys: which key means what, and when a key press means anything at all.
 *
 * Single keys can be turned off (WCAG 2.1.4), say nothing while one types, and leave every combination with Ctrl, Alt or
 * Meta to the browser.
 */

/**
 * @typedef {"next" | "previous" | "approve" | "remove" | "mute_10m" | "mute_1d" | "mute_room" | "close_account" | "sanction" | "undo"
 *   | "claim" | "appeals" | "seconds" | "figures" | "log" | "find" | "filter" | "show_new" | "room" | "shortcuts"} Command
 * @typedef {{ key: string, command: Command }} Shortcut
 */

/** In the order of the list that one sees. @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { key: "j", command: "next" },
  { key: "k", command: "previous" },
  { key: "c", command: "claim" },
  { key: "a", command: "approve" },
  { key: "r", command: "remove" },
  { key: "1", command: "mute_10m" },
  { key: "2", command: "mute_1d" },
  { key: "3", command: "mute_room" },
  { key: "x", command: "close_account" },
  { key: "s", command: "sanction" },
  { key: "u", command: "undo" },
  { key: "n", command: "show_new" },
  { key: "v", command: "room" },
  { key: "p", command: "appeals" },
  { key: "o", command: "seconds" },
  { key: "g", command: "figures" },
  { key: "l", command: "log" },
  { key: "f", command: "filter" },
  { key: "/", command: "find" },
  { key: "?", command: "shortcuts" },
];

/** Held down, only moving goes on: a decision is one press each. @type {ReadonlySet<Command>} */
const REPEATABLE = new Set(/** @type {const} */ (["next", "previous"]));

/** @typedef {{ key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean, isComposing: boolean }} KeyPress */

/**
 * @param {KeyPress} press @param {{ enabled: boolean, typing: boolean }} circumstances
 * @returns {Command | null}
 */
export function commandFor(press, { enabled, typing }) {
  if (!enabled || typing || press.isComposing || press.ctrlKey || press.altKey || press.metaKey) return null;
  const command = SHORTCUTS.find(({ key }) => key === press.key.toLowerCase())?.command ?? null;
  return command !== null && press.repeat && !REPEATABLE.has(command) ? null : command;
}

/** @param {Command} command @returns {string} its key, as it is printed on a keyboard */
export const keyOf = (command) => (SHORTCUTS.find((shortcut) => shortcut.command === command)?.key ?? "").toUpperCase();

/** The nth of a dialog's choices, chosen by its digit. @param {KeyPress} press @param {number} count @returns {number | null} index */
export function choiceFor(press, count) {
  if (press.isComposing || press.ctrlKey || press.altKey || press.metaKey || !/^[1-9]$/.test(press.key)) return null;
  const index = Number(press.key) - 1;
  return index < count ? index : null;
}

const TYPED_INTO = 'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=radio], [type=checkbox], [type=button])';

/** @param {EventTarget | null} target */
export const isTyping = (target) => target instanceof Element && target.closest(TYPED_INTO) !== null;
