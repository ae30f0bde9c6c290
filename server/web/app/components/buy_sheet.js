/** From choosing an option to a paid order, without leaving the picture. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Problem, Unreachable } from "../api.js";
import { html } from "../html.js";
import "../messages/room.js";
import { Refused } from "../live/refusals.js";
import { newerOrder, placeOrder } from "../orders.js";
import { randomKey } from "../random_key.js";
import { session } from "../session.js";
import { errorText } from "../words/error_text.js";
import { moneyText, t } from "../words/text.js";
import { Button } from "./button.js";
import { Icon } from "./icons.js";
import { PayPanel } from "./pay_panel.js";
import { Price } from "./price.js";
import { Sheet } from "./sheet.js";
import { StockNote } from "./stock_note.js";
import { Thumb } from "./thumb.js";

const QUANTITY_MAX = 99;

/**
 * @param {{ visit: import("../live/room_visit.js").RoomVisit, card: any, onClose: () => void, onReport: () => void, onSignIn: () => void }} props
 *   card as it stands now: its prices may change while the sheet is open
 */
export function BuySheet({ visit, card, onClose, onReport, onSignIn }) {
  const [order, setOrder] = useState(/** @type {import("../orders.js").Order | null} */ (null));
  const told = visit.order.value;
  const current = order !== null && told?.order_id === order.order_id ? newerOrder(order, told) : order;
  if (current !== null) {
    return html`<${Sheet} title=${t("pay.title")} onClose=${onClose}>
      <${PayPanel} order=${current} onOrder=${setOrder} onDone=${onClose} />
    </${Sheet}>`;
  }
  return html`<${Sheet} title=${t("buy.title")} onClose=${onClose}>
    <${ChoicePanel} visit=${visit} card=${card} onOrder=${setOrder} onReport=${onReport} onSignIn=${onSignIn} />
  </${Sheet}>`;
}

/** @typedef {{ sku_id: string, name: string, price_minor: number, currency: string }} Sku */

