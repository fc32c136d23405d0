import assert from "node:assert/strict";
import { test } from "node:test";

import { isFailed, isPending, originText, shown, statusText } from "../../custom_components/smsmode/frontend/view.js";
import { EN } from "../../custom_components/smsmode/frontend/strings.en.js";

const context = { say: EN, store: { now: () => 0 }, format: { moment: (at, now, word) => `${word} ${at}` } };

test("what would turn a text round is shown by its name", () => {
  assert.equal(shown("\u202egpj.exe\u202c"), "[RLO]gpj.exe\u202c");
  assert.equal(shown("\u202dabc"), "[LRO]abc");
  assert.equal(shown("שלום <b>"), "שלום <b>");
});

test("a message says whether it arrived, and a scheduled one when it leaves", () => {
  assert.equal(statusText({ status: "delivered", at: "" }, context), "arrived");
  assert.equal(statusText({ status: "scheduled", at: "", send_at: "7" }, context), "leaves at 7");
});

test("a message says by what it was sent, nobody if that is gone", () => {
  const by = (kind, name) => originText({ origin: { kind, name } }, context);
  assert.equal(by("automation", "Leak"), "by the automation Leak");
  assert.equal(by("user", "\u202eDemo"), "by [RLO]Demo");
  assert.equal(by("other", "Add-on"), "Add-on");
  assert.equal(by("script", null), "");
  assert.equal(originText({ origin: null }, context), "");
});

test("what waits and what failed is told apart", () => {
  const of = (judge) => ["waiting", "scheduled", "failed", "expired", "delivered"].filter((status) => judge({ status }));
  assert.deepEqual(of(isPending), ["waiting", "scheduled"]);
  assert.deepEqual(of(isFailed), ["failed", "expired"]);
});
