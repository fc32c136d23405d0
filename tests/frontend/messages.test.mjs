import assert from "node:assert/strict";
import { test } from "node:test";

import { SHOWN, STRIDE, follow, lastSpan, slide, withDays, withNewest, withOlder } from "../../custom_components/smsmode/frontend/messages.js";

const at = (minute) => new Date(Date.UTC(2026, 10, 30, 8, minute)).toISOString();
const message = (id, minute = id, more = {}) => ({ id: `${id}`, at: at(minute), status: "delivered", ...more });
const page = (messages, more = true) => ({ messages: [...messages].reverse(), has_more: more, cursor: null, missing: null });
const ids = (messages) => messages.map((each) => each.id);

test("a newest page takes the place of what it covers, and keeps what is older", () => {
  const known = [message(1), message(2), message(3), message(4, 4, { status: "waiting" })];
  assert.deepEqual(ids(withNewest(known, page([message(3), message(5)]))), ["1", "2", "3", "5"]);
});

test("the only page is everything", () => {
  assert.deepEqual(ids(withNewest([message(1)], page([message(2)], false))), ["2"]);
});

test("a status of the page is the one that counts", () => {
  const fresh = withNewest([message(1), message(2, 2, { status: "operator" })], page([message(2)]));
  assert.equal(fresh.at(-1).status, "delivered");
});

test("an older page comes before, nothing twice", () => {
  assert.deepEqual(ids(withOlder([message(3)], page([message(1), message(2), message(3)]))), ["1", "2", "3"]);
});

test("a scheduled message stands where it will leave", () => {
  const later = message("later", 0, { status: "scheduled", send_at: at(50) });
  assert.deepEqual(ids(withNewest([], page([later, message(3)], false))), ["3", "later"]);
});

test("ten thousand messages are never more elements than the bound, whatever is scrolled", () => {
  let span = lastSpan(10_000);
  for (let turn = 0; turn < 300; turn++) {
    span = slide(span, 10_000, turn < 250 ? "older" : "newer");
    assert.ok(span.end - span.start <= SHOWN && span.start >= 0 && span.end <= 10_000);
  }
  assert.deepEqual(span, { start: 50 * STRIDE, end: 50 * STRIDE + SHOWN });
});

test("at its end a list does not move", () => {
  const span = lastSpan(10);
  assert.equal(slide(span, 10, "older"), span);
  assert.equal(slide(span, 10, "newer"), span);
});

test("who reads the end sees what comes, who reads older ones stays there", () => {
  assert.deepEqual(follow({ start: 0, end: 10 }, 10, 11, 0), { start: 0, end: 11 });
  assert.deepEqual(follow({ start: 50, end: 200 }, 400, 401, 0), { start: 50, end: 200 });
});

test("older messages that are loaded push the part on, so that nothing jumps", () => {
  assert.deepEqual(follow({ start: 0, end: 150 }, 200, 250, 50), { start: 50, end: 200 });
});

test("a day is said once, before its first message", () => {
  const lines = withDays([message(1), message(2), message(3)], (when) => (when < at(3) ? "a" : "b"));
  assert.deepEqual(lines.map((line) => line.day ?? line.message.id), ["a", "1", "2", "b", "3"]);
});
