/** Times, numbers and money, written as the person has chosen in Home Assistant. */

/** @import {Hass, Locale} from "./types.js" */

/** Locales in which numbers are written as chosen by name. */
const NUMBERS = /** @type {Record<string, string[]>} */ ({
  comma_decimal: ["en-US"],
  decimal_comma: ["de"],
  space_comma: ["fr"],
  quote_decimal: ["de-CH"],
});
const MINUTE = 60_000;
const DAY = 86_400_000;

/** @param {Locale} locale @returns {string[] | undefined} */
function numberLocale(locale) {
  if (locale.number_format === "system") return undefined;
  return NUMBERS[locale.number_format ?? ""] ?? [locale.language];
}

/** @param {Locale} locale @returns {boolean | undefined} */
function hour12(locale) {
  return locale.time_format === "12" ? true : locale.time_format === "24" ? false : undefined;
}

/** @param {Hass} hass @returns {string | undefined} The zone in which times are shown; none is that of the browser. */
export const zoneOf = (hass) => (hass.locale.time_zone === "server" ? hass.config.time_zone : undefined);

export class Format {
  /** @param {Hass} hass */
  constructor(hass) {
    const { language } = hass.locale;
    const timeZone = zoneOf(hass);
    /** @param {Intl.DateTimeFormatOptions} options */
    const dates = (options) => new Intl.DateTimeFormat(language, { timeZone, ...options });
    /** @param {Intl.NumberFormatOptions} options */
    const numbers = (options) => new Intl.NumberFormat(numberLocale(hass.locale), options);
    this.locale = hass.locale;
    this.zone = timeZone;
    this._clock = dates({ hour: "2-digit", minute: "2-digit", hour12: hour12(hass.locale) });
    this._weekday = dates({ weekday: "short" });
    this._short = dates({ day: "numeric", month: "short" });
    this._long = dates({ weekday: "long", day: "numeric", month: "long" });
    this._year = dates({ day: "numeric", month: "long", year: "numeric" });
    this._key = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    this._relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this._number = numbers({ maximumFractionDigits: 2 });
    this._numbers = numbers;
  }

  /** @param {string | number} at @returns {string} */
  clock(at) {
    return this._clock.format(new Date(at));
  }

  /** @param {string | number} at @returns {string} The day as `2026-11-30`. */
  dayKey(at) {
    return this._key.format(new Date(at));
  }

  /** @param {string | number} at @param {number} now @returns {number} Days from today; yesterday is -1. */
  daysFrom(at, now) {
    return Math.round((Date.parse(this.dayKey(at)) - Date.parse(this.dayKey(now))) / DAY);
  }

  /** @param {string | number} at @param {number} now @returns {string} "Today", "yesterday", "Monday 30 November". */
  day(at, now) {
    const days = this.daysFrom(at, now);
    if (Math.abs(days) <= 1) return capital(this._relative.format(days, "day"));
    const sameYear = this.dayKey(at).slice(0, 4) === this.dayKey(now).slice(0, 4);
    return capital((sameYear ? this._long : this._year).format(new Date(at)));
  }

  /** @param {string} at @param {number} now @returns {string} As short as the distance allows: 14:05, Mon, 3 Nov. */
  brief(at, now) {
    const days = this.daysFrom(at, now);
    if (days === 0) return this.clock(at);
    return (days > -7 && days < 0 ? this._weekday : this._short).format(new Date(at));
  }

  /** @param {string} at @param {number} now @param {string} [word] Before the time. @returns {string} "07:00", "tomorrow at 07:00". */
  moment(at, now, word = "") {
    const days = this.daysFrom(at, now);
    const time = word ? `${word} ${this.clock(at)}` : this.clock(at);
    if (days === 0) return time;
    const isThisYear = this.dayKey(at).slice(0, 4) === this.dayKey(now).slice(0, 4);
    const day = (isThisYear ? this._short : this._year).format(new Date(at));
    return `${Math.abs(days) === 1 ? this._relative.format(days, "day") : day} ${time}`;
  }

  /** @param {string} date A day without a zone. */
  date(date) {
    return new Intl.DateTimeFormat(this.locale.language, { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" }).format(
      new Date(`${date}T12:00:00Z`),
    );
  }

  /** @param {string} at @param {number} now @returns {string} "2 minutes ago". */
  ago(at, now) {
    const minutes = Math.round((Date.parse(at) - now) / MINUTE);
    if (Math.abs(minutes) < 60) return this._relative.format(minutes, "minute");
    const hours = Math.round(minutes / 60);
    return Math.abs(hours) < 24 ? this._relative.format(hours, "hour") : this._relative.format(Math.round(hours / 24), "day");
  }

  /** @param {number} number */
  number(number) {
    return this._number.format(number);
  }

  /** @param {number} amount @param {string} currency */
  money(amount, currency) {
    return this._numbers({ style: "currency", currency }).format(amount);
  }
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** @param {number} milliseconds @returns {string} "2:14", "1:02:14"; what is over is 0:00. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** @param {string} name @returns {string} One or two letters; # for a number. */
export function initials(name) {
  const words = name.trim().split(/[\s\-_]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  if (/^\+?[\d\s…*.]+$/.test(name) || !words.length) return "#";
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => [...(word ?? "")][0] ?? "").join("").toLocaleUpperCase();
}

/** @param {string} number @returns {string} A number as it is read aloud; others in groups of what they have. */
export function phone(number) {
  const french = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number);
  return french ? `+33 ${french.slice(1).join(" ")}` : number;
}

/**
 * The moment of a wall clock in a zone, as a form gives it ("2026-11-30T07:00").
 * @param {string} wall @param {string} [timeZone] @returns {string} ISO, in UTC.
 */
export function instantOf(wall, timeZone) {
  if (!timeZone) return new Date(wall).toISOString();
  const utc = Date.parse(`${wall}Z`);
  let guess = utc;
  for (let turn = 0; turn < 2; turn++) guess = utc - (wallOf(guess, timeZone) - guess);
  return new Date(guess).toISOString();
}

/** @param {number} at @param {string} timeZone @returns {number} What a clock there shows, as if it were UTC. */
function wallOf(at, timeZone) {
  return Date.parse(`${wall(at, timeZone)}Z`);
}

/** @param {number} at @param {string} [timeZone] @returns {string} What a clock there shows, as a form takes it. */
export function wall(at, timeZone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(new Date(at));
  return parts.replace(" ", "T");
}

/** @param {string} text @returns {string} The part of an address that stands for a name. */
export function slug(text) {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "");
}
