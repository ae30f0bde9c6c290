/** What one is told of claims that the order book contradicts. */
import "../../messages/me.js";
import { t } from "../../words/text.js";
import { DecisionBody } from "../moderation/decision.js";

/** @type {Record<string, import("./registry.js").Telling>} */
export const tellings = { claim_doubted: { icon: "alert", title: () => t("me.notice_claim_doubted"), Body: DecisionBody } };
