/** Asks before something that can't easily be taken back: `if (await confirmed({...})) …`. */
import { h, render } from "preact";

import { html } from "../html.js";
import "../messages/kit.js";
import { t } from "../words/text.js";
import { Button } from "./button.js";
import { Sheet } from "./sheet.js";

/**
 * @param {{ title: string, text?: string, yes: string, no?: string, danger?: boolean }} question yes: the deed in words, never just "OK"
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text = "", yes, no, danger = false }) {
  const root = document.createElement("div");
  document.body.append(root);
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ said) => {
      render(null, root);
      root.remove();
      resolve(said);
    };
    const Ask = () => html`<${Sheet} title=${title} onClose=${() => answer(false)} className="sheet--ask">
      ${text && html`<p>${text}</p>`}
      <footer class="sheet__foot">
        <${Button} size="wide" onClick=${() => answer(false)}>${no ?? t("app.cancel")}</${Button}>
        <${Button} size="wide" kind=${danger ? "danger" : "primary"} onClick=${() => answer(true)}>${yes}</${Button}>
      </footer>
    </${Sheet}>`;
    render(h(Ask, {}), root);
  });
}
