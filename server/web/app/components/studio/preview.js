/** The host's own picture, muted, as viewers get it: what is seen here has gone the whole way round. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { html } from "../../html.js";
import { mediaSourceClass } from "../../media/player.js";
import { t } from "../../words/text.js";
import { Icon } from "../icons.js";

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk }} props */
export function Preview({ desk }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const { visit } = desk;
  const { video } = visit.feed;
  useLayoutEffect(() => {
    video.className = "studio-preview__video";
    video.muted = true;
    box.current?.append(video);
    visit.hasPicture.value = visit.player.firstPictureMs !== null;
    visit.player.onFirstPicture = () => {
      visit.hasPicture.value = true;
    };
  }, [video]);
  useEffect(() => video.setAttribute("aria-label", t("studio.preview")), [video]);
  const shown = visit.hasPicture.value && desk.onAir.value;
  return html`<div class=${`studio-preview${shown ? " studio-preview--shown" : ""}`}>
    <div ref=${box}></div>
    ${!shown && html`<p class="studio-preview__away"><${Icon} name=${desk.onAir.value ? "clock" : "camera"} />${awayText(desk.onAir.value)}</p>`}
    ${shown && html`<span class="badge studio-preview__note"><${Icon} name="muted" />${t("studio.preview_muted")}</span>`}
  </div>`;
}

/** @param {boolean} onAir */
function awayText(onAir) {
  if (mediaSourceClass() === null) return t("watch.no_mse_title");
  return t(onAir ? "watch.waiting_picture" : "studio.preview_off");
}
