/** Where a paid order goes, said afterwards or anew, as long as its seller may still have it. */
import { useState } from "preact/hooks";

import { sendOrderTo } from "../../addresses.js";
import { html } from "../../html.js";
import "../../messages/me.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Sheet } from "../sheet.js";
import { Banner } from "../states.js";
import { toast } from "../toast.js";
import { AddressChoice } from "./address_choice.js";

/** @typedef {import("../../orders.js").Order} Order */

/** @param {{ order: Order, onOrder: (order: Order) => void, onClose: () => void }} props */
export function OrderAddressSheet({ order, onOrder, onClose }) {
  const [chosen, setChosen] = useState(/** @type {import("../../addresses.js").BookEntry | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const save = async () => {
    if (chosen === null) return;
    setBusy(true);
    setProblem("");
    try {
      await sendOrderTo(order.order_id, chosen.address_id);
      onOrder({ ...order, address: chosen });
      toast(t("me.order_address_saved"));
      onClose();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("me.address_delivery")} onClose=${onClose}>
    <${AddressChoice} chosen=${chosen ?? order.address ?? null} onChoose=${setChosen} />
    <p class="muted">${t("me.order_address_text")}</p>
    <${Banner} text=${problem} />
    <footer class="sheet__foot"><${Button} size="wide" onClick=${onClose}>${t("app.cancel")}</${Button}><${Button} size="wide" kind="primary" busy=${busy} disabled=${chosen === null} onClick=${save}>${t("me.save")}</${Button}></footer>
  </${Sheet}>`;
}
