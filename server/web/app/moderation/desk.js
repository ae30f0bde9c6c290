/** The moderator's desk: the queue, and what is decided on it. Every decision is a step that can be taken back. */
import { computed, signal } from "@preact/signals";

import { Problem } from "../api.js";
import { randomKey } from "../random_key.js";
import { CaseClaim } from "./case_claim.js";
import { Queue } from "./queue.js";
import { nextOpen } from "./queue_merge.js";

/** @typedef {import("./desk_api.js").Case} Case */
/** @typedef {import("./desk_api.js").Action} Action */
/** @typedef {import("./queue.js").Outcome} Outcome */
/** @typedef {Pick<Action, "action_id" | "kind" | "undone_at">} Deed what undoing a decision takes */
/** @typedef {{ id: number, actions: Deed[], undone: boolean }} Step what one press did, all of which one press takes back */
/**
 * @typedef {{ stepId: number, undone: number, gone: number, left: number, error: unknown }} Undoing how many decisions of a step were taken back.
 *   gone: nobody can take these back any more, most often since somebody has; left: those to be tried again; error: what was last in the way
 */

const STEPS_KEPT = 50;

/** Why a decision will not be taken back, however often one tries. @type {ReadonlySet<string>} */
const FINAL = new Set(["wrong_state", "not_found", "not_allowed"]);

/** Sanctions that are no room's. @type {ReadonlySet<string>} */
const EVERYWHERE = new Set(["warn", "limited_account", "close_account"]);

export class Desk extends Queue {
  /** Newest last. @type {import("@preact/signals").Signal<readonly Step[]>} */
  steps = signal([]);
  #lastStepId = 0;
  /** The case whose like are decided with it. */
  alikeOf = signal(/** @type {string | null} */ (null));
  /** How many were decided with the last one. */
  decidedAlike = signal(0);

  decidedHere = computed(() => this.steps.value.filter((step) => !step.undone).length);
  canUndo = computed(() => this.steps.value.some((step) => !step.undone));

