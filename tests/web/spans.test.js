import assert from "node:assert/strict";
import { test } from "node:test";

import { cutAtSpans } from "../../server/web/app/words/spans.js";

/** @param {string} text @param {[number, number][]} spans */
const marked = (text, spans) => cutAtSpans(text, spans).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join("");

test("spans are marked, and all of the text stays", () => {
  assert.equal(marked("加我微信 vx12345", [[2, 4], [5, 12]]), "加我[微信] [vx12345]");
});

test("offsets count code points, not UTF-16 units", () => {
  assert.equal(marked("🍑🍑加微信", [[3, 5]]), "🍑🍑加[微信]");
  assert.equal(marked("𠮷祥押金", [[2, 4]]), "𠮷祥[押金]");
});

test("overlapping, unordered and out-of-range spans do no harm", () => {
  assert.equal(marked("abcdef", [[3, 99], [1, 4]]), "a[bcdef]");
  assert.equal(marked("abc", [[-2, 1], [2, 2]]), "[a]bc");
  assert.equal(marked("", [[0, 3]]), "");
});
