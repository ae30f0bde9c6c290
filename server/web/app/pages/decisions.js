/** What was decided about one's own words and account, newest first, and appealing against it. */
import { useEffect, useRef } from "preact/hooks";

import { Page, SignedIn } from "../components/app_shell.js";
import { DecisionCard } from "../components/me/decision_card.js";
import { More, usePages } from "../components/pages.js";
import { Async, Empty } from "../components/states.js";
import { fetchDecisions } from "../decisions.js";
import { html } from "../html.js";
import "../messages/me.js";
import { t } from "../words/text.js";

/** @typedef {import("../decisions.js").Decision} Decision */

/** So many more pages are asked for on the way to the one that the address names. */
const LOOKED_FOR_PAGES_MAX = 5;

export function Decisions() {
  return html`<${Page} title=${t("me.decisions")} lead=${t("me.decisions_lead")} place="me" back=${{ href: "/me", label: t("nav.me") }}>
    <${SignedIn} icon="shield" title=${t("me.decisions_signed_out")} text=${t("me.signed_out_text")}><${List} /></${SignedIn}>
  </${Page}>`;
}

function List() {
  const list = usePages(async (before) => {
    const { decisions, next_before: next } = await fetchDecisions(before);
    return { items: decisions, before: next };
  }, []);
  const items = /** @type {Decision[]} */ (list.value?.items ?? []);
  const named = location.hash.slice(1);
  useNamed(named, list);
  const changed = (/** @type {Decision} */ one) => list.set({ items: items.map((known) => (known.decision_id === one.decision_id ? one : known)), before: list.value?.before ?? null });
  const empty = html`<${Empty} icon="shield" title=${t("me.decisions_empty_title")} text=${t("me.decisions_empty_text")} />`;
  const show = () => html`<div class="stack">${items.map((one) => html`<${DecisionCard} key=${one.decision_id} decision=${one} marked=${one.decision_id === named} onChanged=${changed} />`)}</div>`;
  return html`<${Async} of=${list} rows=${4} isEmpty=${() => items.length === 0} empty=${empty} show=${show} /><${More} of=${list} />`;
}

/** Brings the decision into sight that the address names, from further pages where it is not on the first. @param {string} named @param {any} list */
function useNamed(named, list) {
  const pages = useRef(0);
  const isThere = useRef(false);
  useEffect(() => {
    if (named === "" || isThere.current || list.value === null) return;
    const element = document.getElementById(named);
    if (element !== null) {
      isThere.current = true;
      element.scrollIntoView({ block: "start" });
      /** @type {HTMLElement | null} */ (element.querySelector("h2"))?.focus({ preventScroll: true });
    } else if (list.value.before !== null && pages.current < LOOKED_FOR_PAGES_MAX) {
      pages.current += 1;
      list.more();
    }
  }, [list.value]);
}
