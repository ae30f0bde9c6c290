/**
 * One room's WebSocket: connects, comes back by itself, and matches answers with requests.
 *
 * It knows positions (to continue where it was) and requests, and hands every message on in the order it came. What
 * the messages mean is for the listeners.
 */
import { backoffMs } from "./backoff.js";
import { Refused, Unanswered } from "./refusals.js";
import { ourClockUs, ServerClock } from "./server_clock.js";
import { LANE_CHAT, LANE_CONTROL, readMessage, SUBPROTOCOL, writeMessage } from "./wire.js";

/** @typedef {import("./wire.js").ServerMessage} ServerMessage */
/** @typedef {"connecting" | "live" | "lost" | "closed"} Status */

const REQUEST_TIMEOUT_MS = 8_000;
const CLOCK_EVERY_MS = 20_000;
const CLOCK_FIRST_MS = [0, 400, 1_200];
/** A socket that has said nothing for so long is taken as dead: counters alone come more often. */
const SILENCE_MAX_MS = 45_000;

/** @param {string} slug @param {number[]} lanes @param {Map<number, import("./wire.js").Position>} positions */
export function liveUrl(slug, lanes, positions) {
  const url = new URL(`/rooms/${encodeURIComponent(slug)}/live`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let query = `lanes=${lanes.join(",")}`;
  const since = [...positions].map(([lane, at]) => `${lane}:${encodeURIComponent(at.epoch)}:${at.offset}`);
  if (since.length > 0) query += `&since=${since.join(",")}`;
  return `${url.href}?${query}`;
}

export class LiveConnection {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Status} */
  #status = "connecting";
  #attempt = 0;
  #timer = 0;
  #clockTimers = /** @type {number[]} */ ([]);
  #heardAt = 0;
  #nextRequestId = 1;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void, timer: number }>} */
  #pending = new Map();
  /** @type {Map<number, import("./wire.js").Position>} */
  #positions = new Map();
  /** @type {number | null} */
  #byeAfterMs = null;
  #stayAway = false;

  clock = new ServerClock();
  openedAtMs = 0;
  connects = 0;

  /**
   * @param {{ slug: string, lanes: number[], onMessage: (message: ServerMessage) => void,
   *   onStatus?: (status: Status) => void }} options
   */
  constructor({ slug, lanes, onMessage, onStatus }) {
    this.slug = slug;
    this.lanes = lanes;
    this.onMessage = onMessage;
    this.onStatus = onStatus ?? (() => {});
  }

  get status() {
    return this.#status;
  }

  open() {
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#connect();
  }

  close() {
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#stayAway = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#lose();
    this.#setStatus("closed");
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} fields without the request id
   * @returns {Promise<any>} the answer's result; rejects with Refused or Unanswered
   */
  request(kind, fields) {
    const requestId = this.#nextRequestId++;
    return new Promise((resolve, reject) => {
      if (!this.send(kind, { ...fields, request_id: requestId })) return reject(new Unanswered("not connected"));
      const timer = setTimeout(() => {
        this.#pending.delete(requestId);
        reject(new Unanswered("no answer in time"));
      }, REQUEST_TIMEOUT_MS);
      this.#pending.set(requestId, { resolve, reject, timer: Number(timer) });
    });
  }

  /** @param {string} kind @param {Record<string, unknown>} fields @returns {boolean} whether it left */
  send(kind, fields) {
    if (this.#status !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(writeMessage(kind, fields));
    return true;
  }

  /** @param {number[]} lanes */
  setLanes(lanes) {
    this.lanes = lanes;
    this.send("set_lanes", { lanes });
  }

  /** Don't wait for the next attempt. */
  retryNow() {
    this.#hurry();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.openedAtMs = performance.now();
    const socket = new WebSocket(liveUrl(this.slug, this.lanes, this.#positions), SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
    this.#socket = socket;
  }

  /** @param {ArrayBuffer} bytes */
  #hear(bytes) {
    this.#heardAt = performance.now();
    const message = readMessage(bytes);
    if (message === null) return;
    this.#note(message);
    this.onMessage(message);
  }

  /** @param {ServerMessage} message */
  #note(message) {
    switch (message.kind) {
      case "hello":
        this.#attempt = 0;
        this.connects += 1;
        this.#setStatus("live");
        this.#startClock();
        break;
      case "snapshot":
        this.#positions.set(LANE_CONTROL, message.control);
        this.#positions.set(LANE_CHAT, message.chat);
        break;
      case "state":
      case "retraction":
        this.#positions.set(LANE_CONTROL, message.position);
        break;
      case "comments":
        this.#positions.set(LANE_CHAT, message.position);
        break;
      case "clock":
        this.clock.addSample(message.client_us, message.server_us, ourClockUs());
        break;
      case "answer":
        this.#settle(message.request_id)?.resolve(message.result);
        break;
      case "refusal":
        this.#settle(message.request_id)?.reject(new Refused(message.code, message.facts ?? {}));
        break;
      case "bye":
        if (message.reconnect_after_ms === null) this.#stayAway = true;
        this.#byeAfterMs = message.reconnect_after_ms;
        break;
    }
  }

  /** @param {number} requestId */
  #settle(requestId) {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    if (pending !== undefined) clearTimeout(pending.timer);
    return pending;
  }

  #startClock() {
    this.#stopClock();
    const ask = () => this.send("ask_clock", { client_us: Math.round(ourClockUs()) });
    const check = () => {
      if (performance.now() - this.#heardAt > SILENCE_MAX_MS) this.#socket?.close();
      else ask();
    };
    this.#clockTimers = [...CLOCK_FIRST_MS.map((ms) => setTimeout(ask, ms)), setInterval(check, CLOCK_EVERY_MS)].map(
      Number,
    );
  }

  #stopClock() {
    for (const timer of this.#clockTimers) clearTimeout(timer);
    this.#clockTimers = [];
  }

  #lose() {
    this.#socket = null;
    this.#stopClock();
    for (const [requestId, pending] of this.#pending) {
      clearTimeout(pending.timer);
      this.#pending.delete(requestId);
      pending.reject(new Unanswered("connection lost"));
    }
    if (this.#stayAway) return this.#setStatus("closed");
    this.#setStatus("lost");
    const waitMs = (this.#byeAfterMs ?? 0) + backoffMs(this.#attempt, Math.random());
    this.#byeAfterMs = null;
    this.#attempt += 1;
    this.#timer = Number(setTimeout(() => this.#connect(), waitMs));
  }

  /** Back online or looked at again: don't sit out a long wait. */
  #hurry = () => {
    if (this.#status !== "lost" || this.#socket !== null || document.hidden) return;
    this.#attempt = Math.min(this.#attempt, 1);
    clearTimeout(this.#timer);
    this.#timer = Number(setTimeout(() => this.#connect(), backoffMs(0, Math.random())));
  };

  /** @param {Status} status */
  #setStatus(status) {
    if (this.#status === status) return;
    this.#status = status;
    this.onStatus(status);
  }
}
