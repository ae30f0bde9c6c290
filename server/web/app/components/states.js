/**
 * A page's quiet states, and what leads to them: `useLoad` asks for something and `Async` shows it, or that it is on its
 * way, empty, refused, or out of reach. What was there before stays in sight while it is asked for again.
 */
import { useEffect, useRef, useState } from "preact/hooks";

import { Problem, Unreachable } from "../api.js";
import { html } from "../html.js";
import "../messages/kit.js";
import { errorText } from "../words/error_text.js";
import { t } from "../words/text.js";
import { Button } from "./button.js";
import { Loading, Notice } from "./notice.js";

/**
 * @template T
 * @typedef {{ value: T | null, error: unknown, loading: boolean, reload: () => Promise<void>, set: (value: T) => void }} Load
 *   error: the newest attempt's, also while an older value is still shown
 */

/**
 * @template T
 * @param {() => Promise<T>} ask
 * @param {readonly unknown[]} on asked anew when one of these changes
 * @param {{ everyMs?: number }} [options] everyMs: asked again so often, while the page is looked at
 * @returns {Load<T>}
 */
export function useLoad(ask, on, { everyMs = 0 } = {}) {
  const [state, setState] = useState(/** @type {{ value: T | null, error: unknown, loading: boolean }} */ ({ value: null, error: null, loading: true }));
  const turn = useRef(0);
  const newest = useRef(ask);
  newest.current = ask;
  const reload = async () => {
    const mine = ++turn.current;
    setState((held) => ({ ...held, loading: true }));
    try {
      const value = await newest.current();
      if (mine === turn.current) setState({ value, error: null, loading: false });
    } catch (error) {
      if (mine === turn.current) setState((held) => ({ ...held, error, loading: false }));
    }
  };
  useEffect(() => {
    setState({ value: null, error: null, loading: true });
    reload();
    const again = () => {
      reload();
    };
    addEventListener("online", again);
    const timer = everyMs > 0 ? setInterval(() => document.hidden || reload(), everyMs) : 0;
    return () => {
      turn.current += 1;
      removeEventListener("online", again);
      clearInterval(timer);
    };
  }, [...on, everyMs]);
  const set = (/** @type {T} */ value) => {
    turn.current += 1;
    setState({ value, error: null, loading: false });
  };
  return { ...state, reload, set };
}

/**
 * @param {{ of: Load<any>, show: (value: any) => any, isEmpty?: (value: any) => boolean, empty?: any, rows?: number }} props
 *   empty: what stands there when isEmpty says so, an <Empty>. rows: grey rows to stand for what comes
 */
export function Async({ of, show, isEmpty = () => false, empty = null, rows = 0 }) {
  if (of.value === null && of.error !== null) return html`<${Failed} error=${of.error} onRetry=${of.reload} />`;
  if (of.value === null) return rows > 0 ? html`<${Skeleton} rows=${rows} />` : html`<${Loading} />`;
  return html`${of.error !== null && html`<${Stale} error=${of.error} onRetry=${of.reload} />`}${isEmpty(of.value) ? empty : show(of.value)}`;
}

/** Nothing here yet, and what one can do about it. @param {{ icon: import("./icons.js").IconName, title: string, text?: string, children?: any }} props children: a button or two */
export function Empty(props) {
  return html`<${Notice} ...${props} />`;
}

/** It did not come. @param {{ error: unknown, onRetry: () => void }} props */
export function Failed({ error, onRetry }) {
  const offline = error instanceof Unreachable;
  const gone = error instanceof Problem && (error.status === 404 || error.status === 403);
  return html`<div role="alert"><${Notice} icon=${offline ? "offline" : "alert"} title=${t(offline ? "app.offline_title" : gone ? "app.gone_title" : "app.failed_title")} text=${errorText(error)}>
    ${!gone && html`<${Button} kind="primary" onClick=${onRetry}>${t("app.retry")}</${Button}>`}
  </${Notice}></div>`;
}

/** What is shown is old. @param {{ error: unknown, onRetry: () => void }} props */
function Stale({ error, onRetry }) {
  return html`<div class="banner banner--warn stale" role="status"><span class="stale__words">${t("app.stale")} ${errorText(error)}</span><${Button} size="s" onClick=${onRetry}>${t("app.retry")}</${Button}></div>`;
}

/** Grey rows in the place of what is on its way. @param {{ rows: number }} props */
export function Skeleton({ rows }) {
  return html`<div class="skeleton" role="status"><span class="unseen">${t("app.loading")}</span>${Array.from({ length: rows }, (_, index) => html`<div key=${index} class="skeleton__row" aria-hidden="true"></div>`)}</div>`;
}

/** What went wrong with what one just did; nothing while `text` is "". @param {{ text: string, tone?: "bad" | "warn" | "good" }} props */
export function Banner({ text, tone = "bad" }) {
  return text ? html`<p class=${`banner banner--${tone}`} role="alert">${text}</p>` : null;
}
