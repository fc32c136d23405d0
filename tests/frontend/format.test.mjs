import assert from "node:assert/strict";
import { test } from "node:test";

import { Format, countdown, initials, instantOf, phone, slug, wall } from "../../custom_components/smsmode/frontend/format.js";

const NOW = Date.parse("2026-11-30T12:00:00Z");

const format = (language = "en-GB", more = {}) =>
  new Format({ locale: { language, time_zone: "server", ...more }, config: { time_zone: "Europe/Paris" } });

test("times are those of the house if the person chose so", () => {
  assert.equal(format().clock("2026-11-30T12:00:00Z"), "13:00");
});

test("a clock has twelve or twenty-four hours as the person chose", () => {
  assert.match(format("en", { time_format: "12" }).clock("2026-11-30T12:00:00Z"), /01:00\sPM/);
  assert.equal(format("en", { time_format: "24" }).clock("2026-11-30T12:00:00Z"), "13:00");
});

test("a day is named by its distance, in the language of the person", () => {
  assert.equal(format().day("2026-11-30T08:00:00Z", NOW), "Today");
  assert.equal(format("fr").day("2026-11-29T08:00:00Z", NOW), "Hier");
  assert.equal(format("fr").day("2026-11-20T08:00:00Z", NOW), "Vendredi 20 novembre");
  assert.match(format().day("2025-11-20T08:00:00Z", NOW), /2025/);
});

test("midnight of the house, not of UTC, begins a day", () => {
  assert.equal(format().daysFrom("2026-11-30T23:30:00Z", NOW), 1);
});

test("a list is brief: the time of today, the weekday of a week, else the date", () => {
  assert.equal(format().brief("2026-11-30T08:00:00Z", NOW), "09:00");
  assert.equal(format().brief("2026-11-28T08:00:00Z", NOW), "Sat");
  assert.equal(format().brief("2026-11-03T08:00:00Z", NOW), "3 Nov");
});

test("a coming moment is told with its day", () => {
  assert.equal(format().moment("2026-12-01T06:00:00Z", NOW, "at"), "tomorrow at 07:00");
  assert.equal(format("fr").moment("2026-12-01T06:00:00Z", NOW), "demain 07:00");
});

test("money and numbers are written as the person chose", () => {
  assert.equal(format("en-GB").money(0.07, "EUR"), "€0.07");
  assert.match(format("fr").money(0.07, "EUR"), /^0,07\s€$/);
  assert.equal(format("fr", { number_format: "comma_decimal" }).number(1.5), "1.5");
});

test("what is over is not counted down below nothing", () => {
  assert.equal(countdown(134_000), "2:14");
  assert.equal(countdown(3_722_000), "1:02:02");
  assert.equal(countdown(-5), "0:00");
});

test("initials come from the first and the last word, those of other scripts too", () => {
  assert.equal(initials("Alice"), "A");
  assert.equal(initials("Jean-Pierre Le Goff"), "JG");
  assert.equal(initials("éric"), "É");
  assert.equal(initials("李 明"), "李明");
  assert.equal(initials("+33612345678"), "#");
});

test("a French number is read in pairs, another stays as it is", () => {
  assert.equal(phone("+33612345678"), "+33 6 12 34 56 78");
  assert.equal(phone("+32470123456"), "+32470123456");
});

test("a wall clock of the house is the right moment, in summer and in winter", () => {
  assert.equal(instantOf("2026-11-30T07:00", "Europe/Paris"), "2026-11-30T06:00:00.000Z");
  assert.equal(instantOf("2026-07-14T07:00", "Europe/Paris"), "2026-07-14T05:00:00.000Z");
  assert.equal(wall(Date.parse("2026-07-14T05:00:00Z"), "Europe/Paris"), "2026-07-14T07:00");
});

test("a name is an address without accents", () => {
  assert.equal(slug("Élodie & Cie"), "elodie_cie");
  assert.equal(slug("李明"), "李明");
});