  /** @param {import("./desk_api.js").DeskApi} [api] @param {() => number} [nowMs] */
  constructor(api, nowMs) {
    super(api, nowMs);
    this.claim = new CaseClaim(this.api, (caseId, claim) => this.#noteClaim(caseId, claim));
  }

  /**
   * Begin to work on an open case, so that nobody else decides it meanwhile.
   * @param {Case} one @param {{ byHand?: boolean }} [how] byHand: by a press of its own; else it is given up when one leaves off
   * @returns {Promise<Outcome>} not done: somebody else works on it, or has decided it
   */
  async begin(one, { byHand = false } = {}) {
    const outcome = await this.claim.take(one.case_id, byHand);
    if (outcome.ok) return outcome;
    const { error } = outcome;
    if (error instanceof Problem && error.code === "wrong_state") await this.#outrun(one.case_id);
    else if (error instanceof Problem && error.code === "claimed") await this.lookUp(one.case_id);
    return outcome;
  }

  /**
   * Decide a case, and silence its speaker in the same breath where that is asked for; then the next open case lies open.
   * @param {Case} one @param {import("./desk_api.js").Decision} decision @param {string} reason
   * @param {import("./desk_api.js").Sanction | null} [sanction]
   * @returns {Promise<Outcome>}
   */
  async decide(one, decision, reason, sanction = null) {
    /** @type {number | null} */
    let stepId = null;
    const outcome = await this.attempt(async () => {
      /** @type {Deed[]} */
      const done = [];
      const withAlike = one.alike > 1 && this.alikeOf.value === one.case_id;
      try {
        await this.claim.settled();
        const decided = await this.api.decide(one.case_id, decision, reason, withAlike);
        this.claim.forget(one.case_id);
        this.decidedAlike.value = decided.decided_alike ?? 0;
        this.keep(decided);
        const [action] = decided.actions.filter(({ kind, undone_at: at }) => kind === decision && at === null).slice(-1);
        if (action !== undefined) done.push(action);
        done.push(...(decided.alike_action_ids ?? []).map((id) => ({ action_id: id, kind: decision, undone_at: null })));
        if (sanction !== null) done.push(await this.#sanction(one, sanction, reason, null));
      } catch (error) {
        if (error instanceof Problem && error.code === "wrong_state") await this.#outrun(one.case_id);
        if (error instanceof Problem && error.code === "claimed") await this.lookUp(one.case_id);
        throw error;
      } finally {
        // What was done before a later part failed can be undone like the rest.
        stepId = this.#addStep(done);
      }
      if (this.selectedId.value === one.case_id) {
        const next = nextOpen(this.visible.value, one.case_id);
        if (next !== null) this.select(next);
      }
    });
    return outcome.ok ? { ok: true, stepId } : outcome;
  }

  /**
   * @param {Case} one @param {import("./desk_api.js").Sanction} sanction @param {string} reason
   * @param {string | null} [until] ISO 8601; null: the sanction's own end
   * @returns {Promise<Outcome>}
   */
  async sanction(one, sanction, reason, until = null) {
    /** @type {number | null} */
    let stepId = null;
    const outcome = await this.attempt(async () => {
      stepId = this.#addStep([await this.#sanction(one, sanction, reason, until)]);
    });
    return outcome.ok ? { ok: true, stepId } : outcome;
  }

  /** Take the last step back, or if it is taken back the one before it. @param {string} reason @returns {Promise<Undoing | null>} null: there is none that stands */
  async undoLast(reason) {
    // A step that is being made is the last one soon; one that is being taken back is not taken back twice, nor the one before it for it.
    while (this.underWay.value?.isUndo === false) await this.underWay.value.ended;
    const step = this.steps.value.findLast((one) => !one.undone);
    return step === undefined ? null : this.undoStep(step.id, reason);
  }

  /**
   * Take back whatever of a step still stands, the last part first, once nothing else is under way.
   * @param {number} stepId @param {string} reason
   * @returns {Promise<Undoing | null>} null: nothing of it stands
   */
  async undoStep(stepId, reason) {
    while (this.underWay.value !== null) await this.underWay.value.ended;
    const due = this.steps.value.find((one) => one.id === stepId)?.actions.filter((one) => one.undone_at === null) ?? [];
    if (due.length === 0) return null;
    /** @type {Undoing} */
    const went = { stepId, undone: 0, gone: 0, left: due.length, error: null };
    const takeBack = async () => {
      for (const { action_id: actionId } of due.reverse()) {
        try {
          await this.#undo(actionId, reason);
          went.undone += 1;
        } catch (error) {
          went.error = error;
          if (!isFinal(error)) break;
          went.gone += 1;
        }
        went.left -= 1;
      }
    };
    await this.attempt(takeBack, { isUndo: true });
    return went;
  }

  /** @param {string} actionId @param {string} reason @returns {Promise<Outcome>} */
  async undo(actionId, reason) {
    return this.attempt(() => this.#undo(actionId, reason), { isUndo: true });
  }

  /** @param {string} actionId @param {string} reason */
  async #undo(actionId, reason) {
    try {
      const action = await this.api.undo(actionId, reason);
      this.#markUndone(actionId, action);
      if (action.case_id !== null) await this.lookUp(action.case_id);
    } catch (error) {
      // Somebody has undone it already: then this part of its step is over, too.
      if (isFinal(error)) this.#markUndone(actionId, null);
      throw error;
    }
  }

  /** @param {string} actionId @param {Action | null} action as it stands now, where that is known */
  #markUndone(actionId, action) {
    this.steps.value = this.steps.value.map((step) => {
      if (!step.actions.some((one) => one.action_id === actionId)) return step;
      const undoneAt = action?.undone_at ?? new Date(this.nowMs()).toISOString();
      const actions = step.actions.map((one) => (one.action_id === actionId ? { ...one, ...action, undone_at: undoneAt } : one));
      return { ...step, actions, undone: actions.every((one) => one.undone_at !== null) };
    });
  }

  /** @param {Case} one @param {import("./desk_api.js").Sanction} kind @param {string} reason @param {string | null} until @returns {Promise<Action>} */
  async #sanction(one, kind, reason, until) {
    const { subject, room } = one;
    if (subject === null) throw new Error("a case that is nobody's");
    const where = EVERYWHERE.has(kind) || room === null ? {} : { slug: room.slug };
    // Of a card, that card alone.
    const what = kind === "card_off" && one.kind === "card" ? { card_id: one.target_id } : {};
    const ends = until === null ? {} : { until };
    const action = await this.api.sanction({ person_id: subject.person_id, kind, case_id: one.case_id, reason, ...where, ...what, ...ends }, randomKey());
    await this.lookUp(one.case_id);
    return action;
  }

  /** @param {string} caseId @param {import("./desk_api.js").Claim | null} claim null: nobody's any more */
  #noteClaim(caseId, claim) {
    const one = this.cases.value?.find((known) => known.case_id === caseId);
    if (one === undefined) return;
    const { claimed_by, claimed_by_name, claimed_until } = claim ?? { claimed_by: null, claimed_by_name: null, claimed_until: null };
    this.keep({ ...one, claimed_by, claimed_by_name, claimed_until });
  }

  /** @param {string} caseId */
  async #outrun(caseId) {
    await this.lookUp(caseId);
    this.outrunId.value = caseId;
  }

  /** @param {Deed[]} actions @returns {number | null} the step's id; null where nothing was done */
  #addStep(actions) {
    if (actions.length === 0) return null;
    const id = ++this.#lastStepId;
    this.steps.value = [...this.steps.value, { id, actions, undone: false }].slice(-STEPS_KEPT);
    return id;
  }
}

/** @param {unknown} error */
const isFinal = (error) => error instanceof Problem && FINAL.has(error.code);
