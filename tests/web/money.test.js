import assert from "node:assert/strict";
import { test } from "node:test";

import { decimalOf, formatMoney, formatMoneyRange, minorOf, moneyPieces } from "../../server/web/app/words/money.js";

test("minor units become an exact decimal of the currency's own digits", () => {
  assert.equal(decimalOf(4990, "CNY"), "49.90");
  assert.equal(decimalOf(5, "CNY"), "0.05");
  assert.equal(decimalOf(-250, "CNY"), "-2.50");
  assert.equal(decimalOf(500, "JPY"), "500");
  assert.equal(decimalOf(9_007_199_254_740_991, "CNY"), "90071992547409.91");
});

test("amounts read as people write them", () => {
  assert.equal(formatMoney(4990, "CNY", "zh-CN"), "¥49.90");
  assert.equal(formatMoney(123_456_789, "CNY", "en"), "¥1,234,567.89");
});

test("a price comes in pieces that make the whole", () => {
  assert.deepEqual(moneyPieces(123_450, "CNY", "zh-CN"), { symbol: "¥", whole: "1,234", fraction: ".50" });
});

test("wages leave out a fraction of nought and name the currency once", () => {
  assert.equal(formatMoneyRange(580_000, 720_000, "CNY", "zh-CN"), "¥5,800–7,200");
  assert.equal(formatMoneyRange(2250, 3000, "CNY", "zh-CN"), "¥22.50–30");
  assert.equal(formatMoneyRange(18_000, 18_000, "CNY", "zh-CN"), "¥180");
});

test("an amount is read as people type it, and never rounded", () => {
  for (const [text, minor] of /** @type {[string, number | null][]} */ ([
    ["5500", 550_000], ["5,500.5", 550_050], [" 22.50 ", 2250], ["５５００", 550_000], ["0", 0], ["7.", 700],
    ["", null], ["abc", null], ["-3", null], ["1.234", null], ["1e3", null], ["5500元", null],
  ])) assert.equal(minorOf(text, "CNY"), minor, text);
  assert.equal(minorOf("500", "JPY"), 500);
  assert.equal(minorOf("500.5", "JPY"), null);
});
