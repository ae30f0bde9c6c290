/** The address book, and where an order goes. */
import { call } from "./api.js";

/**
 * @typedef {{ name: string, phone: string, region: string, detail: string }} Address
 * @typedef {Address & { address_id: string, is_default: boolean }} BookEntry
 */

/** @returns {Promise<BookEntry[]>} the default first */
export const fetchAddresses = async () => (await call("GET", "/api/me/addresses")).addresses;

/** @param {Address & { is_default: boolean }} address @param {string} key @returns {Promise<BookEntry>} */
export async function addAddress(address, key) {
  const added = await call("POST", "/api/me/addresses", { body: address, key });
  return { ...address, ...added };
}

/** @param {string} addressId @param {Address & { is_default: boolean }} address @returns {Promise<BookEntry>} */
export const changeAddress = (addressId, address) => call("PUT", `/api/me/addresses/${addressId}`, { body: address });

/** @param {string} addressId */
export const dropAddress = (addressId) => call("DELETE", `/api/me/addresses/${addressId}`);

/** @param {string} orderId @param {string} addressId */
export const sendOrderTo = (orderId, addressId) => call("POST", `/api/orders/${orderId}/address`, { body: { address_id: addressId } });

/** The book after an entry was added or written anew: one default, which stands first. @param {BookEntry[]} book @param {BookEntry} entry @returns {BookEntry[]} */
export function withEntry(book, entry) {
  const others = book.filter(({ address_id: id }) => id !== entry.address_id);
  const known = others.length < book.length;
  const rest = entry.is_default ? others.map((other) => ({ ...other, is_default: false })) : others;
  if (entry.is_default) return [entry, ...rest];
  return known ? book.map((one) => (one.address_id === entry.address_id ? entry : one)) : [...rest, entry];
}

/** @param {Address | null | undefined} one @param {Address | null | undefined} other */
export const isSameAddress = (one, other) =>
  one?.name === other?.name && one?.phone === other?.phone && one?.region === other?.region && one?.detail === other?.detail;
