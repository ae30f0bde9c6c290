/** The desk as a whole: the queue, the case and its live room side by side, one after the other on a phone; keys, dialogs and toasts. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { AppealBook } from "../../moderation/appeal_book.js";
import { Desk } from "../../moderation/desk.js";
import { keysOn, roomShown } from "../../moderation/preferences.js";
import { APPROVED, UNDO_CODES } from "../../moderation/reasons.js";
import { commandFor, isTyping, keyOf } from "../../moderation/shortcuts.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Notice } from "../notice.js";
import { toast, toastError } from "../toast.js";
import { AnswerSheet, AppealsPanel } from "./appeals_panel.js";
import { CaseActions } from "./case_actions.js";
import { CasePanel } from "./case_panel.js";
import { OpenDialog } from "./desk_dialogs.js";
import { Stale, Toolbar, WHOLE } from "./desk_toolbar.js";
import { LogPanel } from "./log_panel.js";
import { QueuePanel } from "./queue_panel.js";
import { RoomPanel } from "./room_panel.js";
import { useNow, useWide } from "./surroundings.js";

/** @typedef {import("../../moderation/shortcuts.js").Command} Command */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */
/** @typedef {import("../../moderation/desk_api.js").Action} Action */
/** @typedef {import("../../moderation/desk_api.js").Appeal} Appeal */
/** @typedef {import("../../moderation/desk_api.js").AppealDecision} AppealDecision */
/** @typedef {import("./desk_dialogs.js").Open} Open */
/** @typedef {import("../../moderation/desk.js").Outcome} Outcome */
/** @typedef {import("./desk_toolbar.js").Pane} Pane */

const RENEW_EVERY_MS = 4_000;
const RENEW_APPEALS_EVERY_MS = 10_000;
/** @type {Open} */
const NONE = { kind: "none" };

export function DeskView() {
  const desk = useMemo(() => new Desk(), []);
  const appeals = useMemo(() => new AppealBook(), []);
  const wide = useWide();
  const nowMs = useNow();
  const [pane, setPane] = useState(/** @type {Pane} */ ("queue"));
  const [open, setOpen] = useState(NONE);
  const [answering, setAnswering] = useState(/** @type {{ appeal: Appeal, decision: AppealDecision } | null} */ (null));
  const find = useRef(/** @type {HTMLInputElement | null} */ (null));
  useRenewal(desk, wide);
  useAppeals(appeals, pane);
  const one = desk.selected.value;

  /** @param {Promise<Outcome>} work @returns {Promise<boolean>} whether it was done */
  const tell = async (work) => {
    const outcome = await work;
    if (!outcome.ok) toastError(outcome.error);
    return outcome.ok;
  };
  /** @param {Outcome} outcome @param {string} said @returns {boolean} */
  const conclude = (outcome, said) => {
    // What was done before a later part failed can be undone like the rest.
    if (outcome.ok) toast(said, { undo: () => undoLast() });
    else if (desk.outrunId.value === null) toastError(outcome.error);
    else toast(t("moderation.outrun"), { tone: "bad" });
    return outcome.ok;
  };
  const undoLast = async () => {
    if (!desk.canUndo.value) return;
    if (await tell(desk.undoLast(UNDO_CODES[0]))) toast(t("moderation.undone"), { tone: "plain" });
  };
  const answer = (/** @type {AppealDecision} */ decision) => {
    const appeal = appeals.selected.value;
    if (appeal?.may_answer && !appeals.busy.value) setAnswering({ appeal, decision });
  };
  const run = (/** @type {Command} */ command) => {
    if (command === "appeals") return setPane(pane === "appeals" ? "queue" : "appeals");
    if (pane === "appeals") {
      if (command === "next") return appeals.move(1);
      if (command === "previous") return appeals.move(-1);
      if (command === "approve") return answer("uphold");
      if (command === "remove") return answer("reject");
      if (command !== "shortcuts" && command !== "undo" && command !== "find") return undefined;
    }
    switch (command) {
      case "next":
        return desk.move(1);
      case "previous":
        return desk.move(-1);
      case "approve":
        if (one?.state !== "open" || desk.busy.value) return undefined;
        return desk.decide(one, "approve", APPROVED).then((outcome) => conclude(outcome, t("moderation.did_approve")));
      case "remove":
        return one?.state === "open" ? setOpen({ kind: "remove", one }) : undefined;
      case "mute_10m":
      case "mute_1d":
      case "mute_room":
        return one?.subject && one.room ? setOpen({ kind: "sanction", one, sanction: command }) : undefined;
      case "close_account":
        return one?.subject ? setOpen({ kind: "sanction", one, sanction: command }) : undefined;
      case "sanction":
        return one?.subject ? setOpen({ kind: "grades", one }) : undefined;
      case "undo":
        return undoLast();
      case "show_new":
        return desk.showFresh();
      case "room":
        if (!wide) return setPane(pane === "room" ? "case" : "room");
        roomShown.value = !roomShown.value;
        return undefined;
      case "find":
        setPane("queue");
        return setTimeout(() => find.current?.focus());
      case "shortcuts":
        return setOpen({ kind: "keys" });
    }
  };
  useKeys(run, pane !== "log");
  useFind(desk, find);

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
  const place = one === null ? "" : placeOf(desk.visible.value, one);
  return html`<div class=${`moderation moderation--${pane}`}>
    <${Toolbar} desk=${desk} appeals=${appeals} pane=${pane} wide=${wide} onPane=${setPane} onUndo=${() => run("undo")} onKeys=${() => setOpen({ kind: "keys" })} />
    <${Stale} desk=${desk} />
    ${pane === "appeals" ? html`<div class="moderation__log"><${AppealsPanel} book=${appeals} nowMs=${nowMs} keys=${keysOn.value && wide ? { uphold: keyOf("approve"), reject: keyOf("remove") } : {}} onAnswer=${(/** @type {Appeal} */ appeal, /** @type {AppealDecision} */ decision) => setAnswering({ appeal, decision })} onCase=${openCase} /></div>`
      : pane === "log" ? html`<div class="moderation__log"><${LogPanel} stamp=${desk.steps.value} onUndo=${undoAction} onCase=${openCase} /></div>`
      : html`
        <div class="moderation__queue"><${QueuePanel} desk=${desk} nowMs=${nowMs} findRef=${find} onOpen=${pick} onOlder=${() => tell(desk.showOlder())} /></div>
        <div class="moderation__case">${one === null
          ? desk.visible.value.length > 0 && html`<${Notice} icon="eye" title=${t("moderation.pick_one")} />`
          : html`<${CasePanel} key=${one.case_id} one=${one} nowMs=${nowMs} place=${place} outrun=${desk.outrunId.value === one.case_id} onUndo=${undoAction} onRoom=${showsRoom ? null : () => run("room")} />`}</div>
        ${showsRoom && html`<div class="moderation__room"><${RoomPanel} room=${one?.room ?? null} markedId=${one?.kind === "line" ? one.screen_id ?? one.target_id : null} onRemove=${removeLine} onClose=${wide ? () => run("room") : null} /></div>`}
        <div class="moderation__actions"><${CaseActions} one=${one} busy=${desk.busy.value} wide=${wide} keys=${keysOn.value} canUndo=${desk.canUndo.value} run=${run} /></div>`}
    <${OpenDialog} open=${open} desk=${desk} conclude=${conclude} onGrade=${(/** @type {Case} */ about, /** @type {import("../../moderation/desk_api.js").Sanction} */ sanction) => setOpen({ kind: "sanction", one: about, sanction })} onClose=${() => setOpen(NONE)} />
    ${answering && html`<${AnswerSheet} ...${answering} book=${appeals} keys=${keysOn.value} onClose=${() => setAnswering(null)} />`}
  </div>`;
}

