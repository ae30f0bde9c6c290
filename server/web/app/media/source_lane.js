/**
 * One track's SourceBuffer with what waits to go into it. A SourceBuffer takes one thing at a time, so parts queue here
 * and neighbours go in together.
 */
import { joined } from "./part_assembly.js";

/** @typedef {import("../live/wire.js").TrackInit} TrackInit */

const TRIM_BEHIND_S = 10;
const TRIM_STEP_S = 5;
const QUEUE_MAX = 300;

/** @param {TrackInit} init @param {"audio" | "video"} type */
export const mimeOf = (init, type) => `${type}/mp4; codecs="${init.codec}"`;

export class SourceLane {
  /** @type {({ mime: string, data: Uint8Array<ArrayBuffer> } | { mime: null, data: Uint8Array<ArrayBuffer> })[]} */
  #queue = [];
  #mime = "";
  #removeBeforeS = 0;
  #closed = false;

  /**
   * @param {SourceBuffer} buffer
   * @param {{ onAppended: () => void, onBroken: (why: string) => void }} listeners
   */
  constructor(buffer, { onAppended, onBroken }) {
    this.buffer = buffer;
    this.buffer.mode = "segments";
    this.onBroken = onBroken;
    buffer.addEventListener("updateend", () => {
      if (this.#closed) return;
      onAppended();
      this.#next();
    });
    buffer.addEventListener("error", () => this.#break("append"));
  }

  close() {
    this.#closed = true;
    this.#queue = [];
  }

  /** @param {string} mime @param {Uint8Array<ArrayBuffer>} data */
  appendInit(mime, data) {
    this.#queue.push({ mime, data });
    this.#next();
  }

  /** @param {Uint8Array<ArrayBuffer>} data */
  appendPart(data) {
    this.#queue.push({ mime: null, data });
    if (this.#queue.length > QUEUE_MAX) return this.#break("queue");
    this.#next();
  }

  /** End of the newest stretch, in seconds; null when nothing is buffered. */
  get endS() {
    const ranges = this.#ranges();
    return ranges.length > 0 ? ranges[ranges.length - 1][1] : null;
  }

  /** @param {number} atS @returns {number} how far from there the buffer goes on without a gap */
  aheadOf(atS) {
    const range = this.#ranges().find(([start, end]) => atS >= start - 0.05 && atS < end);
    return range === undefined ? 0 : range[1] - atS;
  }

  /** @param {number} atS @returns {number | null} where the next stretch after a gap starts */
  nextStart(atS) {
    return this.#ranges().find(([start]) => start > atS)?.[0] ?? null;
  }

  /** @param {number} atS @returns {number | null} where the stretch that holds this moment starts */
  startOf(atS) {
    return this.#ranges().find(([start, end]) => atS >= start && atS <= end)?.[0] ?? null;
  }

  /** @param {number} currentS Frees what lies well behind it. */
  trim(currentS) {
    const first = this.#ranges()[0];
    if (first === undefined || first[0] > currentS - TRIM_BEHIND_S - TRIM_STEP_S) return;
    this.#removeBeforeS = currentS - TRIM_BEHIND_S;
    this.#next();
  }

  /** @returns {[number, number][]} */
  #ranges() {
    if (this.#closed) return [];
    try {
      const { buffered } = this.buffer;
      return Array.from({ length: buffered.length }, (_, index) => [buffered.start(index), buffered.end(index)]);
    } catch {
      return []; // the browser took the buffer away with its source
    }
  }

  #next() {
    if (this.#closed || this.buffer.updating) return;
    try {
      const head = this.#queue[0];
      if (head === undefined) return this.#remove();
      this.#queue.shift();
      if (head.mime !== null) return this.#startInit(head.mime, head.data);
      const parts = [head.data];
      while (this.#queue.length > 0 && this.#queue[0].mime === null) parts.push(/** @type {any} */ (this.#queue.shift()).data);
      const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
      this.buffer.appendBuffer(parts.length === 1 ? head.data : joined(parts, bytes));
    } catch (error) {
      this.#break(error instanceof DOMException ? error.name : String(error));
    }
  }

  /** @param {string} mime @param {Uint8Array<ArrayBuffer>} data */
  #startInit(mime, data) {
    if (this.#mime !== "" && this.#mime !== mime) this.buffer.changeType(mime);
    this.#mime = mime;
    this.buffer.appendBuffer(data);
  }

  #remove() {
    if (this.#removeBeforeS <= 0) return;
    const end = this.#removeBeforeS;
    this.#removeBeforeS = 0;
    this.buffer.remove(0, end);
  }

  /** @param {string} why */
  #break(why) {
    if (this.#closed) return;
    this.close();
    this.onBroken(why);
  }
}
