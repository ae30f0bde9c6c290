/** Where this order goes: the default at first, another of the book, or a new one that stays in the book. */
import { useEffect, useId, useState } from "preact/hooks";

import { fetchAddresses, isSameAddress, withEntry } from "../../addresses.js";
import { html } from "../../html.js";
import "../../messages/me.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Icon } from "../icons.js";
import { Async, useLoad } from "../states.js";
import { AddressForm } from "./address_form.js";
import { AddressText } from "./address_text.js";

/** @typedef {import("../../addresses.js").BookEntry} BookEntry */

/**
 * @param {{ chosen: import("../../addresses.js").Address | null, onChoose: (entry: BookEntry) => void, disabled?: boolean }} props
 *   chosen: what the order has, or what was chosen here; null: the default of the book is chosen
 */
export function AddressChoice({ chosen, onChoose, disabled = false }) {
  const load = useLoad(fetchAddresses, []);
  const [open, setOpen] = useState(/** @type {"" | "list" | "new"} */ (""));
  const book = load.value ?? [];
  useEffect(() => {
    if (chosen === null && book.length > 0) onChoose(book[0]);
  }, [load.value]);
  const choose = (/** @type {BookEntry} */ entry) => {
    setOpen("");
    onChoose(entry);
  };
  const added = (/** @type {BookEntry} */ entry) => {
    load.set(withEntry(book, entry));
    choose(entry);
  };
  const show = () => {
    if (open === "new" || (book.length === 0 && chosen === null)) {
      return html`${book.length === 0 && html`<p class="muted">${t("me.address_first")}</p>`}
        <${AddressForm} isFirst=${book.length === 0} save=${t("me.address_use")} onSaved=${added} onCancel=${book.length === 0 && chosen === null ? null : () => setOpen(book.length > 0 ? "list" : "")} />`;
    }
    if (open === "list") return html`<${List} book=${book} chosen=${chosen} onChoose=${choose} onNew=${() => setOpen("new")} />`;
    return html`<div class="delivery__chosen">${chosen !== null && html`<${AddressText} address=${chosen} />`}
      <${Button} size="s" disabled=${disabled} onClick=${() => setOpen(book.length > 0 ? "list" : "new")}>${t("me.address_change")}</${Button}></div>`;
  };
  return html`<section class="delivery" aria-label=${t("me.address_delivery")}>
    <h3 class="delivery__title"><${Icon} name="home" />${t("me.address_delivery")}</h3>
    <${Async} of=${load} show=${show} />
  </section>`;
}

/** @param {{ book: BookEntry[], chosen: import("../../addresses.js").Address | null, onChoose: (entry: BookEntry) => void, onNew: () => void }} props */
function List({ book, chosen, onChoose, onNew }) {
  const name = useId();
  return html`<fieldset class="options">
      <legend class="unseen">${t("me.address_pick")}</legend>
      ${book.map((entry) => html`<label key=${entry.address_id} class="option">
        <input type="radio" name=${name} checked=${isSameAddress(entry, chosen)} onClick=${() => onChoose(entry)} />
        <span class="option__name"><${AddressText} address=${entry} /></span>
      </label>`)}
    </fieldset>
    <${Button} size="wide" icon="plus" onClick=${onNew}>${t("me.address_add")}</${Button}>`;
}
