/** What the desk does by itself: asks again, holds what one works on, listens to keys, follows the address. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { RENEW_CLAIM_EVERY_MS } from "../../moderation/case_claim.js";
import { keysOn } from "../../moderation/preferences.js";
import { commandFor, isTyping } from "../../moderation/shortcuts.js";
import { t } from "../../words/text.js";
import { paneOfAddress, turnAddressTo } from "./desk_toolbar.js";

/** @typedef {import("../../moderation/desk.js").Desk} Desk */
/** @typedef {import("../../moderation/appeal_book.js").AppealBook} AppealBook */
/** @typedef {import("../../moderation/second_book.js").SecondBook} SecondBook */
/** @typedef {import("../../moderation/shortcuts.js").Command} Command */
/** @typedef {import("./desk_toolbar.js").Pane} Pane */

const RENEW_EVERY_MS = 4_000;
const RENEW_APPEALS_EVERY_MS = 10_000;
const RENEW_SECONDS_EVERY_MS = 20_000;

/**
 * The pane that is shown; the address keeps it, so that a reload comes back to it. On a phone the way back from a case
 * leads to the list.
 * @param {boolean} wide @returns {[Pane, (pane: Pane) => void]}
 */
export function usePane(wide) {
  const [pane, setPane] = useState(paneOfAddress);
  useEffect(() => {
    const turned = () => setPane(history.state?.deskPane ?? paneOfAddress());
    addEventListener("popstate", turned);
    return () => removeEventListener("popstate", turned);
  }, []);
  const turnTo = (/** @type {Pane} */ to) => {
    setPane(to);
    turnAddressTo(to, !wide);
  };
  return [pane, turnTo];
}

/** On a phone a case is read from its top, and the list is found again where one left it. @param {Pane} pane @param {string | null} caseId @param {boolean} wide */
export function useTop(pane, caseId, wide) {
  const listTop = useRef(0);
  useLayoutEffect(() => {
    if (wide) return undefined;
    scrollTo({ top: pane === "queue" ? listTop.current : 0, behavior: "instant" });
    if (pane !== "queue") return undefined;
    const note = () => {
      listTop.current = scrollY;
    };
    addEventListener("scroll", note, { passive: true });
    return () => removeEventListener("scroll", note);
  }, [pane, pane === "queue" ? null : caseId, wide]);
}

/** Keeps the case that lies open one's own, as long as it does and one looks at the page. @param {Desk} desk */
export function useHeldCase(desk) {
  useEffect(() => {
    const renew = () => {
      const { heldId } = desk.claim;
      if (!document.hidden && heldId.value !== null && heldId.value === desk.selectedId.value) desk.claim.renew();
    };
    const leave = () => desk.claim.leave();
    const timer = setInterval(renew, RENEW_CLAIM_EVERY_MS);
    document.addEventListener("visibilitychange", renew);
    addEventListener("pagehide", leave);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renew);
      removeEventListener("pagehide", leave);
    };
  }, [desk]);
}

/** Asks for the queue as it is looked at, and picks the first case where there is space to show one. @param {Desk} desk @param {boolean} wide */
export function useRenewal(desk, wide) {
  useEffect(() => {
    const renew = () => document.hidden || desk.renew();
    const asked = new URLSearchParams(location.search).get("case");
    desk.renew().then(() => (asked === null ? null : desk.openCase(asked)));
    const timer = setInterval(renew, RENEW_EVERY_MS);
    addEventListener("online", renew);
    document.addEventListener("visibilitychange", renew);
    return () => {
      clearInterval(timer);
      removeEventListener("online", renew);
      document.removeEventListener("visibilitychange", renew);
    };
  }, [desk]);
  const cases = desk.cases.value;
  useEffect(() => {
    if (wide && cases !== null && desk.selectedId.value === null) desk.select(desk.visible.value[0]?.case_id ?? null);
  }, [cases, wide]);
  useEffect(() => {
    const count = desk.openCount.value;
    document.title = `${count > 0 ? `(${count}) ` : ""}${t("moderation.title")} · ${t("app.name")}`;
  });
}

/** Asks for appeals and second looks now and then, and at once when they are looked at. @param {AppealBook} appeals @param {SecondBook} seconds @param {Pane} pane */
export function useBooks(appeals, seconds, pane) {
  useEffect(() => {
    const timers = [
      setInterval(() => document.hidden || appeals.renew(), RENEW_APPEALS_EVERY_MS),
      setInterval(() => document.hidden || seconds.renew(), RENEW_SECONDS_EVERY_MS),
    ];
    return () => timers.forEach(clearInterval);
  }, [appeals, seconds]);
  useEffect(() => {
    if (pane === "appeals" || appeals.appeals.value === null) appeals.renew();
    if (pane === "seconds" || seconds.actions.value === null) seconds.renew();
  }, [pane]);
}

/** Enter in the field for finding goes to what was found, Escape away from it: from there the keys work again. @param {Desk} desk @param {{ current: HTMLInputElement | null }} field */
export function useFind(desk, field) {
  useEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (event.target !== field.current || event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      if (event.key === "Escape") desk.words.value = "";
      field.current?.blur();
      const visible = desk.visible.value;
      if (!visible.some((one) => one.case_id === desk.selectedId.value)) desk.select(visible[0]?.case_id ?? null);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [desk]);
}

/** @param {(command: Command) => unknown} run */
export function useKeys(run) {
  const newest = useRef(run);
  newest.current = run;
  // Before the first key can be pressed on what is shown.
  useLayoutEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (document.querySelector("dialog[open]") !== null) return;
      const command = commandFor(event, { enabled: keysOn.value, typing: isTyping(event.target) });
      if (command === null) return;
      event.preventDefault();
      newest.current(command);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
