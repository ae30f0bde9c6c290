/** The host's own stall: what there is to show, and pushing, explaining and withdrawing it. */
import { useEffect, useState } from "preact/hooks";

import { call, Problem } from "../api.js";
import { html } from "../html.js";
import "../messages/room.js";
import { randomKey } from "../random_key.js";
import { errorText } from "../words/error_text.js";
import { t } from "../words/text.js";
import { Loading } from "./notice.js";
import { Pay, Price } from "./price.js";
import { Sheet } from "./sheet.js";
import { Thumb } from "./thumb.js";

/** @param {{ visit: import("../live/room_visit.js").RoomVisit, onClose: () => void }} props */
export function DeskSheet({ visit, onClose }) {
  const [goods, setGoods] = useState(/** @type {any[] | null} */ (null));
  const [problem, setProblem] = useState("");
  const [busyId, setBusyId] = useState("");
  const base = `/api/rooms/${encodeURIComponent(visit.slug)}`;
  useEffect(() => {
    call("GET", `${base}/catalogue`)
      .then((catalogue) => setGoods(goodsOf(catalogue)))
      .catch((error) => setProblem(errorText(error)));
  }, []);
  const act = async (/** @type {string} */ id, /** @type {() => Promise<any>} */ action) => {
    setBusyId(id);
    setProblem("");
    try {
      await action();
    } catch (error) {
      const filtered = error instanceof Problem && error.code === "filtered";
      setProblem(filtered ? `${t("desk.filtered")} ${errorText(error)}` : errorText(error));
    } finally {
      setBusyId("");
    }
  };
  const cards = visit.state.cards.value;
  return html`<${Sheet} title=${t("desk.title")} onClose=${onClose}>
    <p class="muted">${t("desk.text")}</p>
    ${problem && html`<p class="banner banner--bad" role="alert">${problem}</p>`}
    ${goods === null && problem === "" && html`<${Loading} />`}
    ${goods?.length === 0 && html`<p class="muted">${t("desk.empty")}</p>`}
    <ul class="desk">${(goods ?? []).map((good) => {
      const card = cards.find((one) => (one.product_id ?? one.job_id) === good.id) ?? null;
      const push = (/** @type {boolean} */ explaining) =>
        act(good.id, () => call("POST", `${base}/cards`, { key: randomKey(), body: { [good.idName]: good.id, explaining } }));
      const withdraw = () => act(good.id, () => call("DELETE", `${base}/cards/${card?.card_id}`));
      return html`<${Good} key=${good.id} good=${good} card=${card} busy=${busyId === good.id} onPush=${push} onWithdraw=${withdraw} />`;
    })}</ul>
  </${Sheet}>`;
}

/** @param {{ good: any, card: any, busy: boolean, onPush: (explaining: boolean) => void, onWithdraw: () => void }} props */
function Good({ good, card, busy, onPush, onWithdraw }) {
  const sku = good.skus?.[0];
  return html`<li class="desk__item" data-good-id=${good.id}>
    <${Thumb} card=${good} />
    <div class="desk__main">
      <p class="strip__title">${good.title}</p>
      <p class="strip__figures">
        ${sku && html`<${Price} minor=${sku.price_minor} currency=${sku.currency} from=${good.skus.length > 1} />`}
        ${good.pay && html`<${Pay} pay=${good.pay} />`}
        ${card && html`<span class="tag">${t(card.explaining ? "desk.explaining" : "desk.on_shelf")}</span>`}
      </p>
    </div>
    <div class="desk__actions">
      ${card === null
        ? html`<button type="button" class="button button--primary" disabled=${busy} onClick=${() => onPush(false)}>${t("desk.push")}</button>`
        : html`<button type="button" class="button button--quiet" disabled=${busy} onClick=${onWithdraw}>${t("desk.withdraw")}</button>`}
      <button type="button" class="button button--leaf" disabled=${busy || card?.explaining} onClick=${() => onPush(true)}>${t("desk.explain")}</button>
    </div>
  </li>`;
}

/** @param {any} catalogue */
function goodsOf(catalogue) {
  const products = (catalogue.products ?? []).map((/** @type {any} */ one) => ({ ...one, kind: "product", id: one.product_id, idName: "product_id" }));
  const jobs = (catalogue.jobs ?? []).map((/** @type {any} */ one) => ({ ...one, kind: "job", id: one.job_id, idName: "job_id" }));
  return [...products, ...jobs];
}
