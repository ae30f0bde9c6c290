/** The head of the console: which room, how it stands, and what one does with all of it. */
import { html } from "../../html.js";
import { countText, t } from "../../words/text.js";
import { Button, IconButton } from "../button.js";
import { Icon } from "../icons.js";
import { Menu } from "../menu.js";
import { Clock } from "./health_panel.js";
import { Standing } from "./room_tile.js";

/**
 * @param {{ desk: import("../../studio/room_desk.js").RoomDesk, room: import("../../studio/studio_calls.js").MyRoom,
 *   setOpen: (open: import("./console_sheets.js").Open) => void }} props
 */
export function ConsoleHead({ desk, room, setOpen }) {
  const { visit, health } = desk;
  const onAir = desk.onAir.value;
  const watch = `/rooms/${encodeURIComponent(room.slug)}`;
  const status = visit.shownStatus.value;
  const settings = () => setOpen({ kind: "settings" });
  return html`<header class="console-head">
    <div class="console-head__row">
      <${IconButton} icon="back" label=${t("studio.to_studio")} href="/studio" />
      <div class="console-head__words">
        <h1 class="console-head__title">${room.title}</h1>
        <p class="console-head__state">
          <${Standing} room=${{ ...room, on_air: onAir, viewers: 0 }} />
          ${onAir && html`<${Clock} since=${health.value?.since ?? null} />`}
          ${onAir && html`<span class="console-head__figure"><${Icon} name="people" /><span class="unseen">${t("studio.viewers")}</span>${countText(visit.state.viewers.value)}</span>
            <span class="console-head__figure"><${Icon} name="heart" /><span class="unseen">${t("studio.sum_likes")}</span>${countText(visit.state.likes.value)}</span>`}
        </p>
      </div>
      <div class="console-head__actions">
        <span class="console-head__wide"><${Button} icon="eye" href=${watch}>${t("studio.watch")}</${Button}></span>
        <span class="console-head__wide"><${Button} icon="edit" onClick=${settings}>${t("studio.room_settings")}</${Button}></span>
        <${Button} kind="danger" disabled=${!desk.showIsOpen.value} onClick=${() => setOpen({ kind: "end" })}>${t("studio.end")}</${Button}>
        <span class="console-head__narrow"><${Menu} label=${t("studio.more")} items=${[{ label: t("studio.watch"), icon: "eye", href: watch }, { label: t("studio.room_settings"), icon: "edit", onClick: settings }]} /></span>
      </div>
    </div>
    <div role="status">${(status === "lost" || status === "closed") && html`<p class="banner banner--warn console-head__lost"><${Icon} name="offline" />${t(status === "lost" ? "studio.line_lost" : "watch.closed")}</p>`}</div>
  </header>`;
}
