/**
 * Plays the room's sound and picture with Media Source Extensions, close behind the newest part.
 *
 * Two SourceBuffers on one server-made timeline. A SourceBuffer can't be added or left out while playing, so when a
 * track comes, goes or starves, the source is built again from memory (track_memory.js), which costs a blink and never
 * the show: a lagging sound lane must not hold the picture, nor the reverse.
 */
import { LANE_SOUND, LANE_VIDEO } from "../live/wire.js";
import { Pace } from "./pace.js";
import { PartAssembly } from "./part_assembly.js";
import { mimeOf, SourceLane } from "./source_lane.js";
import { TrackMemory } from "./track_memory.js";

/** @typedef {import("../live/wire.js").TrackInit} TrackInit */
/** @typedef {import("../live/wire.js").PartChunk} PartChunk */
/** @typedef {import("../live/wire.js").Gap} Gap */

const TICK_MS = 100;
/** How long one track waits for the other before the first picture: both are sent at once where both exist. */
const OTHER_TRACK_WAIT_MS = 60;
const ANNOUNCED_TRACK_WAIT_MS = 250;
/** Standing still so long while the other track has data, a track is left out. */
const STARVED_MS = 700;
/** A decoder stops a few frames before the end of what it has. */
const STARVED_AHEAD_S = 0.15;
/** Standing still so long with enough buffered (a seek that hangs, a hair before a stretch), it is pushed on. */
const STUCK_MS = 500;
const TRACK_BACK_WITHIN_S = 0.6;
/** So long after a cut line is back or the host returned, the hole it left is still being passed. */
const EXCUSED_AFTER_MS = 2_000;
const TRACK_RETRY_MS = [3_000, 10_000, 30_000];
const TIMELINE_BACK_MAX_S = 5;
const REBUILDS_PER_MINUTE_MAX = 12;
const REBUILD_PAUSE_MS = 5_000;

/** @returns {typeof MediaSource | null} */
export function mediaSourceClass() {
  const window = /** @type {any} */ (globalThis);
  return window.ManagedMediaSource ?? window.MediaSource ?? null;
}

