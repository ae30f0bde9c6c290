/** The HTTP API: JSON in and out, problem+json as errors, the token added, and renewed once when it has run out. */

const TIMEOUT_MS = 10_000;

/** The server answered, and the answer is no. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {Record<string, any>} facts */
  constructor(status, code, facts) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }
}

/** No answer came; whether the request was carried out is not known. */
export class Unreachable extends Error {}

/** What the session lends the API; session.js sets it, so that neither imports the other in a circle. */
export const bearer = {
  token: () => /** @type {string | null} */ (null),
  /** @type {() => Promise<boolean>} whether there is a fresh token now */
  renew: async () => false,
};

/**
 * @param {string} method @param {string} path
 * @param {{ body?: unknown, key?: string, signal?: AbortSignal, keepalive?: boolean }} [options] key: the Idempotency-Key
 * @returns {Promise<any>} the decoded body; null where there is none
 */
export async function call(method, path, options = {}) {
  const token = bearer.token();
  const response = await attempt(method, path, options, token);
  if (response.status === 401 && token !== null && (await bearer.renew())) {
    return take(await attempt(method, path, options, bearer.token()));
  }
  return take(response);
}

/**
 * @param {string} method @param {string} path
 * @param {{ body?: unknown, key?: string, keepalive?: boolean }} options keepalive: goes on when the page is left
 * @param {string | null} token
 */
export async function attempt(method, path, { body, key, keepalive = false }, token) {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (key !== undefined) headers.set("Idempotency-Key", key);
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(path, {
      method,
      headers,
      keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/** @param {Response} response @returns {Promise<any>} a film as a blob */
export async function take(response) {
  const type = response.headers.get("Content-Type") ?? "";
  const isJson = /json/.test(type);
  /** @type {any} */
  let body = null;
  try {
    if (isJson) body = await response.json();
    else if (type.startsWith("video/")) body = await response.blob();
  } catch {
    throw new Unreachable("the answer broke off");
  }
  if (response.ok) return body;
  throw new Problem(response.status, body?.code ?? codeOf(response.status), body ?? {});
}

/** @param {number} status */
function codeOf(status) {
  if (status === 401) return "not_signed_in";
  if (status === 403) return "not_allowed";
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "unavailable" : "unknown";
}
