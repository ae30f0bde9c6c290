/**
 * What wants another pair of eyes: severe sanctions that hold provisionally until a second moderator agrees, and decisions
 * that were drawn to be looked at again by somebody who does not know what was decided.
 */
import { computed, signal } from "@preact/signals";

import { Problem } from "../api.js";
import { randomKey } from "../random_key.js";
import { deskApi } from "./desk_api.js";

/** @typedef {import("./desk_api.js").Action} Action */
/** @typedef {import("./desk_api.js").BlindCase} BlindCase */
/** @typedef {import("./queue.js").Outcome} Outcome */
/** @typedef {"seconds" | "looks"} Which */
/** @typedef {BlindCase & { answer: import("./desk_api.js").LookAnswer | null }} Look answer: what came out, once one has said what one would decide */

export class SecondBook {
  which = signal(/** @type {Which} */ ("seconds"));
  /** Sanctions that wait, and those that one has answered here. @type {import("@preact/signals").Signal<Action[] | null>} null until the first answer */
  actions = signal(null);
  /** Ids of those that somebody else has to second. @type {import("@preact/signals").Signal<ReadonlySet<string>>} */
  own = signal(new Set());
  /** @type {import("@preact/signals").Signal<Look[] | null>} null until the first answer */
  looks = signal(null);
  failing = signal(false);
  busy = signal(false);
  selectedId = signal(/** @type {string | null} */ (null));

  /** How many wait for this moderator. */
  waitingCount = computed(() => (this.actions.value ?? []).filter((one) => this.maySecond(one)).length);
  looksCount = computed(() => (this.looks.value ?? []).filter((one) => one.answer === null).length);
  selectedAction = computed(() => (this.actions.value ?? []).find((one) => one.action_id === this.selectedId.value) ?? null);
  selectedLook = computed(() => (this.looks.value ?? []).find((one) => one.action_id === this.selectedId.value) ?? null);

  /** @param {Pick<import("./desk_api.js").DeskApi, "seconds" | "second" | "looks" | "look">} [api] */
  constructor(api = deskApi) {
    this.api = api;
  }

  /** @param {Action} action */
  maySecond(action) {
    return action.second?.state === "wanted" && action.undone_at === null && !this.own.value.has(action.action_id);
  }

  async renew() {
    try {
      const [seconds, looks] = await Promise.all([this.api.seconds(), this.api.looks()]);
      this.failing.value = false;
      this.own.value = new Set(seconds.own);
      const answered = (this.actions.value ?? []).filter((one) => one.second?.state !== "wanted");
      this.actions.value = [...answered, ...seconds.actions.filter((one) => !has(answered, one))];
      const looked = (this.looks.value ?? []).filter((one) => one.answer !== null);
      this.looks.value = [...looked, ...looks.looks.filter((one) => !has(looked, one)).map((one) => ({ ...one, answer: null }))];
      this.#settle();
    } catch {
      this.failing.value = true;
    }
  }

  /** @param {Which} which */
  show(which) {
    this.which.value = which;
    this.selectedId.value = null;
    this.#settle();
  }

  /** @param {1 | -1} step */
  move(step) {
    const list = this.#list();
    const at = list.findIndex((one) => one.action_id === this.selectedId.value);
    const to = list[Math.min(list.length - 1, Math.max(0, at + step))];
    if (to !== undefined) this.selectedId.value = to.action_id;
  }

  /** Agree with a sanction, or drop it. @param {Action} action @param {boolean} agree @param {string} reason @returns {Promise<Outcome>} */
  second(action, agree, reason) {
    return this.#attempt(async () => {
      const told = await this.api.second(action.action_id, agree, reason, randomKey());
      this.actions.value = (this.actions.value ?? []).map((one) => (one.action_id === told.action_id ? told : one));
      this.#goOn((this.actions.value ?? []).filter((one) => this.maySecond(one)));
    });
  }

  /** Say what one would have decided. @param {BlindCase} look @param {import("./desk_api.js").Decision} decision @returns {Promise<Outcome>} */
  look(look, decision) {
    return this.#attempt(async () => {
      const answer = await this.api.look(look.action_id, decision);
      // It stays open: one reads there what the first decided.
      this.looks.value = (this.looks.value ?? []).map((one) => (one.action_id === look.action_id ? { ...one, answer } : one));
    });
  }

  /** @param {() => Promise<void>} work @returns {Promise<Outcome>} */
  async #attempt(work) {
    if (this.busy.value) return { ok: true };
    this.busy.value = true;
    try {
      await work();
      return { ok: true };
    } catch (error) {
      // Somebody was faster, or it is undone: what the list says is old.
      if (error instanceof Problem && error.code === "wrong_state") await this.renew();
      return { ok: false, error };
    } finally {
      this.busy.value = false;
    }
  }

  /** @returns {readonly { action_id: string }[]} */
  #list() {
    return (this.which.value === "seconds" ? this.actions.value : this.looks.value) ?? [];
  }

  /** With none chosen the first is. */
  #settle() {
    const list = this.#list();
    if (!list.some((one) => one.action_id === this.selectedId.value)) this.selectedId.value = list[0]?.action_id ?? null;
  }

  /** @param {readonly Action[]} waiting */
  #goOn(waiting) {
    if (waiting.length > 0) this.selectedId.value = waiting[0].action_id;
  }
}

/** @param {readonly { action_id: string }[]} list @param {{ action_id: string }} one */
const has = (list, one) => list.some((known) => known.action_id === one.action_id);
