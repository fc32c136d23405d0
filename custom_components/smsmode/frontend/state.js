/** The one state object, and what each event of the backend makes of it. Nothing here waits or draws. */

/** @import {Event, State, Thread} from "./types.js" */

/** Unread marks are kept for as many conversations. */
export const MAX_MARKS = 200;

/** @returns {State} */
export const initialState = () => ({
  phase: "connecting",
  account: null,
  accounts: [],
  access: { read: false, write: false, acknowledge: false },
  currency: "EUR",
  credit_price: null,
  country: "",
  quick_replies: [],
  threads: [],
  alerts: [],
  queue: [],
  scheduled: [],
  balance: { credits: null, as_of: null, days_left: null, reachable: null },
  now: "",
  offset: 0,
  sending: [],
  seen: {},
  conversations: {},
});

/**
 * The state after an event.
 * @param {State} state @param {Event} event @param {number} now Of this browser, whose clock may be wrong.
 * @returns {State}
 */
export function afterEvent(state, event, now) {
  const { kind, threads, gone, ...rest } = event;
  if (kind === "reload") return { ...state, phase: "connecting" };
  if (kind === "snapshot") {
    const offset = event.now ? Date.parse(event.now) - now : 0;
    return { ...state, ...rest, threads: inOrder(threads ?? []), phase: "ready", offset };
  }
  return { ...state, ...rest, threads: threads || gone ? merged(state.threads, threads ?? [], gone ?? []) : state.threads };
}

/** @param {Thread[]} known @param {Thread[]} changed @param {string[]} gone */
function merged(known, changed, gone) {
  const threads = new Map(known.map((thread) => [thread.thread, thread]));
  for (const key of gone) threads.delete(key);
  for (const thread of changed) threads.set(thread.thread, thread);
  return inOrder([...threads.values()]);
}

/** @param {Thread[]} threads The latest first; those without a message by name. */
const inOrder = (threads) =>
  threads.sort((a, b) => (b.last_at ?? "").localeCompare(a.last_at ?? "") || titleOf(a).localeCompare(titleOf(b)));

/** @param {Thread} thread */
export const titleOf = (thread) => thread.name ?? thread.thread;

/** @param {State} state @param {Thread} thread */
export const isUnread = (state, thread) =>
  thread.last_reply_at !== null && Date.parse(thread.last_reply_at) > Date.parse(state.seen[thread.thread] ?? "1970-01-01");

/** @param {State} state */
export const unreadCount = (state) => state.threads.filter((thread) => isUnread(state, thread)).length;

/** @param {State} state @returns {number} How many messages wait here or are scheduled. */
export const waitingCount = (state) => state.queue.length + state.scheduled.length;

/**
 * The threads that have something in their name, number or latest text; accents and capitals do not count.
 * @param {Thread[]} threads @param {string} words
 */
export function found(threads, words) {
  const wanted = plain(words.trim());
  if (!wanted) return threads;
  const digits = wanted.replace(/[\s.]/g, "").replace(/^0/, "");
  return threads.filter(
    (thread) =>
      plain(`${thread.name ?? ""} ${thread.last?.text ?? ""}`).includes(wanted) ||
      (/^\+?\d{2,}$/.test(digits) && thread.thread.includes(digits)),
  );
}

/** @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Marks with one more; the oldest are dropped.
 * @param {Record<string, string>} seen @param {string} thread @param {string} at
 */
export function withMark(seen, thread, at) {
  const marks = Object.entries({ ...seen, [thread]: at }).sort(([, a], [, b]) => b.localeCompare(a));
  return Object.fromEntries(marks.slice(0, MAX_MARKS));
}

/** What is charged for an SMS; longer ones are sent in parts, which need some room to say so. */
const ROOM = /** @type {Record<string, [number, number]>} */ ({ gsm: [160, 153], unicode: [70, 67] });

/** @param {string} encoding @param {number} segments @returns {number} How many characters as many segments hold. */
export function room(encoding, segments) {
  const [single, part] = ROOM[encoding] ?? ROOM.gsm ?? [160, 153];
  return segments <= 1 ? single : part * segments;
}
