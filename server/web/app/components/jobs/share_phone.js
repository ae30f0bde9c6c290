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
  // The switch stands where it was put while the server is asked; the hint says what holds.
  const [asked, setAsked] = useState(/** @type {boolean | null} */ (null));
  const shared = application.phone_shared;
  const change = async (/** @type {boolean} */ wanted) => {
    setAsked(wanted);
    try {
      onChange({ ...application, ...(await sharePhone(application.application_id, wanted)) });
    } catch (error) {
      toastError(error);
    } finally {
      setAsked(null);
    }
  };
  return html`<${Switch} label=${t("applications.share")} hint=${t(shared ? "applications.share_on" : "applications.share_off")} checked=${asked ?? shared} disabled=${asked !== null} onChange=${change} />`;
}
