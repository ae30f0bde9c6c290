/** The desk as a whole: the queue, the case and its live room side by side, one after the other on a phone; keys, dialogs and toasts. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { AppealBook } from "../../moderation/appeal_book.js";
import { Desk } from "../../moderation/desk.js";
import { keysOn, roomShown } from "../../moderation/preferences.js";
import { SecondBook } from "../../moderation/second_book.js";
import { keyOf } from "../../moderation/shortcuts.js";
import { ViewBook } from "../../moderation/view_book.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Notice } from "../notice.js";
import { AppealsPanel } from "./appeals_panel.js";
import { CaseActions } from "./case_actions.js";
import { CasePanel } from "./case_panel.js";
import { commandsOf } from "./desk_commands.js";
import { OpenDialog } from "./desk_dialogs.js";
import { useBooks, useFind, useHeldCase, useKeys, usePane, useRenewal, useTop } from "./desk_hooks.js";
import { Stale, Toolbar, WHOLE } from "./desk_toolbar.js";
import { isMine } from "./desk_words.js";
import { FiguresPanel } from "./figures_panel.js";
import { LogPanel } from "./log_panel.js";
import { QueuePanel } from "./queue_panel.js";
import { RoomPanel } from "./room_panel.js";
import { SecondsPanel } from "./seconds_panel.js";
import { useNow, useWide } from "./surroundings.js";

/** @typedef {import("../../moderation/desk_api.js").Case} Case */
/** @typedef {import("../../moderation/desk_api.js").Action} Action */
/** @typedef {import("./desk_dialogs.js").Open} Open */

export function DeskView() {
  const desk = useMemo(() => new Desk(), []);
  const appeals = useMemo(() => new AppealBook(), []);
  const seconds = useMemo(() => new SecondBook(), []);
  const views = useMemo(() => new ViewBook(), []);
  const wide = useWide();
  const nowMs = useNow();
  const [pane, setPane] = usePane(wide);
  const [open, setOpen] = useState(/** @type {Open} */ ({ kind: "none" }));
  const find = useRef(/** @type {HTMLInputElement | null} */ (null));
  useRenewal(desk, wide);
  useHeldCase(desk);
  useTop(pane, desk.selectedId.value, wide);
  useBooks(appeals, seconds, pane);
  useEffect(() => {
    views.load();
  }, [views]);
  const { run, tell, conclude, close, claim } = commandsOf({ desk, appeals, seconds, pane, wide, nowMs, find, setPane, setOpen });
  useKeys(run);
  useFind(desk, find);
  const one = desk.selected.value;

  if (desk.trouble.value === "not_allowed") {
    return html`<${Notice} icon="shield" title=${t("moderation.not_yours_title")} text=${t("moderation.not_yours_text")}><${Button} href="/" kind="primary">${t("app.go_lobby")}</${Button}></${Notice}>`;
  }
  if (desk.trouble.value === "failing" && desk.cases.value === null) {
    return html`<div role="alert"><${Notice} icon="offline" title=${t("moderation.failed_title")} text=${t("moderation.failed_text")}><${Button} kind="primary" onClick=${() => desk.renew()}>${t("app.retry")}</${Button}></${Notice}></div>`;
  }
  const pick = (/** @type {string} */ caseId) => {
    desk.select(caseId);
    setPane("case");
  };
  const openCase = async (/** @type {string} */ caseId) => {
    if (await tell(desk.openCase(caseId))) setPane("case");
  };
  const undoAction = (/** @type {Action} */ action) => setOpen({ kind: "undo", action });
  const removeLine = (/** @type {any} */ comment) => one?.room && setOpen({ kind: "line", slug: one.room.slug, comment });
  const showsRoom = wide ? roomShown.value && !WHOLE.has(pane) : pane === "room";
  const keys = keysOn.value && wide;
  const [yes, no] = keys ? [keyOf("approve"), keyOf("remove")] : [];
  const whole = () => {
    switch (pane) {
      case "appeals":
        return html`<${AppealsPanel} book=${appeals} nowMs=${nowMs} keys=${{ uphold: yes, reject: no }} onCase=${openCase} onAnswer=${(/** @type {any} */ appeal, /** @type {any} */ decision) => setOpen({ kind: "answer", appeal, decision })} />`;
      case "seconds":
        return html`<${SecondsPanel} book=${seconds} nowMs=${nowMs} keys=${{ yes, no }} onCase=${openCase} onSecond=${(/** @type {Action} */ action, /** @type {boolean} */ agree) => setOpen({ kind: "second", action, agree })}
          onLook=${(/** @type {any} */ look, /** @type {any} */ decision) => tell(seconds.look(look, decision))} />`;
      case "figures":
        return html`<${FiguresPanel} />`;
      default:
        return html`<${LogPanel} stamp=${desk.steps.value} onUndo=${undoAction} onCase=${openCase} />`;
    }
  };
  return html`<div class=${`moderation moderation--${pane}`}>
    <${Toolbar} desk=${desk} appeals=${appeals} seconds=${seconds} pane=${pane} wide=${wide} onPane=${setPane} onUndo=${() => run("undo")} onKeys=${() => run("shortcuts")} />
    <${Stale} desk=${desk} />
    ${WHOLE.has(pane) ? html`<div class="moderation__log">${whole()}</div>` : html`
        <div class="moderation__queue"><${QueuePanel} desk=${desk} views=${views} nowMs=${nowMs} wide=${wide} findRef=${find} onOpen=${pick} onOlder=${() => tell(desk.showOlder())} onFilter=${() => run("filter")} /></div>
        <div class="moderation__case">${!wide && html`<p class="case__back"><${Button} size="s" icon="back" onClick=${() => setPane("queue")}>${t("queue.back")}</${Button}></p>`}${one === null
          ? desk.visible.value.length > 0 && html`<${Notice} icon="eye" title=${t("moderation.pick_one")} />`
          : html`<${CasePanel} key=${one.case_id} one=${one} nowMs=${nowMs} place=${placeOf(desk.visible.value, one)} outrun=${desk.outrunId.value === one.case_id} claimKey=${keys ? keyOf("claim") : undefined} onClaim=${claim}
              withAlike=${desk.alikeOf.value === one.case_id} onAlike=${(/** @type {boolean} */ on) => (desk.alikeOf.value = on ? one.case_id : null)} onUndo=${undoAction} onRoom=${showsRoom ? null : () => run("room")} />`}</div>
        ${showsRoom && html`<div class="moderation__room"><${RoomPanel} room=${one?.room ?? null} markedId=${one?.kind === "line" ? one.screen_id ?? one.target_id : null} onRemove=${removeLine} onClose=${() => run("room")} /></div>`}
        <div class="moderation__actions"><${CaseActions} one=${one} mine=${one !== null && isMine(one, nowMs)} busy=${desk.busy.value} wide=${wide} keys=${keysOn.value} canUndo=${desk.canUndo.value} run=${run} /></div>`}
    <${OpenDialog} open=${open} desk=${desk} appeals=${appeals} seconds=${seconds} views=${views} tell=${tell} conclude=${conclude} onGrade=${(/** @type {Case} */ about, /** @type {import("../../moderation/desk_api.js").Sanction} */ sanction) => setOpen({ kind: "sanction", one: about, sanction })} onClose=${close} />
  </div>`;
}

/** @param {readonly Case[]} cases @param {Case} one */
function placeOf(cases, one) {
  const index = cases.findIndex(({ case_id: id }) => id === one.case_id);
  return index === -1 ? "" : t("moderation.place", { number: index + 1, count: cases.length });
}
