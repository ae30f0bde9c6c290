/** How the pages look and move, chosen once for this device. */
import { changeComfort, comfort, USUAL } from "../comfort.js";
import { Page } from "../components/app_shell.js";
import { Button } from "../components/button.js";
import { DanmakuSettings } from "../components/danmaku_settings.js";
import { Segmented, Switch } from "../components/fields.js";
import { toast } from "../components/toast.js";
import { html } from "../html.js";
import "../messages/settings.js";
import { chooseLanguage, language, t } from "../words/text.js";

const LANGUAGES = [
  { value: "zh", label: "中文" }, // each in its own words
  { value: "en", label: "English" },
];

export function Settings() {
  const { theme, text, motion, elder } = comfort.value;
  const restore = () => {
    const before = comfort.value;
    changeComfort(USUAL);
    toast(t("settings.usual_done"), { undo: () => changeComfort(before) });
  };
  return html`<${Page} title=${t("settings.title")} lead=${t("settings.lead")} place="me" width="form" back=${{ href: "/me", label: t("nav.me") }}>
    <div class="stack">
      <section class="card settings__elder" aria-labelledby="elder">
        <h2 class="card__title" id="elder">${t("settings.elder_title")}</h2>
        <${Switch} label=${t("settings.elder")} hint=${t("settings.elder_hint")} checked=${elder} onChange=${(/** @type {boolean} */ on) => changeComfort({ elder: on })} />
      </section>
      <section class="card stack" aria-labelledby="look">
        <h2 class="card__title" id="look">${t("settings.look")}</h2>
        <${Segmented} label=${t("settings.theme")} value=${theme} onValue=${(/** @type {any} */ chosen) => changeComfort({ theme: chosen })} options=${[
          { value: "auto", label: t("settings.theme_auto") },
          { value: "light", label: t("settings.theme_light") },
          { value: "dark", label: t("settings.theme_dark") },
        ]} />
        <${Segmented} label=${t("settings.text")} value=${text} onValue=${(/** @type {any} */ chosen) => changeComfort({ text: chosen })} options=${[
          { value: "normal", label: t("settings.text_normal") },
          { value: "large", label: t("settings.text_large") },
          { value: "largest", label: t("settings.text_largest") },
        ]} />
        <p class="quote">${t("settings.sample")}</p>
        <${Segmented} label=${t("settings.motion")} hint=${t("settings.motion_hint")} value=${motion} onValue=${(/** @type {any} */ chosen) => changeComfort({ motion: chosen })} options=${[
          { value: "auto", label: t("settings.motion_auto") },
          { value: "calm", label: t("settings.motion_calm") },
          { value: "full", label: t("settings.motion_full") },
        ]} />
        <${Segmented} label=${t("settings.language")} value=${language.value} onValue=${chooseLanguage} options=${LANGUAGES} />
      </section>
      <section class="card" aria-labelledby="danmaku"><h2 class="card__title" id="danmaku">${t("settings.danmaku_title")}</h2><${DanmakuSettings} /></section>
      <${Button} kind="plain" onClick=${restore}>${t("settings.usual")}</${Button}>
    </div>
  </${Page}>`;
}
