/** What each command of the desk does: the same by a key, a button or a thumb. */
import { Problem } from "../../api.js";
import { gradesFor } from "../../moderation/grades.js";
import { roomShown } from "../../moderation/preferences.js";
import { Busy } from "../../moderation/queue.js";
import { APPROVED, UNDO_CODES } from "../../moderation/reasons.js";
import { t } from "../../words/text.js";
import { toast } from "../toast.js";
import { doneWords } from "./desk_dialogs.js";
import { WHOLE } from "./desk_toolbar.js";
import { isMine, refusalText } from "./desk_words.js";

/** @typedef {import("../../moderation/shortcuts.js").Command} Command */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */
/** @typedef {import("../../moderation/queue.js").Outcome} Outcome */
/** @typedef {import("./desk_dialogs.js").Open} Open */
/** @typedef {import("./desk_toolbar.js").Pane} Pane */

/** @type {Open} */
const NONE = { kind: "none" };
/** Why a case can't be had: somebody works on it, or has decided it; or there is none. @type {ReadonlySet<string>} */
const NOT_MINE = new Set(["claimed", "wrong_state", "not_found"]);
/** Commands that open or leave a pane. @type {Partial<Record<Command, Pane>>} */
const PANES = { appeals: "appeals", seconds: "seconds", figures: "figures", log: "log" };
/** Commands that mean the same wherever one is. @type {ReadonlySet<Command>} */
const ANYWHERE = new Set(/** @type {const} */ (["shortcuts", "undo", "find", "filter"]));

/**
 * @param {{ desk: import("../../moderation/desk.js").Desk, appeals: import("../../moderation/appeal_book.js").AppealBook,
 *   seconds: import("../../moderation/second_book.js").SecondBook, pane: Pane, wide: boolean, nowMs: number, find: { current: HTMLInputElement | null },
 *   setPane: (pane: Pane) => void, setOpen: (open: Open | ((open: Open) => Open)) => void }} on
 */
