/** A long list a stretch at a time: `usePages` keeps what has come, `More` asks for the next. */
import { useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import "../messages/kit.js";
import { errorText } from "../words/error_text.js";
import { t } from "../words/text.js";
import { Button } from "./button.js";
import { Banner, useLoad } from "./states.js";

/**
 * @template T
 * @param {(before: string | null) => Promise<{ items: T[], before: string | null }>} ask before: where the next stretch begins; null for the first, and where there is no more
 * @param {readonly unknown[]} on begun anew when one of these changes
 */
export function usePages(ask, on) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const first = useLoad(() => ask(null), on);
  const held = useRef(first);
  held.current = first;
  const more = async () => {
    const known = held.current.value;
    if (known === null || known.before === null) return;
    setBusy(true);
    setProblem("");
    try {
      const next = await ask(known.before);
      if (held.current.value === known) first.set({ items: [...known.items, ...next.items], before: next.before });
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return { ...first, more, busy, problem };
}

/** @param {{ of: { value: { before: string | null } | null, more: () => void, busy: boolean, problem: string } }} props of: what usePages gave */
export function More({ of }) {
  if (of.value === null || of.value.before === null) return null;
  return html`<div class="more"><${Banner} text=${of.problem} /><${Button} busy=${of.busy} onClick=${of.more}>${t("app.more")}</${Button}></div>`;
}
