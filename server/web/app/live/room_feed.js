/**
 * One room's connection with the player it feeds: media goes to the player at once, all else to whoever listens, and is
 * kept while nobody does yet.
 *
 * That is what makes joining quick: `joinEarly` enters the room and starts the picture while the page's interface is
 * still being fetched; the visit then takes over a feed that runs.
 */
import { Player } from "../media/player.js";
import { LiveConnection } from "./connection.js";
import { ALL_LANES } from "./wire.js";

/** @typedef {import("./wire.js").ServerMessage} ServerMessage */

export class RoomFeed {
  /** @type {ServerMessage[] | null} what came before anybody listened */
  #kept = [];
  #isOpen = false;
  /** @type {(message: ServerMessage) => void} */
  #onMessage = () => {};

  /** @param {{ slug: string, lanes: number[], sound: boolean, video: HTMLVideoElement }} options */
  constructor({ slug, lanes, sound, video }) {
    this.slug = slug;
    this.video = video;
    this.player = new Player(video, { sound });
    this.live = new LiveConnection({ slug, lanes, onMessage: (message) => this.#hear(message) });
  }

  /** Safe to repeat. */
  open() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.live.open();
  }

  close() {
    this.live.close();
    this.player.close();
  }

  /**
   * From now on messages other than media go there, those kept so far at once.
   * @param {(message: ServerMessage) => void} onMessage @param {(status: import("./connection.js").Status) => void} onStatus
   */
  listen(onMessage, onStatus) {
    this.live.onStatus = onStatus;
    onStatus(this.live.status);
    this.#onMessage = onMessage;
    const kept = this.#kept ?? [];
    this.#kept = null;
    for (const message of kept) onMessage(message);
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.kind === "init") return this.player.onInit(message);
    if (message.kind === "part") return this.player.onChunk(message);
    if (message.kind === "gap") this.player.onGap(message);
    if (message.kind === "hello") this.player.reconnected();
    if (this.#kept !== null) this.#kept.push(message);
    else this.#onMessage(message);
    return undefined;
  }
}

/** @type {RoomFeed | null} */
let early = null;

/** @param {string} slug */
function newFeed(slug) {
  const video = document.createElement("video");
  video.className = "stage__video";
  video.disablePictureInPicture = true;
  return new RoomFeed({ slug, lanes: ALL_LANES, sound: true, video });
}

/**
 * Enter a room now, on a bare stage that stands until the page's own does.
 * @param {string} slug @returns {Promise<void>} resolves with the first picture
 */
export function joinEarly(slug) {
  early = newFeed(slug);
  early.open();
  const { player, video } = early;
  const [watch, stage, frame] = ["watch watch--early", "stage", "stage__frame"].map((name) => {
    const element = document.createElement("div");
    element.className = name;
    return element;
  });
  frame.append(video);
  stage.append(frame);
  watch.append(stage);
  document.body.prepend(watch);
  video.addEventListener("resize", () => shapeStage(video));
  return new Promise((resolve) => {
    player.onFirstPicture = resolve;
  });
}

/** The feed of a room: the one that was joined early, once, or else a new one. @param {string} slug */
export function feedOf(slug) {
  const feed = early?.slug === slug ? early : newFeed(slug);
  early = null;
  return feed;
}

/** An upright picture fills a stage that a landscape one lies across. @param {HTMLVideoElement} video */
export function shapeStage(video) {
  video.closest(".stage")?.classList.toggle("stage--upright", video.videoHeight > video.videoWidth);
}

/** The bare stage has done its part; call when the video has moved to the page's own. */
export function endEarlyStage() {
  document.querySelector(".watch--early")?.remove();
}
