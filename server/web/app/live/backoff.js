/** How long to wait before the next attempt: doubling with full jitter, so that a cut crowd does not return at once. */

export const FIRST_MS = 300;
export const LONGEST_MS = 10_000;

/**
 * @param {number} attempt failed attempts so far, from 0
 * @param {number} random in [0, 1)
 * @returns {number} milliseconds
 */
export function backoffMs(attempt, random) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
