import assert from "node:assert/strict";
import { test } from "node:test";

import { cell, csv } from "../../custom_components/smsmode/frontend/csv.js";

test("a cell that a spreadsheet would run as a formula is text", () => {
  for (const text of ["=1+1", "+33612345678", "-2", "@SUM(A1)", " =1", "\u00a0=1", "|calc", "\t=1"])
    assert.match(cell(text).replace(/^"/, ""), /^'/, text);
});

test("a number stays a number, a negative one too", () => {
  assert.equal(cell(-1.5), "-1.5");
  assert.equal(cell(0), "0");
});

test("quotes, commas and ends of lines stay in their cell", () => {
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(cell("a\nb"), '"a\nb"');
});

test("nothing is an empty cell, and no zero byte comes through", () => {
  assert.equal(cell(null), "");
  assert.equal(cell("\0=1"), "'=1");
});

test("a file says that it is UTF-8, and each row is a line", () => {
  assert.equal(csv([["é", 1], ["b", 2]]), "\ufeffé,1\r\nb,2\r\n");
});
