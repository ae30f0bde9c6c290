/** What to tell the visitor about a refusal or failure, by its code. */
import { Problem } from "../api.js";
import { Refused } from "../live/refusals.js";
import { isMessage, language, t, timeText } from "./text.js";

/** @param {string} code @param {Record<string, any>} facts @returns {string} */
export function codeText(code, facts = {}) {
  if (code === "rate_limited") {
    if (typeof facts.retry_after_ms !== "number") return t("error.too_many");
    return t("error.rate_limited", { seconds: Math.max(1, Math.ceil(facts.retry_after_ms / 1000)) });
  }
  if (code === "filtered") return reasonText(facts);
  if (code === "muted") return mutedText(facts);
  const key = `error.${code}`;
  return isMessage(key) ? t(key) : t("error.unknown");
}

/** @param {Record<string, any>} facts @returns {string} that one can't speak, and until when */
function mutedText(facts) {
  const said = typeof facts.reason_zh === "string" ? reasonText(facts) : t("error.muted");
  return typeof facts.until === "string" ? `${said} ${t("error.muted_until", { time: timeText(facts.until) })}` : said;
}

/** A filter's own words on why, which its rule pack gives in both languages. @param {Record<string, any>} facts @returns {string} */
export function reasonText(facts) {
  const reason = language.value === "zh" ? facts.reason_zh : facts.reason_en;
  return typeof reason === "string" && reason !== "" ? reason : t("error.filtered");
}

/** @param {unknown} error @returns {string} */
export function errorText(error) {
  if (error instanceof Problem) return codeText(error.code, error.facts);
  if (error instanceof Refused) return codeText(error.code, error.facts);
  return t("error.network");
}
