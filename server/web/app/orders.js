/** Placing, paying and cancelling: each under a key that is kept until there is an answer, so that trying again is safe. */
import { call } from "./api.js";
import { Refused, Unanswered } from "./live/refusals.js";

/**
 * @typedef {{ order_id: string, state: string, payment_state: string | null, room_slug: string, product_title: string,
 *   sku_name: string, sku_id: string, quantity: number, unit_price_minor: number, total_minor: number, currency: string,
 *   created_at: string, expires_at: string, version: number, image_url?: string | null, address?: import("./addresses.js").Address | null }} Order
 *   address: where it goes; the socket and the answers to placing, paying and cancelling leave it out
 * @typedef {{ sku_id: string, quantity: number, card_id: string | null, price_minor: number }} Choice
 */

/** States in which nothing more happens by itself. */
const SETTLED = new Set(["paid", "expired", "cancelled", "refunded"]);
const DECLINED = new Set(["declined", "failed"]);

/** @param {Order} order */
export const isSettled = (order) => SETTLED.has(order.state);
/** @param {Order} order */
export const isDeclined = (order) => order.state === "awaiting_payment" && DECLINED.has(order.payment_state ?? "");

/**
 * Over the room's socket, which is quickest; when that gives no answer, over HTTP with the same key.
 * @param {import("./live/connection.js").LiveConnection} live @param {string} slug @param {string} key @param {Choice} choice
 * @returns {Promise<Order>} rejects with Refused, Problem (nothing was ordered) or Unreachable (not known)
 */
export async function placeOrder(live, slug, key, choice) {
  try {
    return orderIn(await live.request("buy", { key, ...choice }));
  } catch (error) {
    const tryHttp = error instanceof Unanswered || (error instanceof Refused && error.code === "not_signed_in");
    if (!tryHttp) throw error;
  }
  return orderIn(await call("POST", "/api/orders", { key, body: { ...choice, room_slug: slug } }));
}

/** @param {string} orderId @param {string} key @returns {Promise<Order>} */
export const payOrder = async (orderId, key) =>
  orderIn(await call("POST", `/api/orders/${orderId}/payment`, { key, body: {} }));

/** @param {string} orderId @param {string} key @returns {Promise<Order>} */
export const cancelOrder = async (orderId, key) =>
  orderIn(await call("POST", `/api/orders/${orderId}/cancellation`, { key, body: {} }));

/** @param {string} orderId @returns {Promise<Order>} */
export const fetchOrder = async (orderId) => orderIn(await call("GET", `/api/orders/${orderId}`));

/** @returns {Promise<Order[]>} */
export const fetchOrders = async () => (await call("GET", "/api/orders")).orders;

/** @param {any} answer @returns {Order} */
const orderIn = (answer) => answer.order ?? answer;

/** @param {Order | null} held @param {Order} came @returns {Order} the one that knows more */
export function newerOrder(held, came) {
  if (held === null || held.order_id !== came.order_id) return came;
  return held.version > came.version ? held : { ...came, address: came.address ?? held.address };
}
