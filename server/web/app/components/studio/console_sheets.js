/** What opens over the console: something added or changed, a line taken away, the end of the show. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { addToLineUp, endShow } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { RemoveSheet } from "../remove_sheet.js";
import { Sheet } from "../sheet.js";
import { toast } from "../toast.js";
import { RefusalBanner } from "./filtered_banner.js";
import { OfferPicker } from "./offer_picker.js";
import { ProductSheet } from "./product_sheet.js";
import { RoomSheet } from "./room_sheet.js";
import { ShowSummary } from "./show_summary.js";

/** @typedef {import("../../studio/studio_calls.js").Product} Product */
/** @typedef {import("../../studio/studio_calls.js").Show} Show */
/**
 * @typedef {{ kind: "none" } | { kind: "add" } | { kind: "product", product: Product | null } | { kind: "settings" }
 *   | { kind: "end" } | { kind: "refused", error: unknown }
 *   | { kind: "remove", comment: import("../../live/wire.js").Comment }} Open which sheet is open
 */

/** @param {{ open: Open, setOpen: (open: Open) => void, desk: import("../../studio/room_desk.js").RoomDesk }} props */
export function ConsoleSheets({ open, setOpen, desk }) {
  const close = () => setOpen({ kind: "none" });
  const room = desk.room.value;
  if (room === null) return null;
  switch (open.kind) {
    case "add":
      return html`<${OfferPicker} key="add" desk=${desk} onNew=${() => setOpen({ kind: "product", product: null })} onClose=${close} />`;
    case "product": {
      const done = async (/** @type {Product} */ product) => {
        if (open.product === null) await addToLineUp(desk.slug, { product_id: product.product_id });
        else desk.noteProduct(product);
        await desk.loadLineUp();
        close();
        toast(t(open.product === null ? "studio.product_added" : "studio.saved"));
      };
      return html`<${ProductSheet} key="product" orgId=${room.org_id} product=${open.product} onDone=${done} onClose=${close} />`;
    }
    case "settings":
      return html`<${RoomSheet} key="settings" room=${room} onDone=${(/** @type {any} */ changed) => (desk.room.value = { ...room, ...changed })} onClose=${close} />`;
    case "remove":
      return html`<${RemoveSheet} key="remove" visit=${desk.visit} comment=${open.comment} onClose=${close} />`;
    case "refused":
      return html`<${Sheet} key="refused" title=${t("studio.not_shown")} onClose=${close}><${RefusalBanner} error=${open.error} /><p class="muted">${t("studio.not_shown_text")}</p></${Sheet}>`;
    case "end":
      return html`<${EndSheet} key="end" desk=${desk} jobs=${room.kind === "jobs"} onClose=${close} />`;
    default:
      return null;
  }
}

/** The end of a show, once one has said so twice; then what it brought. @param {{ desk: import("../../studio/room_desk.js").RoomDesk, jobs: boolean, onClose: () => void }} props */
function EndSheet({ desk, jobs, onClose }) {
  const [show, setShow] = useState(/** @type {Show | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  const end = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      setShow(await endShow(desk.slug));
      desk.loadAll();
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  if (show !== null) {
    return html`<${Sheet} key="summary" title=${t("studio.ended")} onClose=${onClose}>
      <${ShowSummary} show=${show} jobs=${jobs} />
      <footer class="sheet__foot"><${Button} size="wide" kind="primary" onClick=${onClose}>${t("studio.done")}</${Button}></footer>
    </${Sheet}>`;
  }
  return html`<${Sheet} key="ask" title=${t("studio.end_ask")} onClose=${onClose}>
    <p>${t(jobs ? "studio.end_text_jobs" : "studio.end_text")}</p>
    <${RefusalBanner} error=${refusal} />
    <footer class="sheet__foot">
      <${Button} size="wide" onClick=${onClose}>${t("studio.end_no")}</${Button}>
      <${Button} size="wide" kind="danger" busy=${busy} onClick=${end}>${t("studio.end_yes")}</${Button}>
    </footer>
  </${Sheet}>`;
}
