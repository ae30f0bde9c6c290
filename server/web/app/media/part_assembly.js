/** Puts the chunks of media parts together again; a part that misses a chunk is given up whole. */

/** @typedef {import("../live/wire.js").PartChunk} PartChunk */
/** @typedef {import("../live/wire.js").PartHeader} PartHeader */
/** @typedef {{ lane: number, initId: number, partId: number, header: PartHeader, data: Uint8Array<ArrayBuffer> }} Part */

export class PartAssembly {
  /** @type {Map<number, { partId: number, header: PartHeader, chunks: Uint8Array[], bytes: number }>} by lane */
  #open = new Map();

  /** @param {PartChunk} chunk @returns {Part | null} the part, once its last chunk is here */
  feed(chunk) {
    if (chunk.index === 0) {
      if (chunk.header === null) return null;
      this.#open.set(chunk.lane, { partId: chunk.part_id, header: chunk.header, chunks: [], bytes: 0 });
    }
    const open = this.#open.get(chunk.lane);
    if (open === undefined || open.partId !== chunk.part_id || open.chunks.length !== chunk.index) {
      this.#open.delete(chunk.lane);
      return null;
    }
    open.chunks.push(chunk.data);
    open.bytes += chunk.data.byteLength;
    if (!chunk.last) return null;
    this.#open.delete(chunk.lane);
    return {
      lane: chunk.lane,
      initId: chunk.init_id,
      partId: chunk.part_id,
      header: open.header,
      data: joined(open.chunks, open.bytes),
    };
  }

  /** Forget what was begun: the next chunks come from another connection. */
  reset() {
    this.#open.clear();
  }
}

/** @param {Uint8Array[]} pieces @param {number} bytes @returns {Uint8Array<ArrayBuffer>} */
export function joined(pieces, bytes) {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
