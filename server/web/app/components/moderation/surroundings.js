/** How much space there is, and what time it is, as far as the desk minds. */
import { useEffect, useState } from "preact/hooks";

/** From here on the queue, the case and its room stand side by side; styles/moderation.css has the same measure. */
const WIDE = "(min-width: 1080px)";
const NOW_EVERY_MS = 15_000;

export function useWide() {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return wide;
}

/** The time in ms, exact to what "3 minutes ago" needs. */
export function useNow() {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), NOW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
