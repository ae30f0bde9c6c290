/**
 * Lists every module that the page loads, so that the browser asks for all of them at once and not wave by wave.
 *
 * `node scripts/web_preloads.mjs` writes the list into server/web/shell.html; the tests hold the shell to it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "..", "server", "web");
const SHELL = join(WEB, "shell.html");
const IMPORT = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?"([^"]+)"/g;
const BLOCK = /(<!-- preload: begin -->\n)([\s\S]*?)(<!-- preload: end -->)/;

/** @returns {string} */
export const readShell = () => readFileSync(SHELL, "utf8");

/** @param {string} shell @returns {Record<string, string>} */
export function importMapOf(shell) {
  const [, json] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(shell) ?? [];
  return JSON.parse(json ?? "{}").imports;
}

/** @param {string} shell @returns {string[]} paths as the browser asks for them, in order of discovery */
export function moduleUrls(shell) {
  const imports = importMapOf(shell);
  const found = ["/assets/app/main.js"];
  for (const url of found) {
    const file = join(WEB, relative("/assets", url));
    for (const [, name] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      const target = name.startsWith(".") ? `/assets/${relative(WEB, join(dirname(file), name))}` : imports[name];
      if (target === undefined) throw new Error(`${url} imports ${name}, which the import map does not name`);
      if (!found.includes(target)) found.push(target);
    }
  }
  return found;
}

/** @param {string} shell */
export const preloadLines = (shell) =>
  moduleUrls(shell)
    .map((url) => `<link rel="modulepreload" href="${url}">\n`)
    .join("");

/** @param {string} shell @returns {string} the lines that the shell has */
export const shellPreloads = (shell) => BLOCK.exec(shell)?.[2] ?? "";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shell = readShell();
  writeFileSync(SHELL, shell.replace(BLOCK, (_, begin, _old, end) => begin + preloadLines(shell) + end));
}
