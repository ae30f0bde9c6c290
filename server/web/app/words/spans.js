/** Cuts a text at spans given in code points, as the filter reports them. */

/**
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} spans half-open, in any order, perhaps overlapping or out of range
 * @returns {{ text: string, marked: boolean }[]} the whole text in order, neighbours never of one kind
 */
export function cutAtSpans(text, spans) {
  const points = Array.from(text);
  const marks = new Array(points.length).fill(false);
  for (const [start, end] of spans) {
    for (let index = Math.max(0, start); index < Math.min(points.length, end); index += 1) marks[index] = true;
  }
  /** @type {{ text: string, marked: boolean }[]} */
  const pieces = [];
  points.forEach((point, index) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.marked === marks[index]) last.text += point;
    else pieces.push({ text: point, marked: marks[index] });
  });
  return pieces;
}
