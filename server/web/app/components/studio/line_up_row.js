/** One thing of the line-up: where it stands, what it costs, how much is left, and what the host does with it. */
import { html } from "../../html.js";
import { CURRENCY, priceMinorOf, stockOf } from "../../studio/amounts.js";
import { changeSku } from "../../studio/studio_calls.js";
import { decimalOf } from "../../words/money.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { Icon } from "../icons.js";
import { Menu } from "../menu.js";
import { Pay, Price } from "../price.js";
import { Thumb } from "../thumb.js";
import { AmountEdit } from "./amount_edit.js";

/** @typedef {import("../../studio/studio_calls.js").LineUpItem} LineUpItem */
/** @typedef {import("../../studio/studio_calls.js").Sku} Sku */

/**
 * @param {{ item: LineUpItem, index: number, count: number, busy: boolean, dragged: boolean, handleProps: Record<string, any>,
 *   actions: { push: (explaining: boolean) => void, explain: () => void, pin: () => void, withdraw: () => void, edit: () => void, remove: () => void },
 *   onProduct: (product: any) => void }} props
 */
export function LineUpRow({ item, index, count, busy, dragged, handleProps, actions, onProduct }) {
  const { product, job } = item;
  const title = product?.title ?? job?.title ?? "";
  const shown = item.card_id !== null;
  const more = [
    ...(product !== null ? [{ label: t("studio.edit"), icon: /** @type {const} */ ("edit"), onClick: actions.edit }] : [{ label: t("studio.edit"), icon: /** @type {const} */ ("edit"), href: `/employer/posts/${job.job_id}` }]),
    { label: t("studio.remove"), icon: /** @type {const} */ ("close"), onClick: actions.remove },
  ];
  return html`<li class=${`line-up__row${dragged ? " line-up__row--dragged" : ""}${shown ? " line-up__row--shown" : ""}`} data-item-id=${item.item_id}>
    <button type="button" class="handle" ...${handleProps} aria-label=${t("studio.handle", { title, place: index + 1, count })}><${Icon} name="drag" /></button>
    <${Thumb} card=${{ kind: item.kind, title, image_url: product?.image_url ?? null, explaining: item.explaining }} />
    <div class="line-up__main">
      <p class="line-up__title">${title}${item.pinned && html` <${Chip} tone="wait">${t("studio.pinned")}</${Chip}>`}</p>
      ${product !== null && html`<ul class="line-up__skus">${product.skus.map((sku) => html`<${SkuFigures} key=${sku.sku_id} sku=${sku} alone=${product.skus.length === 1} onProduct=${onProduct} />`)}</ul>`}
      ${job && html`<p class="line-up__job"><${Pay} pay=${payOf(job)} /><span class="muted">${job.place}</span><span class="muted">${t("job.headcount", { count: job.headcount })}</span></p>`}
    </div>
    <div class="line-up__more"><${Menu} label=${t("studio.more_with", { title })} items=${more} /></div>
    <div class="line-up__actions">
      ${shown
        ? html`<${Button} kind=${item.explaining ? "leaf" : "quiet"} icon="mic" aria-pressed=${item.explaining} disabled=${busy} onClick=${actions.explain} label=${`${t(item.explaining ? "desk.explaining" : "desk.explain")} ${title}`}>${t(item.explaining ? "desk.explaining" : "desk.explain")}</${Button}>
          <${Button} icon="to_top" aria-pressed=${item.pinned} disabled=${busy} onClick=${actions.pin} label=${`${t(item.pinned ? "studio.unpin" : "studio.pin")} ${title}`}>${t(item.pinned ? "studio.unpin" : "studio.pin")}</${Button}>
          <${Button} icon="take_down" disabled=${busy} onClick=${actions.withdraw} label=${`${t("desk.withdraw")} ${title}`}>${t("desk.withdraw")}</${Button}>`
        : html`<${Button} kind="primary" icon="send" disabled=${busy} onClick=${() => actions.push(false)} label=${`${t("desk.push")} ${title}`}>${t("desk.push")}</${Button}>
          <${Button} kind="leaf" icon="mic" disabled=${busy} onClick=${() => actions.push(true)} label=${`${t("studio.push_explain")} ${title}`}>${t("studio.push_explain")}</${Button}>`}
    </div>
  </li>`;
}

/** @param {{ sku: Sku, alone: boolean, onProduct: (product: any) => void }} props */
function SkuFigures({ sku, alone, onProduct }) {
  const savePrice = async (/** @type {number} */ minor) => onProduct(await changeSku(sku.sku_id, { price_minor: minor }));
  // What sells while the host types stays sold: the difference to what was shown is what the host meant.
  const saveStock = async (/** @type {number} */ count) => onProduct(await changeSku(sku.sku_id, { on_hand_delta: count - sku.available }));
  const name = alone ? "" : sku.name;
  const left = sku.available <= 0 ? t("card.sold_out") : t("card.stock", { count: sku.available });
  return html`<li class="sku" data-sku-id=${sku.sku_id}>
    ${!alone && html`<span class="sku__name">${sku.name}</span>`}
    <${AmountEdit} label=${`${name} ${t("studio.price")}`.trim()} text=${decimalOf(sku.price_minor, sku.currency ?? CURRENCY)} parse=${priceMinorOf} fault=${t("studio.fault_price")} onSave=${savePrice}>
      <${Price} minor=${sku.price_minor} currency=${sku.currency ?? CURRENCY} />
    </${AmountEdit}>
    <${AmountEdit} label=${`${name} ${t("studio.stock")}`.trim()} text=${String(sku.available)} now=${left} parse=${stockOf} fault=${t("studio.fault_stock")} onSave=${saveStock} inputMode="numeric">
      <span class=${`sku__stock${sku.available <= 0 ? " sku__stock--out" : ""}`}>${left}</span>
    </${AmountEdit}>
    ${sku.sold > 0 && html`<span class="muted">${t("card.sold", { count: sku.sold })}</span>`}
  </li>`;
}

/** A post says its pay in fields of its own, a card in one. @param {any} job */
const payOf = (job) =>
  job.pay ?? { min_minor: job.pay_min_minor, max_minor: job.pay_max_minor, currency: job.currency, unit: job.pay_unit };
