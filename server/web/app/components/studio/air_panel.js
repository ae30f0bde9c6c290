/** The picture: what viewers see, how it does, how to send it, and what earlier shows brought. */
import { html } from "../../html.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { HealthPanel } from "./health_panel.js";
import { PreShowPanel } from "./pre_show_panel.js";
import { Preview } from "./preview.js";
import { EarlierShows } from "./show_summary.js";
import { StreamKeyPanel } from "./stream_key_panel.js";

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, room: import("../../studio/studio_calls.js").MyRoom }} props */
export function AirPanel({ desk, room }) {
  const shows = desk.shows.value;
  const fault = desk.faults.value.get("shows");
  const onAir = desk.onAir.value;
  return html`<div class="console__scroll air">
    <${Preview} desk=${desk} />
    <${HealthPanel} desk=${desk} />
    <${PreShowPanel} desk=${desk} room=${room} />
    <details class="card air__part" open=${!onAir}>
      <summary><h2>${t("studio.go_on_air")}</h2></summary>
      <${StreamKeyPanel} slug=${room.slug} onAir=${onAir} />
    </details>
    <section class="card air__part">
      <h2>${t("studio.shows")}</h2>
      ${shows === null && fault && html`<p class="muted" role="alert">${errorText(fault)}</p><div><${Button} onClick=${desk.loadShows}>${t("app.retry")}</${Button}></div>`}
      ${shows?.length === 0 && html`<p class="muted">${t("studio.shows_empty")}</p>`}
      ${shows !== null && shows.length > 0 && html`<${EarlierShows} shows=${shows} jobs=${room.kind === "jobs"} />`}
    </section>
  </div>`;
}
