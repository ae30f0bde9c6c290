/**
 * The words of the settings, in English.
 * @type {typeof import("./zh.js").default}
 */
const messages = {
  "settings.title": "Settings",
  "settings.lead": "Kept on this device alone; they work at once",
  "settings.look": "Looks",
  "settings.theme": "Light or dark",
  "settings.theme_auto": "As the system",
  "settings.theme_light": "Light",
  "settings.theme_dark": "Dark",
  "settings.text": "Text size",
  "settings.text_normal": "Normal",
  "settings.text_large": "Large",
  "settings.text_largest": "Largest",
  "settings.sample": "Mountain oranges: bad fruit refunded, sent within 48 hours.",
  "settings.motion": "Motion",
  "settings.motion_auto": "As the system",
  "settings.motion_calm": "Less",
  "settings.motion_full": "All",
  "settings.motion_hint": "With less motion no comments fly over the picture, and the lobby's pictures don't play by themselves.",
  "settings.language": "Language",
  "settings.elder_title": "Easy mode",
  "settings.elder": "Turn easy mode on",
  "settings.elder_hint": "Large type and buttons, one column; no hurry to pay, and one more question before you do.",
  "settings.danmaku_title": "Flying comments",
  "settings.danmaku_on": "Show comments over the picture",
  "settings.danmaku_opacity": "Opacity",
  "settings.danmaku_opacity_value": "{count}%",
  "settings.danmaku_size": "Size of flying comments",
  "settings.danmaku_size_small": "Small",
  "settings.danmaku_size_normal": "Normal",
  "settings.danmaku_size_large": "Large",
  "settings.danmaku_area": "Over the picture's",
  "settings.danmaku_area_quarter": "Top quarter",
  "settings.danmaku_area_half": "Top half",
  "settings.danmaku_area_full": "Whole",
  "settings.danmaku_calm": "You chose less motion, so no comments fly over the picture; the chat has them all.",
  "settings.usual": "Set everything back",
  "settings.usual_done": "Everything is as it was at first",
};

export default messages;
