/**
 * The moderator's desk: the queue as it is read, the case that lies open, and what is decided.
 *
 * The list never moves by itself: what comes waits in `fresh`, what is settled stays where it stands until the list is
 * renewed. Every decision is a step that can be taken back.
 */
import { computed, signal } from "@preact/signals";

import { Problem } from "../api.js";
import { randomKey } from "../random_key.js";
import { deskApi } from "./desk_api.js";
import { found, mergeQueue, neighbour, nextOpen, withCase, withFresh, withOlder } from "./queue_merge.js";

/** @typedef {import("./desk_api.js").Case} Case */
/** @typedef {import("./desk_api.js").Action} Action */
/** @typedef {import("./desk_api.js").QueueFilter} QueueFilter */
/** @typedef {"" | "not_signed_in" | "not_allowed" | "failing"} Trouble failing: no answer, or none of use; it is tried again */
/**
 * @typedef {{ actions: Action[], undone: boolean }} Step what one press did, newest last
 * @typedef {{ ok: true } | { ok: false, error: unknown }} Outcome
 */

const STEPS_KEPT = 50;
/** So many cases that vanished from the queue are looked up at a time. */
const LOOK_UPS_MAX = 10;

/** Sanctions that are no room's. @type {ReadonlySet<string>} */
const EVERYWHERE = new Set(["warn", "limited_account", "close_account"]);

/** @type {Outcome} */
const DONE = { ok: true };

export class Desk {
  /** @type {import("@preact/signals").Signal<QueueFilter>} */
  filter = signal({ state: "open", kind: "", slug: "" });
  /** What one looks for in the list. */
  words = signal("");
  /** @type {import("@preact/signals").Signal<Case[] | null>} null until the first answer */
  cases = signal(null);
  fresh = signal(/** @type {Case[]} */ ([]));
  /** How many are open in all, by the server's count. */
  openCount = signal(0);
  nextBefore = signal(/** @type {string | null} */ (null));
  selectedId = signal(/** @type {string | null} */ (null));
  trouble = signal(/** @type {Trouble} */ (""));
  /** When the queue was last heard of, in ms. */
  renewedAtMs = signal(/** @type {number | null} */ (null));
  busy = signal(false);
  /** The case that another moderator had decided when one tried. */
  outrunId = signal(/** @type {string | null} */ (null));
  /** @type {import("@preact/signals").Signal<readonly Step[]>} */
  steps = signal([]);

  visible = computed(() => found(this.cases.value ?? [], this.words.value));
  selected = computed(() => (this.cases.value ?? []).find((one) => one.case_id === this.selectedId.value) ?? null);
  lastStep = computed(() => this.steps.value.at(-1) ?? null);
  decidedHere = computed(() => this.steps.value.filter((step) => !step.undone).length);
  /** The rooms that are known from the cases seen, for the filter. @type {import("@preact/signals").Signal<Map<string, string>>} */
  rooms = signal(new Map());

  /** Rises with each change of the filter: an answer to an older question is dropped. */
  #question = 0;

  /** @param {import("./desk_api.js").DeskApi} [api] @param {() => number} [nowMs] */
  constructor(api = deskApi, nowMs = Date.now) {
    this.api = api;
    this.nowMs = nowMs;
  }

