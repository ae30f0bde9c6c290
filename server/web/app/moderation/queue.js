/**
 * The queue as it is read: which cases, in which order, and the one that lies open.
 *
 * The list never moves by itself: what comes waits in `fresh`, what is settled stays where it stands until the list is
 * renewed.
 */
import { computed, signal } from "@preact/signals";

import { Problem } from "../api.js";
import { deskApi } from "./desk_api.js";
import { found, mergeQueue, neighbour, withCase, withFresh, withOlder } from "./queue_merge.js";

/** @typedef {import("./desk_api.js").Case} Case */
/** @typedef {import("./desk_api.js").QueueFilter} QueueFilter */
/** @typedef {"" | "not_signed_in" | "not_allowed" | "failing"} Trouble failing: no answer, or none of use; it is tried again */
/** @typedef {{ ok: true, stepId?: number | null } | { ok: false, error: unknown }} Outcome stepId: by what to take it back, where it can be */

/** So many cases that vanished from the queue are looked up at a time. */
const LOOK_UPS_MAX = 10;
/** One that is open still, though the page lacks it, says the same as another or is less urgent: it is left alone for so long. */
const LOOK_UP_AGAIN_MS = 30_000;

/** @type {Outcome} */
export const DONE = { ok: true };

/** Why something was not even tried: something else was under way. */
export class Busy extends Error {
  /** @param {boolean} isUndo whether what was under way takes something back */
  constructor(isUndo) {
    super("something else is under way");
    this.isUndo = isUndo;
  }
}

/** Everything that waits, the most urgent first. @type {QueueFilter} */
export const WHOLE_QUEUE = { state: "open", order: "risk", kind: "", slug: "", action: "", rule: "", older_than_s: "" };

export class Queue {
  filter = signal(WHOLE_QUEUE);
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
  /** What is being done; ended: once it is over, however it went. @type {import("@preact/signals").Signal<{ isUndo: boolean, ended: Promise<void> } | null>} */
  underWay = signal(null);
  busy = computed(() => this.underWay.value !== null);
  /** The case that another moderator had decided when one tried. */
  outrunId = signal(/** @type {string | null} */ (null));

  visible = computed(() => found(this.cases.value ?? [], this.words.value));
  selected = computed(() => (this.cases.value ?? []).find((one) => one.case_id === this.selectedId.value) ?? null);
  /** The rooms that are known from the cases seen, for the filter. @type {import("@preact/signals").Signal<ReadonlyMap<string, string>>} */
  rooms = signal(new Map());
  /** The rules, likewise. @type {import("@preact/signals").Signal<ReadonlyMap<string, import("./desk_api.js").Bilingual>>} */
  rules = signal(new Map());

  /** Rises with each change of the filter: an answer to an older question is dropped. */
  #question = 0;
  /** The newest page's cases in the order of the server. @type {readonly string[]} */
  #ranking = [];
  /** When a case was last looked up, in ms. @type {Map<string, number>} */
  #lookedUpAtMs = new Map();

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
      this.#note(page.cases);
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

  /** Put what has come on top of the list, or where its urgency has it, and go to the first of it unless a case lies open. */
  showFresh() {
    const { fresh, cases, selectedId } = this;
    const ranking = this.#isByRisk() ? this.#ranking : [];
    cases.value = withFresh(cases.value ?? [], fresh.value, selectedId.value, this.filter.value.state, ranking);
    fresh.value = [];
    if (this.selected.value === null || !this.#belongs(this.selected.value)) {
      this.select(cases.value.find((one) => this.#belongs(one))?.case_id ?? null);
    }
  }

  /** @returns {Promise<Outcome>} */
  async showOlder() {
    const before = this.nextBefore.value;
    if (before === null) return DONE;
    return this.attempt(async () => {
      const question = this.#question;
      const page = await this.api.queue(this.filter.value, before);
      if (question !== this.#question) return;
      this.cases.value = withOlder(this.cases.value ?? [], page.cases);
      this.nextBefore.value = page.next_before;
      this.#note(page.cases);
    });
  }

  /** @param {string | null} caseId */
  select(caseId) {
    this.selectedId.value = caseId;
    if (this.outrunId.value !== caseId) this.outrunId.value = null;
  }

  /** Open a case by its id, also one that the list does not hold. @param {string} caseId @returns {Promise<Outcome>} */
  async openCase(caseId) {
    return this.attempt(async () => {
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

  /** Renew a case in the list; it is left as it is when the question goes unanswered. @param {string} caseId */
  async lookUp(caseId) {
    this.#lookedUpAtMs.set(caseId, this.nowMs());
    try {
      this.keep(await this.api.fetchCase(caseId));
    } catch {
      // What was done is done; the next renewal brings what this one missed.
    }
  }

  /** Take in a case as it now stands. @param {Case} one */
  keep(one) {
    const before = this.cases.value?.find((known) => known.case_id === one.case_id);
    this.cases.value = withCase(this.cases.value ?? [], one);
    const settled = before?.state === "open" && one.state !== "open";
    if (settled) this.openCount.value = Math.max(0, this.openCount.value - 1);
    if (before !== undefined && before.state !== "open" && one.state === "open") this.openCount.value += 1;
  }

  /**
   * Do one thing at a time, and say how it went.
   * @param {() => Promise<void>} work @param {{ isUndo?: boolean }} [what]
   * @returns {Promise<Outcome>} not done, for being Busy: it was not tried
   */
  async attempt(work, { isUndo = false } = {}) {
    const before = this.underWay.value;
    if (before !== null) return { ok: false, error: new Busy(before.isUndo) };
    let over = () => {};
    const ended = /** @type {Promise<void>} */ (new Promise((resolve) => (over = resolve)));
    this.underWay.value = { isUndo, ended };
    try {
      await work();
      return DONE;
    } catch (error) {
      return { ok: false, error };
    } finally {
      this.underWay.value = null;
      over();
    }
  }

  /** @param {{ cases: Case[], next_before: string | null }} page */
  async #take(page) {
    this.#ranking = page.cases.map((one) => one.case_id);
    if (this.cases.value === null) {
      this.cases.value = page.cases;
      this.nextBefore.value = page.next_before;
      return;
    }
    const { shown, fresh, gone } = mergeQueue(this.cases.value, page, { byRisk: this.#isByRisk() });
    this.cases.value = shown;
    this.fresh.value = fresh;
    // With nothing left to read there is no place to keep.
    if (fresh.length > 0 && !shown.some((one) => this.#belongs(one))) this.showFresh();
    if (this.filter.value.state !== "open") return;
    const due = gone.filter((id) => (this.#lookedUpAtMs.get(id) ?? -Infinity) <= this.nowMs() - LOOK_UP_AGAIN_MS);
    await Promise.all(due.slice(0, LOOK_UPS_MAX).map((id) => this.lookUp(id)));
  }

  #isByRisk() {
    return this.filter.value.state === "open" && this.filter.value.order === "risk";
  }

  /** @param {Case[]} cases */
  #note(cases) {
    const rooms = new Map(this.rooms.value);
    const rules = new Map(this.rules.value);
    for (const one of cases) {
      if (one.room !== null) rooms.set(one.room.slug, one.room.title);
      for (const rule of one.rules) rules.set(rule.id, rule.title);
    }
    if (rooms.size > this.rooms.value.size) this.rooms.value = rooms;
    if (rules.size > this.rules.value.size) this.rules.value = rules;
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
