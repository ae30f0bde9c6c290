/**
 * Starts the page that the address names. The shell preloads what that page imports (scripts/web_preloads.mjs), so that
 * the imports here find it on its way; a room is entered before there is anything to show it with.
 */

/** So long the interface waits for the first picture. */
const PICTURE_FIRST_MS = 300;

/** @typedef {{ component: import("preact").ComponentType<any>, props: Record<string, unknown> }} Page */

/**
 * The pages beside the watch page, by their paths; what stands in braces becomes a property.
 *
 * @type {ReadonlyArray<[string, () => Promise<import("preact").ComponentType<any>>]>}
 */
const PAGES = [
  ["/", () => import("./pages/lobby.js").then((module) => module.Lobby)],
  ["/sign-in", () => import("./pages/sign_in.js").then((module) => module.SignInPage)],
  ["/orders", () => import("./pages/orders.js").then((module) => module.Orders)],
  ["/studio", () => import("./pages/studio.js").then((module) => module.Studio)],
  ["/studio/rooms/{slug}", () => import("./pages/studio_room.js").then((module) => module.StudioRoom)],
  ["/applications", () => import("./pages/applications.js").then((module) => module.Applications)],
  ["/me/resume", () => import("./pages/resume.js").then((module) => module.Resume)],
  ["/employer", () => import("./pages/employer.js").then((module) => module.Employer)],
  ["/employer/posts/{job_id}", () => import("./pages/employer_post.js").then((module) => module.EmployerPost)],
  ["/moderation", () => import("./pages/moderation.js").then((module) => module.Moderation)],
  ["/me", () => import("./pages/me.js").then((module) => module.Me)],
  ["/me/notices", () => import("./pages/notices.js").then((module) => module.Notices)],
  ["/me/decisions", () => import("./pages/decisions.js").then((module) => module.Decisions)],
  ["/me/addresses", () => import("./pages/addresses.js").then((module) => module.Addresses)],
  ["/me/follows", () => import("./pages/follows.js").then((module) => module.Follows)],
  ["/me/settings", () => import("./pages/settings.js").then((module) => module.Settings)],
];

/** @param {string} path @param {string} pathname @returns {Record<string, string> | null} the parts in braces, where it fits */
function partsOf(path, pathname) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const found = new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}/?$`).exec(pathname);
  return found && Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])]));
}

/** @param {string} pathname @returns {Promise<Page>} */
async function pageFor(pathname) {
  for (const [path, load] of PAGES) {
    const props = partsOf(path, pathname);
    if (props !== null) return { component: await load(), props };
  }
  const room = partsOf("/rooms/{slug}", pathname);
  if (room === null) return { component: (await import("./pages/not_found.js")).NotFound, props: {} };
  const { joinEarly } = await import("./live/room_feed.js");
  // Drawing the interface takes as long as bringing the picture, and would hold it up.
  await Promise.race([joinEarly(room.slug), new Promise((resolve) => setTimeout(resolve, PICTURE_FIRST_MS))]);
  return { component: (await import("./pages/watch.js")).Watch, props: room };
}

const [{ show }, { component, props }] = await Promise.all([import("./show.js"), pageFor(location.pathname)]);
show(component, props);

export {};
