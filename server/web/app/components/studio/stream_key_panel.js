/** How to go on air: the room's stream key, shown once, and in plain words where it goes. */
import { useState } from "preact/hooks";

import { html } from "../../html.js";
import { ffmpegLine } from "../../studio/publish_lines.js";
import { replaceStreamKey } from "../../studio/studio_calls.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { confirmed } from "../confirm.js";
import { Icon } from "../icons.js";
import { Banner } from "../states.js";
import { CopyField } from "./copy_field.js";
import { ObsFigure } from "./obs_figure.js";

/**
 * @param {{ slug: string, isNew?: boolean, onAir?: boolean }} props
 *   isNew: nobody can have this room's key yet, so that making one takes none away
 */
export function StreamKeyPanel({ slug, isNew = false, onAir = false }) {
  const [made, setMade] = useState(/** @type {{ stream_key: string, publish_url: string } | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const make = async () => {
    const question = { title: t("studio.key_replace"), text: t(onAir ? "studio.key_ask_on_air" : "studio.key_ask"), yes: t("studio.key_replace_yes") };
    if (!isNew && !(await confirmed(question))) return;
    setBusy(true);
    setProblem("");
    try {
      setMade(await replaceStreamKey(slug));
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  if (made === null) {
    return html`<div class="stream-key">
      <p class="muted">${t(isNew ? "studio.key_why_new" : "studio.key_why")}</p>
      <${Banner} text=${problem} />
      <${Button} kind=${isNew ? "primary" : "quiet"} icon="key" busy=${busy} onClick=${make}>${t(isNew ? "studio.key_make" : "studio.key_replace")}</${Button}>
    </div>`;
  }
  const server = made.publish_url;
  return html`<div class="stream-key">
    <p class="banner banner--warn" role="status"><${Icon} name="alert" /><span>${t("studio.key_once")}</span></p>
    <${CopyField} number=${1} label=${t("studio.obs_server")} value=${server} />
    <${CopyField} number=${2} label=${t("studio.obs_key")} value=${made.stream_key} />
    <${Steps} server=${server} streamKey=${made.stream_key} />
  </div>`;
}

/** @param {{ server: string, streamKey: string }} props */
function Steps({ server, streamKey }) {
  return html`<section class="steps">
    <h3 class="steps__title">${t("studio.obs_title")}</h3>
    <ol class="steps__list">
      <li>${t("studio.obs_step_1")}</li>
      <li>${t("studio.obs_step_2")}</li>
      <li>${t("studio.obs_step_3")}</li>
      <li>${t("studio.obs_step_4")}</li>
    </ol>
    <${ObsFigure} />
    <p class="muted">${t("studio.obs_good")}</p>
    <details class="steps__more">
      <summary>${t("studio.other_ways")}</summary>
      <p class="muted">${t("studio.phone_apps")}</p>
      <${CopyField} label=${t("studio.ffmpeg")} value=${ffmpegLine(server, streamKey)} />
    </details>
  </section>`;
}
