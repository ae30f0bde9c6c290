/** Cuts a text at its rules' spans, so that each marked piece knows which rules it is marked by. */

/** @typedef {{ text: string, ruleIds: string[] }} Piece ruleIds is empty where nothing is marked */

/**
 * @param {string} text
 * @param {readonly (readonly [number, number, string])[]} spans in code points, half-open; in any order, perhaps overlapping or out of range
 * @returns {Piece[]} the whole text in order, neighbours never of the same rules
 */
export function cutByRules(text, spans) {
  const points = Array.from(text);
  /** @type {string[][]} */
  const marks = points.map(() => []);
  for (const [start, end, ruleId] of spans) {
    for (let index = Math.max(0, start); index < Math.min(points.length, end); index += 1) {
      if (!marks[index].includes(ruleId)) marks[index].push(ruleId);
    }
  }
  /** @type {Piece[]} */
  const pieces = [];
  points.forEach((point, index) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.ruleIds.join() === marks[index].join()) last.text += point;
    else pieces.push({ text: point, ruleIds: marks[index] });
  });
  return pieces;
}
