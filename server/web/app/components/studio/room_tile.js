/** One of my rooms: how it stands, and into it. */
import { html } from "../../html.js";
import { kindText } from "../../words/kind_text.js";
import { countText, t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Icon } from "../icons.js";
import { LivePreview } from "../live_preview.js";

/** @param {{ room: import("../../studio/studio_calls.js").MyRoom }} props */
export function RoomTile({ room }) {
  const address = `/studio/rooms/${encodeURIComponent(room.slug)}`;
  const jobs = room.kind === "jobs";
  return html`<article class="tile" data-slug=${room.slug}>
    <a class=${`tile__picture ${jobs ? "tint-3" : "tint-0"}`} href=${address} tabindex="-1" aria-hidden="true">
      <${Icon} name=${jobs ? "briefcase" : "leaf"} />
      ${room.on_air && html`<${LivePreview} slug=${room.slug} />`}
    </a>
    <div class="tile__body">
      <p class="tile__state"><${Standing} room=${room} /><span class="muted">${kindText(room.kind)} · ${room.org_name}</span></p>
      <h2 class="tile__title"><a href=${address}>${room.title}</a></h2>
      <div class="tile__actions">
        <${Button} kind="primary" href=${address} label=${`${t("studio.enter")} ${room.title}`}>${t("studio.enter")}</${Button}>
        <${Button} href=${`/rooms/${encodeURIComponent(room.slug)}`} label=${`${t("studio.watch")} ${room.title}`}>${t("studio.watch")}</${Button}>
      </div>
    </div>
  </article>`;
}

/** @param {{ room: import("../../studio/studio_calls.js").MyRoom }} props */
export function Standing({ room }) {
  if (room.on_air) return html`<${Chip} tone="live">${t("lobby.on_air")}${room.viewers > 0 ? ` · ${t("lobby.online", { count: countText(room.viewers) })}` : ""}</${Chip}>`;
  if (room.scheduled_at !== null && Date.parse(room.scheduled_at) > Date.now()) return html`<${Chip} tone="info" icon="calendar">${timeText(room.scheduled_at)}</${Chip}>`;
  return html`<${Chip}>${t("lobby.off_air")}</${Chip}>`;
}
