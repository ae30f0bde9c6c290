/** Says so when the connection is gone, and, shortly, when it is back. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import { online } from "../online.js";
import { t } from "../words/text.js";
import { Icon } from "./icons.js";
import { useNowMs } from "./use_now.js";

const BACK_SHOWN_MS = 1_800;
/** A blink of a reconnect is not worth a word. */
const LOST_AFTER_MS = 400;

/** From here on one is told how long it has been, and offered to try at once. */
const LONG_S = 5;

/** @param {{ status: import("../live/connection.js").Status, onRetry: () => void }} props */
export function ConnectionBar({ status, onRetry }) {
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
  if (shown === "lost") return html`<${Lost} onRetry=${onRetry} />`;
  return html`<p class=${`connection connection--${shown}`} role="status"><${Icon} name=${shown === "back" ? "check" : "offline"} />${t(shown === "back" ? "watch.back_online" : "watch.closed")}</p>`;
}

/** @param {{ onRetry: () => void }} props */
function Lost({ onRetry }) {
  const [since] = useState(() => Date.now());
  const seconds = Math.floor((useNowMs() - since) / 1000);
  const text = !online.value ? t("watch.no_network") : seconds < LONG_S ? t("watch.lost") : t("watch.lost_for", { seconds });
  return html`<div class="connection connection--lost"><${Icon} name="offline" /><span role="status" aria-label=${t(online.value ? "watch.lost" : "watch.no_network")}>${text}</span>
    ${online.value && seconds >= LONG_S && html`<button type="button" class="connection__retry" onClick=${onRetry}>${t("watch.retry")}</button>`}
  </div>`;
}
