/** The last seconds before something was seen or heard in a live room: fetched by a press, played here, and to be saved. */
import { useEffect, useState } from "preact/hooks";

import { html } from "../../html.js";
import { deskApi } from "../../moderation/desk_api.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Async, useLoad } from "../states.js";

/** @typedef {import("../../words/text.js").MessageKey} MessageKey */
/** @typedef {import("../../moderation/desk_api.js").Clip} ClipFacts */

/** @type {Record<string, MessageKey>} */
const CHANNELS = { qr: "moderation.clip_qr", screen: "moderation.clip_screen", speech: "moderation.clip_speech" };

/** @param {{ caseId: string, clip: ClipFacts }} props */
export function Clip({ caseId, clip }) {
  const [isOpen, setIsOpen] = useState(false);
  const seconds = Math.max(1, Math.round(clip.duration_ms / 1_000));
  return html`<section class="case__part" data-clip=${clip.channel}><h3 class="case__title">${t(CHANNELS[clip.channel] ?? "moderation.kind_moment")}</h3>
    ${isOpen ? html`<${Fetched} caseId=${caseId} />` : html`<p><${Button} size="s" icon="play" onClick=${() => setIsOpen(true)}>${t("moderation.clip_play", { seconds })}</${Button}></p>`}
  </section>`;
}

/** @param {{ caseId: string }} props */
function Fetched({ caseId }) {
  const load = useLoad(() => deskApi.clip(caseId), [caseId]);
  return html`<${Async} of=${load} rows=${3} show=${(/** @type {Blob} */ file) => html`<${Player} caseId=${caseId} file=${file} />`} />`;
}

/** @param {{ caseId: string, file: Blob }} props */
function Player({ caseId, file }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url === "") return null;
  return html`<div class="clip"><video class="clip__video" src=${url} controls playsinline autoplay></video>
    <p><a class="link" href=${url} download=${`${caseId}.mp4`}>${t("moderation.clip_save")}</a></p></div>`;
}
