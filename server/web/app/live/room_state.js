/**
 * What a viewer knows of a room: state items by key and version, the newest comments, counters.
 *
 * `applyMessage` is the whole rule (a snapshot replaces everything, an older version never follows a newer one, a
 * retraction reaches also lines not yet received); signals carry the result to the components.
 */
import { computed, signal } from "@preact/signals";

/** @typedef {import("./wire.js").Comment} Comment */
/** @typedef {Comment & { mine?: boolean }} ShownComment */
/** @typedef {{ sku_id: string, available: number, sold: number }} Stock */

export const COMMENTS_KEPT = 200;
const RETRACTED_KEPT = 500;

export class RoomState {
  /** @type {import("@preact/signals").Signal<import("./wire.js").RoomFacts | null>} */
  room = signal(null);
  /** @type {import("@preact/signals").Signal<Map<string, { version: number, value: any }>>} */
  items = signal(new Map());
  /** @type {import("@preact/signals").Signal<ShownComment[]>} */
  comments = signal([]);
  viewers = signal(0);
  likes = signal(0);
  limits = signal(/** @type {Record<string, number>} */ ({}));
  joined = signal(false);

  /** @type {Set<string>} */
  #retracted = new Set();
  /** @type {Set<string>} */
  #mine = new Set();

  air = computed(() => /** @type {{ on_air: boolean, since_us: number } | null} */ (this.items.value.get("air")?.value ?? null));

  cards = computed(() => {
    const cards = [];
    for (const [key, { value }] of this.items.value) if (key.startsWith("card:") && value !== null) cards.push(value);
    const first = (/** @type {any} */ card) => (card.pinned ? 0 : card.explaining ? 1 : 2);
    return cards.sort((a, b) => first(a) - first(b) || a.position - b.position);
  });

  /** @param {string} skuId @returns {Stock | null} */
  stockOf(skuId) {
    return this.items.value.get(`stock:${skuId}`)?.value ?? null;
  }

  /**
   * @param {import("./wire.js").ServerMessage} message
   * @returns {ShownComment[]} comments new to this viewer, for the layer over the picture
   */
  applyMessage(message) {
    switch (message.kind) {
      case "hello":
        this.room.value = message.room;
        this.limits.value = message.limits ?? {};
        return [];
      case "snapshot":
        return this.#replace(message);
      case "state":
        this.items.value = merged(this.items.value, message.items);
        return [];
      case "comments":
        return this.#addComments(message.comments);
      case "retraction":
        this.#retract(message.comment_ids);
        return [];
      case "counters":
        this.viewers.value = message.viewers;
        this.likes.value = Math.max(this.likes.value, message.likes);
        return [];
      default:
        return [];
    }
  }

  /** A line of one's own, from the answer to saying it. @param {Comment} comment @returns {ShownComment | null} null if it was here */
  addOwn(comment) {
    this.#mine.add(comment.comment_id);
    if (this.comments.value.some((known) => known.comment_id === comment.comment_id)) {
      this.comments.value = this.comments.value.map((known) =>
        known.comment_id === comment.comment_id ? { ...known, mine: true } : known,
      );
      return null;
    }
    return this.#addComments([comment])[0] ?? null;
  }

  /** @param {string} commentId */
  isRetracted(commentId) {
    return this.#retracted.has(commentId);
  }

  /** @param {import("./wire.js").Snapshot} snapshot */
  #replace(snapshot) {
    const seen = new Set(this.comments.value.map((comment) => comment.comment_id));
    const first = !this.joined.value;
    this.items.value = merged(new Map(), snapshot.state);
    this.viewers.value = snapshot.viewers;
    this.likes.value = snapshot.likes;
    this.comments.value = this.#admissible(snapshot.comments);
    this.joined.value = true;
    return first ? [] : this.comments.value.filter((comment) => !seen.has(comment.comment_id));
  }

  /** @param {Comment[]} comments */
  #addComments(comments) {
    const seen = new Set(this.comments.value.map((comment) => comment.comment_id));
    const added = this.#admissible(comments).filter((comment) => !seen.has(comment.comment_id));
    if (added.length > 0) this.comments.value = [...this.comments.value, ...added].slice(-COMMENTS_KEPT);
    return added;
  }

  /** @param {Comment[]} comments @returns {ShownComment[]} */
  #admissible(comments) {
    return comments
      .filter((comment) => !this.#retracted.has(comment.comment_id))
      .map((comment) => ({ ...comment, mine: this.#mine.has(comment.comment_id) }));
  }

  /** @param {string[]} commentIds */
  #retract(commentIds) {
    for (const commentId of commentIds) this.#retracted.add(commentId);
    for (const commentId of this.#retracted) {
      if (this.#retracted.size <= RETRACTED_KEPT) break;
      this.#retracted.delete(commentId);
    }
    this.comments.value = this.comments.value.filter((comment) => !this.#retracted.has(comment.comment_id));
  }
}

/**
 * @param {Map<string, { version: number, value: any }>} held
 * @param {import("./wire.js").StateItem[]} items
 */
function merged(held, items) {
  const next = new Map(held);
  for (const { key, version, value } of items) {
    const known = next.get(key);
    if (known === undefined || version >= known.version) next.set(key, { version, value });
  }
  return next;
}
