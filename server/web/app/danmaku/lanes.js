/**
 * Which lane a flying line takes. All lines cross in the same time, so a long one is faster than a short one; a lane is
 * free for a line when the one before has wholly entered and will not be caught before it leaves.
 */

/** @typedef {{ startMs: number, widthPx: number }} Flight */

export class DanmakuLanes {
  /** @type {(Flight | null)[]} */
  #last;

  /** @param {{ count: number, widthPx: number, crossingMs: number, gapPx: number }} options */
  constructor({ count, widthPx, crossingMs, gapPx }) {
    this.widthPx = widthPx;
    this.crossingMs = crossingMs;
    this.gapPx = gapPx;
    this.#last = new Array(count).fill(null);
  }

  get count() {
    return this.#last.length;
  }

  /**
   * @param {number} widthPx of the line
   * @param {number} nowMs
   * @returns {number} the topmost free lane, or -1 when all are taken
   */
  take(widthPx, nowMs) {
    const lane = this.#last.findIndex((flight) => flight === null || this.#isClear(flight, widthPx, nowMs));
    if (lane >= 0) this.#last[lane] = { startMs: nowMs, widthPx };
    return lane;
  }

  /** Takes the lane whose line entered longest ago, free or not: for a line that must be seen. @param {number} widthPx @param {number} nowMs */
  force(widthPx, nowMs) {
    const free = this.take(widthPx, nowMs);
    if (free >= 0) return free;
    let oldest = 0;
    this.#last.forEach((flight, lane) => {
      if ((flight?.startMs ?? 0) < (this.#last[oldest]?.startMs ?? 0)) oldest = lane;
    });
    this.#last[oldest] = { startMs: nowMs, widthPx };
    return oldest;
  }

  /** @param {Flight} before @param {number} widthPx @param {number} nowMs */
  #isClear(before, widthPx, nowMs) {
    const elapsedMs = nowMs - before.startMs;
    if (elapsedMs >= this.crossingMs) return true;
    const speedBefore = (this.widthPx + before.widthPx) / this.crossingMs;
    const entered = speedBefore * elapsedMs >= before.widthPx + this.gapPx;
    // The new head reaches the left edge after widthPx / speed; the tail before must have left by then.
    const speed = (this.widthPx + widthPx) / this.crossingMs;
    const leftMs = this.crossingMs - elapsedMs;
    return entered && (this.widthPx - this.gapPx) / speed >= leftMs;
  }
}
