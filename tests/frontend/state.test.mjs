import assert from "node:assert/strict";
import { test } from "node:test";

import {
  MAX_MARKS, afterEvent, found, initialState, isUnread, room, unreadCount, waitingCount, withMark,
} from "../../custom_components/smsmode/frontend/state.js";

const thread = (key, more = {}) => ({ thread: key, name: null, last: null, last_at: null, last_reply_at: null, ...more });
const NOW = Date.parse("2026-11-30T12:00:00Z");
const snapshot = (more) => afterEvent(initialState(), { kind: "snapshot", now: "2026-11-30T12:00:05Z", ...more }, NOW);

test("a snapshot is everything, the latest conversation first, the silent ones by name", () => {
  const threads = [thread("+1", { name: "Bob" }), thread("+2", { name: "Alice" }), thread("+3", { last_at: "2026-11-30T10:00:00Z" })];
  const state = snapshot({ threads });
  assert.deepEqual(state.threads.map((each) => each.thread), ["+3", "+2", "+1"]);
  assert.equal(state.phase, "ready");
});

test("the clock of the house is the one that counts down", () => {
  assert.equal(snapshot({}).offset, 5000);
});

test("a change touches only what it names", () => {
  const before = snapshot({ threads: [thread("+1"), thread("+2")], queue: [{ id: "a" }], alerts: [{ key: "k" }] });
  const after = afterEvent(before, { kind: "change", threads: [thread("+2", { failed: true })], gone: ["+1"], queue: [] }, NOW);
  assert.deepEqual(after.threads, [thread("+2", { failed: true })]);
  assert.equal(waitingCount(after), 0);
  assert.equal(after.alerts, before.alerts);
});

test("an account that is unloaded keeps what is on the screen until it is back", () => {
  const state = afterEvent(snapshot({ threads: [thread("+1")] }), { kind: "reload" }, NOW);
  assert.equal(state.phase, "connecting");
  assert.equal(state.threads.length, 1);
});

test("unread is a reply that is later than the mark, of whatever zone", () => {
  const reply = thread("+1", { last_reply_at: "2026-11-30T13:00:00+01:00" });
  const state = snapshot({ threads: [reply] });
  assert.equal(unreadCount(state), 1);
  assert.equal(isUnread({ ...state, seen: { "+1": "2026-11-30T12:00:00Z" } }, reply), false);
});

test("marks are bounded, the oldest go", () => {
  let seen = {};
  for (let day = 0; day < MAX_MARKS + 20; day++) seen = withMark(seen, `+${day}`, new Date(NOW + day * 1000).toISOString());
  assert.equal(Object.keys(seen).length, MAX_MARKS);
  assert.ok(!("+0" in seen));
});

test("a search finds names without their accents, texts, and numbers as they are typed", () => {
  const threads = [thread("+33612345678", { name: "Élodie" }), thread("+33698765432", { last: { text: "À la porte" } })];
  const keys = (words) => found(threads, words).map((each) => each.thread.slice(-2));
  assert.deepEqual(keys("elo"), ["78"]);
  assert.deepEqual(keys("a la"), ["32"]);
  assert.deepEqual(keys("06 12 34"), ["78"]);
  assert.deepEqual(keys(" "), ["78", "32"]);
  assert.deepEqual(keys("6"), []);
});

test("an SMS has room for 160 characters, or 70; parts have less", () => {
  assert.deepEqual([room("gsm", 1), room("gsm", 2), room("unicode", 1), room("unicode", 3)], [160, 306, 70, 201]);
});
