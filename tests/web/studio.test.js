import assert from "node:assert/strict";
import { test } from "node:test";

import { priceMinorOf, stockOf } from "../../server/web/app/studio/amounts.js";
import { bitrateText, clockText, judge } from "../../server/web/app/studio/health_words.js";
import { fitted } from "../../server/web/app/studio/photo_upload.js";
import { draftFaults, draftOf, emptySku, skusOf, wordsOf } from "../../server/web/app/studio/product_draft.js";
import { indexByKey, indexByShift, inOrderOf, moved } from "../../server/web/app/studio/ordering.js";
import { fieldWord, toPutRight } from "../../server/web/app/studio/pre_show.js";
import { ffmpegLine } from "../../server/web/app/studio/publish_lines.js";
import { addressLine, mergedRows, newsIn } from "../../server/web/app/studio/sales.js";
import { instantOf, localOf, nextFullHour } from "../../server/web/app/studio/schedule.js";

/** @param {Partial<import("../../server/web/app/studio/health_words.js").Health>} [facts] */
const health = (facts = {}) => ({
  on_air: true, since: null, uptime_s: 5, video: null, sound: null, last_part_age_ms: 100, parts: 9, publisher_reconnects: 0,
  warnings: /** @type {string[]} */ ([]), ...facts,
});

test("the light is off, good, fair or bad, and the gravest fault is named first", () => {
  assert.equal(judge(health({ on_air: false, warnings: ["stalled"] })).light, "off");
  assert.deepEqual(judge(health()), { light: "good", headline: "studio.light_good", advice: [] });
  const fair = judge(health({ warnings: ["no_sound"] }));
  assert.equal(fair.light, "fair");
  assert.deepEqual(fair.advice, [{ code: "no_sound", what: "studio.warn_no_sound", todo: "studio.todo_no_sound" }]);
  const bad = judge(health({ warnings: ["keyframes_sparse", "stalled"] }));
  assert.equal(bad.light, "bad");
  assert.deepEqual(bad.advice.map(({ code }) => code), ["stalled", "keyframes_sparse"]);
});

test("a picture that stopped coming is a fault also before the server says so, and unknown codes are shown", () => {
  assert.deepEqual(judge(health({ last_part_age_ms: 7_000 })).advice.map(({ code }) => code), ["stalled"]);
  const [unknown] = judge(health({ warnings: ["colours_odd"] })).advice;
  assert.deepEqual(unknown, { code: "colours_odd", what: "studio.warn_other", todo: "studio.todo_other" });
});

test("a name of the object's own prototype is no code that is known", () => {
  assert.equal(judge(health({ warnings: ["constructor"] })).advice[0].what, "studio.warn_other");
});

test("durations read like a clock, bitrates in the unit that fits", () => {
  assert.deepEqual([0, 65, 3_729, -4].map(clockText), ["0:00", "1:05", "1:02:09", "0:00"]);
  assert.deepEqual([96, 999.6, 1_000, 2_540].map(bitrateText), ["96 kbps", "1000 kbps", "1.0 Mbps", "2.5 Mbps"]);
});

test("an item moves to its place and the others close up", () => {
  const ids = ["a", "b", "c", "d"];
  assert.deepEqual(moved(ids, "a", 2), ["b", "c", "a", "d"]);
  assert.deepEqual(moved(ids, "d", -3), ["d", "a", "b", "c"]);
  assert.deepEqual(moved(ids, "b", 99), ["a", "c", "d", "b"]);
  assert.deepEqual(moved(ids, "x", 1), ids);
});

test("arrows move by one, Home and End to the ends, and nothing moves past them", () => {
  assert.equal(indexByKey("ArrowUp", 2, 4), 1);
  assert.equal(indexByKey("ArrowDown", 2, 4), 3);
  assert.equal(indexByKey("ArrowUp", 0, 4), null);
  assert.equal(indexByKey("ArrowDown", 3, 4), null);
  assert.equal(indexByKey("Home", 2, 4), 0);
  assert.equal(indexByKey("End", 3, 4), null);
  assert.equal(indexByKey("a", 2, 4), null);
  assert.equal(indexByKey("toString", 2, 4), null);
});

test("a dragged row stands past those whose middle its leading edge has passed, whatever their heights", () => {
  const rows = [{ top: 0, height: 100 }, { top: 100, height: 50 }, { top: 150, height: 200 }];
  const cases = [[0, 0, 0], [0, 24, 0], [0, 26, 1], [0, 149, 1], [0, 500, 2], [2, -24, 2], [2, -26, 1], [2, -101, 0], [1, 0, 1], [1, -51, 0], [1, 101, 2]];
  for (const [index, shiftPx, expected] of cases) assert.equal(indexByShift(rows, index, shiftPx), expected, `${index} by ${shiftPx}`);
});

test("an order of ids that lacks the newest item puts it last", () => {
  const items = ["a", "b", "c"].map((item_id) => ({ item_id }));
  assert.deepEqual(inOrderOf(items, ["c", "a"]).map(({ item_id }) => item_id), ["c", "a", "b"]);
});

test("prices are read exactly, also in full-width digits, and what is none is refused", () => {
  const cases = { "29.8": 2_980, "29.80": 2_980, "0.01": 1, "１９．９": 1_990, "19。9": 1_990, "¥1,299": 129_900, "8.": 800, "1.005": null, "0": null, "": null, "-3": null, "1e3": null, "999999999": null };
  for (const [text, minor] of Object.entries(cases)) assert.equal(priceMinorOf(text), minor, text);
});

