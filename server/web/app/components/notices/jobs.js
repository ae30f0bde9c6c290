/** What one is told of one's applications. */
import { html } from "../../html.js";
import { stateText, toldText } from "../../jobs/words.js";
import "../../messages/jobs.js";
import { t } from "../../words/text.js";

/** @param {{ notice: import("../../notices.js").Notice }} props */
function Changed({ notice: { facts } }) {
  return html`<p class="muted">${facts.employer}</p><p>${toldText(facts.state)}</p>
    ${facts.note && html`<p class="quote"><span class="label">${t("state.note")}</span> ${facts.note}</p>`}`;
}

/** @type {Record<string, import("./registry.js").Telling>} */
export const tellings = {
  application_changed: {
    icon: "briefcase",
    title: ({ job_title: title, state }) => t("applications.moved", { title, state: stateText(state) }),
    href: ({ application_id: id }) => `/applications#${id}`,
    Body: Changed,
  },
};
