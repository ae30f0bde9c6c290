/** The studio: the rooms that I host, and opening one. */
import { useEffect, useState } from "preact/hooks";

import { Page, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { Icon } from "../components/icons.js";
import { Async, useLoad } from "../components/states.js";
import { NewRoomSheet } from "../components/studio/new_room_sheet.js";
import { RoomTile } from "../components/studio/room_tile.js";
import { html } from "../html.js";
import "../messages/studio.js";
import { me, renewMe } from "../me.js";
import { session } from "../session.js";
import { fetchMyRooms } from "../studio/studio_calls.js";
import { t } from "../words/text.js";

const RENEW_EVERY_MS = 10_000;

export function Studio() {
  const [opening, setOpening] = useState(false);
  const personId = session.value?.person.person_id ?? null;
  const rooms = useLoad(() => (personId === null ? Promise.resolve([]) : fetchMyRooms()), [personId], { everyMs: RENEW_EVERY_MS });
  const hasRooms = (rooms.value ?? []).length > 0;
  const actions = hasRooms && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpening(true)}>${t("studio.new_room")}</${Button}>`;
  return html`<${Page} title=${t("studio.page_title")} place="studio" width="page" lead=${t("studio.lead")} actions=${actions}>
    <${SignedIn} icon="camera" title=${t("studio.signed_out_title")} text=${t("studio.signed_out_text")}>
      <${MyRooms} rooms=${rooms} opening=${opening} onOpen=${() => setOpening(true)} onShut=${() => setOpening(false)} />
    </${SignedIn}>
  </${Page}>`;
}

/** @param {{ rooms: import("../components/states.js").Load<any[]>, opening: boolean, onOpen: () => void, onShut: () => void }} props */
function MyRooms({ rooms, opening, onOpen, onShut }) {
  useEffect(() => {
    // Which shops I have is asked anew: a form that offers an old list founds a second shop.
    if (opening) renewMe().catch(() => {});
  }, [opening]);
  const created = () => {
    rooms.reload();
    renewMe().catch(() => {});
  };
  return html`<${Async} of=${rooms} rows=${2} isEmpty=${(/** @type {any[]} */ list) => list.length === 0} empty=${html`<${Invitation} onOpen=${onOpen} />`}
      show=${(/** @type {any[]} */ list) => html`<div class="tiles">${[...list].sort(byWhatIsNext).map((room) => html`<${RoomTile} key=${room.slug} room=${room} />`)}</div>`} />
    ${opening && html`<${NewRoomSheet} memberships=${me.value?.memberships ?? []} onCreated=${created} onClose=${onShut} />`}`;
}

/** On air first, then what is announced, soonest first. @param {import("../studio/studio_calls.js").MyRoom} a @param {import("../studio/studio_calls.js").MyRoom} b */
function byWhatIsNext(a, b) {
  const when = (/** @type {import("../studio/studio_calls.js").MyRoom} */ room) => (room.on_air ? 0 : room.scheduled_at === null ? Infinity : Date.parse(room.scheduled_at));
  return when(a) === when(b) ? 0 : when(a) - when(b);
}

/** What a studio is, to somebody who has no room yet. @param {{ onOpen: () => void }} props */
function Invitation({ onOpen }) {
  return html`<section class="invitation">
    <span class="notice__icon"><${Icon} name="camera" /></span>
    <h2 class="notice__title">${t("studio.invite_title")}</h2>
    <ol class="invitation__steps">
      <li><b>${t("studio.invite_1")}</b><span>${t("studio.invite_1_text")}</span></li>
      <li><b>${t("studio.invite_2")}</b><span>${t("studio.invite_2_text")}</span></li>
      <li><b>${t("studio.invite_3")}</b><span>${t("studio.invite_3_text")}</span></li>
    </ol>
    <${Button} kind="primary" icon="plus" onClick=${onOpen}>${t("studio.invite_open")}</${Button}>
  </section>`;
}
