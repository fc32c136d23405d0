/** Tables as CSV, which a spreadsheet opens without running anything of it. */

/** What a spreadsheet takes for a formula when it stands first, blanks before it included. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@|%]/;

/** @param {unknown} value @returns {string} */
export function cell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "").replaceAll("\0", "");
  const harmless = FORMULA.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Lines end and the file begins as spreadsheets expect: the mark at the start says that it is UTF-8.
 * @param {unknown[][]} rows @returns {string}
 */
export const csv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
