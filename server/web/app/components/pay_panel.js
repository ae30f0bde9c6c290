/** An order waiting for its payment: the time left, the button, and what came of it. */
import { useEffect, useRef, useState } from "preact/hooks";

import { isSameAddress, sendOrderTo } from "../addresses.js";
import { Problem } from "../api.js";
import { comfort } from "../comfort.js";
import { html } from "../html.js";
import "../messages/room.js";
import { fetchOrder, isDeclined, isSettled, newerOrder, payOrder } from "../orders.js";
import { randomKey } from "../random_key.js";
import { errorText } from "../words/error_text.js";
import { moneyText, t, timeText } from "../words/text.js";
import { AddressChoice } from "./addresses/address_choice.js";
import { AddressText } from "./addresses/address_text.js";
import { confirmed } from "./confirm.js";
import { Icon } from "./icons.js";
import { Price } from "./price.js";
import { useNowMs } from "./use_now.js";

/** @typedef {import("../orders.js").Order} Order */

/** The socket tells at once; asking covers pages without one, and a socket that is away. */
const ASK_EVERY_MS = 2_000;

/** @param {{ order: Order, onOrder: (order: Order) => void, onDone: () => void }} props */
export function PayPanel({ order, onOrder, onDone }) {
  const [submitted, setSubmitted] = useState(false);
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useState(/** @type {import("../addresses.js").BookEntry | null} */ (null));
  const key = useRef(randomKey());
  const nowMs = useNowMs();
  const leftMs = Math.max(0, Date.parse(order.expires_at) - nowMs);
  const declined = isDeclined(order);
  const underway = order.payment_state === "pending" || order.state === "closing" || (submitted && !declined);
  const waiting = !isSettled(order) && (underway || leftMs === 0);

  const held = useRef(order);
  held.current = order;
  useEffect(() => {
    if (!waiting) return undefined;
    const ask = async () => {
      const came = await fetchOrder(order.order_id).catch(() => null);
      if (came !== null && came.version > held.current.version) onOrder(newerOrder(held.current, came));
    };
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [waiting, order.order_id]);

  const { elder } = comfort.value;
  const pay = async () => {
    const amount = moneyText(order.total_minor, order.currency);
    const product = `${order.product_title} · ${order.sku_name} × ${order.quantity}`;
    if (elder && !(await confirmed({ title: t("room.pay_sure"), text: t("room.pay_sure_text", { product, amount }), yes: t("room.pay_yes", { amount }), no: t("room.pay_no") }))) return;
    if (declined) key.current = randomKey();
    setProblem("");
    setSubmitted(true);
    try {
      if (chosen !== null && !isSameAddress(chosen, held.current.address)) {
        await sendOrderTo(order.order_id, chosen.address_id);
        held.current = { ...held.current, address: chosen };
      }
      onOrder(newerOrder(held.current, await payOrder(order.order_id, key.current)));
    } catch (error) {
      // Refused: nothing is under way. No answer: the same key goes again.
      setSubmitted(false);
      setProblem(errorText(error));
      if (error instanceof Problem) onOrder(await fetchOrder(order.order_id).catch(() => held.current));
    }
  };
  useEffect(() => {
    if (declined) setSubmitted(false);
  }, [declined, order.version]);

  if (isSettled(order)) return html`<${Outcome} order=${order} onDone=${onDone} />`;
  return html`<div class="pay">
      ${elder
        ? html`<p class="pay__keep">${t("room.pay_until", { time: timeText(order.expires_at) })}</p>`
        : html`<p class="pay__keep">${t("pay.keep")}</p>
          <p class="pay__clock" role="timer" aria-label=${t("pay.left")}><${Icon} name="clock" /><span>${clockText(leftMs)}</span></p>`}
      <p class="pay__amount"><${Price} minor=${order.total_minor} currency=${order.currency} /></p>
      <p class="pay__what">${order.product_title} · ${order.sku_name} × ${order.quantity}</p>
      <${AddressChoice} chosen=${chosen ?? order.address ?? null} onChoose=${setChosen} disabled=${underway} />
      ${declined && html`<p class="banner banner--warn" role="alert">${t("pay.declined")}</p>`}
      ${problem && html`<p class="banner banner--bad" role="alert">${problem}</p>`}
      ${waiting && html`<p class="banner" role="status"><span class="loading__dots" aria-hidden="true"><i></i><i></i><i></i></span>${t("pay.waiting")}</p>`}
    </div>
    <footer class="sheet__foot sheet__foot--column">
      <button type="button" class="button button--primary button--wide" disabled=${waiting || (chosen ?? order.address ?? null) === null} onClick=${pay}>
        ${underway ? t("pay.paying") : t("pay.button", { amount: moneyText(order.total_minor, order.currency) })}
      </button>
      <p class="muted pay__small">${t("pay.simulated")}</p>
    </footer>`;
}

/** @param {{ order: Order, onDone: () => void }} props */
function Outcome({ order, onDone }) {
  const [title, text] = outcomeText(order.state);
  const paid = order.state === "paid";
  return html`<div class=${`outcome${paid ? " outcome--paid" : ""}`} role="status">
      <span class="outcome__mark"><${Icon} name=${paid ? "check" : "clock"} /></span>
      <h3 class="outcome__title">${title}</h3>
      <p class="outcome__text">${text}</p>
      <p class="pay__what">${order.product_title} · ${order.sku_name} × ${order.quantity}</p>
      <p class="pay__amount"><${Price} minor=${order.total_minor} currency=${order.currency} /></p>
      ${paid && order.address && html`<div class="outcome__to"><${AddressText} address=${order.address} /></div>`}
    </div>
    <footer class="sheet__foot">
      <a class="button button--quiet button--wide" href="/orders">${t("pay.see_orders")}</a>
      <button type="button" class="button button--primary button--wide" onClick=${onDone}>${t("pay.go_on")}</button>
    </footer>`;
}

/** @param {string} state @returns {[string, string]} */
function outcomeText(state) {
  if (state === "paid") return [t("pay.paid_title"), t("pay.paid_text")];
  if (state === "expired") return [t("pay.expired_title"), t("pay.expired_text")];
  return [t("pay.cancelled_title"), t("pay.cancelled_text")];
}

/** @param {number} ms */
function clockText(ms) {
  const seconds = Math.ceil(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
