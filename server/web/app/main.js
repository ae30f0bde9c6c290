/** Starts the page that the address names. */
import { h, render } from "preact";

import { Lobby } from "./pages/lobby.js";
import { NotFound } from "./pages/not_found.js";
import { Orders } from "./pages/orders.js";
import { SignInPage } from "./pages/sign_in.js";
import { Watch } from "./pages/watch.js";
import { restoreSession } from "./session.js";

/** @param {string} pathname @returns {import("preact").VNode<any>} */
function pageFor(pathname) {
  if (pathname === "/") return h(Lobby, {});
  if (pathname === "/sign-in") return h(SignInPage, {});
  if (pathname === "/orders") return h(Orders, {});
  const room = /^\/rooms\/([^/]+)\/?$/.exec(pathname);
  return room === null ? h(NotFound, {}) : h(Watch, { slug: decodeURIComponent(room[1]) });
}

restoreSession();
render(pageFor(location.pathname), /** @type {HTMLElement} */ (document.getElementById("app")));
