/** A host's console in one room: the picture and its health, what is on offer, the talk, the orders. */
import { useEffect, useMemo, useState } from "preact/hooks";

import { Head, OfflineBar, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { Loading, Notice } from "../components/notice.js";
import { Failed, useLoad } from "../components/states.js";
import { AirPanel } from "../components/studio/air_panel.js";
import { ApplicationsPanel } from "../components/studio/applications_panel.js";
import { ChatPanel } from "../components/studio/chat_panel.js";
import { ConsoleHead } from "../components/studio/console_head.js";
import { ConsoleSheets } from "../components/studio/console_sheets.js";
import { ConsoleTabs, useUnreadTalk } from "../components/studio/console_tabs.js";
import { LineUp } from "../components/studio/line_up.js";
import { SalesPanel } from "../components/studio/sales_panel.js";
import { html } from "../html.js";
import { followMe } from "../me.js";
import "../messages/studio.js";
import { RoomDesk } from "../studio/room_desk.js";
import { fetchMyRooms } from "../studio/studio_calls.js";
import { t } from "../words/text.js";

/** @typedef {import("../studio/studio_calls.js").MyRoom} MyRoom */
/** @typedef {import("../components/studio/console_sheets.js").Open} Open */
/** @typedef {import("../components/studio/console_tabs.js").PanelName} PanelName */

/** @type {Open} */
const NONE = { kind: "none" };
/** @type {readonly PanelName[]} */
const PANELS = ["air", "shelf", "talk", "sales"];

/** @param {{ slug: string }} props */
export function StudioRoom({ slug }) {
  useEffect(followMe, []);
  return html`<div class="page page--console">
    <a class="skip" href="#main">${t("app.skip")}</a>
    <div class="console-site"><${Head} place="studio" /></div>
    <${OfflineBar} />
    <${SignedIn} icon="camera" title=${t("studio.signed_out_title")} text=${t("studio.signed_out_text")}><${MyRoom} slug=${slug} /></${SignedIn}>
  </div>`;
}

/** @param {{ slug: string }} props */
function MyRoom({ slug }) {
  const rooms = useLoad(fetchMyRooms, [slug]);
  if (rooms.value === null) return rooms.error === null ? html`<${Loading} />` : html`<${Failed} error=${rooms.error} onRetry=${rooms.reload} />`;
  const room = rooms.value.find((one) => one.slug === slug);
  if (room === undefined) {
    return html`<${Notice} icon="stall" title=${t("studio.not_mine_title")} text=${t("studio.not_mine_text")}><${Button} kind="primary" href="/studio">${t("studio.to_studio")}</${Button}></${Notice}>`;
  }
  return html`<${Console} key=${slug} room=${room} />`;
}

/** Which panel a phone shows is kept in the address, so that a reload comes back to it. @returns {PanelName} */
function panelOfAddress() {
  const named = PANELS.find((name) => location.hash === `#${name}`);
  return named ?? "air";
}

/** @param {{ room: MyRoom }} props */
function Console({ room }) {
  const desk = useMemo(() => new RoomDesk(room.slug), [room.slug]);
  const [panel, setPanel] = useState(panelOfAddress);
  const [open, setOpen] = useState(NONE);
  useEffect(() => {
    desk.open(room);
    return () => desk.close();
  }, [desk]);
  useEffect(() => {
    const turned = () => setPanel(panelOfAddress());
    addEventListener("hashchange", turned);
    return () => removeEventListener("hashchange", turned);
  }, []);
  const title = desk.room.value?.title ?? room.title;
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
  const jobs = room.kind === "jobs";
  const unread = useUnreadTalk(desk, panel === "talk");
  const items = desk.items.value ?? [];
  const add = () => setOpen({ kind: "add" });
  const turnTo = (/** @type {PanelName} */ name) => {
    setPanel(name);
    history.replaceState(null, "", `#${name}`);
  };
  return html`<main id="main" tabindex="-1" class="console-main">
    <${ConsoleHead} desk=${desk} room=${desk.room.value ?? room} setOpen=${setOpen} />
    <div class=${`console console--${panel}`}>
      <section class="console__panel" data-panel="air" aria-label=${t("studio.air")}><${AirPanel} desk=${desk} room=${desk.room.value ?? room} /></section>
      <section class="console__panel" data-panel="shelf" aria-label=${t("studio.shelf")}>
        <header class="console__panel-head"><h2>${t(jobs ? "studio.shelf_jobs" : "studio.shelf")}${items.length > 0 ? ` · ${items.length}` : ""}</h2>
          ${items.length > 0 && html`<${Button} icon="plus" onClick=${add}>${t("studio.add")}</${Button}>`}</header>
        <div class="console__scroll"><${LineUp} desk=${desk} onAdd=${add} onEdit=${(/** @type {any} */ item) => setOpen({ kind: "product", product: item.product })} onRefused=${(/** @type {any} */ error) => setOpen({ kind: "refused", error })} /></div>
      </section>
      <section class="console__panel" data-panel="talk" aria-label=${t("chat.title")}>
        <header class="console__panel-head"><h2>${t("chat.title")}</h2></header>
        <${ChatPanel} desk=${desk} onRemove=${(/** @type {any} */ comment) => setOpen({ kind: "remove", comment })} />
      </section>
      <section class="console__panel" data-panel="sales" aria-label=${t(jobs ? "studio.applications_title" : "studio.sales")}>
        <header class="console__panel-head"><h2>${t(jobs ? "studio.applications_title" : "studio.sales")}</h2></header>
        <div class="console__scroll">${jobs ? html`<${ApplicationsPanel} desk=${desk} />` : html`<${SalesPanel} desk=${desk} />`}</div>
      </section>
    </div>
  </main>
  <${ConsoleTabs} jobs=${jobs} panel=${panel} onPanel=${turnTo} talk=${unread} sales=${desk.news.value.size} />
  <${ConsoleSheets} open=${open} setOpen=${setOpen} desk=${desk} />`;
}
