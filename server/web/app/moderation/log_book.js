/** The log of what moderators did, newest first, as far as it has been read. */
import { signal } from "@preact/signals";

import { deskApi } from "./desk_api.js";

/** @typedef {import("./desk_api.js").Action} Action */

export class LogBook {
  /** @type {import("@preact/signals").Signal<Action[] | null>} null until the first answer */
  actions = signal(null);
  nextBefore = signal(/** @type {string | null} */ (null));
  failing = signal(false);

  /** @param {import("./desk_api.js").DeskApi} [api] */
  constructor(api = deskApi) {
    this.api = api;
  }

  /** The newest page: put on what is known, with what has been undone since. */
  async renew() {
    try {
      const page = await this.api.log();
      const reaches = page.actions.some(({ action_id: id }) => this.actions.value?.some((known) => known.action_id === id));
      if (this.actions.value === null || !reaches) this.nextBefore.value = page.next_before;
      this.actions.value = reaches ? onTop(page.actions, this.actions.value ?? []) : page.actions;
      this.failing.value = false;
    } catch {
      this.failing.value = true;
    }
  }

  async older() {
    if (this.nextBefore.value === null) return;
    try {
      const page = await this.api.log(this.nextBefore.value);
      this.actions.value = onTop(this.actions.value ?? [], page.actions);
      this.nextBefore.value = page.next_before;
      this.failing.value = false;
    } catch {
      this.failing.value = true;
    }
  }
}

/** @param {Action[]} newer @param {Action[]} older @returns {Action[]} each action once, as the first list has it */
export function onTop(newer, older) {
  const known = new Set(newer.map(({ action_id: id }) => id));
  return [...newer, ...older.filter(({ action_id: id }) => !known.has(id))];
}
