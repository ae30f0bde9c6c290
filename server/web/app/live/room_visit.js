/**
 * One visit to a room: the connection, what is known of the room, who speaks in it, its player and its danmaku.
 *
 * The only place that knows all of them; components get it whole and call its verbs.
 */
import { computed, effect, signal } from "@preact/signals";

import { DanmakuLayer } from "../danmaku/layer.js";
import { hearNotice } from "../notices.js";
import { newerOrder } from "../orders.js";
import { randomKey } from "../random_key.js";
import { bearer } from "../api.js";
import { session } from "../session.js";
import { Refused, Unanswered } from "./refusals.js";
import { feedOf } from "./room_feed.js";
import { RoomState } from "./room_state.js";
import { ourClockUs } from "./server_clock.js";
import { ALL_LANES, LANE_CHAT, LANE_CONTROL } from "./wire.js";

/** @typedef {import("../orders.js").Order} Order */

const WORDS_LANES = [LANE_CONTROL, LANE_CHAT];
const LIKES_EVERY_MS = 500;
const REPORT_EVERY_MS = 5_000;
/** A muted picture that nobody sees is not fetched after this long. */
const HIDDEN_GRACE_MS = 8_000;

export class RoomVisit {
  state = new RoomState();
  /** @type {import("@preact/signals").Signal<import("./connection.js").Status>} */
  status = signal("connecting");
  /** The role in this room of whoever is signed in; null while nobody is. */
  role = signal(/** @type {string | null} */ (null));
  /** The newest order of one's own that the socket told of. */
  order = signal(/** @type {Order | null} */ (null));
  /** Whether what went on while the line was cut is known: a new connection may wait for that. */
  #caughtUp = signal(true);
  /** What to tell the visitor of the connection. */
  shownStatus = computed(() => (this.status.value === "live" && !this.#caughtUp.value ? "lost" : this.status.value));
  hasPicture = signal(false);
  blocked = signal(false);

  /** @type {DanmakuLayer | null} */
  danmaku = null;
  #likesPending = 0;
  #timers = /** @type {number[]} */ ([]);
  #hiddenTimer = 0;
  #wordsOnly = false;
  #renewedAt = 0;
  /** @type {() => void} */
  #stopFollowing = () => {};
  /** @type {Promise<void>} */
  #identified = Promise.resolve();

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    this.feed = feedOf(slug);
    this.live = this.feed.live;
    this.player = this.feed.player;
  }

  open() {
    this.feed.listen(
      (message) => this.#hear(message),
      (status) => this.#turned(status),
    );
    this.feed.open();
    const stopIdentifying = effect(() => {
      const token = session.value?.token ?? null;
      if (this.status.value === "live") this.#identified = this.#identify(token);
    });
    const stopExcusing = effect(() => {
      const excused = this.status.value !== "live" || this.state.air.value?.on_air === false;
      this.player.excused = excused;
    });
    this.#stopFollowing = () => {
      stopIdentifying();
      stopExcusing();
    };
    this.#timers = [
      Number(setInterval(() => this.#sendLikes(), LIKES_EVERY_MS)),
      Number(setInterval(() => this.#report(), REPORT_EVERY_MS)),
    ];
    document.addEventListener("visibilitychange", this.#looked);
  }

  close() {
    this.#stopFollowing();
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#hiddenTimer);
    document.removeEventListener("visibilitychange", this.#looked);
    this.feed.close();
    this.danmaku?.close();
  }

  /** The picture's element is the feed's; where it stands on the page is the caller's. @param {HTMLElement} danmakuRoot */
  showOn(danmakuRoot) {
    const { player } = this;
    this.hasPicture.value = player.firstPictureMs !== null;
    player.onFirstPicture = () => {
      this.hasPicture.value = true;
    };
    player.onBlocked = () => {
      this.blocked.value = true;
    };
    player.video.addEventListener("playing", () => {
      this.blocked.value = false;
    });
    this.danmaku = new DanmakuLayer(danmakuRoot, () => player.mediaUs());
  }

  /** @param {string} text @param {string} [key] @param {string | null} [replyTo] the comment it answers @returns {Promise<void>} rejects with Refused or Unanswered */
  async say(text, key = randomKey(), replyTo = null) {
    await this.#identified;
    const mediaUs = this.player.mediaUs() ?? 0;
    const { comment_id: commentId, offset } = await this.live.request("say", { key, text, media_us: mediaUs, reply_to: replyTo });
    const own = this.state.addOwn({
      comment_id: commentId,
      offset,
      sender: "",
      name: session.value?.person.display_name ?? "",
      role: this.role.value ?? "viewer",
      text,
      media_us: mediaUs,
      wall_us: Math.round(ourClockUs()),
      reply_to: replyTo,
    });
    if (own !== null) this.danmaku?.add(own);
  }

  /** @param {string} commentId @param {string} reason */
  async remove(commentId, reason) {
    await this.#identified;
    await this.live.request("remove", { comment_id: commentId, reason });
  }

  like() {
    this.#likesPending += 1;
    this.state.likes.value += 1;
  }

  /** For tests and the curious: how the picture does. */
  stats() {
    const openedMs = this.#firstOpenedMs;
    const stats = this.player.stats(ourClockUs() + this.live.clock.offsetUs);
    const firstMs = stats.first_picture_ms;
    return {
      ...stats,
      latency_ms: this.live.clock.known ? stats.latency_ms : null,
      first_picture_after_join_ms: firstMs === null || openedMs === null ? null : firstMs - openedMs,
      status: this.status.value,
      connects: this.live.connects,
      clock_offset_us: this.live.clock.offsetUs,
      round_trip_us: this.live.clock.roundTripUs,
      media_us: this.player.mediaUs() ?? null,
      on_air: this.state.air.value?.on_air ?? null,
      role: this.role.value,
      comments: this.state.comments.value.length,
    };
  }

  /** @type {number | null} */
  #firstOpenedMs = null;

  /** @param {import("./wire.js").ServerMessage} message */
  #hear(message) {
    switch (message.kind) {
      case "order":
        this.order.value = newerOrder(this.order.value, message.order);
        return undefined;
      case "notice":
        return hearNotice(message.notice);
      case "retraction":
        this.state.applyMessage(message);
        return this.danmaku?.retract(message.comment_ids);
      case "hello":
        this.#firstOpenedMs ??= this.live.openedAtMs;
        break;
      case "snapshot":
        this.#caughtUp.value = true;
        break;
    }
    for (const comment of this.state.applyMessage(message)) this.danmaku?.add(comment);
    return undefined;
  }

  /** @param {import("./connection.js").Status} status */
  #turned(status) {
    if (status !== "live") this.role.value = null;
    if (status === "lost") this.#caughtUp.value = false;
    this.status.value = status;
  }

  /** @param {string | null} token */
  async #identify(token) {
    if (token === null) {
      if (this.role.peek() !== null) await this.live.request("sign_out", {}).catch(() => null);
      this.role.value = null;
      return;
    }
    try {
      this.role.value = (await this.live.request("sign_in", { token })).role;
    } catch (error) {
      // An expired token is renewed, which brings us here again; a lost connection does so too when it is back.
      if (error instanceof Unanswered) return;
      if (!(error instanceof Refused)) throw error;
      if (this.#renewedAt === this.live.connects) return; // once a connection: a token refused anew stays so
      this.#renewedAt = this.live.connects;
      await bearer.renew().catch(() => false);
    }
  }

  #sendLikes() {
    if (this.#likesPending === 0) return;
    if (this.live.send("like", { count: this.#likesPending })) this.#likesPending = 0;
  }

  #report() {
    const { latency_ms: latencyMs, buffer_ms: bufferMs, stalls } = this.stats();
    if (bufferMs === undefined || document.hidden) return;
    const latencyUs = latencyMs === null ? 0 : Math.max(0, Math.round(latencyMs * 1000));
    this.live.send("report", { latency_us: latencyUs, buffer_us: bufferMs * 1000, stalls });
  }

  #looked = () => {
    clearTimeout(this.#hiddenTimer);
    if (!document.hidden) return this.#setWordsOnly(false);
    if (this.player.video.muted) this.#hiddenTimer = Number(setTimeout(() => this.#setWordsOnly(true), HIDDEN_GRACE_MS));
  };

  /** @param {boolean} wordsOnly */
  #setWordsOnly(wordsOnly) {
    if (this.#wordsOnly === wordsOnly) return;
    this.#wordsOnly = wordsOnly;
    if (wordsOnly) this.player.pause();
    this.live.setLanes(wordsOnly ? WORDS_LANES : ALL_LANES);
  }
}
