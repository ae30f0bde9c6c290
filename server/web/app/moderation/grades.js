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
