/** The lobby: the rooms of the market, renewed while one looks. */
import { useEffect, useState } from "preact/hooks";

import { call } from "../api.js";
import { Page } from "../components/app_shell.js";
import { Notice } from "../components/notice.js";
import { RoomCard } from "../components/room_card.js";
import { html } from "../html.js";
import "../messages/site.js";
import { t } from "../words/text.js";

const RENEW_EVERY_MS = 8_000;

export function Lobby() {
  const [rooms, setRooms] = useState(/** @type {import("../components/room_card.js").RoomView[] | null} */ (null));
  const [failed, setFailed] = useState(false);
  const renew = async () => {
    try {
      const answer = await call("GET", "/api/rooms");
      setRooms(answer.rooms);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => {
    renew();
    const timer = setInterval(() => document.hidden || renew(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<${Page} title=${t("lobby.title")} lead=${t("lobby.subtitle")} place="lobby" width="page">
    <${Rooms} rooms=${rooms} failed=${failed} onRetry=${renew} />
  </${Page}>`;
}

/** @param {{ rooms: import("../components/room_card.js").RoomView[] | null, failed: boolean, onRetry: () => void }} props */
function Rooms({ rooms, failed, onRetry }) {
  if (rooms === null && failed) {
    return html`<${Notice} icon="offline" title=${t("lobby.error_title")} text=${t("lobby.error_text")}>
      <button type="button" class="button button--primary" onClick=${onRetry}>${t("app.retry")}</button>
    </${Notice}>`;
  }
  if (rooms === null) {
    return html`<div class="rooms" aria-busy="true"><div class="room-card room-card--coming"></div><div class="room-card room-card--coming"></div></div>`;
  }
  if (rooms.length === 0) return html`<${Notice} icon="stall" title=${t("lobby.empty_title")} text=${t("lobby.empty_text")} />`;
  const inOrder = [...rooms].sort((a, b) => Number(b.on_air) - Number(a.on_air));
  return html`<div class="rooms">${inOrder.map((room) => html`<${RoomCard} key=${room.slug} room=${room} />`)}</div>`;
}
