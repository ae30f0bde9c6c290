/** The address of a room as it is passed on, perhaps with a card in it. */

/** @param {string} origin @param {string} slug @param {string} cardId "" for the room alone */
export function shareLink(origin, slug, cardId) {
  const room = `${origin}/rooms/${encodeURIComponent(slug)}`;
  return cardId === "" ? room : `${room}?card=${encodeURIComponent(cardId)}`;
}
