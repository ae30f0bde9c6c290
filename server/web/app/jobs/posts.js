/** Job posts over the API: the public side of one, and those of an organisation. */
import { call } from "../api.js";

/**
 * @typedef {{ min_minor: number, max_minor: number, currency: string, unit: string }} PayRange
 * @typedef {{ job_id: string, org_id: string, title: string, employer: string, headcount: number | null, place: string,
 *   base_min_minor: number | null, base_max_minor: number | null, pay_min_minor: number | null, pay_max_minor: number | null,
 *   currency: string, pay_unit: string, employment: string, shift: string, benefits: string[], requirements: string[],
 *   description: string, valid_until: string | null, state: "draft" | "open" | "withdrawn", expired: boolean,
 *   removed?: boolean, applications: number, created_at: string }} Post a draft may lack anything; removed: by a moderator
 */

/** @param {string} jobId @returns {Promise<Post>} */
export const fetchPost = (jobId) => call("GET", `/api/jobs/${encodeURIComponent(jobId)}`);

/** @param {string} orgId @returns {Promise<Post[]>} newest first */
export const fetchPosts = async (orgId) => (await call("GET", `/api/orgs/${orgId}/posts`)).posts;

/** @param {Record<string, unknown>} body @param {string} key */
export const createPost = (body, key) => call("POST", "/api/jobs", { body, key });

/** @param {string} jobId @param {Record<string, unknown>} body @returns {Promise<Post>} */
export const changePost = (jobId, body) => call("PATCH", `/api/jobs/${jobId}`, { body });

/** @param {string} jobId @returns {Promise<Post>} */
export const publishPost = (jobId) => call("POST", `/api/jobs/${jobId}/publish`, { body: {} });

/** @param {string} jobId @returns {Promise<Post>} */
export const withdrawPost = (jobId) => call("POST", `/api/jobs/${jobId}/withdraw`, { body: {} });

/** @param {string} name @param {string} key @returns {Promise<{ org_id: string }>} */
export const createEmployer = (name, key) => call("POST", "/api/orgs", { body: { kind: "employer", name }, key });

/** Whether it can be applied for. @param {{ state: string, expired?: boolean }} post */
export const isTaking = (post) => post.state === "open" && post.expired !== true;

/**
 * How it stands, in one word.
 * @param {{ state: "draft" | "open" | "withdrawn", expired: boolean, removed?: boolean }} post
 * @returns {"draft" | "open" | "withdrawn" | "expired" | "removed"}
 */
export function standingOf({ state, expired, removed = false }) {
  if (removed) return "removed";
  return state === "open" && expired ? "expired" : state;
}
