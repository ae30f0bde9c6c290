/**
 * What one is told. The list comes from the API; what comes about while a room is open is brought by its socket, and
 * counts at once (me.js keeps the count).
 */
import { signal } from "@preact/signals";

import { call } from "./api.js";

/** @typedef {import("./live/wire.js").NoticeFacts & { read: boolean }} Notice */

/** The newest notice that a socket brought on this page. @type {import("@preact/signals").Signal<Notice | null>} */
export const arrived = signal(null);

/** @param {import("./live/wire.js").NoticeFacts} notice */
export function hearNotice(notice) {
  if (arrived.peek()?.notice_id !== notice.notice_id) arrived.value = { ...notice, read: false };
}

/** @param {string | null} before @returns {Promise<{ notices: Notice[], unread: number, next_before: string | null }>} newest first */
export const fetchNotices = (before) => call("GET", `/api/me/notices${before === null ? "" : `?before=${before}`}`);

export const readNotices = () => call("POST", "/api/me/notices/read", { body: {} });
