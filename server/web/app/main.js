/**
 * Starts the page that the address names. The shell preloads what that page imports (scripts/web_preloads.mjs), so that
 * the imports here find it on its way; a room is entered before there is anything to show it with.
 */

/** So long the interface waits for the first picture. */
const PICTURE_FIRST_MS = 300;

/** @typedef {{ component: import("preact").ComponentType<any>, props: Record<string, unknown> }} Page */

/** @param {string} pathname @returns {Promise<Page>} */
async function pageFor(pathname) {
  if (pathname === "/") return { component: (await import("./pages/lobby.js")).Lobby, props: {} };
  if (pathname === "/sign-in") return { component: (await import("./pages/sign_in.js")).SignInPage, props: {} };
  if (pathname === "/orders") return { component: (await import("./pages/orders.js")).Orders, props: {} };
  const room = /^\/rooms\/([^/]+)\/?$/.exec(pathname);
  if (room === null) return { component: (await import("./pages/not_found.js")).NotFound, props: {} };
  const slug = decodeURIComponent(room[1]);
  const { joinEarly } = await import("./live/room_feed.js");
  // Drawing the interface takes as long as bringing the picture, and would hold it up.
  await Promise.race([joinEarly(slug), new Promise((resolve) => setTimeout(resolve, PICTURE_FIRST_MS))]);
  return { component: (await import("./pages/watch.js")).Watch, props: { slug } };
}

const [{ show }, { component, props }] = await Promise.all([import("./show.js"), pageFor(location.pathname)]);
show(component, props);

export {};
