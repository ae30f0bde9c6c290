/** The kinds of notice that tell somebody of a decision about their words or account. */
export const DECISION_KINDS = new Set([
  "line_held",
  "line_approved",
  "line_removed",
  "card_removed",
  "post_removed",
  "title_removed",
  "name_removed",
  "report_upheld",
  "muted",
  "mute_lifted",
  "account_closed",
  "account_reopened",
  "decision_undone",
]);
