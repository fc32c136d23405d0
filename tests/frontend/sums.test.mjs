import assert from "node:assert/strict";
import { test } from "node:test";

import { byDay, originName, sumBy, total } from "../../custom_components/smsmode/frontend/sums.js";

const row = (date, recipient, credits, origin = null) => ({ date, recipient, credits, segments: credits, messages: 1, origin });
const ROWS = [row("2026-11-29", "Bob", 1), row("2026-11-30", "Alice", 2, { kind: "automation", name: "Leak" }), row("2026-11-30", "Bob", 2)];

test("the dearest is first", () => {
  assert.deepEqual(sumBy(ROWS, (each) => each.recipient), [
    { name: "Bob", credits: 3, messages: 2 },
    { name: "Alice", credits: 2, messages: 1 },
  ]);
});

test("the newest day is first", () => {
  assert.deepEqual(byDay(ROWS).map((sum) => sum.name), ["2026-11-30", "2026-11-29"]);
});

test("an origin has its name, none is nothing", () => {
  assert.deepEqual(ROWS.map(originName), ["", "Leak", ""]);
  assert.equal(originName(row("", "", 0, "Leak")), "Leak");
});

test("all is all, and nothing is nothing", () => {
  assert.deepEqual(total(ROWS), { name: "", credits: 5, messages: 3 });
  assert.deepEqual(total([]), { name: "", credits: 0, messages: 0 });
});
