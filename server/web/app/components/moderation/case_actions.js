/** What can be done about the case: always in reach, at the foot of the screen; on a phone the rarer things behind one button. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { gradesFor } from "../../moderation/grades.js";
import { keyOf } from "../../moderation/shortcuts.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Sheet } from "../sheet.js";
import { decisionKeys } from "./desk_words.js";

/** @typedef {import("../../moderation/shortcuts.js").Command} Command */
/** @typedef {import("../../moderation/desk_api.js").Case} Case */

/**
 * @param {{ one: Case | null, mine: boolean, busy: boolean, wide: boolean, keys: boolean, canUndo: boolean, run: (command: Command) => void }} props
 *   mine: one works on it already. wide: a desk's screen. keys: whether to name the keys beside the words
 */
export function CaseActions({ one, mine, busy, wide, keys, canUndo, run }) {
  const [more, setMore] = useState(false);
  const key = (/** @type {Command} */ command) => (keys && wide ? keyOf(command) : undefined);
  const open = one !== null && one.state === "open";
  const grades = one === null ? [] : gradesFor(one);
  const may = { grade: grades.length > 0, mute: grades.includes("mute_10m"), close: grades.includes("close_account") };
  const words = decisionKeys(one ?? { kind: "line" });
  const decide = html`
    <${Button} kind="leaf" icon="check" busy=${busy} disabled=${!open} shortcut=${key("approve")} onClick=${() => run("approve")}>${t(words.approve)}</${Button}>
    <${Button} kind="danger" icon="remove" busy=${busy} disabled=${!open} shortcut=${key("remove")} onClick=${() => run("remove")}>${t(words.remove)}</${Button}>`;
  if (!wide) {
    const pick = (/** @type {Command} */ command) => {
      setMore(false);
      run(command);
    };
    return html`<div class="actions actions--phone" role="group" aria-label=${t("moderation.actions")}>
      <${Button} icon="back" label=${t("moderation.key_previous")} disabled=${one === null} onClick=${() => run("previous")}></${Button}>
      ${decide}
      <${Button} icon="dots" label=${t("moderation.more_actions")} disabled=${one === null && !canUndo} onClick=${() => setMore(true)}></${Button}>
      <${Button} icon="chevron" label=${t("moderation.key_next")} disabled=${one === null} onClick=${() => run("next")}></${Button}>
      ${more && html`<${Sheet} title=${t("moderation.more_actions")} onClose=${() => setMore(false)}>
        <div class="actions__list">
          <${Button} size="wide" icon=${mine ? "leave" : "person"} disabled=${!open} onClick=${() => pick("claim")}>${t(mine ? "claim.release" : "claim.take")}</${Button}>
          <${Button} size="wide" icon="muted" disabled=${!may.mute} onClick=${() => pick("mute_10m")}>${t("moderation.mute_10m")}</${Button}>
          <${Button} size="wide" icon="muted" disabled=${!may.mute} onClick=${() => pick("mute_1d")}>${t("moderation.mute_1d")}</${Button}>
          <${Button} size="wide" icon="muted" disabled=${!may.mute} onClick=${() => pick("mute_room")}>${t("moderation.mute_room")}</${Button}>
          <${Button} size="wide" kind="danger" icon="person" disabled=${!may.close} onClick=${() => pick("close_account")}>${t("moderation.close_account")}</${Button}>
          <${Button} size="wide" icon="shield" disabled=${!may.grade} onClick=${() => pick("sanction")}>${t("moderation.grades_more")}</${Button}>
          <${Button} size="wide" icon="undo" disabled=${!canUndo} onClick=${() => pick("undo")}>${t("moderation.undo_last")}</${Button}>
        </div>
      </${Sheet}>`}
    </div>`;
  }
  return html`<div class="actions" role="group" aria-label=${t("moderation.actions")}>
    ${decide}
    <div class="actions__group" role="group" aria-label=${t("moderation.mute")}><span class="actions__label" aria-hidden="true">${t("moderation.mute")}</span>
      <${Button} busy=${busy} disabled=${!may.mute} shortcut=${key("mute_10m")} onClick=${() => run("mute_10m")}><span class="unseen">${t("moderation.mute")} </span>${t("moderation.for_10m")}</${Button}>
      <${Button} busy=${busy} disabled=${!may.mute} shortcut=${key("mute_1d")} onClick=${() => run("mute_1d")}><span class="unseen">${t("moderation.mute")} </span>${t("moderation.for_1d")}</${Button}>
      <${Button} busy=${busy} disabled=${!may.mute} shortcut=${key("mute_room")} onClick=${() => run("mute_room")}><span class="unseen">${t("moderation.mute")} </span>${t("moderation.for_good")}</${Button}>
    </div>
    <${Button} busy=${busy} disabled=${!may.grade} shortcut=${key("sanction")} onClick=${() => run("sanction")}>${t("moderation.grades")}</${Button}>
  </div>`;
}
