/** The heart: each tap counts and sends one flying up. */
import { useRef } from "preact/hooks";

import { isCalm } from "../comfort.js";
import { html } from "../html.js";
import { countText, t } from "../words/text.js";
import { Icon } from "./icons.js";

const FLYING_MAX = 16;
const RISE_MS = 1_400;
const TINTS = 4;

/** @param {{ visit: import("../live/room_visit.js").RoomVisit }} props */
export function HeartButton({ visit }) {
  const sky = useRef(/** @type {HTMLElement | null} */ (null));
  const likes = visit.state.likes.value;
  const like = () => {
    visit.like();
    if (sky.current !== null) riseFrom(sky.current);
  };
  return html`<span class="heart">
    <span class="heart__sky" ref=${sky} aria-hidden="true"></span>
    <button type="button" class="round-button round-button--heart" aria-label=${t("watch.likes", { count: countText(likes) })} onClick=${like}><${Icon} name="heart" filled /></button>
    ${likes > 0 && html`<span class="heart__count" aria-hidden="true">${countText(likes)}</span>`}
  </span>`;
}

/** @param {HTMLElement} sky */
function riseFrom(sky) {
  if (sky.childElementCount >= FLYING_MAX || isCalm()) return;
  const heart = document.createElement("i");
  heart.className = `heart__flying heart__flying--${Math.floor(Math.random() * TINTS)}`;
  sky.append(heart);
  const sway = Math.round(Math.random() * 60 - 40);
  const rise = heart.animate(
    [
      { transform: "translate(0, 0) scale(0.6)", opacity: 0 },
      { transform: `translate(${sway / 2}px, -60px) scale(1.1)`, opacity: 1, offset: 0.25 },
      { transform: `translate(${sway}px, -220px) scale(0.9)`, opacity: 0 },
    ],
    { duration: RISE_MS, easing: "ease-out" },
  );
  rise.onfinish = () => heart.remove();
}
