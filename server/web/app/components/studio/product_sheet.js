/** A product, made or changed: photo, name, what it costs and how much there is; the rest only for who wants to say it. */
import { useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { randomKey } from "../../random_key.js";
import { draftFaults, draftOf, emptySku, skusOf, wordsOf } from "../../studio/product_draft.js";
import { changeProduct, createProduct } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button, IconButton } from "../button.js";
import { TextArea, TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { RefusalBanner } from "./filtered_banner.js";
import { PhotoField } from "./photo_field.js";

/** @typedef {import("../../studio/studio_calls.js").Product} Product */

/** @param {{ orgId: string, product: Product | null, onDone: (product: Product) => Promise<unknown> | void, onClose: () => void }} props product: null for a new one */
export function ProductSheet({ orgId, product, onDone, onClose }) {
  const [draft, setDraft] = useState(() => draftOf(product));
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  // The same form sent again after a lost answer makes no second product.
  const key = useRef({ of: "", key: "" });
  const isNew = product === null;
  const faults = tried ? draftFaults(draft, isNew) : {};
  const set = (/** @type {Partial<typeof draft>} */ change) => setDraft((held) => ({ ...held, ...change }));
  const setSku = (/** @type {number} */ at, /** @type {Partial<typeof draft.skus[number]>} */ change) =>
    setDraft((held) => ({ ...held, skus: held.skus.map((sku, index) => (index === at ? { ...sku, ...change } : sku)) }));
  const faultText = (/** @type {string} */ name) => (faults[name] ? t(faults[name]) : "");

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(draftFaults(draft, isNew)).length > 0) {
      requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(".sheet [aria-invalid=true]"))?.focus());
      return;
    }
    setBusy(true);
    setRefusal(null);
    try {
      await onDone(await saved());
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  const saved = () => {
    if (!isNew) return changeProduct(product.product_id, wordsOf(draft));
    const body = { org_id: orgId, ...wordsOf(draft), skus: skusOf(draft, t("studio.sku_default")) };
    const text = JSON.stringify(body);
    if (key.current.of !== text) key.current = { of: text, key: randomKey() };
    return createProduct(body, key.current.key);
  };
  return html`<${Sheet} title=${t(isNew ? "studio.new_product" : "studio.edit_product")} onClose=${onClose}>
    <form class="form" novalidate onSubmit=${submit}>
      <${PhotoField} imageUrl=${draft.image_url} onImageUrl=${(/** @type {string | null} */ url) => set({ image_url: url })} onSending=${setSending} />
      <${TextField} label=${t("studio.title")} required value=${draft.title} charsMax=${60} error=${faultText("title")} placeholder=${t("studio.title_example")} onValue=${(/** @type {string} */ title) => set({ title })} />
      ${isNew && html`<${Skus} skus=${draft.skus} faultText=${faultText} setSku=${setSku} onAdd=${() => set({ skus: [...draft.skus, emptySku()] })} onRemove=${(/** @type {number} */ at) => set({ skus: draft.skus.filter((_, index) => index !== at) })} />`}
      <details class="more-fields" open=${!isNew && Boolean(draft.origin || draft.promise || draft.description)}>
        <summary>${t("studio.more_fields")}</summary>
        <${TextField} label=${t("studio.origin")} value=${draft.origin} charsMax=${60} placeholder=${t("studio.origin_example")} onValue=${(/** @type {string} */ origin) => set({ origin })} />
        <${TextField} label=${t("studio.promise")} value=${draft.promise} charsMax=${120} placeholder=${t("studio.promise_example")} onValue=${(/** @type {string} */ promise) => set({ promise })} />
        <${TextArea} label=${t("studio.description")} value=${draft.description} charsMax=${2000} rows=${3} onValue=${(/** @type {string} */ description) => set({ description })} />
      </details>
      <${RefusalBanner} error=${refusal} />
      <footer class="sheet__foot">
        <${Button} size="wide" kind="primary" type="submit" busy=${busy} disabled=${sending}>${sending ? t("studio.photo_sending") : t(isNew ? "studio.put_on_shelf" : "studio.save")}</${Button}>
      </footer>
    </form>
  </${Sheet}>`;
}

/**
 * @param {{ skus: ReturnType<typeof emptySku>[], faultText: (name: string) => string, setSku: (at: number, change: any) => void,
 *   onAdd: () => void, onRemove: (at: number) => void }} props
 */
function Skus({ skus, faultText, setSku, onAdd, onRemove }) {
  const several = skus.length > 1;
  return html`<div class="sku-fields">
    ${skus.map((sku, at) => html`<fieldset key=${sku.key} class=${`sku-fields__one${several ? " sku-fields__one--boxed" : ""}`}>
      <legend class=${several ? "label" : "unseen"}>${t("studio.sku_number", { number: at + 1 })}</legend>
      ${several && html`<${TextField} label=${t("studio.sku_name")} required value=${sku.name} charsMax=${60} error=${faultText(`name_${at}`)} placeholder=${t("studio.sku_example")} onValue=${(/** @type {string} */ name) => setSku(at, { name })} />`}
      <div class="two-fields">
        <${TextField} label=${t("studio.price")} required prefix="¥" value=${sku.price} inputMode="decimal" error=${faultText(`price_${at}`)} onValue=${(/** @type {string} */ price) => setSku(at, { price })} />
        <${TextField} label=${t("studio.stock")} required suffix=${t("studio.pieces")} value=${sku.stock} inputMode="numeric" error=${faultText(`stock_${at}`)} onValue=${(/** @type {string} */ stock) => setSku(at, { stock })} />
      </div>
      ${several && html`<div class="sku-fields__remove"><${IconButton} icon="trash" label=${t("studio.sku_remove", { number: at + 1 })} onClick=${() => onRemove(at)} /></div>`}
    </fieldset>`)}
    <${Button} kind="plain" icon="plus" onClick=${onAdd}>${t(several ? "studio.sku_add" : "studio.sku_several")}</${Button}>
  </div>`;
}
