/** Over the picture's top: the way back, whose room it is, how many watch; sound, danmaku, sharing and the rest. */
import { useState } from "preact/hooks";

import { changeComfort, comfort } from "../comfort.js";
import { html } from "../html.js";
import { kindText } from "../words/kind_text.js";
import { countText, t } from "../words/text.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";

/**
 * @param {{ visit: import("../live/room_visit.js").RoomVisit, room: any, onShare: () => void, onMore: () => void, children?: any }} props
 *   children: beside the host's name
 */
export function RoomBar({ visit, room, onShare, onMore, children }) {
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
        ${children}
      </div>
      ${visit.state.joined.value && html`<span class="viewers" aria-label=${t("watch.viewers", { count: countText(viewers) })}><${Icon} name="people" />${countText(viewers)}</span>`}
    </div>
    <div class="room-bar__tools"><${SoundButton} visit=${visit} /><${DanmakuButton} />
      <button type="button" class="round-button" aria-label=${t("watch.share")} onClick=${onShare}><${Icon} name="share" /></button>
      <button type="button" class="round-button" aria-label=${t("watch.more")} onClick=${onMore}><${Icon} name="dots" /></button></div>
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

function DanmakuButton() {
  const { danmaku } = comfort.value;
  const { on } = danmaku;
  const turn = () => changeComfort({ danmaku: { ...danmaku, on: !on } });
  return html`<button type="button" class="round-button round-button--danmaku" aria-pressed=${on} aria-label=${t(on ? "watch.danmaku_off" : "watch.danmaku_on")} onClick=${turn}><${Icon} name=${on ? "danmaku" : "no_danmaku"} /></button>`;
}
