/**
 * The frame of every page but the watch page: its head with the ways this person has, what the page shows, and on a
 * phone the same ways at the foot, under the thumb.
 */
import { useEffect } from "preact/hooks";

import { html } from "../html.js";
import "../messages/kit.js";
import { followMe, me, roles, unread } from "../me.js";
import { online } from "../online.js";
import { session, sessionReady, signOut } from "../session.js";
import { t } from "../words/text.js";
import { Avatar } from "./avatar.js";
import { Button } from "./button.js";
import { Count } from "./chip.js";
import { Icon } from "./icons.js";
import { LanguageSwitch } from "./language_switch.js";
import { Menu } from "./menu.js";
import { Loading, Notice } from "./notice.js";

/** @typedef {"lobby" | "orders" | "applications" | "studio" | "employer" | "moderation" | "notices" | "me" | ""} Place */
/** @typedef {{ place: Place, href: string, label: string, icon: import("./icons.js").IconName, count?: number }} Way */

/**
 * @param {{ title: string, place?: Place, width?: "form" | "list" | "page" | "full", lead?: string, back?: { href: string, label: string },
 *   actions?: any, unseenTitle?: boolean, children?: any }} props
 *   title: the page's h1 and the tab's name. place: the way that is lit. width: 460, 720 or 1180 px, or all there is.
 *   lead: a line under the title. actions: buttons beside it
 */
export function Page({ title, place = "", width = "list", lead = "", back, actions, unseenTitle = false, children }) {
  useEffect(() => {
    document.title = title ? `${title} · ${t("app.name")}` : t("app.name");
  }, [title]);
  return html`<div class="page">
    <a class="skip" href="#main">${t("app.skip")}</a>
    <${Head} place=${place} />
    <${OfflineBar} />
    <main id="main" tabindex="-1" class=${`main main--${width}`}>
      ${back && html`<a class="back-link" href=${back.href}><${Icon} name="back" />${back.label}</a>`}
      <div class=${unseenTitle ? "unseen" : "page-head"}>
        <div class="page-head__words"><h1 class="page-head__title">${title}</h1>${lead && html`<p class="page-head__lead">${lead}</p>`}</div>
        ${actions && html`<div class="page-head__actions">${actions}</div>`}
      </div>
      ${children}
    </main>
    <${FootBar} place=${place} />
  </div>`;
}

/**
 * Shows its children to those they are for; the others read why not, and what to do.
 * @param {{ role?: "host" | "employer" | "moderator", icon: import("./icons.js").IconName, title: string, text?: string, otherwise?: any, children?: any }} props
 *   title, text: to whoever isn't signed in. otherwise: instead of the usual words to those without the role
 */
export function SignedIn({ role, icon, title, text, otherwise, children }) {
  if (!sessionReady.value) return html`<${Loading} />`;
  if (session.value === null) {
    return html`<${Notice} icon=${icon} title=${title} text=${text}><${Button} kind="primary" href=${signInHref()}>${t("nav.sign_in")}</${Button}></${Notice}>`;
  }
  if (role === undefined) return children;
  if (me.value === null) return html`<${Loading} />`;
  if (roles.value[role]) return children;
  return otherwise ?? html`<${Notice} icon="shield" title=${t("app.not_yours_title")} text=${t("app.not_yours_text")}><${Button} kind="primary" href="/">${t("app.go_lobby")}</${Button}></${Notice}>`;
}

/** The sign-in page, which then leads back here. */
export const signInHref = () => `/sign-in?next=${encodeURIComponent(location.pathname === "/sign-in" ? "/" : location.pathname + location.search)}`;

/** @returns {Way[]} by what this person may do */
function ways() {
  const { host, employer, moderator } = roles.value;
  /** @type {(Way | false)[]} */
  const all = [
    { place: "lobby", href: "/", label: t("nav.lobby"), icon: "stall" },
    host && { place: "studio", href: "/studio", label: t("nav.studio"), icon: "camera" },
    employer && { place: "employer", href: "/employer", label: t("nav.employer"), icon: "briefcase" },
    moderator && { place: "moderation", href: "/moderation", label: t("nav.moderation"), icon: "shield" },
    { place: "orders", href: "/orders", label: t("nav.orders"), icon: "receipt" },
    !host && !employer && !moderator && { place: "applications", href: "/applications", label: t("nav.applications"), icon: "briefcase" },
  ];
  return /** @type {Way[]} */ (all.filter(Boolean));
}

/** Alone for a page that fills the window and needs no foot. @param {{ place?: Place }} props */
export function Head({ place = "" }) {
  useEffect(followMe, []);
  return html`<header class="page-header">
    <div class="page-header__row">
      <a class="brand" href="/"><span class="brand__mark"><${Icon} name="stall" /></span><span class="brand__name">${t("app.name")}</span></a>
      <nav class="page-header__ways" aria-label=${t("nav.main")}>${ways().map((way) => html`<a key=${way.place} class="way" href=${way.href} aria-current=${way.place === place ? "page" : undefined}>${way.label}</a>`)}</nav>
      <div class="page-header__own"><${LanguageSwitch} /><${Own} place=${place} /></div>
    </div>
    <div class="awning" aria-hidden="true"></div>
  </header>`;
}

/** @param {{ place: Place }} props */
function Own({ place }) {
  const current = session.value;
  if (current === null) {
    return html`<a class="nav-link" href=${signInHref()} aria-label=${t("nav.sign_in")}><${Icon} name="person" /><span class="nav-link__word">${t("nav.sign_in")}</span></a>`;
  }
  const name = current.person.display_name;
  return html`<a class="nav-link bell" href="/me/notices" aria-current=${place === "notices" ? "page" : undefined}><${Icon} name="bell" /><span class="unseen">${t("nav.notices")} </span><${Count} count=${unread.value} label=${t("nav.unread", { count: unread.value })} /></a>
    <${Menu} label=${t("nav.hello", { name })} items=${[
      { label: t("nav.me"), icon: "person", href: "/me" },
      { label: t("nav.orders"), icon: "receipt", href: "/orders" },
      { label: t("nav.applications"), icon: "briefcase", href: "/applications" },
      { label: t("nav.settings"), icon: "sliders", href: "/me/settings" },
      { label: t("nav.sign_out"), icon: "leave", onClick: signOut },
    ]}><${Avatar} name=${name} /></${Menu}>`;
}

/** @param {{ place: Place }} props the ways at the foot of a phone: five at most */
function FootBar({ place }) {
  /** @type {Way[]} */
  const shown = [
    ...ways().slice(0, 3),
    { place: "notices", href: "/me/notices", label: t("nav.notices"), icon: "bell", count: unread.value },
    { place: "me", href: "/me", label: t("nav.me"), icon: "person" },
  ];
  return html`<nav class="foot-bar" aria-label=${t("nav.foot")}>${shown.map((way) => html`<a key=${way.place} class="foot-bar__way" href=${way.href} aria-current=${way.place === place ? "page" : undefined}>
    <span class="foot-bar__icon"><${Icon} name=${way.icon} />${way.count !== undefined && html`<${Count} count=${way.count} label=${t("nav.unread", { count: way.count })} />`}</span><span class="foot-bar__word">${way.label}</span>
  </a>`)}</nav>`;
}

/** Said as long as the device has no network: what is on the page may be old, and nothing can be sent. */
export function OfflineBar() {
  return html`<div role="status">${!online.value && html`<p class="offline-bar"><${Icon} name="offline" />${t("app.offline_bar")}</p>`}</div>`;
}
