import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode } from "@msgpack/msgpack";

import { readMessage, writeMessage } from "../../server/web/app/live/wire.js";

const position = ["e1", 7];
const comment = ["c1", 7, "s1", "小满", "viewer", "真甜", 1_500_000, 1_795_305_600_000_000];

test("a hello is read by field names", () => {
  const room = { room_id: "r", slug: "t", kind: "farm", title: "桃", host_name: "秀", org_name: "社" };
  const message = readMessage(encode(["hello", 1, "s", 1_795_305_600_123_456, room, { comment_chars_max: 100 }]));
  assert.deepEqual(message, {
    kind: "hello", version: 1, session: "s", server_us: 1_795_305_600_123_456, room, limits: { comment_chars_max: 100 },
  });
});

test("a snapshot's positions, items and comments are read, a missing last field as null", () => {
  const message = readMessage(
    encode(["snapshot", position, ["e1", 0], [["air", 3, { on_air: true }], ["card:1", 4, null]], [comment], 12, 5, false]),
  );
  assert.ok(message?.kind === "snapshot");
  assert.deepEqual(message.control, { epoch: "e1", offset: 7 });
  assert.deepEqual(message.state[1], { key: "card:1", version: 4, value: null });
  assert.equal(message.comments[0].reply_to, null);
  assert.equal(message.comments[0].wall_us, 1_795_305_600_000_000);
  assert.equal(message.recovered, false);
});

test("a part's first chunk has its header, the others none", () => {
  const first = readMessage(encode(["part", 3, 1, 9, 0, false, [true, 100, 200, 300, 5], new Uint8Array([1, 2])]));
  const second = readMessage(encode(["part", 3, 1, 9, 1, true, null, new Uint8Array([3])]));
  assert.ok(first?.kind === "part" && second?.kind === "part");
  assert.deepEqual(first.header, { keyframe: true, pts_us: 100, duration_us: 200, wall_us: 300, bytes: 5 });
  assert.equal(second.header, null);
  assert.deepEqual([...second.data], [3]);
});

test("a notice is read as it stands in the list", () => {
  const notice = { notice_id: "n", kind: "muted", at: "2026-01-01T00:00:00Z", facts: { room_slug: null } };
  assert.deepEqual(readMessage(encode(["notice", notice])), { kind: "notice", notice });
});

test("fields appended later are ignored, and an unknown kind reads as null", () => {
  assert.deepEqual(readMessage(encode(["counters", 3, 4, "new"])), { kind: "counters", viewers: 3, likes: 4 });
  assert.equal(readMessage(encode(["confetti", 1])), null);
  assert.throws(() => readMessage(encode({ kind: "hello" })));
});

test("each client message has its fields in the wire's order", () => {
  /** @type {[string, Record<string, unknown>, unknown[]][]} */
  const cases = [
    ["sign_in", { request_id: 1, token: "t" }, [1, "t"]],
    ["sign_out", { request_id: 2 }, [2]],
    ["say", { request_id: 3, key: "k", text: "好", media_us: 4 }, [3, "k", "好", 4, null]],
    ["buy", { request_id: 5, key: "k", sku_id: "s", quantity: 2, card_id: null, price_minor: 4990 }, [5, "k", "s", 2, null, 4990]],
    ["remove", { request_id: 6, comment_id: "c", reason: "scam" }, [6, "c", "scam"]],
    ["like", { count: 3 }, [3]],
    ["ask_clock", { client_us: 1_795_305_600_000_001 }, [1_795_305_600_000_001]],
    ["set_lanes", { lanes: [0, 1] }, [[0, 1]]],
    ["report", { latency_us: 400_000, buffer_us: 200_000, stalls: 0 }, [400_000, 200_000, 0]],
  ];
  for (const [kind, fields, wire] of cases) assert.deepEqual(decode(writeMessage(kind, fields)), [kind, ...wire]);
  assert.throws(() => writeMessage("dance", {}));
});

test("microseconds since 1970 go out as integers", () => {
  const bytes = writeMessage("ask_clock", { client_us: 1_795_305_600_000_001 });
  assert.equal(bytes.at(-9), 0xcf, "uint 64");
});
