/**
 * Estimates how far the server's clock is ahead of ours from `ask_clock` round trips; the quickest trip of the last
 * few is the most truthful, since its delay leaves the least room for error.
 */

const SAMPLES_KEPT = 8;

export class ServerClock {
  /** @type {{ roundTripUs: number, offsetUs: number }[]} */
  #samples = [];

  /**
   * @param {number} sentUs our clock when the question left
   * @param {number} serverUs
   * @param {number} nowUs our clock now
   */
  addSample(sentUs, serverUs, nowUs) {
    const roundTripUs = nowUs - sentUs;
    if (roundTripUs < 0) return;
    this.#samples.push({ roundTripUs, offsetUs: serverUs - (sentUs + roundTripUs / 2) });
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift();
  }

  get known() {
    return this.#samples.length > 0;
  }

  /** Server clock minus ours, in microseconds; 0 while unknown. */
  get offsetUs() {
    let best = this.#samples[0];
    for (const sample of this.#samples) if (sample.roundTripUs < best.roundTripUs) best = sample;
    return best === undefined ? 0 : best.offsetUs;
  }

  /** Round trip of the best sample, in microseconds; null while unknown. */
  get roundTripUs() {
    return this.known ? Math.min(...this.#samples.map((sample) => sample.roundTripUs)) : null;
  }
}

/** Our clock in Unix microseconds, with the resolution of performance.now(). */
export function ourClockUs() {
  return (performance.timeOrigin + performance.now()) * 1000;
}
