/** One's own orders: how each stands, paying what waits, cancelling what is no longer wanted. */
import { useEffect, useRef, useState } from "preact/hooks";

import { AddressText } from "../components/addresses/address_text.js";
import { OrderAddressSheet } from "../components/addresses/order_address_sheet.js";
import { Page, SignedIn } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { PayPanel } from "../components/pay_panel.js";
import { Price } from "../components/price.js";
import { Sheet } from "../components/sheet.js";
import { Async, Empty, useLoad } from "../components/states.js";
import { Thumb } from "../components/thumb.js";
import { useNowMs } from "../components/use_now.js";
import { html } from "../html.js";
import "../messages/kit.js";
import "../messages/site.js";
import { cancelOrder, fetchOrders, isSettled } from "../orders.js";
import { randomKey } from "../random_key.js";
import { errorText } from "../words/error_text.js";
import { isMessage, t, timeText } from "../words/text.js";

/** @typedef {import("../orders.js").Order} Order */

const RENEW_EVERY_MS = 5_000;

export function Orders() {
  return html`<${Page} title=${t("orders.title")} place="orders">
    <${SignedIn} icon="receipt" title=${t("orders.signed_out_title")} text=${t("orders.signed_out_text")}><${OrderList} /></${SignedIn}>
  </${Page}>`;
}

function OrderList() {
  const load = useLoad(fetchOrders, []);
  const [payingId, setPayingId] = useState("");
  const orders = load.value ?? [];
  const unsettled = orders.some((order) => !isSettled(order));
  useEffect(() => {
    if (!unsettled) return undefined;
    const timer = setInterval(() => document.hidden || load.reload(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, [unsettled]);
  const replace = (/** @type {Order} */ changed) => load.set(orders.map((order) => (order.order_id === changed.order_id ? changed : order)));
  const paying = orders.find((order) => order.order_id === payingId);
  const done = () => setPayingId("");
  const empty = html`<${Empty} icon="basket" title=${t("orders.empty_title")} text=${t("orders.empty_text")}><${Button} kind="primary" href="/">${t("app.go_lobby")}</${Button}></${Empty}>`;
  const list = () => html`<ul class="orders">${orders.map((order) => html`<${OrderItem} key=${order.order_id} order=${order} onPay=${setPayingId} onOrder=${replace} />`)}</ul>`;
  return html`<${Async} of=${load} rows=${2} isEmpty=${() => orders.length === 0} empty=${empty} show=${list} />
    ${paying && html`<${Sheet} title=${t("pay.title")} onClose=${done}><${PayPanel} order=${paying} onOrder=${replace} onDone=${done} /></${Sheet}>`}`;
}

/** @param {{ order: Order, onPay: (orderId: string) => void, onOrder: (order: Order) => void }} props */
function OrderItem({ order, onPay, onOrder }) {
  const [sending, setSending] = useState(false);
  return html`<li class="order" data-order-id=${order.order_id}>
    <p class="order__top"><span class=${`tag tag--${order.state}`}>${stateText(order.state)}</span><span class="order__time">${t("orders.placed_at", { time: timeText(order.created_at) })}</span></p>
    <div class="order__what">
      <${Thumb} card=${{ kind: "product", title: order.product_title, image_url: order.image_url }} />
      <div class="order__words"><p class="order__title">${order.product_title}</p><p class="order__sku">${order.sku_name} · ${t("orders.quantity", { count: order.quantity })}</p></div>
      <${Price} minor=${order.total_minor} currency=${order.currency} />
    </div>
    ${order.address && html`<${AddressText} address=${order.address} />`}
    ${order.state === "paid" && html`<div class="order__actions"><${Button} kind=${order.address ? "plain" : "primary"} size="s" icon="home" onClick=${() => setSending(true)}>${t(order.address ? "me.order_address_change" : "me.order_address_add")}</${Button}></div>`}
    ${sending && html`<${OrderAddressSheet} order=${order} onOrder=${onOrder} onClose=${() => setSending(false)} />`}
    <p class="order__number">${t("orders.number", { id: order.order_id })}</p>
    <${OrderActions} order=${order} onPay=${onPay} onOrder=${onOrder} />
  </li>`;
}

/** @param {{ order: Order, onPay: (orderId: string) => void, onOrder: (order: Order) => void }} props */
function OrderActions({ order, onPay, onOrder }) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState("");
  const key = useRef(randomKey());
  const nowMs = useNowMs();
  const payable = order.state === "awaiting_payment" && Date.parse(order.expires_at) > nowMs;
  const cancel = async () => {
    try {
      onOrder(await cancelOrder(order.order_id, key.current));
      setAsking(false);
    } catch (error) {
      setProblem(errorText(error));
    }
  };
  if (asking) {
    return html`<div class="order__ask" role="group" aria-label=${t("orders.cancel_ask")}><p>${problem || t("orders.cancel_ask")}</p>
      <div class="order__actions">
        <button type="button" class="button button--quiet" onClick=${() => setAsking(false)}>${t("orders.cancel_no")}</button>
        <button type="button" class="button button--danger" onClick=${cancel}>${t("orders.cancel_yes")}</button>
      </div></div>`;
  }
  return html`<div class="order__actions">
    ${order.room_slug && html`<a class="button button--quiet" href=${`/rooms/${encodeURIComponent(order.room_slug)}`}>${t("orders.room")}</a>`}
    ${payable && html`<button type="button" class="button button--quiet" onClick=${() => setAsking(true)}>${t("orders.cancel")}</button>
      <button type="button" class="button button--primary" onClick=${() => onPay(order.order_id)}>${t("orders.pay")}</button>`}
  </div>`;
}

/** @param {string} state */
function stateText(state) {
  const key = `orders.state_${state}`;
  return isMessage(key) ? t(key) : t("orders.state_other");
}
