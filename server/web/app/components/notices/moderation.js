/** What one is told of decisions about one's own words and account. */
import { DecisionBody, decisionHref, decisionIcon, decisionTitle } from "../moderation/decision.js";
import { DECISION_KINDS } from "../moderation/decision_kinds.js";

/** @type {Record<string, import("./registry.js").Telling>} */
export const tellings = Object.fromEntries(
  [...DECISION_KINDS].map((kind) => [kind, { icon: decisionIcon(kind), title: (facts) => decisionTitle(kind, facts), href: decisionHref, Body: DecisionBody }]),
);
