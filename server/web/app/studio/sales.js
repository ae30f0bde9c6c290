/** A room's orders as they come: pages put together, the newest state of each kept, and which of them are news. */

/**
 * @typedef {{ name: string, phone: string, region: string, detail: string }} Address
 * @typedef {{ order_id: string, state: string, payment_state: string, buyer_name: string, product_title: string,
 *   sku_name: string, quantity: number, total_minor: number, currency: string, created_at: string,
 *   address: Address | null }} Sale
 * @typedef {{ orders: number, paid: number, units: number, revenue_minor: number, currency: string }} SalesTotals
 */

/**
 * The newest page over what was known: those it has are as it says, older ones stay.
 *
 * @template {{ created_at: string }} Row
 * @param {readonly Row[]} held @param {readonly Row[]} page @param {(row: Row) => string} idOf
 * @returns {Row[]} newest first
 */
export function mergedRows(held, page, idOf) {
  const fresh = new Set(page.map(idOf));
  return [...page, ...held.filter((row) => !fresh.has(idOf(row)))].sort(
    (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
  );
}

/**
 * @param {readonly Sale[] | null} held null before the first page, in which nothing is news
 * @param {readonly Sale[]} page
 * @returns {Sale[]} orders that are new, or paid since
 */
export function newsIn(held, page) {
  if (held === null) return [];
  const states = new Map(held.map((sale) => [sale.order_id, sale.state]));
  return page.filter((sale) => !states.has(sale.order_id) || (sale.state === "paid" && states.get(sale.order_id) !== "paid"));
}

/** One line to paste into a courier's form. @param {Address} address */
export const addressLine = ({ name, phone, region, detail }) => [name, phone, region, detail].filter(Boolean).join(" ");
