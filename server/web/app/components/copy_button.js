/** Copies a text that has to go elsewhere whole (a stream key, a link), and says that it did. */
import { useState } from "preact/hooks";

import { html } from "../html.js";
import "../messages/kit.js";
import { t } from "../words/text.js";
import { Button } from "./button.js";

const SAID_MS = 2_000;

/** @param {string} text @returns {Promise<boolean>} whether it is on the clipboard */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not over plain HTTP from another machine: the old way still works there.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** @param {{ text: string, what: string, size?: "m" | "s" | "wide" }} props what: names the thing, for screen readers, e.g. "stream key" */
export function CopyButton({ text, what, size = "s" }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    setSaid((await copyText(text)) ? t("app.copied") : t("app.copy_failed"));
    setTimeout(() => setSaid(""), SAID_MS);
  };
  return html`<${Button} size=${size} icon=${said ? "check" : "copy"} label=${said || t("app.copy_what", { what })} onClick=${copy}>${said || t("app.copy")}</${Button}><span class="unseen" role="status">${said}</span>`;
}
