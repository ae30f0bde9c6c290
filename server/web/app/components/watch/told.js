/** A decision about one's own line, shown where one writes, at the moment it is made. */
import { useEffect, useState } from "preact/hooks";

import { html } from "../../html.js";
import { arrived } from "../../notices.js";
import { DECISION_KINDS } from "../moderation/decision_kinds.js";

export function Told() {
  const notice = arrived.value;
  const [dismissed, setDismissed] = useState("");
  const [Note, setNote] = useState(/** @type {any} */ (null));
  const isShown = notice !== null && DECISION_KINDS.has(notice.kind) && notice.notice_id !== dismissed;
  useEffect(() => {
    if (!isShown || Note !== null) return;
    import("../moderation/decision_note.js").then((module) => setNote(() => module.DecisionNote)).catch(() => {}); // it stays among the notices
  }, [isShown]);
  if (!isShown || Note === null) return null;
  return html`<div class="told-here"><${Note} key=${notice.notice_id} notice=${notice} onDismiss=${() => setDismissed(notice.notice_id)} /></div>`;
}
