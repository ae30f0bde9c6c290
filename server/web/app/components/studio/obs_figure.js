/** Where the two fields are in OBS's settings window: a drawing, so that one knows the place when one sees it. */
import { html } from "../../html.js";
import { t } from "../../words/text.js";

/** @typedef {import("../../words/text.js").MessageKey} MessageKey */

/** @type {readonly MessageKey[]} the window's list, from the top */
const LIST = ["studio.obs_general", "studio.obs_stream", "studio.obs_output", "studio.obs_sound", "studio.obs_video"];

export function ObsFigure() {
  return html`<svg class="obs-figure" viewBox="0 0 360 214" role="img" aria-label=${t("studio.obs_figure")}>
    <rect class="obs-figure__window" x="1" y="1" width="358" height="212" rx="10" />
    <path class="obs-figure__bar" d="M1 11a10 10 0 0 1 10-10h338a10 10 0 0 1 10 10v17H1z" />
    <text class="obs-figure__small" x="14" y="19">OBS · ${t("studio.obs_settings")}</text>
    ${LIST.map((key, index) => html`<g key=${key}>
      ${index === 1 && html`<rect class="obs-figure__chosen" x="10" y=${38 + index * 30} width="92" height="26" rx="5" />`}
      <text class=${index === 1 ? "obs-figure__strong" : "obs-figure__small"} x="20" y=${55 + index * 30}>${t(key)}</text>
    </g>`)}
    <path class="obs-figure__line" d="M112 38v164" />
    <text class="obs-figure__small" x="124" y="56">${t("studio.obs_service")}</text>
    <rect class="obs-figure__box" x="188" y="40" width="158" height="25" rx="5" />
    <text class="obs-figure__small" x="198" y="57">${t("studio.obs_custom")}</text>
    <path class="obs-figure__arrow" d="M328 50l5 6 5-6" />
    <${NumberedBox} y=${80} number=${1} label=${t("studio.obs_server")} text="rtmp://…/live" />
    <${NumberedBox} y=${122} number=${2} label=${t("studio.obs_key")} text="••••••" />
    <rect class="obs-figure__button" x="276" y="172" width="70" height="26" rx="13" />
    <text class="obs-figure__on-button" x="311" y="190" text-anchor="middle">${t("studio.obs_ok")}</text>
  </svg>`;
}

/** @param {{ y: number, number: number, label: string, text: string }} props */
function NumberedBox({ y, number, label, text }) {
  return html`<g>
    <text class="obs-figure__small" x="124" y=${y + 18}>${label}</text>
    <rect class="obs-figure__wanted" x="188" y=${y} width="158" height="30" rx="6" />
    <text class="obs-figure__small" x="216" y=${y + 20}>${text}</text>
    <circle class="obs-figure__mark" cx="188" cy=${y + 15} r="11" />
    <text class="obs-figure__number" x="188" y=${y + 19.5} text-anchor="middle">${number}</text>
  </g>`;
}
