/** A room in the lobby: its moving picture, who is there, and what is on offer. */
import { html } from "../html.js";
import "../messages/kit.js";
import "../messages/site.js";
import { kindText } from "../words/kind_text.js";
import { countText, t } from "../words/text.js";
import { Avatar, tintOf } from "./avatar.js";
import { Icon } from "./icons.js";
import { LivePreview } from "./live_preview.js";
import { Pay, Price } from "./price.js";
import { Thumb } from "./thumb.js";

/** @typedef {{ room_id: string, slug: string, kind: string, title: string, host_name: string, org_name: string, on_air: boolean,
 *   viewers: number, cards: any[], stock: Record<string, any> }} RoomView */

/** @param {{ room: RoomView }} props */
export function RoomCard({ room }) {
  const featured = room.cards.find((card) => card.explaining) ?? room.cards[0] ?? null;
  return html`<article class=${`room-card room-card--${room.kind}`} data-slug=${room.slug}>
    <div class=${`room-card__picture tint-${tintOf(room.title)}`}>
      <span class="room-card__still" aria-hidden="true"><${Icon} name=${room.kind === "jobs" ? "briefcase" : "leaf"} /></span>
      ${room.on_air && html`<${LivePreview} slug=${room.slug} />`}
      <div class="room-card__badges">
        ${room.on_air
          ? html`<span class="badge badge--live"><span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>${t("lobby.on_air")}</span>`
          : html`<span class="badge">${t("lobby.off_air")}</span>`}
        ${room.on_air && room.viewers > 0 && html`<span class="badge"><${Icon} name="people" />${t("lobby.online", { count: countText(room.viewers) })}</span>`}
      </div>
      <span class="room-card__kind">${kindText(room.kind)}</span>
    </div>
    <div class="room-card__body">
      <div class="room-card__who">
        <${Avatar} name=${room.host_name} />
        <div class="room-card__words"><h2 class="room-card__title"><a class="room-card__way" href=${`/rooms/${encodeURIComponent(room.slug)}`}>${room.title}</a></h2><p class="room-card__host">${room.host_name} · ${room.org_name}</p></div>
      </div>
      <${Featured} card=${featured} more=${Math.max(0, room.cards.length - 1)} jobs=${room.kind === "jobs"} />
    </div>
  </article>`;
}

/** @param {{ card: any, more: number, jobs: boolean }} props */
function Featured({ card, more, jobs }) {
  if (card === null) return html`<p class="featured featured--none">${t("lobby.no_card")}</p>`;
  const sku = card.skus?.[0];
  return html`<div class="featured">
    <${Thumb} card=${{ ...card, explaining: false }} />
    <div class="featured__main">
      <p class="featured__title">${card.title}</p>
      <p class="featured__figures">
        ${card.kind === "product" && sku && html`<${Price} minor=${sku.price_minor} currency=${sku.currency} from=${card.skus.length > 1} />`}
        ${card.kind === "job" && html`<${Pay} pay=${card.pay} />`}
        ${more > 0 && html`<span class="featured__more">${t(jobs ? "lobby.more_jobs" : "lobby.more_cards", { count: more })}</span>`}
      </p>
    </div>
    <span class="featured__go"><${Icon} name="chevron" /></span>
  </div>`;
}
