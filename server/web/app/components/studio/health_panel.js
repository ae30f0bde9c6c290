/** Whether the show is really reaching people: one light, one sentence, what to do, and the figures for who wants them. */
import { html } from "../../html.js";
import { bitrateText, clockText, judge } from "../../studio/health_words.js";
import { t } from "../../words/text.js";
import { Icon } from "../icons.js";
import { useNowMs } from "../use_now.js";

/** @typedef {import("../../studio/health_words.js").Health} Health */

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk }} props */
export function HealthPanel({ desk }) {
  const health = desk.health.value;
  if (health === null) return html`<p class="light light--off" role="status"><span class="light__dot" aria-hidden="true"></span>${t(desk.healthLost.value ? "studio.light_unknown" : "app.loading")}</p>`;
  const { light, headline, advice } = judge(health);
  return html`<div class="health" data-light=${light}>
    <p class=${`light light--${light}`} role="status"><span class="light__dot" aria-hidden="true"></span><span class="light__words">${t(headline)}</span><${Clock} since=${health.on_air ? health.since : null} /></p>
    ${desk.healthLost.value && html`<p class="banner banner--warn"><${Icon} name="offline" />${t("studio.health_lost")}</p>`}
    ${advice.length > 0 && html`<ul class="advice">${advice.map(({ code, what, todo }) => html`<li key=${code} class=${`advice__item advice__item--${light}`} data-code=${code}>
      <p class="advice__what">${t(what, { code })}</p><p class="advice__todo">${t(todo)}</p>
    </li>`)}</ul>`}
    ${health.on_air && html`<${Figures} health=${health} />`}
  </div>`;
}

/** @param {{ since: string | null }} props */
export function Clock({ since }) {
  const nowMs = useNowMs();
  if (since === null) return null;
  return html`<span class="light__clock" role="timer" aria-label=${t("studio.on_air_for")}>${clockText((nowMs - Date.parse(since)) / 1_000)}</span>`;
}

/** @param {{ health: Health }} props */
function Figures({ health }) {
  const { video, sound, last_part_age_ms: ageMs, publisher_reconnects: reconnects } = health;
  /** @type {[string, string][]} */
  const figures = [];
  if (video !== null) {
    figures.push([t("studio.fact_picture"), t("studio.fact_picture_is", { width: video.width, height: video.height, fps: Math.round(video.fps) })]);
    figures.push([t("studio.fact_bitrate"), bitrateText(video.bitrate_kbps)]);
    if (video.keyframe_interval_s) figures.push([t("studio.fact_keyframe"), t("studio.seconds", { seconds: video.keyframe_interval_s.toFixed(1) })]);
  }
  figures.push([t("studio.fact_sound"), sound === null ? t("studio.fact_no_sound") : `${Math.round(sound.sample_rate / 100) / 10} kHz · ${bitrateText(sound.bitrate_kbps)}`]);
  if (ageMs !== null) figures.push([t("studio.fact_age"), t("studio.seconds", { seconds: (ageMs / 1_000).toFixed(1) })]);
  figures.push([t("studio.fact_reconnects"), String(reconnects)]);
  return html`<dl class="figures">${figures.map(([name, figure]) => html`<div key=${name} class="figures__pair"><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>`;
}
