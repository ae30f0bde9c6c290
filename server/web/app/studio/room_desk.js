/**
 * A host's desk in one room: what the room's own socket tells at once (cards, stock, chat, whether it is on air), and
 * beside it what only its host may ask for (health, line-up, sales, earlier shows), asked again when there is a reason.
 */
import { computed, effect, signal, untracked } from "@preact/signals";

import { RoomVisit } from "../live/room_visit.js";
import { inOrderOf } from "./ordering.js";
import { mergedRows, newsIn } from "./sales.js";
import * as calls from "./studio_calls.js";

/** @typedef {import("./studio_calls.js").LineUpItem} LineUpItem */
/** @typedef {import("./sales.js").Sale} Sale */

const HEALTH_EVERY_MS = 3_000;
const SLOW_EVERY_MS = 15_000;
/** Stock moves in bursts; one look after a burst is enough. */
const HINT_REST_MS = 500;
const NEWS_SHOWN_MS = 20_000;

export class RoomDesk {
  /** @type {import("@preact/signals").Signal<calls.MyRoom | null>} */
  room = signal(null);
  /** @type {import("@preact/signals").Signal<import("./health_words.js").Health | null>} */
  health = signal(null);
  /** Whether the newest question about health got no answer. */
  healthLost = signal(false);
  /** @type {import("@preact/signals").Signal<LineUpItem[] | null>} */
  lineUp = signal(null);
  /** @type {import("@preact/signals").Signal<Sale[] | null>} */
  sales = signal(null);
  /** @type {import("@preact/signals").Signal<import("./sales.js").SalesTotals | null>} */
  totals = signal(null);
  salesBefore = signal(/** @type {string | null} */ (null));
  /** Orders or applications that came or were paid just now. @type {import("@preact/signals").Signal<ReadonlySet<string>>} */
  news = signal(new Set());
  /** @type {import("@preact/signals").Signal<any[] | null>} */
  applications = signal(null);
  /** @type {import("@preact/signals").Signal<any[] | null>} */
  posts = signal(null);
  /** @type {import("@preact/signals").Signal<calls.Show[] | null>} */
  shows = signal(null);
  /** What of all this could not be fetched, by name. @type {import("@preact/signals").Signal<ReadonlyMap<string, unknown>>} */
  faults = signal(new Map());

  /** Whether there is a show that can be ended: also one whose picture has broken off. */
  showIsOpen = computed(() => this.onAir.value || (this.shows.value ?? []).some((show) => show.ended_at === null));
  onAir = computed(() => this.visit.state.air.value?.on_air ?? this.health.value?.on_air ?? this.room.value?.on_air ?? false);
  isJobs = computed(() => this.room.value?.kind === "jobs");
  /** The line-up as it stands now: what is on screen, its price and its stock are as viewers see them. */
  items = computed(() => this.#asShown(this.lineUp.value));

  #timers = /** @type {number[]} */ ([]);
  #hintTimer = 0;
  /** @type {() => void} */
  #stopFollowing = () => {};

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    this.visit = new RoomVisit(slug);
  }

