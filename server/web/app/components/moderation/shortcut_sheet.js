/** The keys of the desk, and the way to turn them off. */
import { html } from "../../html.js";
import "../../messages/desk.js";
import { keysOn } from "../../moderation/preferences.js";
import { keyOf, SHORTCUTS } from "../../moderation/shortcuts.js";
import { t } from "../../words/text.js";
import { Switch } from "../fields.js";
import { Sheet } from "../sheet.js";

/** @type {Record<import("../../moderation/shortcuts.js").Command, import("../../words/text.js").MessageKey>} */
const WORDS = {
  next: "moderation.key_next",
  previous: "moderation.key_previous",
  approve: "moderation.approve",
  remove: "moderation.key_remove",
  mute_10m: "moderation.mute_10m",
  mute_1d: "moderation.mute_1d",
  mute_room: "moderation.mute_room",
  close_account: "moderation.close_account",
  sanction: "moderation.key_grades",
  undo: "moderation.undo_last",
  show_new: "moderation.key_show_new",
  room: "moderation.key_room",
  claim: "claim.key",
  appeals: "moderation.key_appeals",
  seconds: "seconds.key",
  figures: "figures.key",
  log: "figures.key_log",
  filter: "queue.key_filter",
  find: "moderation.find",
  shortcuts: "moderation.keys_title",
};

/** @param {{ onClose: () => void }} props */
export function ShortcutSheet({ onClose }) {
  return html`<${Sheet} title=${t("moderation.keys_title")} onClose=${onClose}>
    <${Switch} label=${t("moderation.keys_on")} hint=${t("moderation.keys_hint")} checked=${keysOn.value} onChange=${(/** @type {boolean} */ on) => (keysOn.value = on)} />
    <dl class="keys">${SHORTCUTS.map(({ command }) => html`<div key=${command} class="keys__row"><dt><kbd class="key">${keyOf(command)}</kbd></dt><dd>${t(WORDS[command])}</dd></div>`)}
      <div class="keys__row"><dt><kbd class="key">1–9</kbd></dt><dd>${t("moderation.key_choose")}</dd></div>
      <div class="keys__row"><dt><kbd class="key">Enter</kbd></dt><dd>${t("moderation.key_confirm")}</dd></div>
      <div class="keys__row"><dt><kbd class="key">Esc</kbd></dt><dd>${t("app.cancel")}</dd></div>
    </dl>
  </${Sheet}>`;
}
