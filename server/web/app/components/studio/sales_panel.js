/** The orders of this room as they come: what, for whom, and for the paid ones where it goes. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { addressLine } from "../../studio/sales.js";
import { isMessage, moneyText, t, timeText } from "../../words/text.js";
import { Button } from "../button.js";
import { Chip } from "../chip.js";
import { CopyButton } from "../copy_button.js";
import { Segmented } from "../fields.js";
import { Icon } from "../icons.js";
import { Price } from "../price.js";
import { Empty, Failed, Skeleton } from "../states.js";
import { toastError } from "../toast.js";

/** @typedef {import("../../studio/sales.js").Sale} Sale */

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk }} props */
export function SalesPanel({ desk }) {
  const [only, setOnly] = useState("all");
  const [busy, setBusy] = useState(false);
  const sales = desk.sales.value;
  const fault = desk.faults.value.get("sales");
  if (sales === null) return fault ? html`<${Failed} error=${fault} onRetry=${desk.loadSales} />` : html`<${Skeleton} rows=${3} />`;
  const older = async () => {
    setBusy(true);
    await desk.loadOlderSales().catch(toastError);
    setBusy(false);
  };
  const shown = only === "paid" ? sales.filter((sale) => sale.state === "paid") : sales;
  return html`<div class="sales">
    <${Totals} totals=${desk.totals.value} />
    ${sales.length === 0 && html`<${Empty} icon="receipt" title=${t("studio.sales_empty")} text=${t("studio.sales_empty_text")} />`}
    ${sales.length > 0 && html`<${Segmented} label=${t("studio.sales")} unseenLabel value=${only} onValue=${setOnly} options=${[{ value: "all", label: t("studio.sales_all") }, { value: "paid", label: t("studio.sales_paid") }]} />`}
    ${sales.length > 0 && shown.length === 0 && html`<p class="muted">${t("studio.sales_none_paid")}</p>`}
    <ul class="sales__list">${shown.map((sale) => html`<${SaleItem} key=${sale.order_id} sale=${sale} fresh=${desk.news.value.has(sale.order_id)} />`)}</ul>
    ${desk.salesBefore.value !== null && html`<${Button} busy=${busy} onClick=${older}>${t("app.more")}</${Button}>`}
    <p class="unseen" role="status">${desk.news.value.size > 0 ? t("studio.sales_news", { count: desk.news.value.size }) : ""}</p>
  </div>`;
}

/** @param {{ totals: import("../../studio/sales.js").SalesTotals | null }} props */
function Totals({ totals }) {
  if (totals === null) return null;
  return html`<dl class="totals">
    <div><dt>${t("studio.total_orders")}</dt><dd>${totals.orders}</dd></div>
    <div><dt>${t("studio.total_paid")}</dt><dd>${totals.paid}</dd></div>
    <div><dt>${t("studio.total_revenue")}</dt><dd>${moneyText(totals.revenue_minor, totals.currency)}</dd></div>
  </dl>`;
}

/** @param {{ sale: Sale, fresh: boolean }} props */
function SaleItem({ sale, fresh }) {
  const stateKey = `orders.state_${sale.state}`;
  const paid = sale.state === "paid";
  const tone = paid ? "good" : sale.state === "awaiting_payment" ? "wait" : "plain";
  return html`<li class=${`sale${fresh ? " sale--fresh" : ""}`} data-order-id=${sale.order_id}>
    <p class="sale__top">
      <${Chip} tone=${tone}>${isMessage(stateKey) ? t(stateKey) : t("orders.state_other")}</${Chip}>
      ${fresh && html`<${Chip} tone="live">${t("studio.new")}</${Chip}>`}
      <time class="sale__time" datetime=${sale.created_at}>${timeText(sale.created_at)}</time>
    </p>
    <p class="sale__what"><span class="sale__words">${sale.product_title} <span class="muted">${sale.sku_name} × ${sale.quantity}</span></span><${Price} minor=${sale.total_minor} currency=${sale.currency} /></p>
    <p class="sale__who"><${Icon} name="person" />${sale.buyer_name}</p>
    ${sale.address !== null && html`<div class="sale__address"><${Icon} name="home" /><p>${sale.address.name} ${sale.address.phone}<br />${sale.address.region} ${sale.address.detail}</p><${CopyButton} text=${addressLine(sale.address)} what=${t("studio.address")} /></div>`}
    ${sale.address === null && paid && html`<p class="muted">${t("studio.no_address")}</p>`}
  </li>`;
}
