/** Cases as the API gives them, for the tests of the desk. */

/**
 * @param {string} id @param {number} minute when it came @param {Partial<import("../../server/web/app/moderation/desk_api.js").Case>} [facts]
 * @returns {import("../../server/web/app/moderation/desk_api.js").Case}
 */
export function caseOf(id, minute, facts = {}) {
  return {
    case_id: id,
    kind: "line",
    state: "open",
    target_id: `line-${id}`,
    room: { room_id: "r", slug: "orchard", title: "Orchard", kind: "farm" },
    subject: { person_id: `person-${id}`, display_name: `Name ${id}`, role: "viewer", state: "active", muted: false, muted_until: null, earlier_removals: 0, points: 0, suggested: "warn", restrictions: [] },
    text: `text ${id}`,
    spans: [],
    rules: [],
    action: "flag",
    score: 0,
    on_screen: true,
    reports: [],
    around: [],
    actions: [],
    card: null,
    photo_url: null,
    clip: null,
    screen_id: `line-${id}`,
    claimed_by: null,
    claimed_by_name: null,
    claimed_until: null,
    alike: 1,
    appeal_words: null,
    created_at: new Date(minute * 60_000).toISOString(),
    version: 1,
    ...facts,
  };
}

/**
 * @param {string} id @param {Partial<import("../../server/web/app/moderation/desk_api.js").Action>} [facts]
 * @returns {import("../../server/web/app/moderation/desk_api.js").Action}
 */
export function actionOf(id, facts = {}) {
  return {
    action_id: id, kind: "remove", actor_name: "Mod", actor_role: "moderator", subject_id: "person", subject_name: "Name", case_id: null, room_slug: "orchard", text: "text",
    reason: "scam", at: "2026-01-01T00:00:00Z", undone_at: null, undone_by_name: null, undo_reason: null, second: null,
    until: null, ...facts,
  };
}
