/**
 * The lines flying over the picture. Each waits until the picture reaches the media time it was said at, then crosses
 * once. Text nodes only; what does not fit is left to the list beside.
 */
import { effect } from "@preact/signals";

import { comfort, isCalm } from "../comfort.js";
import { DanmakuLanes } from "./lanes.js";

/** @typedef {import("../live/room_state.js").ShownComment} ShownComment */

const CROSSING_MS = 8_000;
const ON_SCREEN_MAX = 60;
const WAITING_MAX = 120;
/** Of a line of normal size, in the root's type size. */
const LANE_HEIGHT_REM = 2.25;
const SCALES = { small: 0.8, normal: 1, large: 1.35 };
/** Of the picture's height. */
const SHARES = { quarter: 0.25, half: 0.5, full: 1 };
const LANES_MAX = 8;
/** A line whose moment is further away than this is not of this stretch of the show: it flies when it comes. */
const AHEAD_MAX_US = 6_000_000;
const TICK_MS = 100;

export class DanmakuLayer {
  /** @type {Map<string, { element: HTMLElement, flight: Animation }>} */
  #flying = new Map();
  /** @type {ShownComment[]} */
  #waiting = [];
  /** @type {DanmakuLanes | null} */
  #lanes = null;
  #enabled = true;
  #laneHeightPx = 0;
  #unfollow = () => {};

  /** @param {HTMLElement} root @param {() => number | null} mediaUs media time on screen; null while there is no picture */
  constructor(root, mediaUs) {
    this.root = root;
    this.mediaUs = mediaUs;
    this.resizer = new ResizeObserver(() => {
      this.#lanes = null;
    });
    this.resizer.observe(root);
    this.#unfollow = effect(() => this.#dress(comfort.value));
    this.timer = setInterval(() => this.#release(), TICK_MS);
  }

  close() {
    this.resizer.disconnect();
    clearInterval(this.timer);
    this.#unfollow();
    this.clear();
  }

  /** As the visitor likes it, from the next line on. @param {import("../comfort.js").Comfort} chosen */
  #dress({ danmaku }) {
    const scale = SCALES[danmaku.size];
    this.#enabled = danmaku.on;
    this.root.style.opacity = String(danmaku.opacity / 100);
    this.root.style.setProperty("--danmaku-scale", String(scale));
    this.root.style.setProperty("--danmaku-share", String(SHARES[danmaku.area]));
    this.#laneHeightPx = Math.round(LANE_HEIGHT_REM * scale * parseFloat(getComputedStyle(document.documentElement).fontSize));
    this.#lanes = null;
    if (!danmaku.on) this.clear();
  }

  clear() {
    this.#waiting = [];
    for (const commentId of [...this.#flying.keys()]) this.#land(commentId);
  }

  /** @param {ShownComment} comment */
  add(comment) {
    if (!this.#enabled || isCalm() || document.hidden) return;
    if (comment.mine) return this.#fly(comment);
    this.#waiting.push(comment);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    this.#release();
  }

  /** @param {string[]} commentIds */
  retract(commentIds) {
    this.#waiting = this.#waiting.filter((comment) => !commentIds.includes(comment.comment_id));
    for (const commentId of commentIds) this.#land(commentId);
  }

  #release() {
    if (this.#waiting.length === 0) return;
    const nowUs = this.mediaUs();
    const early = /** @type {ShownComment[]} */ ([]);
    for (const comment of this.#waiting) {
      const aheadUs = nowUs === null ? 0 : comment.media_us - nowUs;
      if (aheadUs > 0 && aheadUs < AHEAD_MAX_US) early.push(comment);
      else this.#fly(comment);
    }
    this.#waiting = early;
  }

  /** @param {ShownComment} comment */
  #fly(comment) {
    if (this.#flying.has(comment.comment_id) || (this.#flying.size >= ON_SCREEN_MAX && !comment.mine)) return;
    const lanes = (this.#lanes ??= this.#freshLanes());
    const element = document.createElement("div");
    element.className = `danmaku danmaku--${comment.role}${comment.mine ? " danmaku--mine" : ""}`;
    element.textContent = comment.text;
    this.root.append(element);
    const widthPx = element.offsetWidth;
    const lane = comment.mine ? lanes.force(widthPx, performance.now()) : lanes.take(widthPx, performance.now());
    if (lane < 0) return element.remove();
    element.style.top = `${lane * this.#laneHeightPx}px`;
    const flight = element.animate(
      [{ transform: `translateX(${lanes.widthPx}px)` }, { transform: `translateX(${-widthPx}px)` }],
      { duration: CROSSING_MS, easing: "linear" },
    );
    this.#flying.set(comment.comment_id, { element, flight });
    flight.onfinish = () => this.#land(comment.comment_id);
  }

  /** @param {string} commentId */
  #land(commentId) {
    const flying = this.#flying.get(commentId);
    if (flying === undefined) return;
    this.#flying.delete(commentId);
    flying.flight.cancel();
    flying.element.remove();
  }

  #freshLanes() {
    const { clientWidth, clientHeight } = this.root;
    const count = Math.max(1, Math.min(LANES_MAX, Math.floor(clientHeight / this.#laneHeightPx)));
    return new DanmakuLanes({ count, widthPx: clientWidth, crossingMs: CROSSING_MS, gapPx: 32 });
  }
}
