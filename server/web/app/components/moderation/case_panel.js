/** One case whole: what was said and what it was marked for, who reported it, what stood around it, and whose it is. */
import { html } from "../../html.js";
import { t, timeText } from "../../words/text.js";
import { Avatar } from "../avatar.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Switch } from "../fields.js";
import { Icon } from "../icons.js";
import { Around, Reports, Said, Why } from "./case_parts.js";
import { ClaimLine } from "./claim_line.js";
import { Clip } from "./clip.js";
import { agoText, causeOf, deedWords, fullReason, gradeWords, holdingWords, isAccount, roleWords, stateOf, whatWords } from "./desk_words.js";
import { pointsText } from "./grade_sheet.js";
import { RiskCard } from "./risk_card.js";

/** @typedef {import("../../moderation/desk_api.js").Case} Case */
/** @typedef {import("../../moderation/desk_api.js").Action} Action */

/**
 * @param {{ one: Case, nowMs: number, place: string, outrun: boolean, claimKey: string | undefined, withAlike: boolean, onAlike: (on: boolean) => void,
 *   onClaim: () => void, onUndo: (action: Action) => void, onRoom: (() => void) | null }} props
 *   place: where it stands in the list, in words. outrun: another moderator was faster. onRoom: brings the live room into sight
 */
export function CasePanel({ one, nowMs, place, outrun, claimKey, withAlike, onAlike, onClaim, onUndo, onRoom }) {
  return html`<article class="case" aria-labelledby="case-heading" data-case-id=${one.case_id} data-state=${one.state}>
    <${Head} one=${one} nowMs=${nowMs} place=${place} onRoom=${onRoom} />
    ${outrun && html`<p class="banner banner--warn" role="alert"><${Icon} name="people" />${t("moderation.outrun")}</p>`}
    <${ClaimLine} one=${one} nowMs=${nowMs} shortcut=${claimKey} onClaim=${onClaim} />
    <${Standing} one=${one} onUndo=${onUndo} />
    <${Said} one=${one} />
    ${one.clip && html`<${Clip} key=${one.case_id} caseId=${one.case_id} clip=${one.clip} />`}
    ${one.state === "open" && one.alike > 1 && html`<${Switch} label=${t("queue.with_alike", { count: one.alike })} hint=${t("queue.with_alike_hint")} checked=${withAlike} onChange=${onAlike} />`}
    ${one.appeal_words !== null && html`<section class="case__part"><h3 class="case__title">${t("queue.author_says")}</h3><p class="quote">${one.appeal_words || html`<span class="muted">${t("moderation.appeal_wordless")}</span>`}</p></section>`}
    <${Why} one=${one} />
    <${Reports} one=${one} nowMs=${nowMs} />
    <${Around} one=${one} screenId=${one.screen_id} />
    <${Person} one=${one} />
    <${History} one=${one} onUndo=${onUndo} />
  </article>`;
}

/** @param {{ one: Case, nowMs: number, place: string, onRoom: (() => void) | null }} props */
function Head({ one, nowMs, place, onRoom }) {
  const { key, tone, icon } = causeOf(one.action);
  return html`<header class="case__head">
    <div class="case__row">
      <h2 class="case__kind" id="case-heading">${whatWords(one)}</h2>
      <${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}>
      ${one.state === "open" && one.room !== null && html`<span class="muted">${t(one.on_screen ? "moderation.on_screen" : "moderation.off_screen")}</span>`}
      <span class="case__when"><time datetime=${one.created_at} title=${timeText(one.created_at)}>${agoText(one.created_at, nowMs)}</time>${place && html`<span class="case__place">${place}</span>`}</span>
    </div>
    ${one.room && html`<p class="case__row case__where"><a class="link" href=${`/rooms/${encodeURIComponent(one.room.slug)}`} target="_blank" rel="noopener">${one.room.title}</a>
      ${onRoom && html`<${Button} size="s" icon="eye" onClick=${onRoom}>${t("moderation.see_room")}</${Button}>`}</p>`}
  </header>`;
}

