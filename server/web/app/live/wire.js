/**
 * The messages of the live WebSocket, subprotocol `jishi.v1.msgpack`, as the browser reads and writes them.
 *
 * Each message is a MessagePack array, its kind first. On this side a message is an object with `kind` and named
 * fields; the tables below give their order. Further items than the tables name are ignored, and an unknown kind reads
 * as null, so that a newer server goes on being understood.
 */
import { decode, encode } from "@msgpack/msgpack";

export const SUBPROTOCOL = "jishi.v1.msgpack";

export const LANE_CONTROL = 0;
export const LANE_CHAT = 1;
export const LANE_SOUND = 2;
export const LANE_VIDEO = 3;
export const ALL_LANES = [LANE_CONTROL, LANE_CHAT, LANE_SOUND, LANE_VIDEO];

/**
 * @typedef {{ epoch: string, offset: number }} Position
 * @typedef {{ key: string, version: number, value: any }} StateItem value is null where the key is removed
 * @typedef {{ comment_id: string, offset: number, sender: string, name: string, role: string, text: string,
 *   media_us: number, wall_us: number, reply_to: string | null }} Comment
 * @typedef {{ room_id: string, slug: string, kind: string, title: string, host_name: string, org_name: string }} RoomFacts
 * @typedef {{ keyframe: boolean, pts_us: number, duration_us: number, wall_us: number, bytes: number }} PartHeader
 *
 * @typedef {{ kind: "hello", version: number, session: string, server_us: number, room: RoomFacts,
 *   limits: Record<string, number> }} Hello
 * @typedef {{ kind: "snapshot", control: Position, chat: Position, state: StateItem[], comments: Comment[],
 *   viewers: number, likes: number, recovered: boolean }} Snapshot
 * @typedef {{ kind: "state", position: Position, items: StateItem[] }} StateMessage
 * @typedef {{ kind: "comments", position: Position, comments: Comment[] }} Comments
 * @typedef {{ kind: "retraction", position: Position, comment_ids: string[], code: string }} Retraction
 * @typedef {{ kind: "counters", viewers: number, likes: number }} Counters
 * @typedef {{ kind: "init", lane: number, init_id: number, rendition: string, codec: string, width: number,
 *   height: number, data: Uint8Array }} TrackInit
 * @typedef {{ kind: "part", lane: number, init_id: number, part_id: number, index: number, last: boolean,
 *   header: PartHeader | null, data: Uint8Array }} PartChunk
 * @typedef {{ kind: "gap", lane: number, reason: string, publications: number }} Gap
 * @typedef {{ kind: "answer", request_id: number, result: any }} Answer
 * @typedef {{ kind: "refusal", request_id: number, code: string, facts: Record<string, any> }} RefusalMessage
 * @typedef {{ kind: "order", order: any }} OrderChanged
 * @typedef {{ notice_id: string, kind: string, at: string, facts: Record<string, any> }} NoticeFacts
 * @typedef {{ kind: "notice", notice: NoticeFacts }} NoticeMessage
 * @typedef {{ kind: "clock", client_us: number, server_us: number }} ClockMessage
 * @typedef {{ kind: "bye", code: string, reconnect_after_ms: number | null }} Bye
 * @typedef {Hello | Snapshot | StateMessage | Comments | Retraction | Counters | TrackInit | PartChunk | Gap | Answer |
 *   RefusalMessage | OrderChanged | NoticeMessage | ClockMessage | Bye} ServerMessage
 */

/** @typedef {(value: any) => any} Reader turns a decoded item into what the client uses */

/**
 * @param {Record<string, Reader | null>} fields in wire order; null keeps the item as it came
 * @returns {Reader}
 */
function struct(fields) {
  const readers = Object.entries(fields);
  return (items) => {
    /** @type {Record<string, any>} */
    const object = {};
    readers.forEach(([name, reader], index) => {
      const item = items[index] ?? null;
      object[name] = reader !== null && item !== null ? reader(item) : item;
    });
    return object;
  };
}

/** @param {Reader} reader @returns {Reader} */
const listOf = (reader) => (items) => items.map(reader);

const position = struct({ epoch: null, offset: null });
const stateItem = struct({ key: null, version: null, value: null });
const comment = struct({
  comment_id: null, offset: null, sender: null, name: null, role: null, text: null,
  media_us: null, wall_us: null, reply_to: null,
});
const partHeader = struct({ keyframe: null, pts_us: null, duration_us: null, wall_us: null, bytes: null });

/** @type {Record<string, Reader>} */
const SERVER_MESSAGES = {
  hello: struct({ version: null, session: null, server_us: null, room: null, limits: null }),
  snapshot: struct({
    control: position, chat: position, state: listOf(stateItem), comments: listOf(comment),
    viewers: null, likes: null, recovered: null,
  }),
  state: struct({ position, items: listOf(stateItem) }),
  comments: struct({ position, comments: listOf(comment) }),
  retraction: struct({ position, comment_ids: null, code: null }),
  counters: struct({ viewers: null, likes: null }),
  init: struct({
    lane: null, init_id: null, rendition: null, codec: null, width: null, height: null, data: null,
  }),
  part: struct({
    lane: null, init_id: null, part_id: null, index: null, last: null, header: partHeader, data: null,
  }),
  gap: struct({ lane: null, reason: null, publications: null }),
  answer: struct({ request_id: null, result: null }),
  refusal: struct({ request_id: null, code: null, facts: null }),
  order: struct({ order: null }),
  notice: struct({ notice: null }),
  clock: struct({ client_us: null, server_us: null }),
  bye: struct({ code: null, reconnect_after_ms: null }),
};

/** Field order of what the client sends. @type {Record<string, string[]>} */
const CLIENT_MESSAGES = {
  sign_in: ["request_id", "token"],
  sign_out: ["request_id"],
  say: ["request_id", "key", "text", "media_us", "reply_to"],
  buy: ["request_id", "key", "sku_id", "quantity", "card_id", "price_minor"],
  remove: ["request_id", "comment_id", "reason"],
  like: ["count"],
  ask_clock: ["client_us"],
  set_lanes: ["lanes"],
  report: ["latency_us", "buffer_us", "stalls"],
};

/**
 * @param {ArrayBuffer | Uint8Array} bytes one WebSocket message
 * @returns {ServerMessage | null} null for a kind this client does not know
 */
export function readMessage(bytes) {
  const items = decode(bytes);
  if (!Array.isArray(items) || typeof items[0] !== "string") throw new TypeError("not a live message");
  const kind = items[0];
  const reader = SERVER_MESSAGES[kind];
  return reader === undefined ? null : { kind, ...reader(items.slice(1)) };
}

/**
 * @param {string} kind
 * @param {Record<string, unknown>} fields
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeMessage(kind, fields) {
  const names = CLIENT_MESSAGES[kind];
  if (names === undefined) throw new TypeError(`no client message of kind ${kind}`);
  return encode([kind, ...names.map((name) => fields[name] ?? null)]);
}
