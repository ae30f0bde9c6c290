/** What the desk asks before it acts: why, and whether one means it. */
import { html } from "../../html.js";
import { deskApi } from "../../moderation/desk_api.js";
import { gradesFor } from "../../moderation/grades.js";
import { keysOn } from "../../moderation/preferences.js";
import { likelyReason, REASON_CODES, SUPPRESSION_CODES, UNDO_CODES } from "../../moderation/reasons.js";
import { t } from "../../words/text.js";
import { toast, toastError } from "../toast.js";
import { AnswerSheet } from "./appeals_panel.js";
import { decidedWords, decisionKeys, deedWords, gradeHint, gradeWords } from "./desk_words.js";
import { FilterSheet } from "./filter_sheet.js";
import { GradeSheet } from "./grade_sheet.js";
import { ReasonSheet } from "./reason_sheet.js";
import { SecondSheet } from "./seconds_panel.js";
import { ShortcutSheet } from "./shortcut_sheet.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */
/** @typedef {import("../../moderation/desk_api.js").Action} Action */
/** @typedef {import("../../moderation/desk_api.js").Sanction} Sanction */
/** @typedef {import("../../moderation/desk.js").Outcome} Outcome */
/**
 * @typedef {{ kind: "none" } | { kind: "keys" } | { kind: "remove", one: Case } | { kind: "sanction", one: Case, sanction: Sanction } | { kind: "grades", one: Case }
 *   | { kind: "undo", action: Action } | { kind: "filter" } | { kind: "answer", appeal: import("../../moderation/desk_api.js").Appeal, decision: import("../../moderation/desk_api.js").AppealDecision }
 *   | { kind: "second", action: Action, agree: boolean } | { kind: "line", slug: string, comment: import("../../live/room_state.js").ShownComment }} Open
 *   which dialog is open
 */

/**
 * @param {{ open: Open, desk: Desk, appeals: import("../../moderation/appeal_book.js").AppealBook, views: import("../../moderation/view_book.js").ViewBook, seconds: import("../../moderation/second_book.js").SecondBook,
 *   tell: (work: Promise<Outcome>) => Promise<boolean>, conclude: (outcome: Outcome, said: string) => boolean, onGrade: (one: Case, sanction: Sanction) => void, onClose: () => void }} props
 */
export function OpenDialog({ open, desk, appeals, views, seconds, tell, conclude, onGrade, onClose }) {
  const shared = { keys: keysOn.value, onClose };
  switch (open.kind) {
    case "keys":
      return html`<${ShortcutSheet} onClose=${onClose} />`;
    case "filter":
      return html`<${FilterSheet} desk=${desk} views=${views} onClose=${onClose} />`;
    case "answer":
      return html`<${AnswerSheet} ...${shared} appeal=${open.appeal} decision=${open.decision} book=${appeals} />`;
    case "second":
      return html`<${SecondSheet} ...${shared} action=${open.action} agree=${open.agree} book=${seconds} />`;
    case "remove": {
      const { one } = open;
      const words = decisionKeys(one).remove;
      const [codes, first] = one.kind === "suppression" ? [SUPPRESSION_CODES, SUPPRESSION_CODES[0]] : [REASON_CODES, likelyReason(one)];
      const remove = async (/** @type {string} */ reason, /** @type {{ mute: Sanction | null }} */ { mute }) => {
        const outcome = await desk.decide(one, "remove", reason, mute);
        const done = conclude(outcome, doneWords(desk, one, "remove", mute));
        return done || desk.outrunId.value === one.case_id;
      };
      return html`<${ReasonSheet} ...${shared} title=${words === "moderation.remove" ? t("moderation.remove_title") : t(words)} quote=${quoteOf(one)} codes=${codes} first=${first} yes=${t(words)} mutes=${gradesFor(one).includes("mute_10m")} onYes=${remove} />`;
    }
    case "grades":
      return html`<${GradeSheet} one=${open.one} keys=${keysOn.value} onPick=${(/** @type {Sanction} */ grade) => onGrade(open.one, grade)} onClose=${onClose} />`;
    case "sanction": {
      const { one, sanction } = open;
      const closes = sanction === "close_account";
      const act = async (/** @type {string} */ reason, /** @type {{ until: string | null }} */ { until }) => conclude(await desk.sanction(one, sanction, reason, until), deedWords(sanction));
      return html`<${ReasonSheet} key=${sanction} ...${shared} title=${t("moderation.sanction_title", { what: gradeWords(sanction), name: one.subject?.display_name ?? "" })} text=${`${gradeHint(sanction)} ${closes ? "" : t("moderation.mute_text")}`}
        quote=${quoteOf(one)} codes=${REASON_CODES} first=${closes ? null : likelyReason(one)} ends=${sanction} yes=${gradeWords(sanction)} onYes=${act} />`;
    }
    case "undo": {
      const { action } = open;
      const undo = async (/** @type {string} */ reason) => {
        const done = await tell(desk.undo(action.action_id, reason));
        if (done) toast(t("moderation.undone"), { tone: "plain" });
        return done;
      };
      return html`<${ReasonSheet} ...${shared} title=${t("moderation.undo_what", { what: deedWords(action.kind) })} text=${t("moderation.undo_text")} quote=${{ name: action.subject_name ?? "", text: action.text }} codes=${UNDO_CODES} first=${UNDO_CODES[0]} yes=${t("app.undo")} danger=${false} onYes=${undo} />`;
    }
    case "line": {
      const { slug, comment } = open;
      const remove = async (/** @type {string} */ reason) => {
        try {
          await deskApi.removeLine(slug, comment.comment_id, reason);
          toast(t("moderation.did_remove"));
          return true;
        } catch (error) {
          toastError(error);
          return false;
        }
      };
      return html`<${ReasonSheet} ...${shared} title=${t("moderation.remove_title")} quote=${comment} codes=${REASON_CODES} first=${null} yes=${t("moderation.remove")} onYes=${remove} />`;
    }
    default:
      return null;
  }
}

/** What a decision just did. @param {Desk} desk @param {Case} one @param {import("../../moderation/desk_api.js").Decision} decision @param {Sanction | null} [mute] */
export const doneWords = (desk, one, decision, mute = null) =>
  [decidedWords(one, decision), mute === null ? "" : deedWords(mute), desk.decidedAlike.value > 0 ? t("queue.did_alike", { count: desk.decidedAlike.value }) : ""].filter((words) => words !== "").join(" · ");

/** @param {Case} one */
const quoteOf = (one) => ({ name: one.subject?.display_name ?? "", text: one.text });
