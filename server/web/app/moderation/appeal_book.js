/**
 * The appeals at the desk: those that wait, the longest first, or those that were answered; and answering them. An appeal
 * that one has answered stays where it stands until another list is asked for.
 */
import { computed, signal } from "@preact/signals";

import { Problem } from "../api.js";
import { randomKey } from "../random_key.js";
import { deskApi } from "./desk_api.js";

/** @typedef {import("./desk_api.js").Appeal} Appeal */
/** @typedef {import("./desk_api.js").AppealsPage} AppealsPage */
/** @typedef {import("./desk.js").Outcome} Outcome */
/** @typedef {"open" | "done"} Which */

export class AppealBook {
  which = signal(/** @type {Which} */ ("open"));
  /** @type {import("@preact/signals").Signal<Appeal[] | null>} null until the first answer */
  appeals = signal(null);
  openCount = signal(0);
  overdueCount = signal(0);
  nextAfter = signal(/** @type {string | null} */ (null));
  failing = signal(false);
  busy = signal(false);
  selectedId = signal(/** @type {string | null} */ (null));
  selected = computed(() => (this.appeals.value ?? []).find((one) => one.appeal_id === this.selectedId.value) ?? null);

  /** Rises with each change of the list: an answer to an older question is dropped. */
  #question = 0;

  /** @param {Pick<import("./desk_api.js").DeskApi, "appeals" | "answerAppeal">} [api] */
  constructor(api = deskApi) {
    this.api = api;
  }

  async renew() {
    const question = this.#question;
    try {
      const page = await this.api.appeals(this.which.value);
      if (question !== this.#question) return;
      this.failing.value = false;
      this.openCount.value = page.open;
      this.overdueCount.value = page.overdue;
      if (this.appeals.value === null) this.nextAfter.value = page.next_after;
      this.appeals.value = merged(this.appeals.value ?? [], page, this.which.value);
      if (this.selected.value === null) this.selectedId.value = this.appeals.value[0]?.appeal_id ?? null;
    } catch {
      if (question === this.#question) this.failing.value = true;
    }
  }

  async older() {
    const after = this.nextAfter.value;
    if (after === null) return;
    const question = this.#question;
    try {
      const page = await this.api.appeals(this.which.value, after);
      if (question !== this.#question) return;
      const known = this.appeals.value ?? [];
      this.appeals.value = [...known, ...page.appeals.filter((one) => !has(known, one))];
      this.nextAfter.value = page.next_after;
    } catch {
      if (question === this.#question) this.failing.value = true;
    }
  }

  /** @param {Which} which */
  async show(which) {
    this.#question += 1;
    this.which.value = which;
    this.appeals.value = null;
    this.nextAfter.value = null;
    this.selectedId.value = null;
    await this.renew();
  }

  /** @param {1 | -1} step */
  move(step) {
    const appeals = this.appeals.value ?? [];
    const at = appeals.findIndex((one) => one.appeal_id === this.selectedId.value);
    const to = appeals[Math.min(appeals.length - 1, Math.max(0, at + step))];
    if (to !== undefined) this.selectedId.value = to.appeal_id;
  }

  /** @param {Appeal} appeal @param {import("./desk_api.js").AppealDecision} decision @param {string} reason @returns {Promise<Outcome>} */
  async answer(appeal, decision, reason) {
    if (this.busy.value) return { ok: true };
    this.busy.value = true;
    try {
      this.#keep(await this.api.answerAppeal(appeal.appeal_id, decision, reason, randomKey()));
      this.openCount.value = Math.max(0, this.openCount.value - 1);
      if (appeal.overdue) this.overdueCount.value = Math.max(0, this.overdueCount.value - 1);
      const next = nextToAnswer(this.appeals.value ?? [], appeal.appeal_id);
      if (next !== null) this.selectedId.value = next;
      return { ok: true };
    } catch (error) {
      // Somebody was faster, or the decision is undone: what the list says is old.
      if (error instanceof Problem && error.code === "wrong_state") await this.show(this.which.value);
      return { ok: false, error };
    } finally {
      this.busy.value = false;
    }
  }

  /** @param {Appeal} appeal */
  #keep(appeal) {
    this.appeals.value = (this.appeals.value ?? []).map((one) => (one.appeal_id === appeal.appeal_id ? appeal : one));
  }
}

/** @param {readonly Appeal[]} list @param {Appeal} appeal */
const has = (list, appeal) => list.some((one) => one.appeal_id === appeal.appeal_id);

/**
 * The list with a fresh first page taken in: what is known stays in its place, what came stands where its time puts it,
 * and what waits no more without one's own doing is gone.
 * @param {readonly Appeal[]} known @param {AppealsPage} page @param {Which} which
 * @returns {Appeal[]}
 */
export function merged(known, page, which) {
  const renewed = new Map(page.appeals.map((one) => [one.appeal_id, one]));
  const last = page.appeals.at(-1)?.appeal_id ?? "";
  const isPast = (/** @type {Appeal} */ one) => page.next_after !== null && (which === "open" ? one.appeal_id > last : one.appeal_id < last);
  const kept = known.filter((one) => renewed.has(one.appeal_id) || one.state !== "open" || isPast(one)).map((one) => renewed.get(one.appeal_id) ?? one);
  const came = page.appeals.filter((one) => !has(kept, one));
  return which === "open" ? [...kept, ...came] : [...came, ...kept];
}

/** The next that one may answer, after this one or else from the top. @param {readonly Appeal[]} appeals @param {string} appealId @returns {string | null} */
export function nextToAnswer(appeals, appealId) {
  const at = appeals.findIndex((one) => one.appeal_id === appealId);
  const inTurn = [...appeals.slice(at + 1), ...appeals.slice(0, Math.max(0, at))];
  return inTurn.find((one) => one.may_answer)?.appeal_id ?? null;
}
