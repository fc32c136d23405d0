import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { RESEND_FOR, Store, storeOf } from "../../custom_components/smsmode/frontend/store.js";
import { Connection, LOST, settle } from "./connection.mjs";

const ALICE = "+33612345678";
const thread = (more = {}) => ({ thread: ALICE, name: "Alice", last: null, last_at: null, last_reply_at: "2026-11-30T10:00:00Z", ...more });
const snapshot = (more = {}) => ({
  kind: "snapshot", account: { entry_id: "one", title: "Home" }, threads: [thread()], alerts: [], queue: [], scheduled: [], now: "", ...more,
});
const message = (id) => ({ id: `${id}`, at: new Date(Date.UTC(2026, 10, 30, 8, id)).toISOString(), status: "delivered" });
const page = (ids, more = {}) => ({ messages: ids.map(message), has_more: false, cursor: null, missing: null, ...more });

let connection, store, drawings;

beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  connection = new Connection();
  connection.answers["smsmode/thread"] = page([2, 1]);
  drawings = 0;
  store = new Store(connection, null, (draw) => queueMicrotask(draw));
});

async function open() {
  const close = store.listen(() => drawings++);
  await settle();
  connection.tell(snapshot());
  await settle();
  return close;
}

test("nothing is asked before somebody looks", () => {
  assert.equal(connection.asked.length + connection.subscriptions.length, 0);
});

test("several changes are one drawing", async () => {
  await open();
  const before = drawings;
  connection.tell({ kind: "change", queue: [] });
  connection.tell({ kind: "change", scheduled: [] });
  await settle();
  assert.equal(drawings - before, 1);
});

test("whoever looks last ends the subscription, but not from one page to the next", async () => {
  const close = await open();
  close();
  const again = store.listen(() => undefined);
  mock.timers.tick(5000);
  assert.equal(connection.subscriptions[0].ended, false);
  again();
  mock.timers.tick(5000);
  assert.equal(connection.subscriptions[0].ended, true);
});

test("an account that was unloaded is subscribed to again", async () => {
  await open();
  connection.refused = [{ code: "not_found" }, { code: "not_found" }];
  connection.tell({ kind: "reload" });
  for (const seconds of [1, 2, 5]) {
    mock.timers.tick(seconds * 1000);
    await settle();
  }
  assert.equal(connection.subscriptions.length, 2);
  assert.equal(connection.subscriptions[0].ended, true);
});

test("who is not allowed is told, and not asked again", async () => {
  connection.refused = [{ code: "unauthorized" }];
  store.listen(() => undefined);
  await settle();
  mock.timers.tick(60_000);
  await settle();
  assert.equal(store.state.phase, "unauthorized");
  assert.equal(connection.subscriptions.length, 0);
});

test("after a lost connection everything is asked for again", async () => {
  await open();
  connection.lose();
  assert.equal(store.state.phase, "lost");
  connection.restore();
  await settle();
  connection.tell(snapshot());
  assert.equal(store.state.phase, "ready");
  assert.equal(connection.subscriptions.length, 2);
});

test("an event of a subscription that is over counts no more", async () => {
  await open();
  connection.restore();
  await settle();
  connection.subscriptions[0].callback(snapshot({ threads: [] }));
  assert.equal(store.state.threads.length, 1);
});

test("a conversation is loaded when it is opened, and again when something of it changes", async () => {
  await open();
  store.openThread(ALICE);
  await settle();
  store.openThread(ALICE);
  assert.deepEqual(store.state.conversations[ALICE].messages.map((each) => each.id), ["1", "2"]);
  connection.answers["smsmode/thread"] = page([3, 2, 1]);
  connection.tell({ kind: "change", threads: [thread()] });
  await settle();
  assert.equal(store.state.conversations[ALICE].messages.length, 3);
  assert.equal(connection.of("smsmode/thread").length, 2);
});

test("ten changes at once are two questions", async () => {
  await open();
  store.openThread(ALICE);
  await settle();
  const before = connection.of("smsmode/thread").length;
  for (let turn = 0; turn < 10; turn++) connection.tell({ kind: "change", threads: [thread()] });
  await settle();
  assert.ok(connection.of("smsmode/thread").length - before <= 2);
});

