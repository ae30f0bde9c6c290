/** How comments fly over the picture: whether, how strong, how large, how far down. */
import { useId } from "preact/hooks";

import { changeComfort, comfort, isCalm } from "../comfort.js";
import { html } from "../html.js";
import "../messages/settings.js";
import { t } from "../words/text.js";
import { Segmented, Switch } from "./fields.js";

const OPACITY_STEP = 10;

export function DanmakuSettings() {
  const id = useId();
  const { danmaku } = comfort.value;
  const change = (/** @type {Partial<typeof danmaku>} */ changes) => changeComfort({ danmaku: { ...danmaku, ...changes } });
  return html`<div class="stack">
    ${isCalm() && html`<p class="banner">${t("settings.danmaku_calm")}</p>`}
    <${Switch} label=${t("settings.danmaku_on")} checked=${danmaku.on} onChange=${(/** @type {boolean} */ on) => change({ on })} />
    <div class="field">
      <label class="field__label row row--apart" for=${id}><span>${t("settings.danmaku_opacity")}</span><span class="number">${t("settings.danmaku_opacity_value", { count: danmaku.opacity })}</span></label>
      <input class="range" id=${id} type="range" min="20" max="100" step=${OPACITY_STEP} value=${danmaku.opacity} disabled=${!danmaku.on}
        onInput=${(/** @type {any} */ event) => change({ opacity: Number(event.target.value) })} />
    </div>
    <${Segmented} label=${t("settings.danmaku_size")} value=${danmaku.size} disabled=${!danmaku.on} onValue=${(/** @type {any} */ size) => change({ size })} options=${[
      { value: "small", label: t("settings.danmaku_size_small") },
      { value: "normal", label: t("settings.danmaku_size_normal") },
      { value: "large", label: t("settings.danmaku_size_large") },
    ]} />
    <${Segmented} label=${t("settings.danmaku_area")} value=${danmaku.area} disabled=${!danmaku.on} onValue=${(/** @type {any} */ area) => change({ area })} options=${[
      { value: "quarter", label: t("settings.danmaku_area_quarter") },
      { value: "half", label: t("settings.danmaku_area_half") },
      { value: "full", label: t("settings.danmaku_area_full") },
    ]} />
  </div>`;
}
