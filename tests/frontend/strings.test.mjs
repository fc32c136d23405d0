import assert from "node:assert/strict";
import { test } from "node:test";

import { EN } from "../../custom_components/smsmode/frontend/strings.en.js";
import { FR } from "../../custom_components/smsmode/frontend/strings.fr.js";
import { stringsOf } from "../../custom_components/smsmode/frontend/strings.js";

/** What a text is, with something in its places. */
const read = (entry) => (typeof entry === "function" ? entry(...["7", "8"].slice(0, entry.length)) : entry);

test("both languages have the same texts, with the same places in them", () => {
  assert.deepEqual(Object.keys(FR), Object.keys(EN));
  for (const key of Object.keys(EN)) assert.equal(typeof FR[key], typeof EN[key], key);
  for (const key of Object.keys(EN)) assert.equal(FR[key].length > 0, true, key);
  for (const key of Object.keys(EN).filter((each) => typeof EN[each] === "function"))
    assert.equal(FR[key].length, EN[key].length, key);
});

test("no text is the same in both, but for words that are", () => {
  const same = ["title", "menu", "options", "conversations", "urgent", "how_sms", "how_script", "total", "sms", "count", "approx"];
  const copied = Object.keys(EN).filter((key) => typeof EN[key] === "string" && EN[key] === FR[key] && !same.includes(key));
  assert.deepEqual(copied, []);
});

test("French has its spaces and its apostrophes", () => {
  for (const [key, entry] of Object.entries(FR)) assert.doesNotMatch(read(entry), / [:;!?»]|« |'|\u00a0[;!?]|\u202f[:»]/, key);
});

test("French counts nothing and one and a half as one", () => {
  assert.equal(FR.credits(1.5, "1,5"), "1,5 crédit");
  assert.equal(FR.credits(2, "2"), "2 crédits");
  assert.equal(EN.credits(1, "1"), "1 credit");
  assert.equal(EN.credits(0, "0"), "0 credits");
});

test("who speaks neither reads English", async () => {
  assert.equal(await stringsOf("fr-CA"), FR);
  assert.equal(await stringsOf("de"), EN);
});
