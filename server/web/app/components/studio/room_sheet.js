/** A room's name and when its next show begins, changed. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { instantOf, localOf, nextFullHour } from "../../studio/schedule.js";
import { changeRoom } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { RefusalBanner } from "./filtered_banner.js";
import { WhenField } from "./when_field.js";

/** @typedef {import("../../studio/studio_calls.js").MyRoom} MyRoom */

/** @param {{ room: MyRoom, onDone: (room: MyRoom) => void, onClose: () => void }} props */
export function RoomSheet({ room, onDone, onClose }) {
  const [title, setTitle] = useState(room.title);
  const [later, setLater] = useState(room.scheduled_at !== null);
  const [when, setWhen] = useState(room.scheduled_at === null ? nextFullHour(Date.now()) : localOf(room.scheduled_at));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  const whenFault = later && instantOf(when) === null ? t("studio.fault_when") : "";
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (title.trim() === "" || whenFault) return;
    setBusy(true);
    try {
      onDone(await changeRoom(room.slug, { title: title.trim(), scheduled_at: later ? instantOf(when) : null }));
      onClose();
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t("studio.room_settings")} onClose=${onClose}>
    <form class="form" novalidate onSubmit=${submit}>
      <${TextField} label=${t("studio.room_title")} required value=${title} charsMax=${60} error=${title.trim() === "" ? t("studio.fault_room_title") : ""} onValue=${setTitle} />
      <${WhenField} later=${later} onLater=${setLater} when=${when} onWhen=${setWhen} error=${whenFault} />
      <${RefusalBanner} error=${refusal} />
      <footer class="sheet__foot"><${Button} size="wide" kind="primary" type="submit" busy=${busy}>${t("studio.save")}</${Button}></footer>
    </form>
  </${Sheet}>`;
}
