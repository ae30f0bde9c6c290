/** The picture with what lies on it: danmaku, a glow of its own colours around it, and what to say when it is away. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { html } from "../html.js";
import { endEarlyStage, shapeStage } from "../live/room_feed.js";
import { mediaSourceClass } from "../media/player.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";
import { Notice } from "./notice.js";

const GLOW_EVERY_MS = 700;

/** @param {{ visit: import("../live/room_visit.js").RoomVisit, title: string }} props */
export function Stage({ visit, title }) {
  const picture = useRef(/** @type {HTMLElement | null} */ (null));
  const danmaku = useRef(/** @type {HTMLElement | null} */ (null));
  const glow = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const { video } = visit.feed;
  useLayoutEffect(() => {
    // Moved within one task, a playing video plays on.
    picture.current?.append(video);
    endEarlyStage();
    const shape = () => shapeStage(video);
    shape();
    video.addEventListener("resize", shape);
    return () => video.removeEventListener("resize", shape);
  }, [video]);
  useEffect(() => {
    visit.showOn(/** @type {HTMLElement} */ (danmaku.current));
    const timer = setInterval(() => paintGlow(video, glow.current), GLOW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => video.setAttribute("aria-label", t("watch.video", { title })), [video, title]);
  return html`<section class="stage" aria-label=${t("watch.video", { title })}>
    <canvas class="stage__glow" ref=${glow} width="8" height="8" aria-hidden="true"></canvas>
    <div class="stage__frame">
      <div class="stage__picture" ref=${picture}></div>
      <${Away} visit=${visit} />
    </div>
    <div class="stage__danmaku" ref=${danmaku} aria-hidden="true"></div>
  </section>`;
}

/** @param {{ visit: import("../live/room_visit.js").RoomVisit }} props */
function Away({ visit }) {
  if (mediaSourceClass() === null) {
    return html`<div class="stage__away"><${Notice} icon="alert" title=${t("watch.no_mse_title")} text=${t("watch.no_mse_text")} /></div>`;
  }
  const air = visit.state.air.value;
  if (visit.state.joined.value && air !== null && !air.on_air) {
    return html`<div class="stage__away"><${Notice} icon="stall" title=${t(air.since_us > 0 || visit.hasPicture.value ? "watch.offline_title" : "watch.not_started_title")} text=${t("watch.offline_text")} /></div>`;
  }
  if (!visit.hasPicture.value) {
    return html`<p class="stage__waiting" role="status"><span class="loading__dots" aria-hidden="true"><i></i><i></i><i></i></span>${t("watch.waiting_picture")}</p>`;
  }
  if (visit.blocked.value) {
    const play = () => {
      visit.blocked.value = false;
      visit.player.video.play().catch(() => {});
    };
    return html`<button type="button" class="stage__play" onClick=${play}><${Icon} name="play" filled /><span>${t("watch.play")}</span></button>`;
  }
  return null;
}

/** @param {HTMLVideoElement} video @param {HTMLCanvasElement | null} canvas */
function paintGlow(video, canvas) {
  if (canvas === null || video.readyState < 2 || document.hidden) return;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.imageSmoothingQuality = "high";
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
}
