import assert from "node:assert/strict";
import { test } from "node:test";

import { JUMP_BEYOND_AT_FIRST_S, JUMP_BEYOND_S, MARGIN_FIRST_S, Pace } from "../../server/web/app/media/pace.js";
import { PartAssembly } from "../../server/web/app/media/part_assembly.js";
import { TrackMemory } from "../../server/web/app/media/track_memory.js";

/** @param {number} partId @param {number} index @param {boolean} last @param {boolean} [keyframe] @returns {import("../../server/web/app/live/wire.js").PartChunk} */
const chunk = (partId, index, last, keyframe = false) => ({
  kind: "part", lane: 3, init_id: 1, part_id: partId, index, last,
  header: index === 0 ? { keyframe, pts_us: partId * 200_000, duration_us: 200_000, wall_us: 0, bytes: 2 } : null,
  data: new Uint8Array([partId, index]),
});

/** @param {number} partId @param {boolean} keyframe @param {number} [initId] */
const part = (partId, keyframe, initId = 1) => ({
  lane: 3, initId, partId,
  header: { keyframe, pts_us: partId * 200_000, duration_us: 200_000, wall_us: 0, bytes: 1 },
  data: new Uint8Array([partId]),
});

/** @param {number} initId @returns {import("../../server/web/app/live/wire.js").TrackInit} */
const init = (initId) => ({ kind: "init", lane: 3, init_id: initId, rendition: "source", codec: "avc1.4D401E", width: 1, height: 1, data: new Uint8Array() });

test("chunks join in order", () => {
  const assembly = new PartAssembly();
  assert.equal(assembly.feed(chunk(1, 0, false)), null);
  assert.deepEqual([...(assembly.feed(chunk(1, 1, true))?.data ?? [])], [1, 0, 1, 1]);
});

test("a part that misses a chunk is given up, the next is whole again", () => {
  const assembly = new PartAssembly();
  assembly.feed(chunk(1, 0, false));
  assert.equal(assembly.feed(chunk(1, 2, true)), null);
  assert.equal(assembly.feed(chunk(2, 1, true)), null, "no first chunk");
  assert.equal(assembly.feed(chunk(3, 0, true))?.partId, 3);
});

test("after a jump in part ids the picture goes on at a keyframe", () => {
  const memory = new TrackMemory(false);
  memory.noteInit(init(1));
  const fits = (/** @type {number} */ id, /** @type {boolean} */ key) => memory.notePart(part(id, key)).fits;
  assert.deepEqual([fits(1, false), fits(2, true), fits(3, false), fits(5, false), fits(6, false), fits(7, true), fits(8, false)],
    [false, true, true, false, false, true, true]);
  assert.deepEqual(memory.parts.map((one) => one.partId), [7, 8]);
});

test("a part of an unknown init is not decoded; a new init is told", () => {
  const memory = new TrackMemory(false);
  memory.noteInit(init(1));
  assert.deepEqual(memory.notePart(part(1, true)), { fits: true, newInit: true });
  assert.deepEqual(memory.notePart(part(2, true, 2)), { fits: false, newInit: false });
  memory.noteInit(init(2));
  assert.deepEqual(memory.notePart(part(3, false, 2)), { fits: false, newInit: false }, "not at a keyframe");
  assert.deepEqual(memory.notePart(part(4, true, 2)), { fits: true, newInit: true });
});

/** @param {Pace} pace @param {number} fromMs @param {number} ticks @param {number} behindS */
function run(pace, fromMs, ticks, behindS) {
  let decided = { rate: 1, jumpToBehindS: /** @type {number | null} */ (null) };
  for (let tick = 0; tick < ticks; tick += 1) decided = pace.decide(fromMs + tick * 100, behindS);
  return decided;
}

test("near the goal it plays as it is, a little behind a little faster", () => {
  const pace = new Pace();
  assert.equal(run(pace, 0, 15, MARGIN_FIRST_S).rate, 1);
  assert.equal(run(pace, 2000, 15, MARGIN_FIRST_S + 0.3).rate, 1.05);
  assert.equal(run(pace, 4000, 15, MARGIN_FIRST_S + 0.05).rate, 1.05, "goes on until it is there");
  assert.equal(run(pace, 6000, 15, MARGIN_FIRST_S).rate, 1);
  assert.equal(run(pace, 8000, 15, MARGIN_FIRST_S + 0.9).rate, 1.1);
});

test("far behind it jumps to the goal", () => {
  const pace = new Pace();
  assert.equal(pace.decide(0, MARGIN_FIRST_S + JUMP_BEYOND_S + 0.1).jumpToBehindS, MARGIN_FIRST_S);
});

test("the least of the last second counts, not a part just come", () => {
  const pace = new Pace();
  run(pace, 0, 10, 0.1);
  assert.equal(pace.decide(1000, 2.5).jumpToBehindS, null);
});

test("each stall asks for more in hand, calm for less again", () => {
  const pace = new Pace();
  pace.noteStall(0);
  const after = pace.goalS;
  assert.ok(after > MARGIN_FIRST_S);
  for (let nowMs = 0; nowMs <= 30_000; nowMs += 100) pace.decide(nowMs, after);
  assert.ok(pace.goalS < after);
});

test("in the first moments it jumps sooner", () => {
  const pace = new Pace();
  const behindS = MARGIN_FIRST_S + JUMP_BEYOND_AT_FIRST_S + 0.1;
  pace.begin(0);
  assert.equal(pace.decide(100, behindS).jumpToBehindS, MARGIN_FIRST_S);
  assert.equal(pace.decide(10_000, behindS).jumpToBehindS, null);
});
