import assert from "node:assert/strict";
import { test } from "node:test";

import { accountOf, dashboard, people } from "../../custom_components/smsmode/frontend/strategy.js";

const entity = (entity_id, device_id, translation_key, platform = "smsmode") => ({ entity_id, device_id, translation_key, platform });
const HOUSE = [
  entity("notify.home", "account"), entity("sensor.home_balance", "account", "balance"), entity("sensor.home_queued", "account", "queued"),
  entity("notify.alice", "alice"), entity("notify.neighbours", "group"),
  entity("notify.cellar", "plan", "plan_notify"), entity("sensor.cellar_state", "plan", "plan_state"),
  entity("notify.mobile_app_alice", "phone", undefined, "mobile_app"),
];
const CHALET = [entity("notify.chalet", "chalet"), entity("sensor.chalet_balance", "chalet", "balance"), entity("notify.carole", "carole")];
const devices = (entities) => Object.fromEntries(entities.map(({ device_id: id }) => [id, { config_entries: [CHALET.some((each) => each.device_id === id) ? "two" : "one"] }]));
const hass = (entities, language = "en") => ({ language, devices: devices(entities), entities: Object.fromEntries(entities.map((each) => [each.entity_id, each])) });
const cards = (made) => made.views[0].sections.flatMap((section) => section.cards);

test("people are those who can be written to: no account, no plan, nobody of another integration", () => {
  assert.deepEqual(people(HOUSE.filter((each) => each.platform === "smsmode")), ["notify.alice", "notify.neighbours"]);
});

test("a dashboard has a conversation for each of them, the alerts, and the plans", () => {
  const made = cards(dashboard({}, hass(HOUSE)));
  const talks = made.filter((card) => card.type === "custom:smsmode-conversation-card").map((card) => card.entity);
  assert.deepEqual(talks, ["notify.alice", "notify.neighbours"]);
  assert.deepEqual(made.filter((card) => card.type === "tile").map((card) => card.entity), ["sensor.home_queued", "sensor.cellar_state"]);
  assert.equal(made.filter((card) => card.type === "custom:smsmode-alert-card").length, 1);
});

test("many people are no more conversations than can be looked over", () => {
  const many = Array.from({ length: 40 }, (_, at) => entity(`notify.p${at}`, `d${at}`));
  assert.equal(cards(dashboard({}, hass(many))).filter((card) => card.type === "custom:smsmode-conversation-card").length, 6);
});

test("a dashboard of one account names it in each of its cards, and speaks the language of the person", () => {
  const made = dashboard({ account: "one" }, hass(HOUSE, "fr"));
  const ours = cards(made).filter((card) => card.type.startsWith("custom:"));
  assert.ok(ours.every((card) => card.account === "one"));
  assert.equal(made.title, "Messages SMS");
});

test("a dashboard of one account shows nothing of another", () => {
  const shown = (account) => cards(dashboard({ account }, hass([...HOUSE, ...CHALET]))).map((card) => card.entity).filter(Boolean);
  assert.deepEqual(shown("two"), ["notify.carole"]);
  assert.ok(!shown("one").includes("notify.carole"));
});

test("a conversation is read with the account that its entity belongs to", () => {
  const house = hass([...HOUSE, ...CHALET]);
  assert.equal(accountOf(house, "notify.carole"), "two");
  assert.equal(accountOf(house, "notify.nobody"), null);
});
