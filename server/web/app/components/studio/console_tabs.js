/** On a phone one panel shows at a time; the ways between them lie at the foot, under the thumb. */
import { useEffect, useState } from "preact/hooks";

import { html } from "../../html.js";
import { t } from "../../words/text.js";
import { Count } from "../chip.js";
import { Icon } from "../icons.js";

/** @typedef {"air" | "shelf" | "talk" | "sales"} PanelName */

/** @param {{ jobs: boolean, panel: PanelName, onPanel: (panel: PanelName) => void, talk: number, sales: number }} props talk, sales: how many are new */
export function ConsoleTabs({ jobs, panel, onPanel, talk, sales }) {
  /** @type {{ name: PanelName, label: string, icon: import("../icons.js").IconName, count: number }[]} */
  const tabs = [
    { name: "air", label: t("studio.air"), icon: "camera", count: 0 },
    { name: "shelf", label: t(jobs ? "studio.shelf_jobs" : "studio.shelf"), icon: jobs ? "briefcase" : "basket", count: 0 },
    { name: "talk", label: t("chat.title"), icon: "danmaku", count: talk },
    { name: "sales", label: t(jobs ? "studio.applications_title" : "studio.sales"), icon: jobs ? "people" : "receipt", count: sales },
  ];
  const go = (/** @type {PanelName} */ name) => {
    onPanel(name);
    scrollTo(0, 0);
  };
  return html`<nav class="console-tabs" aria-label=${t("studio.panels")}>${tabs.map((tab) => html`<button key=${tab.name} type="button" class="console-tabs__tab" aria-current=${tab.name === panel ? "true" : undefined} onClick=${() => go(tab.name)}>
    <span class="console-tabs__icon"><${Icon} name=${tab.icon} /><${Count} count=${tab.count} label=${t("studio.new_count", { count: tab.count })} /></span>${tab.label}
  </button>`)}</nav>`;
}

/** How many lines came since the talk was last looked at. @param {import("../../studio/room_desk.js").RoomDesk} desk @param {boolean} isLooking */
export function useUnreadTalk(desk, isLooking) {
  const comments = desk.visit.state.comments.value;
  const newest = comments.at(-1)?.offset ?? 0;
  const [seen, setSeen] = useState(/** @type {number | null} */ (null));
  const joined = desk.visit.state.joined.value;
  useEffect(() => {
    if (isLooking || (joined && seen === null)) setSeen(newest);
  }, [isLooking, joined, newest]);
  if (isLooking || seen === null) return 0;
  return comments.filter((comment) => comment.offset > seen && !comment.mine).length;
}
