/**
 * What is needed to build the source again at any moment: each track's init and its parts since the newest keyframe.
 * It also says whether a part may be decoded: after a jump only a keyframe is.
 */

/** @typedef {import("../live/wire.js").TrackInit} TrackInit */
/** @typedef {import("./part_assembly.js").Part} Part */

const KEPT_BYTES_MAX = 6 * 1024 * 1024;
/** Parts of sound all start decoding; a stretch about as long as the picture's is kept. */
const SOUND_KEPT_S = 4;

export class TrackMemory {
  /** @type {TrackInit | null} */
  init = null;
  /** @type {Part[]} */
  parts = [];
  #bytes = 0;
  #lastPartId = -1;
  /** @type {Map<number, TrackInit>} */
  #inits = new Map();

  /** @param {boolean} isSound */
  constructor(isSound) {
    this.isSound = isSound;
  }

  /** Whether this track is known to exist. */
  get announced() {
    return this.#inits.size > 0;
  }

  /** Media time where the newest part ends, in seconds; null before any. */
  get endS() {
    const last = this.parts.at(-1);
    return last === undefined ? null : (last.header.pts_us + last.header.duration_us) / 1e6;
  }

  /** @param {TrackInit} init */
  noteInit(init) {
    this.#inits.set(init.init_id, init);
    if (this.#inits.size > 4) this.#inits.delete(/** @type {number} */ (this.#inits.keys().next().value));
  }

  /**
   * @param {Part} part
   * @returns {{ fits: boolean, newInit: boolean }} fits: it can be decoded after what came before
   */
  notePart(part) {
    const init = this.#inits.get(part.initId);
    if (init === undefined) return { fits: false, newInit: false };
    const newInit = this.init !== init;
    const follows = !newInit && part.partId === this.#lastPartId + 1 && this.parts.length > 0;
    if (!follows && !part.header.keyframe && !this.isSound) return { fits: false, newInit: false };
    this.init = init;
    this.#lastPartId = part.partId;
    if (newInit || !follows || (part.header.keyframe && !this.isSound)) this.#forgetParts();
    this.parts.push(part);
    this.#bytes += part.data.byteLength;
    this.#bound();
    return { fits: true, newInit };
  }

  /** Nothing more is coming that follows on from this. */
  forget() {
    this.#forgetParts();
    this.#lastPartId = -1;
  }

  #forgetParts() {
    this.parts = [];
    this.#bytes = 0;
  }

  #bound() {
    if (this.isSound) {
      const endS = this.endS ?? 0;
      while (this.parts.length > 1 && this.parts[0].header.pts_us / 1e6 < endS - SOUND_KEPT_S) this.#dropFirst();
    }
    // A group of pictures too long to keep is played, but not remembered: a rebuild then waits for a keyframe.
    if (this.#bytes > KEPT_BYTES_MAX) this.parts.splice(0, this.parts.length - 1);
  }

  #dropFirst() {
    this.#bytes -= this.parts.shift()?.data.byteLength ?? 0;
  }
}
