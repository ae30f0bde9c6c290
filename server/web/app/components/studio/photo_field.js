/** A product's photo: chosen or taken, seen at once, sent while one goes on filling in. */
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { Problem } from "../../api.js";
import { html } from "../../html.js";
import { madeSmall, NoPicture, sendPhoto } from "../../studio/photo_upload.js";
import { errorText } from "../../words/error_text.js";
import { t } from "../../words/text.js";
import { Button } from "../button.js";
import { Icon } from "../icons.js";

/**
 * @param {{ imageUrl: string | null, onImageUrl: (imageUrl: string | null) => void, onSending: (sending: boolean) => void }} props
 */
export function PhotoField({ imageUrl, onImageUrl, onSending }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [seen, setSeen] = useState("");
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const [problem, setProblem] = useState("");
  const turn = useRef(0);
  useEffect(() => () => URL.revokeObjectURL(seen), [seen]);
  const choose = async () => {
    const file = input.current?.files?.[0];
    if (file === undefined) return;
    const mine = ++turn.current;
    setProblem("");
    setSeen(URL.createObjectURL(file));
    setShare(0);
    onSending(true);
    try {
      const sent = await sendPhoto(await madeSmall(file), (progress) => mine === turn.current && setShare(progress));
      if (mine === turn.current) onImageUrl(sent);
    } catch (error) {
      if (mine !== turn.current) return;
      setSeen("");
      const unreadable = error instanceof NoPicture || (error instanceof Problem && error.code === "bad_photo");
      setProblem(unreadable ? t("studio.photo_unreadable") : errorText(error));
    } finally {
      if (mine === turn.current) {
        setShare(null);
        onSending(false);
      }
      if (input.current !== null) input.current.value = "";
    }
  };
  const shown = seen || imageUrl;
  return html`<div class=${`photo${problem ? " photo--bad" : ""}`}>
    <input ref=${input} id=${id} class="unseen" type="file" accept="image/*" aria-describedby=${`${id}-says`} onChange=${choose} />
    <label class="photo__face" for=${id}>
      ${shown ? html`<img class="photo__image" src=${shown} alt="" />` : html`<span class="photo__none"><${Icon} name="photo" /></span>`}
      <span class="unseen">${t("studio.photo")}</span>
    </label>
    <div class="photo__words">
      <p class="field__label">${t("studio.photo")}</p>
      <p class="field__hint" id=${`${id}-says`}>${t("studio.photo_hint")}</p>
      ${share !== null && html`<div class="photo__progress"><progress max="1" value=${share} aria-label=${t("studio.photo_sending")}></progress><span>${Math.round(share * 100)}%</span></div>`}
      ${problem && html`<p class="field__error" role="alert">${problem}</p>`}
      ${share === null && html`<${Button} size="s" icon="photo" onClick=${() => input.current?.click()}>${t(shown ? "studio.photo_change" : "studio.photo_choose")}</${Button}>`}
    </div>
  </div>`;
}