/** What was decided, where it is. @param {{ one: Case, onUndo: (action: Action) => void }} props */
function Standing({ one, onUndo }) {
  if (one.state === "open") return null;
  const { key, tone, icon } = stateOf(one);
  const deed = one.state === "approved" ? "approve" : "remove";
  const action = one.actions.findLast(({ kind, undone_at: at }) => kind === deed && at === null);
  return html`<div class=${`standing standing--${one.state}`}>
    <p class="standing__words"><${Chip} tone=${tone} icon=${icon}>${t(key)}</${Chip}>
      ${action && html`<span>${t("moderation.by_at", { name: action.actor_name, time: timeText(action.at) })}</span>`}</p>
    ${action?.reason && html`<p class="standing__why">${t("moderation.reason_is", { reason: fullReason(action.reason) })}</p>`}
    ${action && html`<${Button} size="s" icon="undo" onClick=${() => onUndo(action)}>${t("app.undo")}</${Button}>`}
  </div>`;
}

/** @param {{ one: Case }} props */
function Person({ one }) {
  const { subject } = one;
  if (subject === null) return null;
  return html`<section class="case__part"><h3 class="case__title">${t("moderation.person")}</h3>
    <div class="subject">
      <${Avatar} name=${subject.display_name} />
      <div class="subject__words">
        <p class="subject__name">${subject.display_name} <span class="muted">${roleWords(subject.role)}</span></p>
        <p class="subject__standing">
          ${subject.state === "closed" && html`<${Chip} tone="bad" icon="remove">${t("moderation.account_closed")}</${Chip}>`}
          ${subject.muted && html`<${Chip} tone="wait" icon="muted">${subject.muted_until === null ? t("moderation.muted_for_good") : t("moderation.muted_until", { time: timeText(subject.muted_until) })}</${Chip}>`}
          <${Chip} tone=${subject.earlier_removals > 0 ? "bad" : "good"}>${subject.earlier_removals > 0 ? t("moderation.earlier", { count: subject.earlier_removals }) : t("moderation.no_earlier")}</${Chip}>
          ${subject.restrictions.filter(({ kind }) => kind !== "mute").map((held) => html`<${Chip} key=${held.action_id} tone="wait" icon="remove">${holdingWords(held.kind)}${held.until !== null && html` · ${timeText(held.until)}`}</${Chip}>`)}
        </p>
        <p class="muted">${t("moderation.points", { points: pointsText(subject.points) })}${subject.state !== "closed" && html` · ${t("moderation.next_step", { what: gradeWords(subject.suggested) })}`}</p>
      </div>
    </div>
    <${RiskCard} key=${subject.person_id} personId=${subject.person_id} shown=${isAccount(one)} />
  </section>`;
}

/** What was done about it, newest first. @param {{ one: Case, onUndo: (action: Action) => void }} props */
function History({ one, onUndo }) {
  if (one.actions.length === 0) return null;
  const newestFirst = [...one.actions].sort((a, b) => b.at.localeCompare(a.at));
  return html`<section class="case__part"><h3 class="case__title">${t("moderation.history")}</h3>
    <ol class="history">${newestFirst.map((action) => html`<li key=${action.action_id} class=${`history__one${action.undone_at ? " history__one--undone" : ""}`}>
      <div class="history__words">
        <p><b>${deedWords(action.kind)}</b> ${t("moderation.by_at", { name: action.actor_name, time: timeText(action.at) })}</p>
        ${action.reason && html`<p class="muted">${fullReason(action.reason)}</p>`}
        ${action.second?.state === "wanted" && action.undone_at === null && html`<p>${t("moderation.second_wanted", { time: action.second.due_at === null ? "" : timeText(action.second.due_at) })}</p>`}
        ${action.undone_at && html`<p class="muted">${t("moderation.undone_by", { name: action.undone_by_name ?? "", time: timeText(action.undone_at) })}${action.undo_reason ? ` ${fullReason(action.undo_reason)}` : ""}</p>`}
      </div>
      ${!action.undone_at && action.kind !== "approve" && action.kind !== "remove" && html`<${Button} size="s" icon="undo" label=${t("moderation.undo_what", { what: deedWords(action.kind) })} onClick=${() => onUndo(action)}>${t("app.undo")}</${Button}>`}
    </li>`)}</ol>
  </section>`;
}
