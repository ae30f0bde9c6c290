/** One's own page: who one is here, the ways to all that is one's own, and the account itself. */
import { useState } from "preact/hooks";

import { call } from "../api.js";
import { Page, SignedIn } from "../components/app_shell.js";
import { Avatar } from "../components/avatar.js";
import { Button } from "../components/button.js";
import { Chip, Count } from "../components/chip.js";
import { confirmed } from "../components/confirm.js";
import { Icon } from "../components/icons.js";
import { DeleteSheet } from "../components/me/delete_sheet.js";
import { NameSheet } from "../components/me/name_sheet.js";
import { PasswordSheet } from "../components/me/password_sheet.js";
import { toastError } from "../components/toast.js";
import { html } from "../html.js";
import { me, roles, unread } from "../me.js";
import "../messages/me.js";
import { leaveSession, session, signOut } from "../session.js";
import { t } from "../words/text.js";

export function Me() {
  const [isGone, setIsGone] = useState(false);
  if (isGone) {
    return html`<${Page} title=${t("me.gone_title")} place="me" width="form" lead=${t("me.gone_text")}><div class="row"><${Button} kind="primary" href="/">${t("app.go_lobby")}</${Button}></div></${Page}>`;
  }
  return html`<${Page} title=${t("me.title")} place="me" unseenTitle>
    <${SignedIn} icon="person" title=${t("me.signed_out_title")} text=${t("me.signed_out_text")}><${Hub} onGone=${() => setIsGone(true)} /></${SignedIn}>
  </${Page}>`;
}

/** @param {{ onGone: () => void }} props */
function Hub({ onGone }) {
  const { host, employer, moderator } = roles.value;
  return html`<div class="stack hub">
    <${Who} />
    <${Ways} title=${t("me.buying")}>
      <${Way} href="/orders" icon="receipt" label=${t("nav.orders")} hint=${t("me.orders_hint")} />
      <${Way} href="/me/addresses" icon="home" label=${t("me.addresses")} hint=${t("me.addresses_hint")} />
      <${Way} href="/me/follows" icon="star" label=${t("me.follows")} hint=${t("me.follows_hint")} />
    </${Ways}>
    <${Ways} title=${t("me.work")}>
      <${Way} href="/applications" icon="briefcase" label=${t("nav.applications")} hint=${t("me.applications_hint")} />
      <${Way} href="/me/resume" icon="edit" label=${t("me.resume")} hint=${t("me.resume_hint")} />
    </${Ways}>
    <${Ways} title=${t("me.business")}>
      <${Way} href="/studio" icon="camera" label=${t(host ? "nav.studio" : "me.become_host")} hint=${t(host ? "me.studio_hint" : "me.become_host_hint")} />
      <${Way} href="/employer" icon="people" label=${t(employer ? "nav.employer" : "me.become_employer")} hint=${t(employer ? "me.employer_hint" : "me.become_employer_hint")} />
      ${moderator && html`<${Way} href="/moderation" icon="shield" label=${t("nav.moderation")} hint=${t("me.moderation_hint")} />`}
    </${Ways}>
    <${Ways} title=${t("me.here")}>
      <${Way} href="/me/notices" icon="bell" label=${t("me.notices")} hint=${t("me.notices_hint")} count=${unread.value} />
      <${Way} href="/me/decisions" icon="shield" label=${t("me.decisions")} hint=${t("me.decisions_hint")} />
      <${Way} href="/me/settings" icon="sliders" label=${t("nav.settings")} hint=${t("me.settings_hint")} />
    </${Ways}>
    <${Account} onGone=${onGone} />
  </div>`;
}

function Who() {
  const [isNaming, setIsNaming] = useState(false);
  const person = session.value?.person;
  if (person === undefined) return null;
  const { host, employer, moderator } = roles.value;
  const memberships = me.value?.memberships ?? [];
  return html`<section class="card who" aria-label=${t("me.who")}>
    <${Avatar} name=${person.display_name} />
    <div class="grow">
      <p class="who__name">${person.display_name}</p>
      <p class="muted">${t("me.login", { login: person.login })}</p>
      ${memberships.length > 0 && html`<p class="muted">${memberships.map(({ name }) => name).join(" · ")}</p>`}
      <p class="row who__roles">
        ${host && html`<${Chip} icon="camera">${t("me.role_host")}</${Chip}>`}
        ${employer && html`<${Chip} icon="briefcase">${t("me.role_employer")}</${Chip}>`}
        ${moderator && html`<${Chip} icon="shield">${t("me.role_moderator")}</${Chip}>`}
      </p>
    </div>
    <${Button} size="s" onClick=${() => setIsNaming(true)}>${t("me.name_change")}</${Button}>
    ${isNaming && html`<${NameSheet} name=${person.display_name} onClose=${() => setIsNaming(false)} />`}
  </section>`;
}

/** @param {{ title: string, children?: any }} props */
function Ways({ title, children }) {
  return html`<section class="ways"><h2 class="ways__title">${title}</h2><ul class="ways__list">${children}</ul></section>`;
}

/** @param {{ href?: string, onClick?: () => void, icon: import("../components/icons.js").IconName, label: string, hint?: string, count?: number, danger?: boolean }} props */
function Way({ href, onClick, icon, label, hint, count = 0, danger = false }) {
  const face = html`<${Icon} name=${icon} /><span class="grow"><span class="ways__label">${label}<${Count} count=${count} label=${t("nav.unread", { count })} /></span>${hint && html`<span class="ways__hint">${hint}</span>`}</span>${href && html`<${Icon} name="chevron" />`}`;
  const name = `ways__way${danger ? " ways__way--danger" : ""}`;
  return html`<li>${href ? html`<a class=${name} href=${href}>${face}</a>` : html`<button type="button" class=${name} onClick=${onClick}>${face}</button>`}</li>`;
}

/** @param {{ onGone: () => void }} props */
function Account({ onGone }) {
  const [sheet, setSheet] = useState(/** @type {"" | "password" | "delete"} */ (""));
  const everywhere = async () => {
    if (!(await confirmed({ title: t("me.everywhere"), text: t("me.everywhere_ask"), yes: t("me.everywhere_yes") }))) return;
    try {
      await call("POST", "/api/me/sign-out-everywhere", { body: {} });
      leaveSession();
    } catch (error) {
      toastError(error);
    }
  };
  return html`<${Ways} title=${t("me.account")}>
      <${Way} icon="key" label=${t("me.password")} onClick=${() => setSheet("password")} />
      <${Way} icon="leave" label=${t("nav.sign_out")} onClick=${signOut} />
      <${Way} icon="phone" label=${t("me.everywhere")} hint=${t("me.everywhere_hint")} onClick=${everywhere} />
      <${Way} icon="trash" label=${t("me.delete")} hint=${t("me.delete_hint")} danger onClick=${() => setSheet("delete")} />
    </${Ways}>
    ${sheet === "password" && html`<${PasswordSheet} login=${session.value?.person.login ?? ""} onClose=${() => setSheet("")} />`}
    ${sheet === "delete" && html`<${DeleteSheet} onClose=${() => setSheet("")} onGone=${onGone} />`}`;
}
