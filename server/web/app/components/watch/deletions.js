/** How many lines were taken down in this room of late, by whom, and how many of them looked like complaints: for everybody to see. */
import { call } from "../../api.js";
import { html } from "../../html.js";
import "../../messages/room.js";
import { locale, t } from "../../words/text.js";
import { Async, useLoad } from "../states.js";

/** @typedef {{ by: "moderator" | "room_moderator" | "host", total: number, complaint: number, filtered: number, other: number }} Count */
/** @typedef {{ since: string, total: number, put_back: number, by: Count[] }} Deletions */

/** @type {Record<Count["by"], import("../../words/text.js").MessageKey>} */
const WHO = { host: "room.deleted_by_host", room_moderator: "room.deleted_by_room_moderator", moderator: "room.deleted_by_moderator" };

/** @param {{ slug: string }} props */
export function RoomDeletions({ slug }) {
  const load = useLoad(() => call("GET", `/api/rooms/${encodeURIComponent(slug)}/deletions`), [slug]);
  return html`<section class="deletions" aria-labelledby="deletions-title"><h3 class="card__title" id="deletions-title">${t("room.deletions")}</h3>
    <${Async} of=${load} rows=${1} show=${(/** @type {Deletions} */ told) => html`<${Told} told=${told} />`} />
  </section>`;
}

/** @param {{ told: Deletions }} props */
function Told({ told }) {
  const since = new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(told.since));
  if (told.total === 0) return html`<p class="muted">${t("room.deleted_none", { since })}</p>`;
  return html`<p>${t("room.deleted_total", { since, total: told.total, back: told.put_back })}</p>
    <ul class="deletions__list">${told.by.filter(({ total }) => total > 0).map((one) => html`<li key=${one.by}>${t(WHO[one.by], { count: one.total })}${one.complaint > 0 && html` <b>${t("room.deleted_complaints", { count: one.complaint })}</b>`}</li>`)}</ul>`;
}
