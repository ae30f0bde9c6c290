/** Over the picture's top: the way back, whose room it is, how many watch; sound and danmaku. */
import { useEffect, useState } from "preact/hooks";

import { html } from "../html.js";
import { kindText } from "../words/kind_text.js";
import { countText, t } from "../words/text.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";

/** @param {{ visit: import("../live/room_visit.js").RoomVisit, room: any }} props */
export function RoomBar({ visit, room }) {
  const viewers = visit.state.viewers.value;
  return html`<header class="room-bar">
    <div class="room-bar__row">
      <a class="round-button" href="/" aria-label=${t("app.back")}><${Icon} name="back" /></a>
      <div class="host">
        ${room && html`<${Avatar} name=${room.host_name} />`}
        <div class="host__words">
          <h1 class="host__title">${room?.title ?? " "}</h1>
          <p class="host__name">${room ? `${room.host_name} · ${room.org_name || kindText(room.kind)}` : " "}</p>
        </div>
      </div>
      ${visit.state.joined.value && html`<span class="viewers" aria-label=${t("watch.viewers", { count: countText(viewers) })}><${Icon} name="people" />${countText(viewers)}</span>`}
    </div>
    <div class="room-bar__tools"><${SoundButton} visit=${visit} /><${DanmakuButton} visit=${visit} /></div>
  </header>`;
}

/** @param {{ visit: import("../live/room_visit.js").RoomVisit }} props */
function SoundButton({ visit }) {
  const [muted, setMuted] = useState(true);
  const [asked, setAsked] = useState(false);
  const toggle = () => {
    const { video } = visit.player;
    video.muted = !muted;
    video.play().catch(() => {});
    setMuted(!muted);
    setAsked(true);
  };
  const label = t(muted ? "watch.unmute" : "watch.mute");
  if (!asked && visit.hasPicture.value) {
    return html`<button type="button" class="sound-pill" onClick=${toggle}><${Icon} name="muted" />${label}</button>`;
  }
  return html`<button type="button" class="round-button" aria-label=${label} onClick=${toggle}><${Icon} name=${muted ? "muted" : "sound"} /></button>`;
}

/** @param {{ visit: import("../live/room_visit.js").RoomVisit }} props */
function DanmakuButton({ visit }) {
  const [on, setOn] = useState(true);
  useEffect(() => visit.danmaku?.setEnabled(on), [on]);
  return html`<button type="button" class="round-button" aria-pressed=${on} aria-label=${t(on ? "watch.danmaku_off" : "watch.danmaku_on")} onClick=${() => setOn(!on)}><${Icon} name=${on ? "danmaku" : "no_danmaku"} /></button>`;
}
