import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyOf, emptyForm, faultsFrom, faultsOf, formOf } from "../../server/web/app/jobs/post_draft.js";

const NOW_MS = Date.parse("2026-03-01T09:00:00");
const whole = (/** @type {Partial<import("../../server/web/app/jobs/post_draft.js").PostForm>} */ changed = {}) => ({
  ...emptyForm("示范电子厂", NOW_MS), title: "装配普工", headcount: "60", place: "高新区", base_min: "2800", base_max: "3200",
  pay_min: "5,500", pay_max: "7200", requirements: ["18 周岁以上"], description: "组装小家电", ...changed,
});
const publishing = { nowMs: NOW_MS, draft: false };
const keeping = { nowMs: NOW_MS, draft: true };

test("a new form is valid for a month, and names its employer", () => {
  const form = emptyForm("示范电子厂", NOW_MS);
  assert.equal(form.employer, "示范电子厂");
  assert.equal(form.valid_until, "2026-03-31");
});

test("publishing names everything that is missing; a draft needs a title alone", () => {
  const form = emptyForm("", NOW_MS);
  assert.deepEqual(Object.keys(faultsOf(form, publishing)), [
    "title", "employer", "headcount", "place", "base_min", "base_max", "pay_min", "pay_max", "requirements", "description",
  ]);
  assert.deepEqual(faultsOf(form, keeping), { title: "missing" });
  assert.deepEqual(faultsOf(whole(), publishing), {});
});

test("what stands in a field must make sense, in a draft too", () => {
  for (const [changed, faults] of /** @type {[any, any][]} */ ([
    [{ headcount: "几个" }, { headcount: "number" }],
    [{ headcount: "0" }, { headcount: "range" }],
    [{ pay_min: "面议" }, { pay_min: "number" }],
    [{ pay_min: "0" }, { pay_min: "range" }],
    [{ pay_min: "8000" }, { pay_max: "order" }],
    [{ base_max: "2000" }, { base_max: "order" }],
    [{ base_min: "6000", base_max: "6000" }, { pay_min: "below_base" }],
    [{ base_max: "9000" }, { pay_max: "below_base" }],
    [{ title: "长".repeat(61) }, { title: "length" }],
    [{ valid_until: "2026-02-28" }, { valid_until: "past" }],
    [{ valid_until: "2026-03-01" }, {}],
  ])) {
    assert.deepEqual(faultsOf(whole(changed), publishing), faults, JSON.stringify(changed));
    assert.deepEqual(faultsOf(whole(changed), keeping), faults, JSON.stringify(changed));
  }
});

test("what is sent is in minor units, to the end of the day, and null where nothing is known", () => {
  const body = bodyOf(whole({ shift: " 白班 ", headcount: "６０" }));
  assert.equal(body.pay_min_minor, 550_000);
  assert.equal(body.base_max_minor, 320_000);
  assert.equal(body.headcount, 60);
  assert.equal(body.shift, "白班");
  assert.equal(body.valid_until, new Date("2026-03-31T23:59:59").toISOString());
  const draft = bodyOf(emptyForm("", NOW_MS));
  for (const name of ["pay_min_minor", "pay_max_minor", "base_min_minor", "base_max_minor", "headcount"]) assert.equal(draft[name], null, name);
});

test("a post that comes back fills the form that made it", () => {
  const form = whole({ pay_min: "5500", benefits: ["包住"] });
  const post = /** @type {any} */ ({ ...bodyOf(form), job_id: "j", org_id: "o", state: "draft", expired: false, applications: 0, created_at: "" });
  assert.deepEqual(formOf(post), form);
});

test("the server's faults stand at the form's fields", () => {
  assert.deepEqual(faultsFrom({ pay_min_minor: "missing", pay: "range", "requirements.2": "length", valid_until: "past", title: "value" }), {
    pay_min: "range", requirements: "length", valid_until: "past", title: "range",
  });
});
