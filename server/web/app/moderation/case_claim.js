/**
 * The case that one works on: taken by a press or by beginning to act, kept by asking again, given up by a press, by
 * leaving off or by deciding. The server lets nobody else decide it meanwhile, and ends it by itself when it is not
 * asked again. One works on one case at a time: taking another gives up the one before.
 */
import { signal } from "@preact/signals";

import { Problem } from "../api.js";

/** @typedef {import("./desk_api.js").Claim} Claim */
/** @typedef {import("./queue.js").Outcome} Outcome */

/** The server's lease is two minutes: one that is asked for so often does not run out. */
export const RENEW_CLAIM_EVERY_MS = 45_000;

export class CaseClaim {
  heldId = signal(/** @type {string | null} */ (null));
  /** Whether it was taken by a press of its own. */
  #byHand = false;
  /** What is asked of the server goes out one after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {Pick<import("./desk_api.js").DeskApi, "claim" | "release">} api
   * @param {(caseId: string, claim: Claim | null) => void} onChanged null: it is nobody's any more
   */
  constructor(api, onChanged) {
    this.api = api;
    this.onChanged = onChanged;
  }

  /** @param {string} caseId @param {boolean} byHand @returns {Promise<Outcome>} */
  take(caseId, byHand) {
    return this.#inTurn(async () => {
      const before = this.heldId.value;
      try {
        const claim = await this.api.claim(caseId);
        this.#byHand = byHand || (this.#byHand && before === caseId);
        this.heldId.value = caseId;
        this.onChanged(caseId, claim);
      } catch (error) {
        return { ok: false, error };
      }
      if (before !== null && before !== caseId) await this.#giveUp(before);
      return { ok: true };
    });
  }

  /** Hold it for longer. What somebody else has taken, or decided, is not one's own any more. @returns {Promise<Outcome>} */
  renew() {
    return this.#inTurn(async () => {
      const caseId = this.heldId.value;
      if (caseId === null) return { ok: true };
      try {
        this.onChanged(caseId, await this.api.claim(caseId));
      } catch (error) {
        if (error instanceof Problem) this.forget(caseId);
        return { ok: false, error };
      }
      return { ok: true };
    });
  }

  /** Give it up, or one that was taken before the page was. @param {string} [named] @returns {Promise<Outcome>} */
  release(named) {
    return this.#inTurn(async () => {
      const caseId = named ?? this.heldId.value;
      if (caseId === null) return { ok: true };
      this.forget(caseId);
      return this.#giveUp(caseId);
    });
  }

  /** One leaves off without having decided: what was not taken by hand is given up. @returns {Promise<Outcome>} */
  async leaveOff() {
    await this.settled();
    return this.#byHand ? { ok: true } : this.release();
  }

  /** The page is left. */
  leave() {
    const caseId = this.heldId.value;
    if (caseId !== null) this.api.release(caseId, true).catch(() => {}); // it ends by itself
  }

  /** It is held no more, as the server knows. @param {string} caseId */
  forget(caseId) {
    if (this.heldId.value !== caseId) return;
    this.heldId.value = null;
    this.#byHand = false;
  }

  /** Once all that was asked is answered. */
  async settled() {
    await this.#last;
  }

  /** @param {string} caseId @returns {Promise<Outcome>} */
  async #giveUp(caseId) {
    try {
      await this.api.release(caseId);
    } catch (error) {
      return { ok: false, error };
    }
    this.onChanged(caseId, null);
    return { ok: true };
  }

  /** @param {() => Promise<Outcome>} work @returns {Promise<Outcome>} */
  #inTurn(work) {
    const mine = this.#last.then(work);
    this.#last = mine;
    return mine;
  }
}
