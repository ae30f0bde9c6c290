/** What a host asks of the server, by name: one line for each request, so that pages speak of rooms and not of paths. */
import { call } from "../api.js";
import { randomKey } from "../random_key.js";

/**
 * @typedef {import("./health_words.js").Health} Health
 * @typedef {{ room_id: string, org_id: string, slug: string, kind: string, title: string, host_name: string,
 *   org_name: string, on_air: boolean, viewers: number, likes?: number, scheduled_at: string | null, state?: string,
 *   cards: any[] }} MyRoom
 * @typedef {{ org_id: string, name: string, kind: string, role: string }} Membership
 * @typedef {{ sku_id: string, name: string, price_minor: number, currency: string, available: number, sold: number,
 *   reserved: number }} Sku
 * @typedef {{ product_id: string, title: string, description: string, origin: string, promise: string,
 *   image_url: string | null, skus: Sku[] }} Product
 * @typedef {{ item_id: string, kind: "product" | "job", position: number, product: Product | null, job: any,
 *   card_id: string | null, explaining: boolean, pinned: boolean }} LineUpItem
 * @typedef {{ show_id: string, started_at: string, ended_at: string | null, duration_s: number, viewers_peak: number,
 *   comments: number, likes: number, orders: number, paid: number, units: number, revenue_minor: number,
 *   currency: string, products: { title: string, units: number, revenue_minor: number }[], applications: number,
 *   lines_held: number, lines_removed: number }} Show
 * @typedef {{ name: string, price_minor: number, currency: string, on_hand: number }} NewSku
 * @typedef {{ title: string, description: string, origin: string, promise: string, image_url: string | null }} ProductWords
 */

const room = (/** @type {string} */ slug) => `/api/rooms/${encodeURIComponent(slug)}`;

/** @returns {Promise<MyRoom[]>} */
export const fetchMyRooms = async () => (await call("GET", "/api/me/rooms")).rooms;

/** @param {string} kind merchant or employer @param {string} name @param {string} key @returns {Promise<string>} its id */
export const createOrg = async (kind, name, key) => (await call("POST", "/api/orgs", { key, body: { kind, name } })).org_id;

/** @param {{ org_id: string, title: string, scheduled_at: string | null }} body @param {string} key @returns {Promise<MyRoom>} */
export const createRoom = (body, key) => call("POST", "/api/rooms", { key, body });

/** @param {string} slug @param {{ title?: string, scheduled_at?: string | null }} body @returns {Promise<MyRoom>} */
export const changeRoom = (slug, body) => call("PATCH", room(slug), { body });

/** The only sight of it. @param {string} slug @returns {Promise<{ stream_key: string, publish_url: string }>} */
export const replaceStreamKey = (slug) => call("POST", `${room(slug)}/stream-key`, { body: {} });

/** @param {string} slug @returns {Promise<Health>} */
export const fetchHealth = (slug) => call("GET", `${room(slug)}/health`);

/** @param {string} slug @returns {Promise<import("./pre_show.js").Report>} */
export const fetchPreStreamReport = (slug) => call("GET", `${room(slug)}/pre-stream-report`);

/** @param {string} slug @returns {Promise<LineUpItem[]>} */
export const fetchLineUp = async (slug) => (await call("GET", `${room(slug)}/line-up`)).items;

/** @param {string} slug @param {{ product_id: string } | { job_id: string }} what */
export const addToLineUp = (slug, what) => call("POST", `${room(slug)}/line-up`, { key: randomKey(), body: what });

/** @param {string} slug @param {string} itemId */
export const removeFromLineUp = (slug, itemId) => call("DELETE", `${room(slug)}/line-up/${itemId}`);

/** @param {string} slug @param {string[]} itemIds */
export const orderLineUp = (slug, itemIds) => call("PUT", `${room(slug)}/line-up/order`, { body: { item_ids: itemIds } });

/** @param {string} slug @param {LineUpItem} item @param {{ explaining: boolean }} how */
export const pushCard = (slug, item, { explaining }) =>
  call("POST", `${room(slug)}/cards`, { key: randomKey(), body: { ...offerOf(item), explaining } });

/** @param {string} slug @param {string} cardId @param {{ explaining?: boolean, pinned?: boolean }} body */
export const changeCard = (slug, cardId, body) => call("PATCH", `${room(slug)}/cards/${cardId}`, { body });

/** @param {string} slug @param {string} cardId */
export const withdrawCard = (slug, cardId) => call("DELETE", `${room(slug)}/cards/${cardId}`);

/** @param {string} slug @returns {Promise<{ products: Product[], jobs: any[] }>} */
export const fetchCatalogue = (slug) => call("GET", `${room(slug)}/catalogue`);

/** @param {ProductWords & { org_id: string, skus: NewSku[] }} body @param {string} key @returns {Promise<Product>} */
export const createProduct = (body, key) => call("POST", "/api/products", { key, body });

/** @param {string} productId @param {Partial<ProductWords>} body @returns {Promise<Product>} */
export const changeProduct = (productId, body) => call("PATCH", `/api/products/${productId}`, { body });

/** @param {string} skuId @param {{ price_minor?: number, on_hand_delta?: number }} body @returns {Promise<Product>} */
export const changeSku = (skuId, body) => call("PATCH", `/api/skus/${skuId}`, { body });

/** @param {string} slug @param {string} [before] @returns {Promise<{ orders: import("./sales.js").Sale[], totals: import("./sales.js").SalesTotals, next_before: string | null }>} */
export const fetchSales = (slug, before) => call("GET", `${room(slug)}/orders${before ? `?before=${encodeURIComponent(before)}` : ""}`);

/** @param {string} orgId @returns {Promise<{ applications: any[], next_before: string | null }>} */
export const fetchApplications = (orgId) => call("GET", `/api/orgs/${orgId}/applications`);

/** @param {string} orgId @returns {Promise<any[]>} */
export const fetchPosts = async (orgId) => (await call("GET", `/api/orgs/${orgId}/posts`)).posts;

/** @param {string} slug @returns {Promise<Show>} */
export const endShow = (slug) => call("POST", `${room(slug)}/show/end`, { body: {} });

/** @param {string} slug @returns {Promise<Show[]>} */
export const fetchShows = async (slug) => (await call("GET", `${room(slug)}/shows`)).shows;

/** @param {LineUpItem} item */
export const offerIdOf = (item) => item.product?.product_id ?? item.job?.job_id ?? "";

/** @param {LineUpItem} item */
const offerOf = (item) => (item.product ? { product_id: item.product.product_id } : { job_id: item.job.job_id });
