/** Says so when the connection is gone, and, shortly, when it is back. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";

const BACK_SHOWN_MS = 1_800;
/** A blink of a reconnect is not worth a word. */
const LOST_AFTER_MS = 400;

/** @param {{ status: import("../live/connection.js").Status }} props */
export function ConnectionBar({ status }) {
  const [shown, setShown] = useState(/** @type {"" | "lost" | "back" | "closed"} */ (""));
  const wasLost = useRef(false);
  useEffect(() => {
    const show = (/** @type {"" | "lost" | "back" | "closed"} */ what, /** @type {number} */ afterMs) => {
      const timer = setTimeout(() => {
        wasLost.current ||= what === "lost";
        setShown(what);
      }, afterMs);
      return () => clearTimeout(timer);
    };
    if (status === "lost") return show("lost", LOST_AFTER_MS);
    if (status === "closed") return show("closed", 0);
    if (status !== "live" || !wasLost.current) return undefined;
    wasLost.current = false;
    setShown("back");
    return show("", BACK_SHOWN_MS);
  }, [status]);
  if (shown === "") return null;
  const text = shown === "lost" ? t("watch.lost") : shown === "back" ? t("watch.back_online") : t("watch.closed");
  return html`<p class=${`connection connection--${shown}`} role="status"><${Icon} name=${shown === "back" ? "check" : "offline"} />${text}</p>`;
}
