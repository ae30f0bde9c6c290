import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceFor, commandFor, keyOf, SHORTCUTS } from "../../server/web/app/moderation/shortcuts.js";

/** @param {string} key @param {Partial<import("../../server/web/app/moderation/shortcuts.js").KeyPress>} [facts] */
const press = (key, facts = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false, ...facts });
const free = { enabled: true, typing: false };

test("each key means one thing, and each thing has one key", () => {
  assert.equal(new Set(SHORTCUTS.map(({ key }) => key)).size, SHORTCUTS.length);
  assert.equal(new Set(SHORTCUTS.map(({ command }) => command)).size, SHORTCUTS.length);
  for (const { key, command } of SHORTCUTS) {
    assert.equal(commandFor(press(key), free), command);
    assert.equal(keyOf(command), key.toUpperCase());
  }
  assert.equal(commandFor(press("A"), free), "approve", "with the capitals locked");
  assert.equal(commandFor(press("z"), free), null);
});

test("keys say nothing while one types or composes, or when they are turned off", () => {
  assert.equal(commandFor(press("a"), { enabled: true, typing: true }), null);
  assert.equal(commandFor(press("a"), { enabled: false, typing: false }), null);
  assert.equal(commandFor(press("a", { isComposing: true }), free), null);
});

test("combinations belong to the browser", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) assert.equal(commandFor(press("r", { [modifier]: true }), free), null);
});

test("held down, a key moves on but decides once", () => {
  assert.equal(commandFor(press("j", { repeat: true }), free), "next");
  assert.equal(commandFor(press("a", { repeat: true }), free), null);
  assert.equal(commandFor(press("u", { repeat: true }), free), null);
});

test("a digit chooses in a dialog, as far as there are choices", () => {
  assert.equal(choiceFor(press("1"), 6), 0);
  assert.equal(choiceFor(press("6"), 6), 5);
  assert.equal(choiceFor(press("7"), 6), null);
  assert.equal(choiceFor(press("0"), 6), null);
  assert.equal(choiceFor(press("1", { ctrlKey: true }), 6), null);
});