  /** @param {calls.MyRoom} room */
  open(room) {
    this.room.value = room;
    this.visit.open();
    const stopHints = effect(() => {
      const cards = this.visit.state.cards.value.map((card) => `${card.card_id}${card.explaining}`).join();
      const stock = [...this.visit.state.items.value].filter(([key]) => key.startsWith("stock:")).map(([key, { version }]) => `${key}${version}`).join();
      if (this.visit.state.joined.value) this.#hint(cards + stock);
    });
    const stopAir = effect(() => {
      // Going on or off air begins or may end a show; its figures are asked for then, and at first.
      void this.onAir.value;
      untracked(() => {
        this.loadHealth();
        this.loadShows();
      });
    });
    this.#stopFollowing = () => {
      stopHints();
      stopAir();
    };
    this.loadLineUp();
    this.loadSales();
    this.#timers = [
      Number(setInterval(() => document.hidden || this.loadHealth(), HEALTH_EVERY_MS)),
      Number(setInterval(() => document.hidden || this.loadSales(), SLOW_EVERY_MS)),
    ];
  }

  close() {
    this.#stopFollowing();
    for (const timer of this.#timers) clearInterval(timer);
    for (const timer of this.#newsTimers.values()) clearTimeout(timer);
    clearTimeout(this.#hintTimer);
    this.visit.close();
  }

  loadAll() {
    this.loadHealth();
    this.loadLineUp();
    this.loadSales();
    this.loadShows();
  }

  loadHealth = () =>
    calls.fetchHealth(this.slug).then(
      (health) => {
        this.health.value = health;
        this.healthLost.value = false;
      },
      () => {
        this.healthLost.value = true;
      },
    );

  loadLineUp = () =>
    this.#load("line_up", calls.fetchLineUp(this.slug), (items) => {
      this.lineUp.value = this.#wantedOrder === null ? items : inOrderOf(items, this.#wantedOrder);
    });

  loadShows = () => this.#load("shows", calls.fetchShows(this.slug), (shows) => (this.shows.value = shows));

  loadSales = () => (this.isJobs.value ? this.#loadApplications() : this.#loadOrders());

  async loadOlderSales() {
    const page = await calls.fetchSales(this.slug, this.salesBefore.value ?? undefined);
    this.sales.value = mergedRows(this.sales.value ?? [], page.orders, (sale) => sale.order_id);
    this.salesBefore.value = page.next_before;
  }

  /** The order that is on its way to the server. @type {string[] | null} */
  #wantedOrder = null;

  /** Show an order that is not kept yet. @param {string[]} itemIds */
  showOrder(itemIds) {
    this.#wantedOrder = itemIds;
    this.lineUp.value = inOrderOf(this.lineUp.value ?? [], itemIds);
  }

  /** Show an order at once and keep it; where the server won't, what it has is shown again. @param {string[]} itemIds */
  async putInOrder(itemIds) {
    this.showOrder(itemIds);
    try {
      await calls.orderLineUp(this.slug, itemIds);
    } finally {
      if (this.#wantedOrder === itemIds) this.#wantedOrder = null;
      await this.loadLineUp();
    }
  }

  /** A product as its seller has just changed it. @param {calls.Product} product */
  noteProduct(product) {
    this.lineUp.value = (this.lineUp.value ?? []).map((item) =>
      item.product?.product_id === product.product_id ? { ...item, product } : item,
    );
  }

  #loadOrders = () =>
    this.#load("sales", calls.fetchSales(this.slug), (page) => {
      const news = newsIn(this.sales.value, page.orders);
      if (this.sales.value === null) this.salesBefore.value = page.next_before;
      this.sales.value = mergedRows(this.sales.value ?? [], page.orders, (sale) => sale.order_id);
      this.totals.value = page.totals;
      this.#tell(news.map((sale) => sale.order_id));
    });

  #loadApplications() {
    const orgId = this.room.value?.org_id ?? "";
    this.#load("posts", calls.fetchPosts(orgId), (posts) => (this.posts.value = posts));
    return this.#load("sales", calls.fetchApplications(orgId), (page) => {
      const held = this.applications.value;
      const known = new Set(held?.map((one) => one.application_id));
      this.applications.value = mergedRows(held ?? [], page.applications, (one) => one.application_id);
      if (held !== null) this.#tell(page.applications.filter((one) => !known.has(one.application_id)).map((one) => one.application_id));
    });
  }

  /** @type {Map<string, number>} of each piece of news the timer that ends it: what is told again is news for longer */
  #newsTimers = new Map();

  /** @param {string[]} ids */
  #tell(ids) {
    for (const id of ids) {
      clearTimeout(this.#newsTimers.get(id));
      const forget = () => (this.news.value = new Set([...this.news.value].filter((one) => one !== id)));
      this.#newsTimers.set(id, Number(setTimeout(forget, NEWS_SHOWN_MS)));
    }
    if (ids.length > 0) this.news.value = new Set([...this.news.value, ...ids]);
  }

  #hinted = "";

  /** Something that viewers see has changed: so may have what only the host sees. @param {string} sight */
  #hint(sight) {
    if (this.#hinted === sight) return;
    this.#hinted = sight;
    clearTimeout(this.#hintTimer);
    this.#hintTimer = Number(
      setTimeout(() => {
        this.loadLineUp();
        this.loadSales();
      }, HINT_REST_MS),
    );
  }

  /** @type {Map<string, number>} how often each was asked for: an old answer must not follow a newer one */
  #asked = new Map();

  /** @template T @param {string} name @param {Promise<T>} fetched @param {(value: T) => unknown} keep */
  async #load(name, fetched, keep) {
    const turn = (this.#asked.get(name) ?? 0) + 1;
    this.#asked.set(name, turn);
    const isNewest = () => this.#asked.get(name) === turn;
    try {
      const value = await fetched;
      if (isNewest()) keep(value);
      if (this.faults.peek().has(name)) this.faults.value = new Map([...this.faults.peek()].filter(([one]) => one !== name));
    } catch (error) {
      if (isNewest()) this.faults.value = new Map([...this.faults.peek(), [name, error]]);
    }
  }

  /** @param {LineUpItem[] | null} items @returns {LineUpItem[] | null} */
  #asShown(items) {
    const { state } = this.visit;
    if (items === null || !state.joined.value) return items;
    const cards = new Map(state.cards.value.map((card) => [card.product_id ?? card.job_id, card]));
    return items.map((item) => {
      const card = cards.get(calls.offerIdOf(item));
      const shown = { ...item, card_id: card?.card_id ?? null, explaining: card?.explaining ?? false, pinned: card?.pinned ?? false };
      if (item.product === null) return shown;
      const prices = new Map((card?.skus ?? []).map((/** @type {any} */ sku) => [sku.sku_id, sku.price_minor]));
      const skus = item.product.skus.map((sku) => ({ ...sku, ...state.stockOf(sku.sku_id), price_minor: prices.get(sku.sku_id) ?? sku.price_minor }));
      return { ...shown, product: { ...item.product, skus } };
    });
  }
}