/** @param {readonly Case[]} cases @param {Case} one */
function placeOf(cases, one) {
  const index = cases.findIndex(({ case_id: id }) => id === one.case_id);
  return index === -1 ? "" : t("moderation.place", { number: index + 1, count: cases.length });
}

/** Asks for the queue as it is looked at, and picks the first case where there is space to show one. @param {Desk} desk @param {boolean} wide */
function useRenewal(desk, wide) {
  useEffect(() => {
    const renew = () => document.hidden || desk.renew();
    const asked = new URLSearchParams(location.search).get("case");
    desk.renew().then(() => (asked === null ? null : desk.openCase(asked)));
    const timer = setInterval(renew, RENEW_EVERY_MS);
    addEventListener("online", renew);
    document.addEventListener("visibilitychange", renew);
    return () => {
      clearInterval(timer);
      removeEventListener("online", renew);
      document.removeEventListener("visibilitychange", renew);
    };
  }, [desk]);
  const cases = desk.cases.value;
  useEffect(() => {
    if (wide && cases !== null && desk.selectedId.value === null) desk.select(desk.visible.value[0]?.case_id ?? null);
  }, [cases, wide]);
  useEffect(() => {
    const count = desk.openCount.value;
    document.title = `${count > 0 ? `(${count}) ` : ""}${t("moderation.title")} · ${t("app.name")}`;
  });
}

/** Asks for the appeals now and then, and at once when they are looked at. @param {AppealBook} appeals @param {Pane} pane */
function useAppeals(appeals, pane) {
  useEffect(() => {
    const timer = setInterval(() => document.hidden || appeals.renew(), RENEW_APPEALS_EVERY_MS);
    return () => clearInterval(timer);
  }, [appeals]);
  useEffect(() => {
    if (pane === "appeals" || appeals.appeals.value === null) appeals.renew();
  }, [pane]);
}

/** Enter in the field for finding goes to what was found, Escape away from it: from there the keys work again. @param {Desk} desk @param {{ current: HTMLInputElement | null }} field */
function useFind(desk, field) {
  useEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (event.target !== field.current || event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      if (event.key === "Escape") desk.words.value = "";
      field.current?.blur();
      const visible = desk.visible.value;
      if (!visible.some((one) => one.case_id === desk.selectedId.value)) desk.select(visible[0]?.case_id ?? null);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [desk]);
}

/** @param {(command: Command) => unknown} run @param {boolean} active */
function useKeys(run, active) {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (document.querySelector("dialog[open]") !== null) return;
      const command = commandFor(event, { enabled: keysOn.value, typing: isTyping(event.target) });
      if (command === null || (!active && command !== "shortcuts" && command !== "undo" && command !== "appeals")) return;
      event.preventDefault();
      newest.current(command);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [active]);
}
