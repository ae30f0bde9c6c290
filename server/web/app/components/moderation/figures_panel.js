/** How the desk does: what waits, how long decisions take, how many stand, and by whom they were made. */
import { html } from "../../html.js";
import { deskApi } from "../../moderation/desk_api.js";
import { locale, t } from "../../words/text.js";
import { Async, useLoad } from "../states.js";
import { Table } from "../table.js";
import { kindWords, lengthText } from "./desk_words.js";

/** @typedef {import("../../moderation/desk_api.js").Figures} Figures */
/** @typedef {import("../../moderation/desk_api.js").Times} Times */

const RENEW_EVERY_MS = 60_000;

export function FiguresPanel() {
  const load = useLoad(deskApi.figures, [], { everyMs: RENEW_EVERY_MS });
  return html`<section class="tally" aria-label=${t("figures.tab")}>
    <p class="muted">${t("figures.lead")}</p>
    <${Async} of=${load} rows=${5} show=${(/** @type {Figures} */ told) => html`<${Told} told=${told} />`} />
  </section>`;
}

/** @param {{ told: Figures }} props */
function Told({ told }) {
  const { appeals, second_looks: looks, seconds } = told;
  return html`
    <dl class="tally__tiles">
      <${Tile} words=${t("figures.open")} figure=${count(told.open)} />
      <${Tile} words=${t("figures.oldest")} figure=${told.oldest_s === null ? t("figures.nothing") : lengthText(told.oldest_s)} />
      <${Tile} words=${t("figures.decided")} figure=${count(told.decided)} />
      <${Tile} words=${t("figures.undone")} figure=${share(told.undone_share)} more=${told.undone > 0 ? t("figures.undone_count", { count: count(told.undone) }) : ""} />
    </dl>
    <div class="tally__groups">
      <${Group} title=${t("figures.appeals")} figures=${[["figures.upheld", appeals.upheld], ["figures.rejected", appeals.rejected], ["figures.waiting", appeals.open], ["figures.overdue", appeals.overdue]]} />
      <${Group} title=${t("figures.seconds")} figures=${[["figures.agreed", seconds.agreed], ["figures.dropped", seconds.dropped], ["figures.lapsed", seconds.lapsed]]} />
      <${Group} title=${t("figures.looks")} figures=${[["figures.looked", looks.looked], ["figures.disagreed", looks.disagreed]]} />
    </div>
    <section><h2 class="tally__title">${t("figures.by_kind")}</h2><${ByKind} rows=${told.by_kind} /></section>
    <section><h2 class="tally__title">${t("figures.moderators")}</h2><${ByModerator} rows=${told.moderators} /></section>`;
}

/** @param {{ words: string, figure: string, more?: string }} props */
function Tile({ words, figure, more = "" }) {
  return html`<div class="tally__tile"><dt>${words}</dt><dd><span class="tally__figure">${figure}</span>${more && html` <span class="muted">${more}</span>`}</dd></div>`;
}

/** @param {{ title: string, figures: readonly (readonly [import("../../words/text.js").MessageKey, number])[] }} props */
function Group({ title, figures }) {
  return html`<section class="card tally__group"><h2 class="tally__title">${title}</h2>
    <dl>${figures.map(([key, figure]) => html`<div key=${key} class="row row--apart"><dt>${t(key)}</dt><dd class="number">${count(figure)}</dd></div>`)}</dl>
  </section>`;
}

/** @param {{ rows: Figures["by_kind"] }} props */
function ByKind({ rows }) {
  if (rows.length === 0) return html`<p class="muted">${t("figures.none_yet")}</p>`;
  const columns = [
    { key: "kind", title: t("figures.kind"), main: true, cell: (/** @type {any} */ row) => kindWords(row.kind) },
    { key: "open", title: t("figures.open_now"), number: true, cell: (/** @type {any} */ row) => count(row.open) },
    { key: "day", title: t("figures.day"), cell: (/** @type {any} */ row) => timesText(row.day) },
    { key: "week", title: t("figures.week"), cell: (/** @type {any} */ row) => timesText(row.week) },
  ];
  return html`<${Table} label=${t("figures.by_kind")} columns=${columns} rows=${rows} rowKey=${(/** @type {any} */ row) => row.kind} />`;
}

/** @param {{ rows: Figures["moderators"] }} props */
function ByModerator({ rows }) {
  if (rows.length === 0) return html`<p class="muted">${t("figures.nobody")}</p>`;
  const columns = [
    { key: "who", title: t("figures.who"), main: true, cell: (/** @type {any} */ row) => row.name },
    { key: "day", title: t("figures.day"), number: true, cell: (/** @type {any} */ row) => count(row.day) },
    { key: "week", title: t("figures.week"), number: true, cell: (/** @type {any} */ row) => count(row.week) },
  ];
  return html`<${Table} label=${t("figures.moderators")} columns=${columns} rows=${rows} rowKey=${(/** @type {any} */ row) => row.person_id} />`;
}

/** @param {Times} times @returns {string} */
function timesText({ decided, median_s: medianS, p90_s: mostS }) {
  if (decided === 0 || medianS === null || mostS === null) return t("figures.nothing");
  return t("figures.times", { count: count(decided), median: lengthText(medianS), most: lengthText(mostS) });
}

/** @param {number} number */
const count = (number) => new Intl.NumberFormat(locale()).format(number);
/** @param {number | null} part of 1; null: of nothing */
const share = (part) => (part === null ? t("figures.nothing") : new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(part));
