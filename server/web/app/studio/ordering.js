/** Putting a list in order, by a pointer or by keys; ids in, ids out. */

/**
 * @param {readonly string[]} ids @param {string} id @param {number} index where it shall stand; taken to the nearest end
 * @returns {string[]} the same ids
 */
export function moved(ids, id, index) {
  const from = ids.indexOf(id);
  if (from === -1) return [...ids];
  const rest = ids.filter((one) => one !== id);
  rest.splice(Math.min(Math.max(index, 0), rest.length), 0, id);
  return rest;
}

/**
 * @param {string} key of a keyboard event @param {number} index where the item stands @param {number} count
 * @returns {number | null} where the key takes it; null where the key means nothing, or there is no further
 */
export function indexByKey(key, index, count) {
  const wanted = new Map([["ArrowUp", index - 1], ["ArrowDown", index + 1], ["Home", 0], ["End", count - 1]]).get(key);
  if (wanted === undefined || wanted < 0 || wanted >= count || wanted === index) return null;
  return wanted;
}

/**
 * Where a dragged item stands: past every row whose middle its leading edge has passed.
 *
 * @param {readonly { top: number, height: number }[]} rows as they lay when the drag began, in order
 * @param {number} index the dragged one's @param {number} shiftPx how far it has been dragged
 */
export function indexByShift(rows, index, shiftPx) {
  const { top, height } = rows[index];
  const middleOf = (/** @type {number} */ at) => rows[at].top + rows[at].height / 2;
  let target = index;
  while (target > 0 && top + shiftPx < middleOf(target - 1)) target -= 1;
  if (target < index) return target;
  while (target < rows.length - 1 && top + height + shiftPx > middleOf(target + 1)) target += 1;
  return target;
}

/**
 * @template {{ item_id: string }} Item
 * @param {readonly Item[]} items @param {readonly string[]} ids an order that may not know the newest items
 * @returns {Item[]} in that order, those it doesn't know last
 */
export function inOrderOf(items, ids) {
  const places = new Map(ids.map((id, index) => [id, index]));
  const placeOf = (/** @type {Item} */ item) => places.get(item.item_id) ?? ids.length;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}
