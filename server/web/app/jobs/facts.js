/** A job as it is shown, whether it comes from a card in the room, from the API, or from a form being filled. */

/** @typedef {import("./posts.js").PayRange} PayRange */
/**
 * @typedef {{ title: string, employer: string, place: string, headcount: number | null, employment: string, shift: string,
 *   benefits: string[], requirements: string[], description: string, valid_until: string | null, pay: PayRange | null,
 *   base: PayRange | null }} JobFacts pay is the total, base a part of it
 */

/** @param {Record<string, any>} source a card's value, a post, or the body of one @returns {JobFacts} */
export function factsOf(source) {
  return {
    title: source.title ?? "",
    employer: source.employer ?? "",
    place: source.place ?? "",
    headcount: source.headcount ?? null,
    employment: source.employment ?? "",
    shift: source.shift ?? "",
    benefits: source.benefits ?? [],
    requirements: source.requirements ?? [],
    description: source.description ?? "",
    valid_until: source.valid_until ?? null,
    pay: source.pay ?? rangeOf(source, "pay"),
    base: source.base_pay ?? rangeOf(source, "base"),
  };
}

/** @param {Record<string, any>} source @param {"pay" | "base"} which @returns {PayRange | null} null where it is not all known */
function rangeOf(source, which) {
  const min = source[`${which}_min_minor`];
  const max = source[`${which}_max_minor`];
  if (!min || !max) return null;
  return { min_minor: min, max_minor: max, currency: source.currency, unit: source.pay_unit };
}
