/** The address book. */
import { useState } from "preact/hooks";

import { addAddress, changeAddress, dropAddress, fetchAddresses, withEntry } from "../addresses.js";
import { AddressForm } from "../components/addresses/address_form.js";
import { AddressText } from "../components/addresses/address_text.js";
import { Page, SignedIn } from "../components/app_shell.js";
import { Button, IconButton } from "../components/button.js";
import { Sheet } from "../components/sheet.js";
import { Async, Empty, useLoad } from "../components/states.js";
import { toast, toastError } from "../components/toast.js";
import { html } from "../html.js";
import "../messages/me.js";
import { randomKey } from "../random_key.js";
import { t } from "../words/text.js";

/** @typedef {import("../addresses.js").BookEntry} BookEntry */

export function Addresses() {
  return html`<${Page} title=${t("me.addresses")} lead=${t("me.addresses_lead")} place="me" back=${{ href: "/me", label: t("nav.me") }}>
    <${SignedIn} icon="home" title=${t("me.addresses_signed_out")} text=${t("me.signed_out_text")}><${Book} /></${SignedIn}>
  </${Page}>`;
}

function Book() {
  const load = useLoad(fetchAddresses, []);
  const [editing, setEditing] = useState(/** @type {BookEntry | "new" | null} */ (null));
  const book = load.value ?? [];
  const saved = (/** @type {BookEntry} */ entry) => {
    load.set(withEntry(book, entry));
    setEditing(null);
    toast(t("me.address_saved"));
  };
  const drop = async (/** @type {BookEntry} */ entry) => {
    const key = randomKey();
    const { address_id: id, ...written } = entry;
    try {
      await dropAddress(id);
      await load.reload();
      toast(t("me.address_dropped"), { undo: async () => { await addAddress(written, key); await load.reload(); } });
    } catch (error) {
      toastError(error);
    }
  };
  const makeDefault = async (/** @type {BookEntry} */ { address_id: id, ...written }) => {
    try {
      load.set(withEntry(book, await changeAddress(id, { ...written, is_default: true })));
    } catch (error) {
      toastError(error);
    }
  };
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing("new")}>${t("me.address_add")}</${Button}>`;
  const empty = html`<${Empty} icon="home" title=${t("me.addresses_empty_title")} text=${t("me.addresses_empty_text")}>${add}</${Empty}>`;
  const show = () => html`<ul class="stack addresses">${book.map((entry) => html`<li key=${entry.address_id} class="card addresses__entry">
      <${AddressText} address=${entry} />
      <div class="addresses__deeds">
        ${!entry.is_default && html`<${Button} size="s" kind="plain" onClick=${() => makeDefault(entry)}>${t("me.address_make_default")}</${Button}>`}
        <${IconButton} icon="edit" label=${t("me.address_edit", { name: entry.name, detail: entry.detail })} onClick=${() => setEditing(entry)} />
        <${IconButton} icon="trash" label=${t("me.address_drop", { name: entry.name, detail: entry.detail })} onClick=${() => drop(entry)} />
      </div>
    </li>`)}</ul><div class="addresses__add">${add}</div>`;
  const entry = editing === "new" ? null : editing;
  return html`<${Async} of=${load} rows=${2} isEmpty=${() => book.length === 0} empty=${empty} show=${show} />
    ${editing !== null && html`<${Sheet} title=${t(entry === null ? "me.address_add" : "me.address_edit_title")} onClose=${() => setEditing(null)}>
      <${AddressForm} entry=${entry} isFirst=${book.length === 0} save=${t("me.address_save")} onSaved=${saved} onCancel=${() => setEditing(null)} />
    </${Sheet}>`}`;
}
