/** The grades of sanctions, mildest first, and which of them make sense for whom. */

/** @typedef {import("./desk_api.js").Case} Case */
/** @typedef {import("./desk_api.js").Sanction} Sanction */

/** @type {readonly Sanction[]} */
export const GRADES = ["warn", "mute_10m", "mute_1d", "mute_room", "room_ban", "card_off", "limited_account", "stream_limited", "close_account"];

/** Of a host, in a room of theirs. @type {ReadonlySet<Sanction>} */
const OF_HOSTS = new Set(/** @type {const} */ (["card_off", "stream_limited"]));
/** Of whoever comes to a room. @type {ReadonlySet<Sanction>} */
const OF_VISITORS = new Set(/** @type {const} */ (["mute_10m", "mute_1d", "mute_room", "room_ban"]));

/** @param {Case} one @returns {Sanction[]} what may be laid on the one whom the case is about */
export function gradesFor({ subject, room }) {
  if (subject === null) return [];
  const isHost = subject.role === "host" || subject.role === "employer";
  return GRADES.filter((grade) => {
    if (OF_HOSTS.has(grade)) return isHost && room !== null;
    if (OF_VISITORS.has(grade)) return !isHost && room !== null;
    return grade !== "close_account" || subject.state !== "closed";
  });
}

const DAY_S = 86_400;

/**
 * How long a sanction holds where no other end is named, for those whose end one may choose (moderation/cases/states.py).
 * @type {Partial<Record<Sanction, number>>} seconds
 */
export const USUAL_S = { room_ban: 30 * DAY_S, card_off: DAY_S, limited_account: 7 * DAY_S, stream_limited: 7 * DAY_S };
/** The ends that are offered beside it, in seconds from now. */
export const ENDS_S = [DAY_S, 3 * DAY_S, 7 * DAY_S, 30 * DAY_S, 90 * DAY_S, 365 * DAY_S];
/** An end may lie so far ahead. */
const LASTS_MAX_S = 366 * DAY_S;

/**
 * When it ends: so many seconds from now, or at a moment of its own.
 * @param {string} choice "" for the usual end, "at" for a moment, or seconds @param {string} moment local, as the browser's clock field has it
 * @param {number} nowMs
 * @returns {{ until: string | null, fault: "" | "empty" | "past" | "far" }} until: ISO 8601; null: the usual end
 */
export function endOf(choice, moment, nowMs) {
  if (choice === "") return { until: null, fault: "" };
  const endMs = choice === "at" ? Date.parse(moment) : nowMs + Number(choice) * 1_000;
  if (Number.isNaN(endMs)) return { until: null, fault: "empty" };
  if (endMs <= nowMs) return { until: null, fault: "past" };
  if (endMs > nowMs + LASTS_MAX_S * 1_000) return { until: null, fault: "far" };
  return { until: new Date(endMs).toISOString(), fault: "" };
}