  /** Ask for the queue again; the list takes it in without moving. */
  async renew() {
    const question = this.#question;
    try {
      const page = await this.api.queue(this.filter.value);
      if (question !== this.#question) return;
      this.trouble.value = "";
      this.renewedAtMs.value = this.nowMs();
      this.openCount.value = page.open;
      this.#noteRooms(page.cases);
      await this.#take(page);
    } catch (error) {
      if (question === this.#question) this.trouble.value = troubleOf(error);
    }
  }

  /** @param {Partial<QueueFilter>} change */
  async narrow(change) {
    this.#question += 1;
    this.filter.value = { ...this.filter.value, ...change };
    this.cases.value = null;
    this.fresh.value = [];
    this.nextBefore.value = null;
    this.selectedId.value = null;
    await this.renew();
  }

  /** Put what has come on top of the list, and go to the first of it unless a case lies open. */
  showFresh() {
    const { fresh, cases, selectedId } = this;
    cases.value = withFresh(cases.value ?? [], fresh.value, selectedId.value, this.filter.value.state);
    fresh.value = [];
    if (this.selected.value === null || !this.#belongs(this.selected.value)) {
      this.select(cases.value.find((one) => this.#belongs(one))?.case_id ?? null);
    }
  }

  /** @returns {Promise<Outcome>} */
  async showOlder() {
    const before = this.nextBefore.value;
    if (before === null) return DONE;
    return this.#attempt(async () => {
      const question = this.#question;
      const page = await this.api.queue(this.filter.value, before);
      if (question !== this.#question) return;
      this.cases.value = withOlder(this.cases.value ?? [], page.cases);
      this.nextBefore.value = page.next_before;
      this.#noteRooms(page.cases);
    });
  }

  /** @param {string | null} caseId */
  select(caseId) {
    this.selectedId.value = caseId;
    if (this.outrunId.value !== caseId) this.outrunId.value = null;
  }

  /** Open a case by its id, also one that the list does not hold. @param {string} caseId @returns {Promise<Outcome>} */
  async openCase(caseId) {
    return this.#attempt(async () => {
      const one = await this.api.fetchCase(caseId);
      const cases = this.cases.value ?? [];
      this.cases.value = cases.some((known) => known.case_id === caseId) ? withCase(cases, one) : [one, ...cases];
      this.select(caseId);
    });
  }

  /** @param {1 | -1} step */
  move(step) {
    this.select(neighbour(this.visible.value, this.selectedId.value, step));
  }

  /**
   * Decide a case, and silence its speaker in the same breath where that is asked for; then the next open case lies open.
   * @param {Case} one @param {import("./desk_api.js").Decision} decision @param {string} reason
   * @param {import("./desk_api.js").Sanction | null} [sanction]
   * @returns {Promise<Outcome>}
   */
  async decide(one, decision, reason, sanction = null) {
    return this.#attempt(async () => {
      /** @type {Action[]} */
      const done = [];
      try {
        const decided = await this.api.decide(one.case_id, decision, reason);
        this.#keep(decided);
        const [action] = decided.actions.filter(({ kind, undone_at: at }) => kind === decision && at === null).slice(-1);
        if (action !== undefined) done.push(action);
        if (sanction !== null) done.push(await this.#sanction(one, sanction, reason));
      } catch (error) {
        if (error instanceof Problem && error.code === "wrong_state") await this.#outrun(one.case_id);
        throw error;
      } finally {
        this.#addStep(done);
      }
      if (this.selectedId.value === one.case_id) {
        const next = nextOpen(this.visible.value, one.case_id);
        if (next !== null) this.select(next);
      }
    });
  }

