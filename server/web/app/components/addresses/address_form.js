/** Writing an address: a new one, or one of the book anew. */
import { useRef, useState } from "preact/hooks";

import { addAddress, changeAddress } from "../../addresses.js";
import { Problem } from "../../api.js";
import { html } from "../../html.js";
import "../../messages/me.js";
import { randomKey } from "../../random_key.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Switch, TextField } from "../fields.js";
import { Banner } from "../states.js";

/** @typedef {import("../../addresses.js").BookEntry} BookEntry */

/** @type {Record<keyof import("../../addresses.js").Address, import("../../words/text.js").MessageKey>} */
const LABELS = { name: "me.address_name", phone: "me.address_phone", region: "me.address_region", detail: "me.address_detail" };
/** @type {Record<string, import("../../words/text.js").MessageKey>} */
const FAULTS = { name: "me.address_fault_name", phone: "me.address_fault_phone", region: "me.address_fault_region", detail: "me.address_fault_detail" };
const NOTHING = { name: "", phone: "", region: "", detail: "" };

/**
 * @param {{ entry?: BookEntry | null, isFirst?: boolean, save: string, onSaved: (entry: BookEntry) => void, onCancel?: (() => void) | null }} props
 *   entry: written anew; without it a new one. isFirst: of the book, and so the default anyway. save: what the button says
 */
export function AddressForm({ entry = null, isFirst = false, save, onSaved, onCancel = null }) {
  const [value, setValue] = useState(() => (entry === null ? NOTHING : { name: entry.name, phone: entry.phone, region: entry.region, detail: entry.detail }));
  const [isDefault, setIsDefault] = useState(entry?.is_default ?? isFirst);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  // The same address sent again, because no answer came, is one address.
  const key = useRef(randomKey());

  /** @param {keyof typeof NOTHING} name */
  const field = (name) => ({
    name,
    label: t(LABELS[name]),
    required: true,
    value: value[name],
    error: faults[name] ?? "",
    onValue: (/** @type {string} */ text) => {
      key.current = randomKey();
      setFaults(({ [name]: _, ...others }) => others);
      setValue((held) => ({ ...held, [name]: text }));
    },
  });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const written = { name: value.name.trim(), phone: value.phone.trim(), region: value.region.trim(), detail: value.detail.trim(), is_default: isDefault };
    setBusy(true);
    setProblem("");
    try {
      onSaved(entry === null ? await addAddress(written, key.current) : await changeAddress(entry.address_id, written));
    } catch (error) {
      if (error instanceof Problem) key.current = randomKey();
      const found = faultsOf(error);
      setFaults(found);
      if (Object.keys(found).length === 0) setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="form address-form" onSubmit=${submit}>
    <div class="form__row">
      <${TextField} ...${field("name")} charsMax=${32} autocomplete="name" />
      <${TextField} ...${field("phone")} charsMax=${20} type="tel" inputMode="tel" autocomplete="tel" />
    </div>
    <${TextField} ...${field("region")} hint=${t("me.address_region_hint")} charsMax=${60} autocomplete="address-level1" />
    <${TextField} ...${field("detail")} hint=${t("me.address_detail_hint")} charsMax=${120} autocomplete="street-address" />
    ${!isFirst && entry?.is_default !== true && html`<${Switch} label=${t("me.address_default_switch")} checked=${isDefault} onChange=${setIsDefault} />`}
    <${Banner} text=${problem} />
    <div class="form__foot">
      ${onCancel !== null && html`<${Button} onClick=${onCancel}>${t("app.cancel")}</${Button}>`}
      <${Button} kind="primary" type="submit" busy=${busy}>${save}</${Button}>
    </div>
  </form>`;
}

/** @param {unknown} error @returns {Record<string, string>} the server's word on single fields */
function faultsOf(error) {
  if (!(error instanceof Problem) || error.code !== "invalid") return {};
  const named = Object.keys(error.facts.fields ?? {}).filter((name) => Object.hasOwn(FAULTS, name));
  return Object.fromEntries(named.map((name) => [name, t(FAULTS[name])]));
}
