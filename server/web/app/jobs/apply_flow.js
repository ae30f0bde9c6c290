/** What somebody who opened a job may do now: one face of the sheet at a time. */
import { isTaking } from "./posts.js";

/** @typedef {"loading" | "closed" | "applied" | "sign_in" | "resume" | "ready"} Face sign_in, resume: what stands between them and applying */

/**
 * One's own application is told of first, also where the post has closed since; who is not signed in is not asked to
 * sign in for a post that takes nobody.
 * @param {{ isSignedIn: boolean | null, post: { state: string, expired?: boolean } | null | undefined,
 *   application: unknown | null, resume: unknown | null }} known
 *   isSignedIn: null while it isn't settled. post: undefined until it has come, null where there is none (any more)
 * @returns {Face}
 */
export function faceOf({ isSignedIn, post, application, resume }) {
  if (isSignedIn === null || post === undefined) return "loading";
  if (application !== null) return "applied";
  if (post === null || !isTaking(post)) return "closed";
  if (!isSignedIn) return "sign_in";
  return resume === null ? "resume" : "ready";
}
