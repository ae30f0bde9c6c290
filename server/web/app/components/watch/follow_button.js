/** Follow the host, or no longer: who follows is told when the host goes on air. */
import { useEffect, useState } from "preact/hooks";

import { call } from "../../api.js";
import { html } from "../../html.js";
import "../../messages/room.js";
import { session, sessionReady } from "../../session.js";
import { t } from "../../words/text.js";
import { Icon } from "../icons.js";
import { toast, toastError } from "../toast.js";

/** @param {{ hostId: string, onSignIn: () => void }} props */
export function FollowButton({ hostId, onSignIn }) {
  const [followed, setFollowed] = useState(/** @type {boolean | null} */ (null));
  const [busy, setBusy] = useState(false);
  const personId = session.value?.person.person_id ?? null;
  const base = `/api/hosts/${hostId}`;
  useEffect(() => {
    if (!sessionReady.value) return;
    call("GET", base)
      .then((host) => setFollowed(host.followed === true))
      .catch(() => setFollowed(null)); // without an answer there is no button
  }, [hostId, personId, sessionReady.value]);
  if (followed === null || personId === hostId) return null;
  const turn = async () => {
    if (personId === null) return onSignIn();
    setBusy(true);
    try {
      await call(followed ? "DELETE" : "PUT", `${base}/follow`);
      setFollowed(!followed);
      toast(t(followed ? "room.unfollowed" : "room.followed"));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return html`<button type="button" class=${`follow${followed ? " follow--on" : ""}`} aria-pressed=${followed} disabled=${busy} onClick=${turn}>
    <${Icon} name=${followed ? "check" : "plus"} />${t(followed ? "room.following" : "room.follow")}
  </button>`;
}
