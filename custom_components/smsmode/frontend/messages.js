/** Lists of messages: pages joined, days, and the part of a long conversation that is in the page. */

/** @import {Message, Page} from "./types.js" */
/** @typedef {{start: number, end: number}} Span */

/** How many messages are elements at the same time, and how many come or go at an end. */
export const SHOWN = 150;
export const STRIDE = 50;

/** @param {Message} message When it is shown: a scheduled one when it leaves. */
export const timeOf = (message) => (message.status === "scheduled" && message.send_at) || message.at;

/** @param {Message} a @param {Message} b */
const byTime = (a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b));

/**
 * Joins the newest page, newest first, to what is known, oldest first: whatever is not older than the page comes from it.
 * @param {Message[]} known @param {Page} page @returns {Message[]}
 */
export function withNewest(known, page) {
  const fresh = [...page.messages].reverse().sort(byTime);
  if (!page.has_more || !fresh.length) return fresh;
  const ids = new Set(fresh.map((message) => message.id));
  const first = Math.min(...fresh.map((message) => Date.parse(message.at)));
  const older = known.filter((message) => !ids.has(message.id) && Date.parse(message.at) < first);
  return [...older, ...fresh].sort(byTime);
}

/**
 * Puts an older page before what is known.
 * @param {Message[]} known @param {Page} page @returns {Message[]}
 */
export function withOlder(known, page) {
  const ids = new Set(known.map((message) => message.id));
  return [...[...page.messages].reverse().filter((message) => !ids.has(message.id)), ...known];
}

/** @param {number} count @returns {Span} The part that is shown first: the end. */
export const lastSpan = (count) => ({ start: Math.max(0, count - SHOWN), end: count });

/**
 * The part after scrolling to one of its ends; the same if there is nothing more.
 * @param {Span} span @param {number} count @param {"older" | "newer"} way @returns {Span}
 */
export function slide(span, count, way) {
  if (way === "older") {
    const start = Math.max(0, span.start - STRIDE);
    return start === span.start ? span : { start, end: Math.min(span.end, start + SHOWN) };
  }
  const end = Math.min(count, span.end + STRIDE);
  return end === span.end ? span : { start: Math.max(span.start, end - SHOWN), end };
}

/**
 * The part once a list became longer or shorter: what is seen stays, and the end follows if it was shown.
 * @param {Span} span @param {number} before How many there were.
 * @param {number} count How many there are.
 * @param {number} added How many of them were put at the beginning.
 * @returns {Span}
 */
export function follow(span, before, count, added) {
  if (span.end === before && !added) return lastSpan(count);
  const end = Math.min(count, span.end + added);
  return { start: Math.max(0, Math.min(span.start + added, end - 1)), end };
}

/**
 * Messages and the days between them.
 * @param {Message[]} messages @param {(at: string) => string} dayOf
 * @returns {({day: string, at: string} | {message: Message})[]}
 */
export function withDays(messages, dayOf) {
  /** @type {({day: string, at: string} | {message: Message})[]} */
  const lines = [];
  let day = "";
  for (const message of messages) {
    const own = dayOf(timeOf(message));
    if (own !== day) lines.push({ day: own, at: timeOf(message) });
    day = own;
    lines.push({ message });
  }
  return lines;
}
