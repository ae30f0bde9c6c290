/**
 * How each kind of notice is put: every part of the site has its own file beside this one. A kind that none of them
 * knows is still told, as something new.
 */
import "../../messages/me.js";
import { t } from "../../words/text.js";
import { tellings as claims } from "./claims.js";
import { tellings as jobs } from "./jobs.js";
import { tellings as moderation } from "./moderation.js";
import { tellings as people } from "./people.js";

/**
 * @typedef {{ icon: import("../icons.js").IconName, title: (facts: Record<string, any>) => string,
 *   href?: (facts: Record<string, any>) => string | null, Body?: import("preact").ComponentType<{ notice: import("../../notices.js").Notice }> }} Telling
 *   href: where one looks at it, if anywhere. Body: stands under the title; no links in it beside an href
 */

/** @type {Record<string, Telling>} */
const TELLINGS = { ...people, ...jobs, ...moderation, ...claims };

/** @type {Telling} */
const OTHER = { icon: "bell", title: () => t("me.notice_other") };

/** @param {string} kind @returns {Telling} */
export const tellingOf = (kind) => (Object.hasOwn(TELLINGS, kind) ? TELLINGS[kind] : OTHER);
