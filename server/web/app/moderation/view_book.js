/** The views of the queue that a moderator keeps by name, on every device of theirs. */
import { signal } from "@preact/signals";

import { deskApi } from "./desk_api.js";
import { DONE, WHOLE_QUEUE } from "./queue.js";

/** @typedef {import("./desk_api.js").SavedView} SavedView */
/** @typedef {import("./desk_api.js").QueueFilter} QueueFilter */
/** @typedef {import("./queue.js").Outcome} Outcome */

/** The server keeps no more, and no longer names. */
export const VIEWS_MAX = 20;
export const NAME_CHARS_MAX = 40;

export class ViewBook {
  /** @type {import("@preact/signals").Signal<readonly SavedView[] | null>} null until the first answer */
  views = signal(null);
  busy = signal(false);

  /** @param {Pick<import("./desk_api.js").DeskApi, "views" | "keepViews">} [api] */
  constructor(api = deskApi) {
    this.api = api;
  }

  /** They stay unknown where no answer comes; the queue is there without them. */
  async load() {
    try {
      this.views.value = (await this.api.views()).views;
    } catch {
      // The next visit to the desk asks again.
    }
  }

  /** Keep the filter by a name, in the place of what has that name. @param {string} name @param {QueueFilter} filter @returns {Promise<Outcome>} */
  async keep(name, filter) {
    const view = viewOf(name.trim(), filter);
    const views = this.views.value ?? [];
    const known = views.some((one) => one.name === view.name);
    return this.#write(known ? views.map((one) => (one.name === view.name ? view : one)) : [...views, view]);
  }

  /** @param {string} name @returns {Promise<Outcome>} */
  async remove(name) {
    return this.#write((this.views.value ?? []).filter((one) => one.name !== name));
  }

  /** @param {readonly SavedView[]} views @returns {Promise<Outcome>} */
  async #write(views) {
    if (this.busy.value) return DONE;
    this.busy.value = true;
    try {
      this.views.value = (await this.api.keepViews(views)).views;
      return DONE;
    } catch (error) {
      return { ok: false, error };
    } finally {
      this.busy.value = false;
    }
  }
}

/** @param {string} name @param {QueueFilter} filter @returns {SavedView} */
export function viewOf(name, { state, order, kind, slug, action, rule, older_than_s: olderThanS }) {
  return { name, state, order, kind: kind || null, slug: slug || null, action: action || null, rule: rule || null, older_than_s: olderThanS === "" ? null : Number(olderThanS) };
}

/** @param {SavedView} view @returns {QueueFilter} */
export function filterOf({ state, order, kind, slug, action, rule, older_than_s: olderThanS }) {
  return { state, order, kind: kind ?? "", slug: slug ?? "", action: action ?? "", rule: rule ?? "", older_than_s: olderThanS === null ? "" : String(olderThanS) };
}

/** @param {QueueFilter} one @param {QueueFilter} other */
export const isSameFilter = (one, other) => /** @type {(keyof QueueFilter)[]} */ (Object.keys(WHOLE_QUEUE)).every((name) => one[name] === other[name]);

/** Of those that narrow the queue, how many are set. @param {QueueFilter} filter */
export const narrowings = ({ kind, slug, action, rule, older_than_s: olderThanS }) => [kind, slug, action, rule, olderThanS].filter((value) => value !== "").length;
