/** The rest of what one can set and do in a room: the flying comments, the easy mode, what was taken down here, reporting the host. */
import { changeComfort, comfort } from "../../comfort.js";
import { html } from "../../html.js";
import "../../messages/room.js";
import "../../messages/settings.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { DanmakuSettings } from "../danmaku_settings.js";
import { Switch } from "../fields.js";
import { Sheet } from "../sheet.js";
import { RoomDeletions } from "./deletions.js";

/** @param {{ slug: string, onReportHost: (() => void) | null, onClose: () => void }} props onReportHost: null where there is nobody to report */
export function MoreSheet({ slug, onReportHost, onClose }) {
  return html`<${Sheet} title=${t("room.more")} onClose=${onClose}>
    <${Switch} label=${t("settings.elder")} hint=${t("settings.elder_hint")} checked=${comfort.value.elder} onChange=${(/** @type {boolean} */ elder) => changeComfort({ elder })} />
    <section aria-labelledby="more-danmaku"><h3 class="card__title" id="more-danmaku">${t("settings.danmaku_title")}</h3><${DanmakuSettings} /></section>
    <div class="stack stack--tight">
      <${Button} size="wide" icon="sliders" href="/me/settings">${t("room.all_settings")}</${Button}>
      ${onReportHost && html`<${Button} size="wide" icon="flag" onClick=${onReportHost}>${t("room.report_host")}</${Button}>`}
    </div>
    <${RoomDeletions} slug=${slug} />
  </${Sheet}>`;
}