/** @param {{ visit: import("../live/room_visit.js").RoomVisit, card: any, onOrder: (order: any) => void, onReport: () => void, onSignIn: () => void }} props */
function ChoicePanel({ visit, card, onOrder, onReport, onSignIn }) {
  const { state } = visit;
  /** @type {Sku[]} */
  const skus = card.skus;
  const [skuId, setSkuId] = useState(() => (skus.find((sku) => (state.stockOf(sku.sku_id)?.available ?? 1) > 0) ?? skus[0])?.sku_id);
  const [quantity, setQuantity] = useState(1);
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState(/** @type {{ text: string, again?: boolean } | null} */ (null));
  // A refusal may know a newer price than the card, whose change is still on its way.
  // It holds until the card says something else than it did.
  const [refusedPrice, setRefusedPrice] = useState(/** @type {{ skuId: string, minor: number } | null} */ (null));
  const seenPrice = useRef(/** @type {{ skuId: string, minor: number } | null} */ (null));
  // Kept until the server has answered: asked twice under one key, it orders once.
  const pending = useRef(/** @type {{ key: string, choice: import("../orders.js").Choice } | null} */ (null));

  const sku = skus.find((one) => one.sku_id === skuId) ?? skus[0];
  useEffect(() => setRefusedPrice(null), [sku?.price_minor]);
  if (sku === undefined) return html`<p class="banner banner--bad" role="alert">${t("error.not_on_sale")}</p>`;
  const stock = state.stockOf(sku.sku_id);
  const available = stock?.available ?? QUANTITY_MAX;
  const priceOf = (/** @type {Sku} */ one) => (refusedPrice?.skuId === one.sku_id ? refusedPrice.minor : one.price_minor);
  const unit = priceOf(sku);
  const most = Math.max(1, Math.min(QUANTITY_MAX, available));
  const count = Math.min(quantity, most);
  const before = seenPrice.current;
  if (before === null || before.skuId !== sku.sku_id) seenPrice.current = { skuId: sku.sku_id, minor: unit };
  const moved = before !== null && before.skuId === sku.sku_id && before.minor !== unit ? before.minor : null;

  const refuse = (/** @type {string} */ code, /** @type {Record<string, any>} */ facts, /** @type {unknown} */ error) => {
    pending.current = null;
    if (code === "not_signed_in") return onSignIn();
    if (code === "price_changed" && typeof facts.price_minor === "number") {
      setRefusedPrice({ skuId: sku.sku_id, minor: facts.price_minor });
      return setNote(null);
    }
    if (code === "sold_out" && facts.available > 0) {
      setQuantity(facts.available);
      return setNote({ text: t("buy.only_left", { count: facts.available }) });
    }
    return setNote({ text: code === "sold_out" ? t("buy.sold_out") : errorText(error) });
  };

  const place = async () => {
    if (session.value === null) return onSignIn();
    setBusy(true);
    setNote(null);
    seenPrice.current = { skuId: sku.sku_id, minor: unit };
    pending.current ??= {
      key: randomKey(),
      choice: { sku_id: sku.sku_id, quantity: count, card_id: card.card_id, price_minor: unit },
    };
    try {
      onOrder(await placeOrder(visit.live, visit.slug, pending.current.key, pending.current.choice));
      pending.current = null;
    } catch (error) {
      if (error instanceof Refused || error instanceof Problem) {
        if (error.code === "unavailable") setNote({ text: t("buy.unsure"), again: true });
        else refuse(error.code, error.facts, error);
      } else if (error instanceof Unreachable) setNote({ text: t("buy.unsure"), again: true });
      else throw error;
    } finally {
      setBusy(false);
    }
    return undefined;
  };

  const locked = busy || pending.current !== null;
  return html`
    <div class="choice">
      <div class="choice__head">
        <${Thumb} card=${card} />
        <div class="choice__what">
          <p class="choice__name">${card.title}</p>
          <p class="choice__figures"><span class="label">${t("buy.unit_price")}</span><${Price} minor=${unit} currency=${sku.currency} /><${StockNote} stock=${stock} /></p>
        </div>
      </div>
      <fieldset class="options" disabled=${locked}>
        <legend class="label">${t("buy.sku")}</legend>
        ${skus.map((one) => {
          const left = state.stockOf(one.sku_id)?.available ?? 1;
          return html`<label key=${one.sku_id} class=${`option${left <= 0 ? " option--out" : ""}`}>
            <input type="radio" name="sku" value=${one.sku_id} checked=${one.sku_id === sku.sku_id} disabled=${left <= 0}
              onChange=${() => { setSkuId(one.sku_id); setNote(null); }} />
            <span class="option__name">${one.name}</span>
            <span class="option__price">${left <= 0 ? t("card.sold_out") : moneyText(priceOf(one), one.currency)}</span>
          </label>`;
        })}
      </fieldset>
      <div class="choice__row">
        <span class="label" id="quantity-label">${t("buy.quantity")}</span>
        <div class="stepper" role="group" aria-labelledby="quantity-label">
          <button type="button" class="stepper__button" aria-label=${t("buy.less")} disabled=${locked || count <= 1} onClick=${() => setQuantity(count - 1)}><${Icon} name="minus" /></button>
          <output class="stepper__count" aria-live="polite">${count}</output>
          <button type="button" class="stepper__button" aria-label=${t("buy.more")} disabled=${locked || count >= most} onClick=${() => setQuantity(count + 1)}><${Icon} name="plus" /></button>
        </div>
      </div>
      ${card.promise && html`<p class="safety"><${Icon} name="shield" /><span>${card.promise}</span></p>`}
      ${moved !== null && html`<p class="banner banner--warn" role="alert">${t("buy.price_changed", { before: moneyText(moved, sku.currency), after: moneyText(unit, sku.currency) })}</p>`}
      ${note !== null && html`<p class="banner banner--bad" role="alert">${note.text}</p>`}
      <p class="choice__aside"><${Button} kind="plain" size="s" icon="flag" onClick=${onReport}>${t("room.report_card")}</${Button}></p>
    </div>
    <footer class="sheet__foot">
      <p class="total"><span class="label">${t("buy.total")}</span><${Price} minor=${unit * count} currency=${sku.currency} /></p>
      <button type="button" class="button button--primary button--wide" disabled=${busy || available <= 0} onClick=${place}>
        ${placeText(busy, note?.again === true, moved !== null, available <= 0)}
      </button>
    </footer>`;
}

/** @param {boolean} busy @param {boolean} again @param {boolean} moved @param {boolean} soldOut */
function placeText(busy, again, moved, soldOut) {
  if (soldOut) return t("card.sold_out");
  if (busy) return t("buy.placing");
  if (session.value === null) return t("buy.sign_in");
  if (again) return t("buy.retry");
  return t(moved ? "buy.confirm_new_price" : "buy.confirm");
}
