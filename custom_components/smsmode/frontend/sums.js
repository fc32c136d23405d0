/** Sums of what messages cost: by person, by what sent them, and by day. */

/** @import {CostRow} from "./types.js" */
/** @typedef {{name: string, credits: number, messages: number}} Sum */

/** @param {CostRow} row @returns {string} */
export const originName = (row) => (typeof row.origin === "string" ? row.origin : row.origin?.name) || "";

/**
 * The dearest first; those of the same price in the order of their names.
 * @param {CostRow[]} rows @param {(row: CostRow) => string} name @returns {Sum[]}
 */
export function sumBy(rows, name) {
  /** @type {Map<string, Sum>} */
  const sums = new Map();
  for (const row of rows) {
    const sum = sums.get(name(row)) ?? { name: name(row), credits: 0, messages: 0 };
    sum.credits += row.credits;
    sum.messages += row.messages;
    sums.set(sum.name, sum);
  }
  return [...sums.values()].sort((a, b) => b.credits - a.credits || a.name.localeCompare(b.name));
}

/** @param {CostRow[]} rows @returns {Sum[]} The newest day first. */
export const byDay = (rows) => sumBy(rows, (row) => row.date).sort((a, b) => (a.name < b.name ? 1 : -1));

/** @param {CostRow[]} rows @returns {Sum} */
export const total = (rows) => sumBy(rows, () => "")[0] ?? { name: "", credits: 0, messages: 0 };