test("a stock is a whole number", () => {
  assert.deepEqual(["0", "120", " 1,200 ", "1.5", "-1", "x", "2000000"].map(stockOf), [0, 120, 1_200, null, null, null, null]);
});

test("the command names the server and the key", () => {
  assert.match(ffmpegLine("rtmp://market.local:1935/live", "abc"), /^ffmpeg .* -g 50 .* -f flv rtmp:\/\/market\.local:1935\/live\/abc$/);
});

test("a local time goes to the server and comes back the same", () => {
  const instant = instantOf("2031-05-06T19:30") ?? "";
  assert.match(instant, /^2031-05-0\dT\d\d:\d\d:00\.000Z$/);
  assert.equal(localOf(instant), "2031-05-06T19:30");
  assert.equal(instantOf(""), null);
  assert.equal(instantOf("soon"), null);
  assert.equal(nextFullHour(new Date(2031, 4, 6, 18, 20).getTime()), "2031-05-06T19:00");
  assert.equal(nextFullHour(new Date(2031, 4, 6, 18, 40).getTime()), "2031-05-06T20:00");
});

/** @param {string} order_id @param {string} state @param {number} minute @returns {import("../../server/web/app/studio/sales.js").Sale} */
const sale = (order_id, state, minute) => ({
  order_id, state, payment_state: "", buyer_name: "n", product_title: "t", sku_name: "s", quantity: 1, total_minor: 1, currency: "CNY",
  created_at: new Date(2031, 0, 1, 8, minute).toISOString(), address: null,
});

test("a fresh page replaces what it knows, keeps older pages, and stands newest first", () => {
  const held = [sale("b", "awaiting_payment", 2), sale("a", "paid", 1)];
  const merged = mergedRows(held, [sale("c", "awaiting_payment", 3), sale("b", "paid", 2)], (one) => one.order_id);
  assert.deepEqual(merged.map(({ order_id, state }) => [order_id, state]), [["c", "awaiting_payment"], ["b", "paid"], ["a", "paid"]]);
});

test("news is a new order, or one that was paid since; the first page is none", () => {
  const page = [sale("c", "awaiting_payment", 3), sale("b", "paid", 2), sale("a", "paid", 1)];
  assert.deepEqual(newsIn(null, page), []);
  const held = [sale("b", "awaiting_payment", 2), sale("a", "paid", 1)];
  assert.deepEqual(newsIn(held, page).map(({ order_id }) => order_id), ["c", "b"]);
  assert.deepEqual(newsIn(page, page), []);
});

test("an address is one line, without what it lacks", () => {
  assert.equal(addressLine({ name: "A", phone: "1", region: "", detail: "R 5" }), "A 1 R 5");
});

test("a product in the making says what it lacks, field by field", () => {
  const draft = draftOf(null);
  assert.deepEqual(draftFaults(draft, true), { title: "studio.fault_title", price_0: "studio.fault_price", stock_0: "studio.fault_stock" });
  const filled = { ...draft, title: " Millet ", skus: [{ ...emptySku(), price: "39.8", stock: "20" }] };
  assert.deepEqual(draftFaults(filled, true), {});
  assert.deepEqual(skusOf(filled, "One"), [{ name: "One", price_minor: 3_980, currency: "CNY", on_hand: 20 }]);
  assert.equal(wordsOf(filled).title, "Millet");
  const two = { ...filled, skus: [...filled.skus, { ...emptySku(), name: "Big", price: "0", stock: "1.5" }] };
  assert.deepEqual(draftFaults(two, true), { name_0: "studio.fault_sku_name", price_1: "studio.fault_price", stock_1: "studio.fault_stock" });
  assert.deepEqual(draftFaults({ ...two, title: "x" }, false), {}, "its variants are edited in their own place");
});

test("a product that is there is shown as it is typed", () => {
  const skus = [{ sku_id: "k", name: "Box", price_minor: 2_990, currency: "CNY", available: 7, sold: 1, reserved: 0 }];
  const draft = draftOf({ product_id: "p", title: "Eggs", description: "d", origin: "o", promise: "", image_url: "/photos/1.webp", skus });
  assert.deepEqual(draft.skus.map(({ name, price, stock }) => [name, price, stock]), [["Box", "29.90", "7"]]);
  assert.deepEqual(wordsOf(draft), { title: "Eggs", description: "d", origin: "o", promise: "", image_url: "/photos/1.webp" });
});

test("a photo is made to fit, never larger, never nothing", () => {
  assert.deepEqual(fitted({ width: 4_000, height: 3_000 }), { width: 1_600, height: 1_200 });
  assert.deepEqual(fitted({ width: 640, height: 480 }), { width: 640, height: 480 });
  assert.deepEqual(fitted({ width: 10, height: 40_000 }), { width: 1, height: 1_600 });
});

test("what can't be shown comes first in the report before a show, and what is fine not at all", () => {
  /** @param {string} title @param {any} verdict @param {number} findings */
  const item = (title, verdict, findings) => /** @type {any} */ ({ kind: "product", title, verdict, findings: Array(findings).fill({}) });
  const items = [item("a", "warn", 1), item("b", "pass", 0), item("c", "block", 2), item("d", "warn", 1)];
  assert.deepEqual(toPutRight(items).map(({ title }) => title), ["c", "a", "d"]);
  assert.equal(fieldWord("origin"), "studio.check_field_origin");
  assert.equal(fieldWord(""), null);
  assert.equal(fieldWord("toString"), null);
});
