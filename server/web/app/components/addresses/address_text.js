/** An address as one reads it. */
import { html } from "../../html.js";
import "../../messages/me.js";
import { t } from "../../words/text.js";
import { Chip } from "../chip.js";

/** @param {{ address: import("../../addresses.js").Address & { is_default?: boolean } }} props */
export function AddressText({ address }) {
  return html`<span class="address">
    <span class="address__who"><strong>${address.name}</strong> <span class="number">${address.phone}</span>${address.is_default && html` <${Chip} tone="good">${t("me.address_default")}</${Chip}>`}</span>
    <span class="address__where">${address.region} ${address.detail}</span>
  </span>`;
}
