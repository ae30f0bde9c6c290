/** The hosts whom one follows: who is on air now, who has announced a show. */
import { call } from "../api.js";
import { Page, SignedIn } from "../components/app_shell.js";
import { Avatar } from "../components/avatar.js";
import { Button } from "../components/button.js";
import { Chip } from "../components/chip.js";
import { Icon } from "../components/icons.js";
import { Async, Empty, useLoad } from "../components/states.js";
import { toast, toastError } from "../components/toast.js";
import { html } from "../html.js";
import "../messages/me.js";
import { t, timeText } from "../words/text.js";

/**
 * @typedef {{ slug: string, title: string, kind: string, on_air: boolean, scheduled_at: string | null }} Room
 * @typedef {{ person_id: string, display_name: string, since: string, rooms: Room[] }} Host
 */

const RENEW_EVERY_MS = 15_000;

/** @returns {Promise<Host[]>} those on air first */
async function fetchFollows() {
  /** @type {Host[]} */
  const hosts = (await call("GET", "/api/me/follows")).hosts;
  const isLive = (/** @type {Host} */ host) => host.rooms.some((room) => room.on_air);
  return [...hosts.filter(isLive), ...hosts.filter((host) => !isLive(host))];
}

export function Follows() {
  return html`<${Page} title=${t("me.follows")} place="me" back=${{ href: "/me", label: t("nav.me") }}>
    <${SignedIn} icon="star" title=${t("me.follows_signed_out")} text=${t("me.signed_out_text")}><${List} /></${SignedIn}>
  </${Page}>`;
}

function List() {
  const load = useLoad(fetchFollows, [], { everyMs: RENEW_EVERY_MS });
  const hosts = load.value ?? [];
  const unfollow = async (/** @type {Host} */ host) => {
    const path = `/api/hosts/${host.person_id}/follow`;
    try {
      await call("DELETE", path);
      load.set(hosts.filter((one) => one !== host));
      toast(t("me.unfollowed", { name: host.display_name }), { undo: async () => { await call("PUT", path); await load.reload(); } });
    } catch (error) {
      toastError(error);
    }
  };
  const empty = html`<${Empty} icon="star" title=${t("me.follows_empty_title")} text=${t("me.follows_empty_text")}><${Button} kind="primary" href="/">${t("app.go_lobby")}</${Button}></${Empty}>`;
  const show = () => html`<ul class="stack follows">${hosts.map((host) => html`<li key=${host.person_id} class="card">
    <div class="follows__host"><${Avatar} name=${host.display_name} /><h2 class="follows__name grow">${host.display_name}</h2>
      <${Button} size="s" label=${t("me.unfollow_whom", { name: host.display_name })} onClick=${() => unfollow(host)}>${t("me.unfollow")}</${Button}></div>
    <ul class="follows__rooms">${host.rooms.map((room) => html`<li key=${room.slug}><a class="follows__room" href=${`/rooms/${encodeURIComponent(room.slug)}`}>
      <${Icon} name=${room.kind === "jobs" ? "briefcase" : "leaf"} /><span class="grow">${room.title}</span><${Standing} room=${room} /><${Icon} name="chevron" />
    </a></li>`)}</ul>
  </li>`)}</ul>`;
  return html`<${Async} of=${load} rows=${2} isEmpty=${() => hosts.length === 0} empty=${empty} show=${show} />`;
}

/** @param {{ room: Room }} props */
function Standing({ room }) {
  if (room.on_air) return html`<${Chip} tone="live">${t("lobby.on_air")}</${Chip}>`;
  if (room.scheduled_at !== null && Date.parse(room.scheduled_at) > Date.now()) return html`<${Chip} tone="info" icon="calendar">${timeText(room.scheduled_at)}</${Chip}>`;
  return html`<${Chip}>${t("lobby.off_air")}</${Chip}>`;
}
