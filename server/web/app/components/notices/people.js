/** What one is told of the people one follows. */
import "../../messages/me.js";
import { t } from "../../words/text.js";

/** @type {Record<string, import("./registry.js").Telling>} */
export const tellings = {
  host_on_air: {
    icon: "camera",
    title: ({ host_name: name, room_title: title }) => t("me.notice_host_on_air", { name, title }),
    href: ({ room_slug: slug }) => `/rooms/${encodeURIComponent(slug)}`,
  },
};
