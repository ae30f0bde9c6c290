/** What kind of room it is, in words. */
import { t } from "./text.js";

/** @param {string} kind */
export function kindText(kind) {
  if (kind === "farm") return t("kind.farm");
  return kind === "jobs" ? t("kind.jobs") : t("kind.other");
}
