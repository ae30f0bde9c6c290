/** Whether an employer sees the whole phone number: the applicant's own switch, for each application, at any time. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { sharePhone } from "../../jobs/applications.js";
import { t } from "../../words/text.js";
import { Switch } from "../fields.js";
import { toastError } from "../toast.js";

/** @typedef {import("../../jobs/applications.js").MyApplication} MyApplication */

/** @param {{ application: MyApplication, onChange: (changed: MyApplication) => void }} props */
export function SharePhone({ application, onChange }) {
  const [busy, setBusy] = useState(false);
  const shared = application.phone_shared;
  const change = async (/** @type {boolean} */ wanted) => {
    setBusy(true);
    try {
      onChange({ ...application, ...(await sharePhone(application.application_id, wanted)) });
    } catch (error) {
      toastError(error);
      onChange({ ...application });
    } finally {
      setBusy(false);
    }
  };
  return html`<${Switch} label=${t("applications.share")} hint=${t(shared ? "applications.share_on" : "applications.share_off")} checked=${shared} disabled=${busy} onChange=${change} />`;
}
