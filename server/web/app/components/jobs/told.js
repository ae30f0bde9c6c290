/** While a room is watched: says at once that an application has moved. Importing this is enough. */
import { effect, untracked } from "@preact/signals";

import { arrived } from "../../notices.js";
import { tellings } from "../notices/jobs.js";
import { toast } from "../toast.js";

effect(() => {
  const notice = arrived.value;
  if (notice?.kind === "application_changed") untracked(() => toast(tellings.application_changed.title(notice.facts)));
});
