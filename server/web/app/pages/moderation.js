/** /moderation: the desk of those who look after the rooms. */
import { Page, SignedIn } from "../components/app_shell.js";
import { DeskView } from "../components/moderation/desk_view.js";
import { html } from "../html.js";
import "../messages/moderation.js";
import { session } from "../session.js";
import { t } from "../words/text.js";

export function Moderation() {
  return html`<${Page} title=${t("moderation.title")} place="moderation" width="full" unseenTitle>
    <${SignedIn} icon="shield" title=${t("moderation.signed_out_title")} text=${t("moderation.signed_out_text")}>
      <${DeskView} key=${session.value?.person.person_id} />
    </${SignedIn}>
  </${Page}>`;
}