  /** @param {Case} one @param {import("./desk_api.js").Sanction} sanction @param {string} reason @returns {Promise<Outcome>} */
  async sanction(one, sanction, reason) {
    return this.#attempt(async () => {
      this.#addStep([await this.#sanction(one, sanction, reason)]);
    });
  }

  /** Take the last step back, or if it is taken back the one before it. @param {string} reason @returns {Promise<Outcome>} */
  async undoLast(reason) {
    const step = this.steps.value.findLast((one) => !one.undone);
    if (step === undefined) return DONE;
    return this.#attempt(async () => {
      for (const action of step.actions.filter((one) => one.undone_at === null).reverse()) await this.#undo(action.action_id, reason);
    });
  }

  /** @param {string} actionId @param {string} reason @returns {Promise<Outcome>} */
  async undo(actionId, reason) {
    return this.#attempt(() => this.#undo(actionId, reason));
  }

  canUndo = computed(() => this.steps.value.some((step) => !step.undone));

  /** @param {string} actionId @param {string} reason */
  async #undo(actionId, reason) {
    try {
      const action = await this.api.undo(actionId, reason);
      this.#markUndone(actionId, action);
      if (action.case_id !== null) await this.#lookUp(action.case_id);
    } catch (error) {
      // Somebody has undone it already: then this step is over, too.
      if (error instanceof Problem && error.code === "wrong_state") this.#markUndone(actionId, null);
      throw error;
    }
  }

  /** @param {string} actionId @param {Action | null} action as it stands now, where that is known */
  #markUndone(actionId, action) {
    this.steps.value = this.steps.value.map((step) => {
      if (!step.actions.some((one) => one.action_id === actionId)) return step;
      const undoneAt = action?.undone_at ?? new Date(this.nowMs()).toISOString();
      const actions = step.actions.map((one) => (one.action_id === actionId ? { ...one, ...action, undone_at: undoneAt } : one));
      return { actions, undone: actions.every((one) => one.undone_at !== null) };
    });
  }

  /** @param {Case} one @param {import("./desk_api.js").Sanction} kind @param {string} reason @returns {Promise<Action>} */
  async #sanction(one, kind, reason) {
    const { subject, room } = one;
    if (subject === null) throw new Error("a case that is nobody's");
    const where = EVERYWHERE.has(kind) || room === null ? {} : { slug: room.slug };
    // Of a card, that card alone.
    const what = kind === "card_off" && one.kind === "card" ? { card_id: one.target_id } : {};
    const action = await this.api.sanction({ person_id: subject.person_id, kind, case_id: one.case_id, reason, ...where, ...what }, randomKey());
    await this.#lookUp(one.case_id);
    return action;
  }

  /** @param {() => Promise<void>} work @returns {Promise<Outcome>} */
  async #attempt(work) {
    if (this.busy.value) return DONE;
    this.busy.value = true;
    try {
      await work();
      return DONE;
    } catch (error) {
      return { ok: false, error };
    } finally {
      this.busy.value = false;
    }
  }

  /** @param {{ cases: Case[], next_before: string | null }} page */
  async #take(page) {
    if (this.cases.value === null) {
      this.cases.value = page.cases;
      this.nextBefore.value = page.next_before;
      return;
    }
    const { shown, fresh, gone } = mergeQueue(this.cases.value, page);
    this.cases.value = shown;
    this.fresh.value = fresh;
    // With nothing left to read there is no place to keep.
    if (fresh.length > 0 && !shown.some((one) => this.#belongs(one))) this.showFresh();
    if (this.filter.value.state === "open") await Promise.all(gone.slice(0, LOOK_UPS_MAX).map((id) => this.#lookUp(id)));
  }

  /** @param {string} caseId renewed in the list; left as it is when the question goes unanswered */
  async #lookUp(caseId) {
    try {
      this.#keep(await this.api.fetchCase(caseId));
    } catch {
      // What was done is done; the next renewal brings what this one missed.
    }
  }

  /** @param {string} caseId */
  async #outrun(caseId) {
    await this.#lookUp(caseId);
    this.outrunId.value = caseId;
  }

  /** @param {Case} one */
  #keep(one) {
    const before = this.cases.value?.find((known) => known.case_id === one.case_id);
    this.cases.value = withCase(this.cases.value ?? [], one);
    const settled = before?.state === "open" && one.state !== "open";
    if (settled) this.openCount.value = Math.max(0, this.openCount.value - 1);
    if (before !== undefined && before.state !== "open" && one.state === "open") this.openCount.value += 1;
  }

  /** @param {Action[]} actions */
  #addStep(actions) {
    if (actions.length > 0) this.steps.value = [...this.steps.value, { actions, undone: false }].slice(-STEPS_KEPT);
  }

  /** @param {Case[]} cases */
  #noteRooms(cases) {
    const unknown = cases.filter(({ room }) => room !== null && !this.rooms.value.has(room.slug));
    if (unknown.length === 0) return;
    const rooms = new Map(this.rooms.value);
    for (const { room } of unknown) if (room !== null) rooms.set(room.slug, room.title);
    this.rooms.value = rooms;
  }

  /** Whether the case is what this list is a list of. @param {Case} one */
  #belongs(one) {
    return (one.state === "open") === (this.filter.value.state === "open");
  }
}

/** @param {unknown} error @returns {Trouble} */
function troubleOf(error) {
  if (error instanceof Problem && error.status === 401) return "not_signed_in";
  if (error instanceof Problem && error.status === 403) return "not_allowed";
  return "failing";
}
