/** When a show is to begin, between the browser's clock field (local time without a zone) and the server's instants. */

/** @param {string} instant ISO 8601 @returns {string} local, as `<input type="datetime-local">` wants it */
export function localOf(instant) {
  const date = new Date(instant);
  const padded = (/** @type {number} */ figure) => String(figure).padStart(2, "0");
  const day = `${date.getFullYear()}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`;
  return `${day}T${padded(date.getHours())}:${padded(date.getMinutes())}`;
}

/** @param {string} local @returns {string | null} ISO 8601 in UTC; null when it is no time */
export function instantOf(local) {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The next full hour at least half an hour off: what most shows begin at. @param {number} nowMs @returns {string} local */
export function nextFullHour(nowMs) {
  const date = new Date(nowMs + 90 * 60_000);
  date.setMinutes(0, 0, 0);
  return localOf(date.toISOString());
}