export function commandsOf({ desk, appeals, seconds, pane, wide, nowMs, find, setPane, setOpen }) {
  const one = desk.selected.value;
  const say = (/** @type {unknown} */ error) => toast(error instanceof Busy ? t(error.isUndo ? "queue.undoing" : "queue.busy") : refusalText(error), { tone: "bad" });

  /** @param {Promise<Outcome>} work @returns {Promise<boolean>} whether it was done */
  const tell = async (work) => {
    const outcome = await work;
    if (!outcome.ok) say(outcome.error);
    return outcome.ok;
  };
  /** @param {import("../../moderation/desk.js").Undoing | null} went */
  const tellUndoing = (went) => {
    if (went === null) return;
    if (went.undone === 0) say(went.error);
    else if (went.left > 0) toast(t("queue.undone_not_all", { count: went.undone, rest: went.left }), { tone: "bad", undo: () => undoStep(went.stepId) });
    else if (went.gone > 0) toast(t("queue.undone_others", { count: went.undone, rest: went.gone }), { tone: "plain" });
    else toast(went.undone === 1 ? t("moderation.undone") : t("queue.undone_several", { count: went.undone }), { tone: "plain" });
  };
  const undoLast = async () => tellUndoing(await desk.undoLast(UNDO_CODES[0]));
  /** @param {number} stepId @returns {Promise<void>} */
  const undoStep = async (stepId) => {
    const went = await desk.undoStep(stepId, UNDO_CODES[0]);
    if (went === null) toast(t("queue.undone_already"), { tone: "plain" });
    else tellUndoing(went);
  };
  /** @param {Outcome} outcome @param {string} said @returns {boolean} */
  const conclude = (outcome, said) => {
    if (outcome.ok) {
      const { stepId = null } = outcome;
      toast(said, { undo: stepId === null ? undefined : () => undoStep(stepId) });
    } else if (desk.outrunId.value === null || outcome.error instanceof Busy) say(outcome.error);
    else toast(t("moderation.outrun"), { tone: "bad" });
    return outcome.ok;
  };
  /** Ask what to do about a case that is one's own meanwhile. @param {Case} about @param {Open} dialog */
  const act = (about, dialog) => {
    setOpen(dialog);
    if (about.state !== "open") return;
    desk.begin(about).then((outcome) => {
      // Without a word on whose it is, one may still try.
      if (outcome.ok || !(outcome.error instanceof Problem && NOT_MINE.has(outcome.error.code))) return;
      // Meanwhile another dialog may be open, which is none of this one's; the grade chosen in it is.
      setOpen((open) => ("one" in open && open.one.case_id === about.case_id ? NONE : open));
      conclude(outcome, "");
    });
  };
  const close = () => {
    setOpen(NONE);
    desk.claim.leaveOff();
  };
  /** Take the case, or let it go. */
  const claim = async () => {
    if (one?.state !== "open") return;
    if (isMine(one, nowMs)) {
      if (await tell(desk.claim.release(one.case_id))) toast(t("claim.released"), { tone: "plain" });
      return;
    }
    const outcome = await desk.begin(one, { byHand: true });
    if (outcome.ok) toast(t("claim.taken"), { tone: "plain" });
    else conclude(outcome, "");
  };
  const approve = async () => {
    if (one?.state !== "open") return;
    const outcome = await desk.decide(one, "approve", APPROVED);
    conclude(outcome, doneWords(desk, one, "approve"));
  };

  /** @param {Command} command in the pane of appeals */
  const runInAppeals = (command) => {
    const appeal = appeals.selected.value;
    if (command === "next" || command === "previous") return appeals.move(command === "next" ? 1 : -1);
    if ((command !== "approve" && command !== "remove") || !appeal?.may_answer || appeals.busy.value) return undefined;
    return setOpen({ kind: "answer", appeal, decision: command === "approve" ? "uphold" : "reject" });
  };
  /** @param {Command} command in the pane of second looks */
  const runInSeconds = (command) => {
    if (command === "next" || command === "previous") return seconds.move(command === "next" ? 1 : -1);
    if ((command !== "approve" && command !== "remove") || seconds.busy.value) return undefined;
    const [action, look] = [seconds.selectedAction.value, seconds.selectedLook.value];
    if (seconds.which.value === "looks") return look?.answer === null ? tell(seconds.look(look, command)) : undefined;
    return action !== null && seconds.maySecond(action) ? setOpen({ kind: "second", action, agree: command === "approve" }) : undefined;
  };
  /** @param {Command} command about the case that lies open */
  const runOnCase = (command) => {
    switch (command) {
      case "next":
        return desk.move(1);
      case "previous":
        return desk.move(-1);
      case "claim":
        return claim();
      case "approve":
        return approve();
      case "remove":
        return one?.state === "open" ? act(one, { kind: "remove", one }) : undefined;
      case "mute_10m":
      case "mute_1d":
      case "mute_room":
      case "close_account":
        return one !== null && gradesFor(one).includes(command) ? act(one, { kind: "sanction", one, sanction: command }) : undefined;
      case "sanction":
        return one?.subject ? act(one, { kind: "grades", one }) : undefined;
      case "show_new":
        return desk.showFresh();
      case "room":
        if (!wide) return setPane(pane === "room" ? "case" : "room");
        roomShown.value = !roomShown.value;
        return undefined;
    }
  };
  /** @param {Command} command wherever one is */
  const runAnywhere = (command) => {
    switch (command) {
      case "undo":
        return undoLast();
      case "shortcuts":
        return setOpen({ kind: "keys" });
      case "filter":
        setPane("queue");
        return setOpen({ kind: "filter" });
      case "find":
        setPane("queue");
        return setTimeout(() => find.current?.focus());
    }
  };
  const run = (/** @type {Command} */ command) => {
    const to = PANES[command];
    if (to !== undefined) return setPane(pane === to ? "queue" : to);
    if (ANYWHERE.has(command)) return runAnywhere(command);
    if (pane === "appeals") return runInAppeals(command);
    if (pane === "seconds") return runInSeconds(command);
    return WHOLE.has(pane) ? undefined : runOnCase(command);
  };
  return { run, tell, conclude, close, claim };
}
