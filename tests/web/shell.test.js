import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { importMapOf, preloadLines, readShell, shellPreloads } from "../../scripts/web_preloads.mjs";

const WEB = join(import.meta.dirname, "../../server/web");

test("the shell preloads exactly the modules the page imports (else run scripts/web_preloads.mjs)", () => {
  const shell = readShell();
  assert.equal(shellPreloads(shell), preloadLines(shell));
});

test("the shell has nothing that a strict content security policy would stop", () => {
  const shell = readShell();
  assert.equal(shell.match(/<script type="importmap">/g)?.length, 1);
  assert.equal(shell.match(/<script(?![^>]* src=)/g)?.length, 1);
  assert.doesNotMatch(shell, /<style|\sstyle=|\son\w+=|https?:/);
});

test("all that the shell names is there", () => {
  const shell = readShell();
  const named = [...shell.matchAll(/(?:href|src)="\/assets\/([^"]+)"/g)].map(([, path]) => path);
  for (const path of [...named, ...Object.values(importMapOf(shell)).map((url) => url.slice("/assets/".length))]) {
    assert.ok(existsSync(join(WEB, path)), path);
  }
});

test("the style sheets reach for nothing outside", () => {
  for (const [, path] of readShell().matchAll(/href="\/assets\/(styles\/[^"]+)"/g)) {
    assert.doesNotMatch(readFileSync(join(WEB, path), "utf8"), /@import|url\(/, path);
  }
});

test("the script build of msgpack is there wherever the module that speaks for it is", () => {
  const shell = readShell();
  const [, script] = /<script [^>]*msgpack\.min\.js" data-pages="([^"]*)"/.exec(shell) ?? [];
  const [, module] = /<link [^>]*\/app\/msgpack\.js" data-pages="([^"]*)"/.exec(shell) ?? [];
  assert.ok(script);
  assert.equal(script, module);
});
