/** What is to be put right before the show: looked at anew whenever what the room says changes, and when its host asks. */
import { useEffect } from "preact/hooks";

import { html } from "../../html.js";
import { fieldWord, KIND_WORDS, toPutRight } from "../../studio/pre_show.js";
import { fetchPreStreamReport } from "../../studio/studio_calls.js";
import { cutAtSpans } from "../../words/spans.js";
import { language, t } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Async, useLoad } from "../states.js";

/** @typedef {import("../../studio/pre_show.js").Level} Level */

/** @param {import("../../studio/pre_show.js").Bilingual} words */
const ours = (words) => words[language.value];

/** @type {Record<Level, { tone: import("../chip.js").Tone, icon: import("../icons.js").IconName, word: import("../../words/text.js").MessageKey }>} */
const LEVELS = {
  pass: { tone: "good", icon: "check", word: "studio.check_pass" },
  warn: { tone: "wait", icon: "alert", word: "studio.check_warn" },
  block: { tone: "bad", icon: "remove", word: "studio.check_block" },
};

/** @param {{ level: Level }} props */
function LevelChip({ level }) {
  const { tone, icon, word } = LEVELS[level];
  return html`<${Chip} tone=${tone} icon=${icon}>${t(word)}</${Chip}>`;
}

/** An item without its stock, which moves with every order. @param {import("../../studio/studio_calls.js").LineUpItem} item */
const wordsOf = ({ item_id: id, product, job }) => [id, job, product && { ...product, skus: product.skus.map((sku) => [sku.name, sku.price_minor]) }];

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, room: import("../../studio/studio_calls.js").MyRoom }} props */
export function PreShowPanel({ desk, room }) {
  const onAir = desk.onAir.value;
  const load = useLoad(() => fetchPreStreamReport(room.slug), [room.slug]);
  const stand = JSON.stringify([room.title, room.scheduled_at, onAir, (desk.lineUp.value ?? []).map(wordsOf)]);
  useEffect(() => {
    if (load.value !== null) load.reload();
  }, [stand]);
  return html`<details class="card air__part pre-show" open=${!onAir}>
    <summary><h2>${t("studio.check")}</h2>${load.value !== null && html` <${LevelChip} level=${load.value.verdict} />`}</summary>
    <div class="stack">
      <${Async} of=${load} rows=${2} show=${(/** @type {import("../../studio/pre_show.js").Report} */ report) => html`<${Report} report=${report} />`} />
      <div><${Button} icon="undo" busy=${load.loading && load.value !== null} onClick=${load.reload}>${t("studio.check_again")}</${Button}></div>
    </div>
  </details>`;
}

/** @param {{ report: import("../../studio/pre_show.js").Report }} props */
function Report({ report }) {
  const wrong = toPutRight(report.items);
  return html`<p class="pre-show__summary" role="status">${ours(report.summary)}</p>
    ${wrong.length > 0 && html`<ul class="pre-show__items">${wrong.map((item) => html`<li key=${item.item_id ?? item.kind} class="pre-show__item" data-kind=${item.kind}>
      <div class="pre-show__head"><h3 class="pre-show__title"><span class="muted">${t(KIND_WORDS[item.kind])}</span> ${item.title}</h3><${LevelChip} level=${item.verdict} /></div>
      <ul class="advice">${item.findings.map((finding, index) => html`<${Advice} key=${index} finding=${finding} />`)}</ul>
    </li>`)}</ul>`}
    ${report.counts.pass > 0 && html`<p class="muted">${t("studio.check_passed", { count: report.counts.pass })}</p>`}`;
}

/** @param {{ finding: import("../../studio/pre_show.js").Finding }} props */
function Advice({ finding }) {
  const { verdict, field, text, spans, rule, what, todo } = finding;
  const word = fieldWord(field);
  return html`<li class=${`advice__item${verdict === "block" ? " advice__item--bad" : ""}`} data-code=${finding.code}>
    <p class="advice__what">${word !== null && html`<span class="pre-show__field">${t(word)}</span>`}${ours(what)}</p>
    ${text !== "" && html`<p class="pre-show__text">${cutAtSpans(text, spans).map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : piece.text))}</p>`}
    ${rule !== null && html`<p>${ours(rule.reason)}</p><p class="pre-show__article">${t("studio.check_article", { article: ours(rule.article) })}</p>`}
    <p class="advice__todo">${ours(todo)}</p>
  </li>`;
}
