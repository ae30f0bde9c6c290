/** Applications over the API, the applicant's side and the employer's, and the states they go through. */
import { call } from "../api.js";

/**
 * @typedef {"submitted" | "viewed" | "contacted" | "interview" | "offered" | "hired" | "rejected" | "withdrawn"} State
 * @typedef {{ state: State, at: string, note: string }} Step
 * @typedef {{ at: string, by_name: string, kind: "listed" | "opened" }} Look listed: seen in a list; opened: read whole
 * @typedef {{ pay_min_minor: number, pay_max_minor: number, currency: string, pay_unit: string }} Pay
 * @typedef {{ application_id: string, job_id: string, job_title: string, employer: string, place: string, pay: Pay,
 *   room_slug: string | null, state: State, history: Step[], phone_shared: boolean, message: string, created_at: string,
 *   updated_at: string, version: number, seen?: Look[] }} MyApplication
 * @typedef {{ application_id: string, job_id: string, job_title: string, name: string, city: string,
 *   years_experience: number | null, expected_pay: string, phone: string, state: State, created_at: string,
 *   updated_at: string }} Applicant as an employer's list has it; the phone masked unless it is shared, all of it empty
 *   when the employer's time to read it is over
 * @typedef {Applicant & { resume: import("./resumes.js").Resume | null, access_ends_at: string, message: string, history: Step[], phone_shared: boolean,
 *   may_become: State[] }} ApplicantDetail
 */

/** The way of an application that goes well, in order. @type {readonly State[]} */
export const WAY = ["submitted", "viewed", "contacted", "interview", "offered", "hired"];
/** All states, as an employer's filter offers them. @type {readonly State[]} */
export const STATES = [...WAY, "rejected", "withdrawn"];
const ENDS = new Set(["hired", "rejected", "withdrawn"]);

/** @param {{ state: State }} application */
export const isEnded = ({ state }) => ENDS.has(state);

/**
 * The way as it stands for one application: what it has passed (also by skipping), where it is, what may come. One that
 * was refused or withdrawn ends where it stood before.
 * @param {{ state: State, history: Step[] }} application
 * @returns {{ state: State, standing: "done" | "now" | "ahead" }[]}
 */
export function wayOf({ state, history }) {
  const reached = Math.max(0, ...[state, ...history.map((step) => step.state)].map((one) => WAY.indexOf(one)));
  if (WAY.includes(state)) {
    const at = WAY.indexOf(state);
    return WAY.map((one, index) => ({ state: one, standing: index < at ? "done" : index === at ? "now" : "ahead" }));
  }
  return [
    ...WAY.slice(0, reached + 1).map((one) => ({ state: one, standing: /** @type {const} */ ("done") })),
    { state, standing: "now" },
  ];
}

/** @param {MyApplication[]} applications @param {string} jobId @returns {MyApplication | null} the one for this post */
export const applicationFor = (applications, jobId) => applications.find((one) => one.job_id === jobId) ?? null;

/** @param {{ jobId: string, roomSlug: string | null, cardId: string | null, message: string }} choice @param {string} key @returns {Promise<MyApplication>} */
export function apply({ jobId, roomSlug, cardId, message }, key) {
  /** @type {Record<string, string>} */
  const body = {};
  if (roomSlug) body.room_slug = roomSlug;
  if (cardId) body.card_id = cardId;
  if (message.trim()) body.message = message.trim();
  return call("POST", `/api/jobs/${jobId}/applications`, { key, body });
}

/** @returns {Promise<MyApplication[]>} newest first */
export const fetchMyApplications = async () => (await call("GET", "/api/me/applications")).applications;

/** With who has looked at it. @param {string} applicationId @returns {Promise<MyApplication>} */
export const fetchMyApplication = (applicationId) => call("GET", `/api/me/applications/${applicationId}`);

/** @param {string} applicationId @returns {Promise<MyApplication>} */
export const withdrawApplication = (applicationId) =>
  call("POST", `/api/me/applications/${applicationId}/withdraw`, { body: {} });

/** @param {string} applicationId @param {boolean} shared @returns {Promise<MyApplication>} */
export const sharePhone = (applicationId, shared) =>
  call("POST", `/api/me/applications/${applicationId}/phone`, { body: { shared } });

/**
 * @param {string} orgId @param {{ jobId?: string, state?: string, before?: string | null }} [filter]
 * @returns {Promise<{ applications: Applicant[], next_before: string | null }>}
 */
export function fetchApplicants(orgId, { jobId, state, before } = {}) {
  const query = new URLSearchParams();
  if (jobId) query.set("job_id", jobId);
  if (state) query.set("state", state);
  if (before) query.set("before", before);
  return call("GET", `/api/orgs/${orgId}/applications?${query}`);
}

/** Opening one that nobody had looked at marks it as viewed. @param {string} orgId @param {string} applicationId @returns {Promise<ApplicantDetail>} */
export const fetchApplicant = (orgId, applicationId) => call("GET", `/api/orgs/${orgId}/applications/${applicationId}`);

/** @param {string} orgId @param {string} applicationId @param {State} state @param {string} note @returns {Promise<ApplicantDetail>} */
export const moveApplicant = (orgId, applicationId, state, note) =>
  call("POST", `/api/orgs/${orgId}/applications/${applicationId}/state`, { body: { state, note } });
