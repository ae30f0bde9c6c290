/** A product as it is being filled in: all of it text, until nothing is wrong with it. */
import { CURRENCY, priceMinorOf, stockOf } from "./amounts.js";
import { decimalOf } from "../words/money.js";

/** @typedef {import("./studio_calls.js").Product} Product */
/** @typedef {import("../words/text.js").MessageKey} MessageKey */
/** @typedef {{ key: number, name: string, price: string, stock: string }} SkuDraft key: for the list alone */
/** @typedef {{ title: string, description: string, origin: string, promise: string, image_url: string | null, skus: SkuDraft[] }} ProductDraft */

let lastKey = 0;

/** @returns {SkuDraft} */
export const emptySku = () => ({ key: ++lastKey, name: "", price: "", stock: "" });

/** @param {Product | null} product @returns {ProductDraft} */
export function draftOf(product) {
  if (product === null) return { title: "", description: "", origin: "", promise: "", image_url: null, skus: [emptySku()] };
  const { title, description, origin, promise, image_url } = product;
  const skus = product.skus.map((sku) => ({ ...emptySku(), name: sku.name, price: decimalOf(sku.price_minor, sku.currency), stock: String(sku.available) }));
  return { title, description, origin, promise, image_url, skus };
}

/**
 * @param {ProductDraft} draft @param {boolean} withSkus whether its variants are being filled in too
 * @returns {Record<string, MessageKey>} what to change, by field; a variant's fields end in its place
 */
export function draftFaults(draft, withSkus) {
  /** @type {Record<string, MessageKey>} */
  const faults = {};
  if (draft.title.trim() === "") faults.title = "studio.fault_title";
  if (!withSkus) return faults;
  draft.skus.forEach((sku, at) => {
    if (draft.skus.length > 1 && sku.name.trim() === "") faults[`name_${at}`] = "studio.fault_sku_name";
    if (priceMinorOf(sku.price) === null) faults[`price_${at}`] = "studio.fault_price";
    if (stockOf(sku.stock) === null) faults[`stock_${at}`] = "studio.fault_stock";
  });
  return faults;
}

/** @param {ProductDraft} draft */
export function wordsOf({ title, description, origin, promise, image_url }) {
  return { title: title.trim(), description: description.trim(), origin: origin.trim(), promise: promise.trim(), image_url };
}

/** @param {ProductDraft} draft with nothing wrong @param {string} onlyName what a single variant is called */
export function skusOf({ skus }, onlyName) {
  return skus.map((sku) => ({
    name: sku.name.trim() || onlyName,
    price_minor: priceMinorOf(sku.price) ?? 0,
    currency: CURRENCY,
    on_hand: stockOf(sku.stock) ?? 0,
  }));
}
