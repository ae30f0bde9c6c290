import assert from "node:assert/strict";
import { test } from "node:test";

import { faceOf } from "../../server/web/app/jobs/apply_flow.js";
import { labelsFrom } from "../../server/web/app/jobs/labels.js";
import { standingOf } from "../../server/web/app/jobs/posts.js";

const known = { isSignedIn: true, post: { state: "open", expired: false }, application: null, resume: {} };

test("the sheet of a job asks for the next thing alone", () => {
  for (const [changed, face] of /** @type {[any, string][]} */ ([
    [{}, "ready"],
    [{ resume: null }, "resume"],
    [{ isSignedIn: false, resume: null }, "sign_in"],
    [{ isSignedIn: null }, "loading"],
    [{ post: undefined }, "loading"],
    [{ post: null }, "closed"],
    [{ post: { state: "withdrawn" } }, "closed"],
    [{ post: { state: "open", expired: true } }, "closed"],
    [{ isSignedIn: false, post: null }, "closed"],
    [{ application: {} }, "applied"],
    [{ application: {}, post: null, resume: null }, "applied"],
  ])) assert.equal(faceOf({ ...known, ...changed }), face, JSON.stringify(changed));
});

test("a post's standing is one word", () => {
  assert.equal(standingOf({ state: "open", expired: false }), "open");
  assert.equal(standingOf({ state: "open", expired: true }), "expired");
  assert.equal(standingOf({ state: "draft", expired: true }), "draft");
  assert.equal(standingOf({ state: "withdrawn", expired: false, removed: true }), "removed");
});

test("short entries are split, trimmed, each once, and within their limits", () => {
  const limits = { max: 3, charsMax: 4 };
  assert.deepEqual(labelsFrom([], " 叉车 、电焊,叉车", limits), ["叉车", "电焊"]);
  assert.deepEqual(labelsFrom(["叉车"], "一二三四五；；x", limits), ["叉车", "一二三四", "x"]);
  assert.deepEqual(labelsFrom(["a", "b", "c"], "d", limits), ["a", "b", "c"]);
});
