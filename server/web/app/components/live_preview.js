/** A room's moving picture in the lobby: picture lane only, fetched while it is on screen. */
import { useEffect, useRef, useState } from "preact/hooks";

import { isCalm } from "../comfort.js";
import { html } from "../html.js";
import { RoomFeed } from "../live/room_feed.js";
import { LANE_CONTROL, LANE_VIDEO } from "../live/wire.js";
import { mediaSourceClass } from "../media/player.js";

/** @param {{ slug: string }} props */
export function LivePreview({ slug }) {
  const box = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    const video = /** @type {HTMLVideoElement} */ (box.current);
    if (!isWelcome()) return undefined;
    let stop = () => {};
    const watcher = new IntersectionObserver(([entry]) => {
      stop();
      stop = entry.isIntersecting ? play(slug, video, () => setMoving(true)) : () => {};
    });
    watcher.observe(video);
    return () => {
      watcher.disconnect();
      stop();
    };
  }, [slug]);
  return html`<video ref=${box} class=${`preview${moving ? " preview--moving" : ""}`} muted playsinline tabindex="-1" aria-hidden="true"></video>`;
}

/** Whether the visitor's settings welcome pictures that move by themselves. */
function isWelcome() {
  const saves = /** @type {any} */ (navigator).connection?.saveData === true;
  return mediaSourceClass() !== null && !saves && !isCalm();
}

/** @param {string} slug @param {HTMLVideoElement} video @param {() => void} onMoving @returns {() => void} stops it */
function play(slug, video, onMoving) {
  const feed = new RoomFeed({ slug, lanes: [LANE_CONTROL, LANE_VIDEO], sound: false, video });
  feed.player.onFirstPicture = onMoving;
  feed.listen(() => {}, () => {});
  feed.open();
  return () => feed.close();
}
