import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");
const [, listed = ""] = /^KINDS: Final = frozenset\(\s*\{([\s\S]*?)\}/m.exec(readFileSync(join(ROOT, "server/people/notices.py"), "utf8")) ?? [];
/** All kinds of notice that the server sends: it refuses to write another. */
const KINDS = [...listed.matchAll(/"(\w+)"/g)].map(([, kind]) => kind);

// As much of a page as the words of the site want to be imported.
Object.assign(globalThis, { document: { documentElement: {} }, addEventListener: () => {} });
if (globalThis.navigator === undefined) Object.assign(globalThis, { navigator: { languages: ["zh"], onLine: true } });
const { tellingOf } = await import("../../server/web/app/components/notices/registry.js");
const { t } = await import("../../server/web/app/words/text.js");

test("every kind of notice that the server sends has words of its own", () => {
  assert.ok(KINDS.length > 20, "the server's list is read");
  const facts = { kind: "warn", state: "contacted", job_title: "", name: "", host_name: "", room_title: "" };
  const unsaid = [t("me.notice_other"), t("moderation.told_other")];
  assert.deepEqual(KINDS.filter((kind) => unsaid.includes(tellingOf(kind).title(facts))), []);
  assert.ok(unsaid.includes(tellingOf("never_heard_of").title(facts)));
});

test("every sanction that is told of has words of its own", () => {
  const states = readFileSync(join(ROOT, "moderation/cases/states.py"), "utf8");
  const [, body = ""] = /class Sanction\(Enum\):([\s\S]*?)\nclass /.exec(states) ?? [];
  const sanctions = [...body.matchAll(/^ {4}[A-Z0-9_]+ = "(\w+)"/gm)].map(([, kind]) => kind);
  assert.ok(sanctions.length >= 9);
  const own = new Map([["close_account", "account_closed"], ...sanctions.filter((kind) => kind.startsWith("mute")).map((kind) => /** @type {[string, string]} */ ([kind, "muted"]))]);
  const said = sanctions.map((kind) => tellingOf(own.get(kind) ?? "sanctioned").title({ kind }));
  assert.ok(!said.includes(t("moderation.told_other")));
});

test("the documented kinds are those that are sent", () => {
  const rows = readFileSync(join(ROOT, "docs/notices.md"), "utf8").split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((line) => [...line.split("|")[1].matchAll(/`(\w+)`/g)].map(([, kind]) => kind));
  assert.deepEqual(documented.sort(), KINDS.sort());
});