export class Player {
  /** @type {MediaSource | null} */
  #source = null;
  #url = "";
  /** @type {Map<number, SourceLane>} */
  #lanes = new Map();
  #memory = new Map([
    [LANE_SOUND, new TrackMemory(true)],
    [LANE_VIDEO, new TrackMemory(false)],
  ]);
  #assembly = new PartAssembly();
  #pace = new Pace();
  #started = false;
  #timer = 0;
  #startTimer = 0;
  #stillSinceMs = 0;
  #lastTimeS = -1;
  #stallCounted = false;
  #excusedUntilMs = 0;
  /** @type {Map<number, { untilMs: number, times: number }>} tracks left out for now */
  #leftOut = new Map();
  /** @type {number[]} */
  #rebuiltAtMs = [];
  #lastWall = { ptsS: 0, wallUs: 0 };

  firstPictureMs = /** @type {number | null} */ (null);
  rebuilds = 0;
  lastRebuild = "";
  partsSkipped = 0;
  /** While the line is cut or the host away, standing still says nothing about the pace. */
  excused = false;
  onFirstPicture = () => {};
  /** @type {() => void} */
  onBlocked = () => {};

  /** @param {HTMLVideoElement} video @param {{ sound: boolean }} options sound: whether to play lane 2 at all */
  constructor(video, { sound }) {
    this.video = video;
    this.sound = sound;
    video.muted = true;
    video.playsInline = true;
    video.disableRemotePlayback = true;
    this.#timer = Number(setInterval(() => this.#tick(), TICK_MS));
    this.#openSource();
  }

  close() {
    clearInterval(this.#timer);
    this.#dropSource();
    for (const memory of this.#memory.values()) memory.forget();
  }

  /** The connection was lost and is back: what was half received is void, and the line counts as new. */
  reconnected() {
    this.#assembly.reset();
    this.#leftOut.delete(LANE_VIDEO);
  }

  /** On a slow line the server sends less of the picture: the sound then plays alone, until all of it comes again. @param {Gap} gap */
  onGap({ lane, reason }) {
    if (lane !== LANE_VIDEO) return;
    if (reason === "full") this.#leftOut.delete(LANE_VIDEO);
    if ((reason !== "keyframes_only" && reason !== "sound_only") || !this.#lanes.has(LANE_SOUND)) return;
    this.#leaveOut(LANE_VIDEO, Infinity);
    if (this.#lanes.has(LANE_VIDEO)) this.#rebuild("slow line");
  }

  /** Give up the picture (a hidden tab), to begin again with the next keyframe. */
  pause() {
    this.#dropSource();
    for (const memory of this.#memory.values()) memory.forget();
  }

  /** @param {TrackInit} init */
  onInit(init) {
    if (init.lane === LANE_SOUND && !this.sound) return;
    this.#memory.get(init.lane)?.noteInit(init);
  }

  /** @param {PartChunk} chunk */
  onChunk(chunk) {
    const memory = this.#memory.get(chunk.lane);
    if (memory === undefined || (chunk.lane === LANE_SOUND && !this.sound)) return;
    const part = this.#assembly.feed(chunk);
    if (part === null) return;
    const endBeforeS = memory.endS;
    const { fits, newInit } = memory.notePart(part);
    if (!fits) {
      this.partsSkipped += 1;
      return;
    }
    if (part.lane === LANE_VIDEO) this.#lastWall = { ptsS: part.header.pts_us / 1e6, wallUs: part.header.wall_us };
    if (this.#lanes.size === 0) return this.#startSoon();
    if (endBeforeS !== null && part.header.pts_us / 1e6 < endBeforeS - TIMELINE_BACK_MAX_S) return this.#rebuild("timeline");
    const lane = this.#lanes.get(part.lane);
    if (lane === undefined) return this.#maybeTakeBack(part.lane);
    if (newInit && memory.init !== null) lane.appendInit(mimeOf(memory.init, typeOf(part.lane)), bytesOf(memory.init));
    lane.appendPart(part.data);
  }

  /** Media time of the picture on screen, in microseconds; null while there is none. */
  mediaUs() {
    return this.#started && this.video.readyState >= 2 ? Math.round(this.video.currentTime * 1e6) : null;
  }

  /**
   * @param {number} serverNowUs
   * @returns the latency in ms from the server's receiving a frame to its being on screen here, null while unknown, and the rest
   */
  stats(serverNowUs) {
    const { ptsS, wallUs } = this.#lastWall;
    const shownWallUs = wallUs - (ptsS - this.video.currentTime) * 1e6;
    return {
      latency_ms: this.#started && wallUs > 0 ? (serverNowUs - shownWallUs) / 1000 : null,
      buffer_ms: Math.round(this.#aheadS() * 1000),
      goal_ms: Math.round(this.#pace.goalS * 1000),
      rate: this.video.playbackRate,
      stalls: this.#pace.stalls,
      first_picture_ms: this.firstPictureMs,
      rebuilds: this.rebuilds,
      last_rebuild: this.lastRebuild,
      parts_skipped: this.partsSkipped,
      tracks: [...this.#lanes.keys()].map(typeOf),
    };
  }

  // ---- The source ----------------------------------------------------------------------------------------------------

  /** Attached before there is anything to put in: opening takes the browser a while, which the connection takes too. */
  #openSource() {
    const Source = mediaSourceClass();
    if (Source === null) return;
    const source = new Source();
    this.#source = source;
    this.#url = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => this.#startSoon(), { once: true });
    this.video.src = this.#url;
  }

  #startSoon() {
    if (this.#source === null) return this.#openSource();
    if (this.#source.readyState !== "open" || this.#lanes.size > 0) return;
    const missing = [...this.#memory].filter(
      ([lane, { parts }]) => parts.length === 0 && !this.#isLeftOut(lane) && (lane !== LANE_SOUND || this.sound),
    );
    if (missing.length === 0) return this.#fill();
    if (this.#startTimer !== 0 || missing.length === this.#memory.size) return;
    const waitMs = missing.some(([, memory]) => memory.announced) ? ANNOUNCED_TRACK_WAIT_MS : OTHER_TRACK_WAIT_MS;
    this.#startTimer = Number(setTimeout(() => this.#fill(), waitMs));
  }

  /** @param {number} lane */
  #isLeftOut(lane) {
    return (this.#leftOut.get(lane)?.untilMs ?? 0) > performance.now();
  }

  /** Tracks that have something to play and are not left out for now. */
  #playable() {
    return [...this.#memory].filter(([lane, { parts }]) => parts.length > 0 && !this.#isLeftOut(lane));
  }

  #fill() {
    this.#clearStartTimer();
    const source = this.#source;
    if (source === null || source.readyState !== "open" || this.#lanes.size > 0) return;
    this.#pace.begin(performance.now());
    for (const [lane, memory] of this.#playable()) {
      if (memory.init === null) continue;
      const mime = mimeOf(memory.init, typeOf(lane));
      try {
        const buffer = source.addSourceBuffer(mime);
        this.#lanes.set(
          lane,
          new SourceLane(buffer, { onAppended: () => this.#settle(), onBroken: (why) => this.#rebuild(why) }),
        );
      } catch {
        this.#leaveOut(lane, Infinity); // a codec this browser does not play
      }
    }
    for (const [lane, sourceLane] of this.#lanes) {
      const memory = /** @type {TrackMemory} */ (this.#memory.get(lane));
      const init = /** @type {TrackInit} */ (memory.init);
      sourceLane.appendInit(mimeOf(init, typeOf(lane)), bytesOf(init));
      for (const part of memory.parts) sourceLane.appendPart(part.data);
    }
  }

  #clearStartTimer() {
    clearTimeout(this.#startTimer);
    this.#startTimer = 0;
  }

  #dropSource() {
    this.#clearStartTimer();
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
    if (this.#url !== "") URL.revokeObjectURL(this.#url);
    if (this.#source !== null) {
      this.video.removeAttribute("src");
      this.video.load();
    }
    this.#url = "";
    this.#source = null;
    this.#started = false;
    this.#lastTimeS = -1;
  }

  /** @param {string} why kept for whoever debugs */
  #rebuild(why) {
    const nowMs = performance.now();
    this.#rebuiltAtMs = this.#rebuiltAtMs.filter((atMs) => atMs > nowMs - 60_000);
    if (this.#rebuiltAtMs.length >= REBUILDS_PER_MINUTE_MAX) {
      this.#clearStartTimer();
      this.#startTimer = Number(setTimeout(() => this.#rebuild(why), REBUILD_PAUSE_MS));
      return;
    }
    this.#rebuiltAtMs.push(nowMs);
    this.rebuilds += 1;
    this.lastRebuild = why;
    this.#dropSource();
    this.#openSource();
  }

  /** @param {number} lane @param {number} [forMs] */
  #leaveOut(lane, forMs) {
    const times = (this.#leftOut.get(lane)?.times ?? 0) + 1;
    const wait = forMs ?? TRACK_RETRY_MS[Math.min(times, TRACK_RETRY_MS.length) - 1];
    this.#leftOut.set(lane, { untilMs: performance.now() + wait, times });
  }

  /** A track that is not playing has data again: take it in once it keeps up with the other. @param {number} lane */
  #maybeTakeBack(lane) {
    if (this.#isLeftOut(lane)) return;
    const endS = this.#memory.get(lane)?.endS ?? null;
    const otherEndS = this.#endS();
    if (endS === null || otherEndS === null || endS > otherEndS - TRACK_BACK_WITHIN_S) this.#rebuild("track");
  }

  // ---- Keeping time --------------------------------------------------------------------------------------------------

  /** After each append: at the first, jump to where watching begins. */
  #settle() {
    const endS = this.#endS();
    if (endS === null || this.#lanes.size === 0) return;
    if (!this.#started) {
      for (const lane of this.#lanes.values()) if (lane.endS === null) return;
      this.#started = true;
      this.#jumpTo(endS - this.#pace.goalS);
      this.#watchFirstPicture();
      this.#play();
    }
  }

  #play() {
    this.video.play().catch((error) => {
      // An AbortError only says that the source was exchanged meanwhile.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.onBlocked();
    });
  }

  #watchFirstPicture() {
    if (this.firstPictureMs !== null || typeof this.video.requestVideoFrameCallback !== "function") return;
    this.video.requestVideoFrameCallback(() => {
      this.firstPictureMs ??= performance.now();
      this.onFirstPicture();
    });
  }

  /** @param {number} wantedS */
  #jumpTo(wantedS) {
    let atS = wantedS;
    for (const lane of this.#lanes.values()) {
      const endS = lane.endS ?? 0;
      atS = Math.max(atS, lane.startOf(Math.min(atS, endS - 0.01)) ?? lane.nextStart(atS) ?? atS);
    }
    this.video.currentTime = atS;
    this.#stillSinceMs = performance.now();
  }

  #endS() {
    const ends = [...this.#lanes.values()].map((lane) => lane.endS).filter((endS) => endS !== null);
    return ends.length === 0 ? null : Math.min(...ends);
  }

  #aheadS() {
    if (this.#lanes.size === 0) return 0;
    return Math.min(...[...this.#lanes.values()].map((lane) => lane.aheadOf(this.video.currentTime)));
  }

  #tick() {
    if (!this.#started || document.hidden) return;
    const nowMs = performance.now();
    const { video } = this;
    if (this.excused) this.#excusedUntilMs = nowMs + EXCUSED_AFTER_MS;
    if (video.error !== null) return this.#rebuild("decode");
    if (video.paused) this.#play();
    const moved = video.currentTime !== this.#lastTimeS;
    this.#lastTimeS = video.currentTime;
    if (moved) {
      this.#stillSinceMs = nowMs;
      this.#stallCounted = false;
      this.#follow(nowMs);
    } else if (!video.paused) {
      this.#standStill(nowMs);
    }
    for (const lane of this.#lanes.values()) lane.trim(video.currentTime);
  }

  /** @param {number} nowMs */
  #follow(nowMs) {
    const endS = this.#endS();
    if (endS === null) return;
    // Behind the newest part, over whatever gap lies between.
    const { rate, jumpToBehindS } = this.#pace.decide(nowMs, Math.max(0, endS - this.video.currentTime));
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
    if (jumpToBehindS !== null) this.#jumpTo(endS - jumpToBehindS);
  }

  /** @param {number} nowMs */
  #standStill(nowMs) {
    const stillMs = nowMs - this.#stillSinceMs;
    if (stillMs < (this.video.seeking ? STUCK_MS : 2 * TICK_MS)) return;
    if (!this.#stallCounted) {
      this.#stallCounted = true;
      if (nowMs >= this.#excusedUntilMs) this.#pace.noteStall(nowMs);
      this.video.playbackRate = 1;
    }
    if (this.#jumpGap()) return;
    const endS = this.#endS();
    if (stillMs >= STUCK_MS && endS !== null && this.#aheadS() > STUCK_MS / 1000) return this.#jumpTo(endS - this.#pace.goalS);
    if (stillMs < STARVED_MS || this.#lanes.size < 2) return;
    const starved = [...this.#lanes].find(([, lane]) => lane.aheadOf(this.video.currentTime) < STARVED_AHEAD_S);
    const fed = [...this.#lanes].some(([, lane]) => lane.aheadOf(this.video.currentTime) > STARVED_MS / 1000);
    if (starved === undefined || !fed) return;
    this.#leaveOut(starved[0]);
    this.#rebuild("starved");
  }

  /** Nothing to show here, but further on there is: go there. */
  #jumpGap() {
    const atS = this.video.currentTime;
    const endS = this.#endS();
    if (endS === null || endS < atS + 0.1 || this.#aheadS() > STARVED_AHEAD_S) return false;
    const starts = [...this.#lanes.values()].map((lane) => (lane.aheadOf(atS) > STARVED_AHEAD_S ? atS : lane.nextStart(atS)));
    if (starts.some((start) => start === null)) return false;
    const startS = Math.max(...starts.map((start) => start ?? atS));
    if (startS <= atS || startS >= endS) return false;
    this.#jumpTo(Math.max(startS + 0.01, endS - this.#pace.goalS));
    return true;
  }
}

/** @param {number} lane @returns {"audio" | "video"} */
const typeOf = (lane) => (lane === LANE_SOUND ? "audio" : "video");

/** @param {TrackInit} init */
const bytesOf = (init) => /** @type {Uint8Array<ArrayBuffer>} */ (init.data);
