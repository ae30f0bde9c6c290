/** What narrows the queue, each at once; and keeping that as a view by a name. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { NAME_CHARS_MAX, narrowings, VIEWS_MAX } from "../../moderation/view_book.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button, IconButton } from "../button.js";
import { SelectField, TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";
import { toast, toastError } from "../toast.js";
import { CAUSE_CODES, causeOf, inOurs, KIND_CODES, kindWords } from "./desk_words.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/view_book.js").ViewBook} ViewBook */

/** In seconds. */
const WAITS = /** @type {const} */ ([["600", "queue.waits_10m"], ["3600", "queue.waits_1h"], ["86400", "queue.waits_1d"]]);
const NOTHING = { kind: "", slug: "", action: "", rule: "", older_than_s: "" };

/** @param {{ desk: Desk, views: ViewBook, onClose: () => void }} props */
export function FilterSheet({ desk, views, onClose }) {
  const filter = desk.filter.value;
  const withNow = (/** @type {{ value: string, label: string }[]} */ options, /** @type {string} */ now) => (now === "" || options.some(({ value }) => value === now) ? options : [...options, { value: now, label: now }]);
  const kinds = [{ value: "", label: t("moderation.all_kinds") }, ...KIND_CODES.map((code) => ({ value: code, label: kindWords(code) }))];
  const rooms = [{ value: "", label: t("moderation.all_rooms") }, ...[...desk.rooms.value].map(([value, label]) => ({ value, label }))];
  const causes = [{ value: "", label: t("queue.all_causes") }, ...CAUSE_CODES.map((code) => ({ value: code, label: t(causeOf(code).key) }))];
  const rules = [{ value: "", label: t("queue.all_rules") }, ...[...desk.rules.value].map(([value, title]) => ({ value, label: `${value} ${inOurs(title)}` })).sort((a, b) => a.value.localeCompare(b.value))];
  const waits = [{ value: "", label: t("queue.waits_any") }, ...WAITS.map(([value, key]) => ({ value, label: t(key) }))];
  return html`<${Sheet} title=${t("queue.filter")} onClose=${onClose} className="sheet--filter">
    <div class="filter">
      <div class="form__row">
        <${SelectField} label=${t("moderation.filter_kind")} required value=${filter.kind} options=${kinds} onValue=${(/** @type {string} */ kind) => desk.narrow({ kind })} />
        <${SelectField} label=${t("queue.cause")} required value=${filter.action} options=${causes} onValue=${(/** @type {string} */ action) => desk.narrow({ action })} />
      </div>
      <${SelectField} label=${t("moderation.filter_room")} required value=${filter.slug} options=${withNow(rooms, filter.slug)} onValue=${(/** @type {string} */ slug) => desk.narrow({ slug })} />
      <${SelectField} label=${t("queue.rule")} required value=${filter.rule} options=${withNow(rules, filter.rule)} onValue=${(/** @type {string} */ rule) => desk.narrow({ rule })} />
      <${SelectField} label=${t("queue.waits")} required value=${filter.older_than_s} options=${withNow(waits, filter.older_than_s)} onValue=${(/** @type {string} */ olderThanS) => desk.narrow({ older_than_s: olderThanS })} />
      <${Kept} desk=${desk} views=${views} />
      <footer class="sheet__foot">
        <${Button} size="wide" disabled=${narrowings(filter) === 0} onClick=${() => desk.narrow(NOTHING)}>${t("queue.clear")}</${Button}>
        <${Button} size="wide" kind="primary" onClick=${onClose}>${t("queue.ready")}</${Button}>
      </footer>
    </div>
  </${Sheet}>`;
}

/** @param {{ desk: Desk, views: ViewBook }} props */
function Kept({ desk, views }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const kept = views.views.value ?? [];
  const keep = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const called = name.trim();
    if (called === "") return setProblem(t("queue.view_nameless"));
    if (kept.length >= VIEWS_MAX && !kept.some((one) => one.name === called)) return setProblem(t("queue.views_full", { count: VIEWS_MAX }));
    const outcome = await views.keep(called, desk.filter.value);
    if (!outcome.ok) return setProblem(errorText(outcome.error));
    setProblem("");
    setName("");
    return toast(t("queue.view_kept", { name: called }));
  };
  const remove = async (/** @type {string} */ gone) => {
    const outcome = await views.remove(gone);
    if (outcome.ok) toast(t("queue.view_removed", { name: gone }), { tone: "plain" });
    else toastError(outcome.error);
  };
  return html`<section class="filter__views" aria-label=${t("queue.views")}>
    <h3 class="field__label">${t("queue.views")}</h3>
    ${kept.length === 0 && html`<p class="field__hint">${t("queue.views_none")}</p>`}
    ${kept.length > 0 && html`<ul>${kept.map((view) => html`<li key=${view.name} class="row row--apart"><span class="filter__name">${view.name}</span>
      <${IconButton} icon="trash" label=${t("queue.view_remove", { name: view.name })} disabled=${views.busy.value} onClick=${() => remove(view.name)} /></li>`)}</ul>`}
    <form class="filter__keep" onSubmit=${keep}>
      <${TextField} label=${t("queue.view_name")} required name="view" charsMax=${NAME_CHARS_MAX} value=${name} onValue=${setName} hint=${t("queue.view_name_hint")} />
      <${Button} type="submit" icon="plus" busy=${views.busy.value}>${t("queue.view_keep")}</${Button}>
    </form>
    <${Banner} text=${problem} />
  </section>`;
}
