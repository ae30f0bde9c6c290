/** Putting something on the line-up: a product of the shop that isn't on it yet, or a new one; in a job room, one's posts. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { addToLineUp, fetchCatalogue } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Pay, Price } from "../price.js";
import { Sheet } from "../sheet.js";
import { Async, useLoad } from "../states.js";
import { Thumb } from "../thumb.js";
import { RefusalBanner } from "./filtered_banner.js";
import { offersIn } from "./line_up.js";

/** @param {{ desk: import("../../studio/room_desk.js").RoomDesk, onNew: () => void, onClose: () => void }} props */
export function OfferPicker({ desk, onNew, onClose }) {
  const jobs = desk.isJobs.value;
  const catalogue = useLoad(() => fetchCatalogue(desk.slug), []);
  const [busyId, setBusyId] = useState("");
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  const known = offersIn(desk.items.value ?? []);
  const add = async (/** @type {string} */ id) => {
    setBusyId(id);
    setRefusal(null);
    try {
      await addToLineUp(desk.slug, jobs ? { job_id: id } : { product_id: id });
      await desk.loadLineUp();
    } catch (error) {
      setRefusal(error);
    } finally {
      setBusyId("");
    }
  };
  const show = (/** @type {any} */ { products, jobs: posts }) => {
    const all = jobs ? posts : products;
    if (all.length === 0) return null;
    const offers = all.map((/** @type {any} */ one) => ({ ...one, id: one.product_id ?? one.job_id })).filter((/** @type {any} */ one) => !known.has(one.id));
    if (offers.length === 0) return html`<p class="muted">${t(jobs ? "studio.picker_none_jobs" : "studio.picker_none")}</p>`;
    return html`<h3 class="label">${t(jobs ? "studio.picker_jobs" : "studio.picker_products")}</h3><ul class="picker">${offers.map((/** @type {any} */ offer) => html`<li key=${offer.id} class="picker__row">
      <${Thumb} card=${{ kind: jobs ? "job" : "product", title: offer.title, image_url: offer.image_url }} />
      <div class="picker__words"><p class="strip__title">${offer.title}</p>
        ${offer.skus?.[0] && html`<${Price} minor=${offer.skus[0].price_minor} currency=${offer.skus[0].currency} from=${offer.skus.length > 1} />`}
        ${offer.pay && html`<${Pay} pay=${offer.pay} />`}</div>
      <${Button} icon="plus" busy=${busyId === offer.id} onClick=${() => add(offer.id)} label=${`${t("studio.add")} ${offer.title}`}>${t("studio.add")}</${Button}>
    </li>`)}</ul>`;
  };
  return html`<${Sheet} title=${t(jobs ? "studio.add_job" : "studio.add_product")} onClose=${onClose}>
    ${jobs
      ? html`<${Button} size="wide" kind="primary" icon="plus" href="/employer">${t("studio.new_job")}</${Button}>`
      : html`<${Button} size="wide" kind="primary" icon="plus" onClick=${onNew}>${t("studio.new_product")}</${Button}>`}
    <${RefusalBanner} error=${refusal} />
    <${Async} of=${catalogue} show=${show} rows=${3} />
  </${Sheet}>`;
}