test("a question that comes while two others are open is answered, and all that wait for it go on", async () => {
  await open();
  await Promise.all([store.refresh(ALICE), store.refresh(ALICE), store.refresh(ALICE), store.refresh(ALICE)]);
  assert.equal(connection.of("smsmode/thread").length, 2);
  await store.refresh(ALICE);
  assert.equal(connection.of("smsmode/thread").length, 3);
});

test("older messages come by the cursor of the page before", async () => {
  await open();
  connection.answers["smsmode/thread"] = (asked) => (asked.before ? page([1]) : page([3, 2], { has_more: true, cursor: "c" }));
  store.openThread(ALICE);
  await settle();
  await store.loadOlder(ALICE);
  await store.loadOlder(ALICE);
  const { messages, has_more } = store.state.conversations[ALICE];
  assert.deepEqual([messages.map((each) => each.id), has_more], [["1", "2", "3"], false]);
  assert.deepEqual(connection.of("smsmode/thread").map((each) => each.before), [undefined, "c"]);
});

test("a newest page does not forget that older ones were loaded", async () => {
  await open();
  connection.answers["smsmode/thread"] = (asked) =>
    asked.before ? page([1], { missing: "older" }) : page([3, 2], { has_more: true, cursor: "c" });
  store.openThread(ALICE);
  await settle();
  await store.loadOlder(ALICE);
  await store.refresh(ALICE);
  assert.equal(store.state.conversations[ALICE].has_more, false);
  assert.equal(store.state.conversations[ALICE].missing, "older");
});

test("a message that is being sent is shown until it is part of the conversation", async () => {
  await open();
  connection.answers["smsmode/send"] = { messages: [{}], failed: [] };
  const sent = store.send({ thread: ALICE, message: "Hello" });
  assert.equal(store.state.sending[0].message, "Hello");
  await sent;
  assert.deepEqual(store.state.sending, []);
});

test("a connection that is lost in the middle of sending sends the same request again, once", async () => {
  await open();
  let attempts = 0;
  connection.answers["smsmode/send"] = () => {
    if (attempts++) return { messages: [{}], failed: [] };
    connection.connected = false;
    throw LOST;
  };
  const sent = store.send({ thread: ALICE, message: "Hello" });
  await settle();
  assert.deepEqual([store.state.sending.length, store.state.sending[0].error], [1, null]);
  connection.restore();
  await sent;
  const [first, second] = connection.of("smsmode/send");
  assert.equal(first.request_id, second.request_id);
  assert.match(first.request_id, /^[0-9a-f]{32}$/);
  assert.equal(attempts, 2);
});

test("a request that the backend has forgotten by now is not sent again", async () => {
  await open();
  connection.answers["smsmode/send"] = () => {
    connection.connected = false;
    mock.timers.tick(RESEND_FOR + 1);
    throw LOST;
  };
  assert.equal(await store.send({ thread: ALICE, message: "Hello" }), null);
  assert.equal(connection.of("smsmode/send").length, 1);
  assert.equal(store.state.sending[0].error, "Connection lost");
});

test("a message that is refused stays with its reason until it is discarded", async () => {
  await open();
  connection.answers["smsmode/send"] = () => Promise.reject({ code: "invalid", message: "Too long" });
  await store.send({ thread: ALICE, message: "Hello" });
  assert.equal(store.state.sending[0].error, "Too long");
  store.discard(store.state.sending[0].request_id);
  assert.deepEqual(store.state.sending, []);
});

test("a message that nobody could be sent is not taken for one that was", async () => {
  await open();
  connection.answers["smsmode/send"] = { messages: [], failed: [{ target: "Alice", reason: "paused" }] };
  await store.send({ thread: ALICE, message: "Hello" });
  assert.equal(store.state.sending[0].error, "paused");
});

test("what was read is kept for the person and the account, beside those of other accounts", async () => {
  connection.answers["frontend/get_user_data"] = { value: { two: { "+1": "x" } } };
  await open();
  store.markSeen(ALICE);
  store.markSeen(ALICE);
  const kept = connection.of("frontend/set_user_data").map((each) => each.value);
  assert.deepEqual(kept, [{ two: { "+1": "x" }, one: { [ALICE]: "2026-11-30T10:00:00Z" } }]);
});

test("an account has one store, whoever asks for it", () => {
  assert.equal(storeOf(connection, "one"), storeOf(connection, "one"));
  assert.notEqual(storeOf(connection, "one"), storeOf(connection));
});
