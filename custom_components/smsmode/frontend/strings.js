/** The texts of a language, each written by hand in a file of its own; a browser loads the one it needs. */

/** @typedef {typeof import("./strings.en.js").EN} Strings */

/** @param {string} language @returns {Promise<Strings>} English for those who speak neither. */
export async function stringsOf(language) {
  return language.toLowerCase().startsWith("fr") ? (await import("./strings.fr.js")).FR : (await import("./strings.en.js")).EN;
}
