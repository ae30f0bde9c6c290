/**
 * How fast to play so that the picture stays close behind the newest part without running dry.
 *
 * `margin` is the least that was buffered ahead within the last second: just before a part arrives there is only the
 * margin left, just after it a part more. The goal for it starts low, rises after each stall and sinks slowly again.
 */

export const MARGIN_FIRST_S = 0.2;
export const MARGIN_LEAST_S = 0.15;
export const MARGIN_MOST_S = 2;
const MARGIN_AFTER_STALL_S = 0.25;
const CALM_MS = 10_000;
const CALM_STEP_S = 0.05;
/** Further behind than the goal by this much, catching up by ear is too slow: jump. */
export const JUMP_BEYOND_S = 1.5;
/** In the first moments a jump disturbs nobody, and every later second profits. */
export const JUMP_BEYOND_AT_FIRST_S = 0.4;
const AT_FIRST_MS = 3_000;
const SAMPLES_MS = 1_000;

export class Pace {
  goalS = MARGIN_FIRST_S;
  stalls = 0;
  rate = 1;
  /** @type {{ atMs: number, behindS: number }[]} */
  #samples = [];
  #calmSinceMs = 0;
  #atFirstUntilMs = 0;

  /** A new source starts. @param {number} nowMs */
  begin(nowMs) {
    this.#atFirstUntilMs = nowMs + AT_FIRST_MS;
    this.restart(nowMs);
  }

  /** Start counting afresh, as after a jump. @param {number} nowMs */
  restart(nowMs) {
    this.#samples = [];
    this.#calmSinceMs = nowMs;
    this.rate = 1;
  }

  /** The picture stood still for want of data. @param {number} nowMs */
  noteStall(nowMs) {
    this.stalls += 1;
    this.goalS = Math.min(MARGIN_MOST_S, this.goalS + MARGIN_AFTER_STALL_S);
    this.restart(nowMs);
  }

  /**
   * @param {number} nowMs
   * @param {number} behindS what is shown lies so far before the end of what is buffered
   * @returns {{ rate: number, jumpToBehindS: number | null }} jump: to so far before that end
   */
  decide(nowMs, behindS) {
    this.#samples.push({ atMs: nowMs, behindS });
    while (this.#samples[0].atMs < nowMs - SAMPLES_MS) this.#samples.shift();
    const marginS = Math.min(...this.#samples.map((sample) => sample.behindS));
    if (nowMs - this.#calmSinceMs > CALM_MS) {
      this.#calmSinceMs = nowMs;
      this.goalS = Math.max(MARGIN_LEAST_S, this.goalS - CALM_STEP_S);
    }
    const jumpBeyondS = nowMs < this.#atFirstUntilMs ? JUMP_BEYOND_AT_FIRST_S : JUMP_BEYOND_S;
    if (marginS > this.goalS + jumpBeyondS) {
      this.restart(nowMs);
      return { rate: 1, jumpToBehindS: this.goalS };
    }
    this.rate = this.#rateFor(marginS);
    return { rate: this.rate, jumpToBehindS: null };
  }

  /** @param {number} marginS */
  #rateFor(marginS) {
    const beyondS = marginS - this.goalS;
    if (beyondS > 0.6) return 1.1;
    if (beyondS > 0.12) return 1.05;
    if (beyondS > 0.02 && this.rate > 1) return 1.05;
    return 1;
  }
}
