/** A link to this room, with one of its cards in it if one likes: whoever follows it has that card open before them. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import "../../messages/room.js";
import { shareLink } from "../../room_link.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { CopyButton } from "../copy_button.js";
import { Choices } from "../fields.js";
import { Sheet } from "../sheet.js";

/** @param {{ slug: string, title: string, cards: any[], cardId?: string, onClose: () => void }} props cardId: chosen at first */
export function ShareSheet({ slug, title, cards, cardId = "", onClose }) {
  const [chosen, setChosen] = useState(cardId || cards.find((card) => card.explaining)?.card_id || "");
  const card = cards.find((one) => one.card_id === chosen) ?? null;
  const url = shareLink(location.origin, slug, card === null ? "" : chosen);
  const text = card === null ? title : `${card.title} · ${title}`;
  const pass = () => navigator.share({ title: text, url }).catch(() => {}); // thought better of it
  return html`<${Sheet} title=${t("room.share")} onClose=${onClose}>
    ${cards.length > 0 && html`<${Choices} label=${t("room.share_what")} value=${card === null ? "" : chosen} onValue=${setChosen}
      options=${[{ value: "", label: t("room.share_room") }, ...cards.map((one) => ({ value: one.card_id, label: one.title }))]} />`}
    <p class="quote share__link">${url}</p>
    <footer class="sheet__foot share__foot">
      <${CopyButton} text=${url} what=${t("room.link")} size="wide" />
      ${"share" in navigator && html`<${Button} size="wide" kind="primary" icon="share" onClick=${pass}>${t("room.share_on")}</${Button}>`}
    </footer>
  </${Sheet}>`;
}
