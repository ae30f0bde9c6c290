/**
 * Lists every module that a page loads at first, so that the browser asks for all of them at once and not wave by wave.
 *
 * `node scripts/web_preloads.mjs` writes the list into server/web/shell.html; the tests hold the shell to it. A line is
 * marked with the pages it is for, unless all need it; the server drops the others' lines. What comes first is asked
 * for first: on the watch page what enters the room and plays, then its interface.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "..", "server", "web");
const SHELL = join(WEB, "shell.html");
const IMPORT = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?"([^"]+)"/g;
const BLOCK = /(<!-- preload: begin -->\n)([\s\S]*?)(<!-- preload: end -->)/;

/** What app/main.js imports for each page, in order. @type {Record<string, string[]>} */
const PAGES = {
  watch: ["main.js", "live/room_feed.js", "show.js", "pages/watch.js"],
  lobby: ["main.js", "show.js", "pages/lobby.js"],
  orders: ["main.js", "show.js", "pages/orders.js"],
  sign_in: ["main.js", "show.js", "pages/sign_in.js"],
  studio: ["main.js", "show.js", "pages/studio.js"],
  studio_room: ["main.js", "show.js", "pages/studio_room.js"],
  applications: ["main.js", "show.js", "pages/applications.js"],
  resume: ["main.js", "show.js", "pages/resume.js"],
  employer: ["main.js", "show.js", "pages/employer.js"],
  employer_post: ["main.js", "show.js", "pages/employer_post.js"],
  moderation: ["main.js", "show.js", "pages/moderation.js"],
  me: ["main.js", "show.js", "pages/me.js"],
  notices: ["main.js", "show.js", "pages/notices.js"],
  decisions: ["main.js", "show.js", "pages/decisions.js"],
  addresses: ["main.js", "show.js", "pages/addresses.js"],
  follows: ["main.js", "show.js", "pages/follows.js"],
  settings: ["main.js", "show.js", "pages/settings.js"],
  not_found: ["main.js", "show.js", "pages/not_found.js"],
};

/** @returns {string} */
export const readShell = () => readFileSync(SHELL, "utf8");

/** @param {string} shell @returns {Record<string, string>} */
export function importMapOf(shell) {
  const [, json] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(shell) ?? [];
  return JSON.parse(json ?? "{}").imports;
}

/** @param {string[]} entries @param {Record<string, string>} imports @returns {string[]} each entry with what it imports, breadth first */
function moduleUrls(entries, imports) {
  /** @type {string[]} */
  const all = [];
  for (const entry of entries) {
    const found = [`/assets/app/${entry}`];
    for (const url of found) {
      const file = join(WEB, relative("/assets", url));
      for (const [, name] of readFileSync(file, "utf8").matchAll(IMPORT)) {
        const target = name.startsWith(".") ? `/assets/${relative(WEB, join(dirname(file), name))}` : imports[name];
        if (target === undefined) throw new Error(`${url} imports ${name}, which the import map does not name`);
        if (!found.includes(target)) found.push(target);
      }
    }
    for (const url of found) if (!all.includes(url)) all.push(url);
  }
  return all;
}

/** @param {string} shell */
export function preloadLines(shell) {
  const imports = importMapOf(shell);
  /** @type {Map<string, string[]>} */
  const pagesByUrl = new Map();
  for (const [page, entries] of Object.entries(PAGES)) {
    for (const url of moduleUrls(entries, imports)) pagesByUrl.set(url, [...(pagesByUrl.get(url) ?? []), page]);
  }
  const all = Object.keys(PAGES).length;
  return [...pagesByUrl]
    .map(([url, pages]) => [url, pages.length === all ? "" : ` data-pages="${pages.join(" ")}"`])
    .map(([url, only]) => `<link rel="modulepreload" href="${url}"${only}>\n`)
    .join("");
}

/** @param {string} shell @returns {string} the lines that the shell has */
export const shellPreloads = (shell) => BLOCK.exec(shell)?.[2] ?? "";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shell = readShell();
  writeFileSync(SHELL, shell.replace(BLOCK, (_, begin, _old, end) => begin + preloadLines(shell) + end));
}
