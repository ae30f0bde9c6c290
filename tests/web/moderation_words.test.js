import assert from "node:assert/strict";
import { test } from "node:test";

import { likelyReason, readReason, reasonOf } from "../../server/web/app/moderation/reasons.js";
import { cutByRules } from "../../server/web/app/moderation/rule_spans.js";

test("a text is cut where the rules that mark it change", () => {
  assert.deepEqual(cutByRules("加我微信", [[0, 2, "A"], [1, 4, "B"]]), [
    { text: "加", ruleIds: ["A"] },
    { text: "我", ruleIds: ["A", "B"] },
    { text: "微信", ruleIds: ["B"] },
  ]);
  assert.deepEqual(cutByRules("plain", []), [{ text: "plain", ruleIds: [] }]);
  assert.deepEqual(cutByRules("", [[0, 3, "A"]]), []);
});

test("spans count code points, and what lies outside the text marks nothing", () => {
  assert.deepEqual(cutByRules("🍊甜🍊", [[1, 2, "A"], [7, 9, "B"], [-4, 0, "C"]]), [
    { text: "🍊", ruleIds: [] },
    { text: "甜", ruleIds: ["A"] },
    { text: "🍊", ruleIds: [] },
  ]);
});

test("a reason is a code, words, or both, and reads as it was written", () => {
  for (const [code, words] of [["scam", ""], ["contact", "third time today"], ["", "see the rules"]]) {
    assert.deepEqual(readReason(reasonOf(code, words)), { code: code || null, words });
  }
  assert.deepEqual(readReason("scams are bad"), { code: null, words: "scams are bad" });
  assert.deepEqual(readReason(""), { code: null, words: "" });
});

test("the reason offered first is what the rules say, or else the reports", () => {
  const report = (/** @type {string} */ reason) => ({ reason });
  assert.equal(likelyReason({ rules: [{ id: "OC003" }], reports: [report("scam")] }), "false_claim");
  assert.equal(likelyReason({ rules: [{ id: "LM001" }], reports: [] }), "scam");
  assert.equal(likelyReason({ rules: [], reports: [report("abuse"), report("outside_contact"), report("outside_contact")] }), "contact");
  assert.equal(likelyReason({ rules: [{ id: "EN001" }], reports: [report("other")] }), "spam");
});
