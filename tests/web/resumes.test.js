import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyOf, emptyResume, faultsOf, formOf, maskedPhone } from "../../server/web/app/jobs/resumes.js";

const filled = (/** @type {Partial<import("../../server/web/app/jobs/resumes.js").ResumeForm>} */ changed = {}) => ({
  ...emptyResume(), name: "求职者甲", phone: "138 0000 1234", city: "成都", ...changed,
});

test("a name, a phone and a place are enough to be called back", () => {
  assert.deepEqual(faultsOf(emptyResume()), { name: "missing", phone: "missing", city: "missing" });
  assert.deepEqual(faultsOf(filled()), {});
});

test("a phone is digits, however they are grouped; years are a small number", () => {
  for (const phone of ["13800001234", "＋86 138-0000-1234", "(028) 8000 1234"]) assert.deepEqual(faultsOf(filled({ phone })), {}, phone);
  for (const phone of ["12345", "vx13800001234", "1380000123412345678"]) assert.deepEqual(faultsOf(filled({ phone })), { phone: "phone" }, phone);
  for (const years of ["半年", "99", "-1", "1.5"]) assert.deepEqual(faultsOf(filled({ years_experience: years })), { years_experience: "number" }, years);
  assert.deepEqual(faultsOf(filled({ name: "甲".repeat(31) })), { name: "length" });
});

test("what is sent is plain, and comes back into the form", () => {
  const body = bodyOf(filled({ years_experience: "３", skills: ["叉车"] }));
  assert.equal(body.phone, "13800001234");
  assert.equal(body.years_experience, 3);
  assert.deepEqual(formOf(/** @type {any} */ (body)), filled({ phone: "13800001234", years_experience: "3", skills: ["叉车"] }));
});

test("an employer sees a phone's ends alone", () => {
  assert.equal(maskedPhone("138 0000 1234"), "138****1234");
  assert.equal(maskedPhone("12345"), "*****");
});
