/** Appealing against a decision: one press, with words of one's own or none. */
import { useState } from "preact/hooks";

import { ANSWER_WITHIN_MS, appealAgainst, WORDS_CHARS_MAX } from "../../decisions.js";
import { html } from "../../html.js";
import "../../messages/me.js";
import { errorText } from "../../words/error_text.js";
import { t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { TextArea } from "../fields.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";

/** @typedef {import("../../decisions.js").Decision} Decision */

/** @param {{ decision: Decision, title: string, token: string | null, onMade: (decision: Decision) => void, onClose: () => void }} props title: the decision in words */
export function AppealSheet({ decision, title, token, onMade, onClose }) {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [dueAt] = useState(() => new Date(Date.now() + ANSWER_WITHIN_MS).toISOString());
  const isTooLong = Array.from(words.trim()).length > WORDS_CHARS_MAX;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy || isTooLong) return;
    setBusy(true);
    setProblem("");
    try {
      onMade(await appealAgainst(decision, words, token));
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("me.appeal")} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <div class="quote"><p><b>${title}</b></p>${decision.text && html`<p class="appeal__text">${decision.text}</p>`}</div>
      <p>${t("me.appeal_text", { time: timeText(dueAt) })}</p>
      <${TextArea} name="words" label=${t("me.appeal_words")} hint=${t("me.appeal_words_hint")} rows=${4} charsMax=${WORDS_CHARS_MAX} value=${words} onValue=${setWords} error=${isTooLong ? t("error.too_long") : ""} />
      <${Banner} text=${problem} />
      <footer class="sheet__foot"><${Button} size="wide" onClick=${onClose}>${t("app.cancel")}</${Button}><${Button} size="wide" kind="primary" type="submit" busy=${busy}>${t("me.appeal_send")}</${Button}></footer>
    </form>
  </${Sheet}>`;
}
