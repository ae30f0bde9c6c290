/**
 * What a room's health means for its host: one light, one sentence, and for each thing that is wrong what to do about it.
 *
 * The server says facts and codes; a farmer is told in words. A code that this page doesn't know yet is still shown.
 */

/**
 * @typedef {{ codec: string, width: number, height: number, fps: number, bitrate_kbps: number,
 *   keyframe_interval_s: number }} PictureHealth
 * @typedef {{ codec: string, sample_rate: number, channels: number, bitrate_kbps: number }} SoundHealth
 * @typedef {{ on_air: boolean, since: string | null, uptime_s: number, video: PictureHealth | null,
 *   sound: SoundHealth | null, last_part_age_ms: number | null, parts: number, publisher_reconnects: number,
 *   warnings: string[] }} Health
 * @typedef {import("../words/text.js").MessageKey} MessageKey
 * @typedef {{ code: string, what: MessageKey, todo: MessageKey }} Advice
 * @typedef {{ light: "off" | "good" | "fair" | "bad", headline: MessageKey, advice: Advice[] }} Judgement
 */

/** @type {Readonly<Record<string, readonly [MessageKey, MessageKey]>>} what is wrong, and what to do */
const ADVICE = {
  stalled: ["studio.warn_stalled", "studio.todo_stalled"],
  no_picture: ["studio.warn_no_picture", "studio.todo_no_picture"],
  no_sound: ["studio.warn_no_sound", "studio.todo_no_sound"],
  keyframes_sparse: ["studio.warn_keyframes_sparse", "studio.todo_keyframes_sparse"],
  frame_rate_low: ["studio.warn_frame_rate_low", "studio.todo_frame_rate_low"],
  bitrate_low: ["studio.warn_bitrate_low", "studio.todo_bitrate_low"],
  bitrate_high: ["studio.warn_bitrate_high", "studio.todo_bitrate_high"],
  sound_thin: ["studio.warn_sound_thin", "studio.todo_sound_thin"],
  messages_rejected: ["studio.warn_messages_rejected", "studio.todo_messages_rejected"],
};
/** @type {readonly [MessageKey, MessageKey]} */
const UNKNOWN = ["studio.warn_other", "studio.todo_other"];

/** With one of these, viewers don't see or hear what they came for. */
const GRAVE = new Set(["stalled", "no_picture"]);

/** Of this age the newest part is too old for the room to be live, whatever else is said. */
export const STALE_AFTER_MS = 6_000;

/** @param {Health} health @returns {Judgement} */
export function judge(health) {
  if (!health.on_air) return { light: "off", headline: "studio.light_off", advice: [] };
  const codes = new Set(health.warnings);
  if ((health.last_part_age_ms ?? 0) > STALE_AFTER_MS) codes.add("stalled");
  // Grave ones first: a host on a phone reads one line.
  const ordered = [...codes].sort((a, b) => Number(GRAVE.has(b)) - Number(GRAVE.has(a)));
  const advice = ordered.map((code) => {
    const [what, todo] = Object.hasOwn(ADVICE, code) ? ADVICE[code] : UNKNOWN;
    return { code, what, todo };
  });
  if (ordered.some((code) => GRAVE.has(code))) return { light: "bad", headline: "studio.light_bad", advice };
  if (ordered.length > 0) return { light: "fair", headline: "studio.light_fair", advice };
  return { light: "good", headline: "studio.light_good", advice };
}

/** @param {number} durationS @returns {string} as a clock shows it: 4:05, 1:02:09 */
export function clockText(durationS) {
  const whole = Math.max(0, Math.floor(durationS));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = (/** @type {number} */ figure) => String(figure).padStart(2, "0");
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(seconds)}` : `${minutes}:${padded(seconds)}`;
}

/** @param {number} bitrateKbps @returns {string} in Mbps from a thousand on */
export const bitrateText = (bitrateKbps) =>
  bitrateKbps >= 1_000 ? `${(bitrateKbps / 1_000).toFixed(1)} Mbps` : `${Math.round(bitrateKbps)} kbps`;
