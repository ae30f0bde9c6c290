/** Opening a room: what it is called and when it begins; whoever has no shop yet names it here too. Then how to go on air. */
import { useRef, useState } from "preact/hooks";

import { html } from "../../html.js";
import { randomKey } from "../../random_key.js";
import { instantOf, nextFullHour } from "../../studio/schedule.js";
import { createOrg, createRoom } from "../../studio/studio_calls.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Choices, SelectField, TextField } from "../fields.js";
import { Sheet } from "../sheet.js";
import { RefusalBanner } from "./filtered_banner.js";
import { StreamKeyPanel } from "./stream_key_panel.js";
import { WhenField } from "./when_field.js";

/** @typedef {import("../../studio/studio_calls.js").Membership} Membership */
/** @typedef {import("../../studio/studio_calls.js").MyRoom} MyRoom */

const NEW_ORG = "new";
const MAY_OPEN_ROOMS = new Set(["owner", "host"]);

/** @param {{ memberships: Membership[], onCreated: () => void, onClose: () => void }} props */
export function NewRoomSheet({ memberships, onCreated, onClose }) {
  const [room, setRoom] = useState(/** @type {MyRoom | null} */ (null));
  if (room === null) {
    const created = (/** @type {MyRoom} */ made) => {
      setRoom(made);
      onCreated();
    };
    return html`<${Sheet} title=${t("studio.new_room")} onClose=${onClose}><${RoomForm} memberships=${memberships.filter(({ role }) => MAY_OPEN_ROOMS.has(role))} onCreated=${created} /></${Sheet}>`;
  }
  return html`<${Sheet} key="made" title=${t("studio.room_made")} onClose=${onClose}>
    <p>${t("studio.room_made_text", { title: room.title })}</p>
    <${StreamKeyPanel} slug=${room.slug} isNew />
    <footer class="sheet__foot"><${Button} size="wide" kind="primary" href=${`/studio/rooms/${encodeURIComponent(room.slug)}`}>${t("studio.enter")}</${Button}></footer>
  </${Sheet}>`;
}

/** @param {{ memberships: Membership[], onCreated: (room: MyRoom) => void }} props */
function RoomForm({ memberships, onCreated }) {
  const [orgId, setOrgId] = useState(memberships[0]?.org_id ?? NEW_ORG);
  const [orgName, setOrgName] = useState("");
  const [kind, setKind] = useState("merchant");
  const [title, setTitle] = useState("");
  const [later, setLater] = useState(false);
  const [when, setWhen] = useState(() => nextFullHour(Date.now()));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  const keys = useRef({ org: "", room: "", of: "" });
  const made = useRef({ name: "", orgId: "" });
  const isNewOrg = orgId === NEW_ORG;
  const faults = {
    org: isNewOrg && orgName.trim() === "" ? t("studio.fault_org") : "",
    title: title.trim() === "" ? t("studio.fault_room_title") : "",
    when: later && instantOf(when) === null ? t("studio.fault_when") : "",
  };
  const shownFault = (/** @type {keyof typeof faults} */ name) => (tried ? faults[name] : "");
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(true);
    if (faults.org || faults.title || faults.when) return;
    setBusy(true);
    setRefusal(null);
    try {
      onCreated(await openRoom());
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  /** Tried again after half of it was done or an answer was lost, it makes nothing twice. */
  const openRoom = async () => {
    const wish = JSON.stringify([orgId, orgName, kind, title, later, when]);
    if (keys.current.of !== wish) keys.current = { org: randomKey(), room: randomKey(), of: wish };
    if (isNewOrg && made.current.name !== kind + orgName) made.current = { name: kind + orgName, orgId: await createOrg(kind, orgName.trim(), keys.current.org) };
    const body = { org_id: isNewOrg ? made.current.orgId : orgId, title: title.trim(), scheduled_at: later ? instantOf(when) : null };
    return createRoom(body, keys.current.room);
  };
  const orgs = [...memberships.map((one) => ({ value: one.org_id, label: one.name })), { value: NEW_ORG, label: t("studio.org_new") }];
  const kinds = [
    { value: "merchant", label: t("studio.org_merchant"), hint: t("studio.org_merchant_hint") },
    { value: "employer", label: t("studio.org_employer"), hint: t("studio.org_employer_hint") },
  ];
  return html`<form class="form" novalidate onSubmit=${submit}>
    ${memberships.length > 0 && html`<${SelectField} label=${t("studio.org")} required value=${orgId} options=${orgs} onValue=${setOrgId} />`}
    ${isNewOrg && html`<${Choices} label=${t("studio.org_kind")} value=${kind} options=${kinds} onValue=${setKind} />
      <${TextField} label=${t(kind === "merchant" ? "studio.org_name_merchant" : "studio.org_name_employer")} required value=${orgName} charsMax=${64} error=${shownFault("org")} hint=${t("studio.org_name_hint")} onValue=${setOrgName} />`}
    <${TextField} label=${t("studio.room_title")} required value=${title} charsMax=${60} error=${shownFault("title")} placeholder=${t("studio.room_title_example")} onValue=${setTitle} />
    <${WhenField} later=${later} onLater=${setLater} when=${when} onWhen=${setWhen} error=${shownFault("when")} />
    <${RefusalBanner} error=${refusal} />
    <footer class="sheet__foot"><${Button} size="wide" kind="primary" type="submit" busy=${busy}>${t("studio.open_room")}</${Button}></footer>
  </form>`;
}
