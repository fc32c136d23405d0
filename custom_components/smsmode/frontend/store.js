/** The link to the backend: the subscription, the conversations that are open, and what was ordered. */

import { withNewest, withOlder } from "./messages.js";
import { afterEvent, initialState, withMark } from "./state.js";

/** @import {Connection, Conversation, Event, Message, Order, Sending, State} from "./types.js" */

export const PAGE = 50;
/** The backend knows a request for ten minutes; one that was lost is not sent again later. */
export const RESEND_FOR = 9 * 60_000;
const KEPT_CONVERSATIONS = 6;
/** Seconds before the next attempt to subscribe. */
const PAUSES = [1, 2, 5, 10];
/** A page that is opened in the place of another goes on with what that one had. */
const LINGER = 3_000;

/** @param {any} error */
const isLost = (error) => error === 3 || error?.code === 3 || error?.error?.code === 3;

/** @param {any} error @returns {string} */
export const textOf = (error) => String(error?.message ?? error?.error?.message ?? error ?? "");

/** @returns {string} A random id; `crypto.randomUUID` exists over https alone. */
function requestId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Store {
  /**
   * @param {Connection} connection @param {string | null} entryId None for the default account.
   * @param {(draw: () => void) => void} [soon] Runs something once, before the next picture.
   */
  constructor(connection, entryId, soon = (draw) => void requestAnimationFrame(draw)) {
    this.connection = connection;
    this.entryId = entryId;
    this.state = initialState();
    this._soon = soon;
    this._listeners = new Set(/** @type {(() => void)[]} */ ([]));
    this._drawing = false;
    this._session = 0;
    this._isOpen = false;
    this._attempts = 0;
    this._asking = /** @type {Map<string, {again: boolean, done: Promise<void>}>} */ (new Map());
    this._unsubscribe = /** @type {(() => unknown) | null} */ (null);
    this._onLost = () => this._set({ phase: "lost" });
    this._onReady = () => void this._subscribe();
  }

  /** @param {() => void} listener Called after each change. @returns {() => void} Ends it. */
  listen(listener) {
    if (!this._listeners.size) this._open();
    this._listeners.add(listener);
    return () => {
      this._listeners.delete(listener);
      setTimeout(() => !this._listeners.size && this._close(), LINGER);
    };
  }

  /** @template T @param {string} command @param {object} [data] @returns {Promise<T>} */
  call(command, data) {
    const account = this.entryId ? { config_entry_id: this.entryId } : {};
    return this.connection.sendMessagePromise({ type: `smsmode/${command}`, ...account, ...data });
  }

  /** @returns {number} The time of the house, in milliseconds. */
  now() {
    return Date.now() + this.state.offset;
  }

  /** @param {Partial<State>} change */
  _set(change) {
    this.state = { ...this.state, ...change };
    if (this._drawing) return;
    this._drawing = true;
    this._soon(() => {
      this._drawing = false;
      for (const listener of this._listeners) listener();
    });
  }

  _open() {
    if (this._isOpen) return;
    this._isOpen = true;
    this.connection.addEventListener("disconnected", this._onLost);
    this.connection.addEventListener("ready", this._onReady);
    void this._subscribe();
  }

  _close() {
    this._isOpen = false;
    this._session += 1;
    this.connection.removeEventListener("disconnected", this._onLost);
    this.connection.removeEventListener("ready", this._onReady);
    this._end();
  }

  _end() {
    const unsubscribe = this._unsubscribe;
    this._unsubscribe = null;
    // After a lost connection there is nothing left to end.
    if (unsubscribe) Promise.resolve(unsubscribe()).catch(() => undefined);
  }

  async _subscribe() {
    const session = (this._session += 1);
    const account = this.entryId ? { config_entry_id: this.entryId } : {};
    /** @param {Event} event */
    const hear = (event) => session === this._session && this._hear(event);
    try {
      const options = { resubscribe: false };
      const unsubscribe = await this.connection.subscribeMessage(hear, { type: "smsmode/subscribe", ...account }, options);
      if (session !== this._session) return void Promise.resolve(unsubscribe()).catch(() => undefined);
      this._unsubscribe = unsubscribe;
      this._attempts = 0;
    } catch (error) {
      if (session !== this._session || isLost(error)) return;
      const refused = /** @type {any} */ (error)?.code === "unauthorized";
      this._set({ phase: refused ? "unauthorized" : "connecting" });
      if (!refused) this._again(session);
    }
  }

  /** @param {number} session */
  _again(session) {
    const pause = PAUSES[Math.min(this._attempts++, PAUSES.length - 1)] ?? 1;
    setTimeout(() => session === this._session && void this._subscribe(), pause * 1000);
  }

  /** @param {Event} event */
  _hear(event) {
    this._set(afterEvent(this.state, event, Date.now()));
    if (event.kind === "reload") {
      this._end();
      return this._again(this._session);
    }
    if (event.kind === "snapshot") void this._loadMarks();
    const changed = new Set(event.threads?.map((thread) => thread.thread));
    const all = event.kind === "snapshot" || event.queue || event.scheduled;
    for (const key of Object.keys(this.state.conversations)) if (all || changed.has(key)) void this.refresh(key);
  }

  async _loadMarks() {
    const id = this.state.account?.entry_id ?? "";
    const answer = await this._userData("get", {});
    this._marks = answer?.value ?? {};
    const seen = this._marks[id] ?? {};
    // What was seen while this was asked for stays seen.
    this._set({ seen: { ...seen, ...this.state.seen } });
  }

  /** @param {string} verb @param {object} data @returns {Promise<any>} Nothing if Home Assistant cannot keep it. */
  _userData(verb, data) {
    const message = { type: `frontend/${verb}_user_data`, key: "smsmode", ...data };
    return this.connection.sendMessagePromise(message).catch(() => null);
  }

  /** @param {string} thread Its latest reply was on the screen. */
  markSeen(thread) {
    const at = this.state.threads.find((each) => each.thread === thread)?.last_reply_at;
    const id = this.state.account?.entry_id;
    if (!at || !id || !this._marks || Date.parse(this.state.seen[thread] ?? "1970-01-01") >= Date.parse(at)) return;
    this._set({ seen: withMark(this.state.seen, thread, at) });
    this._marks = { ...this._marks, [id]: this.state.seen };
    void this._userData("set", { value: this._marks });
  }

  /** @param {string} thread @param {Partial<Conversation>} change */
  _setConversation(thread, change) {
    const { [thread]: known, ...others } = this.state.conversations;
    const fresh = { messages: [], has_more: false, cursor: null, missing: null, loading: false, error: null };
    const kept = Object.entries(others).slice(-KEPT_CONVERSATIONS + 1);
    this._set({ conversations: { ...Object.fromEntries(kept), [thread]: { ...fresh, ...known, ...change } } });
  }

  /** @param {string} thread Loads its newest messages, unless they are there. */
  openThread(thread) {
    if (!this.state.conversations[thread]) void this.refresh(thread);
  }

  /**
   * Asks for the newest page of a conversation: one question at a time, and one more if something came meanwhile.
   * @param {string} thread @returns {Promise<void>} Until what came before this call is there.
   */
  refresh(thread) {
    const open = this._asking.get(thread);
    if (open) {
      open.again = true;
      return open.done;
    }
    const asking = { again: false, done: Promise.resolve() };
    const ask = async () => {
      do {
        asking.again = false;
        await this._ask(thread);
      } while (asking.again);
      this._asking.delete(thread);
    };
    this._asking.set(thread, asking);
    asking.done = ask();
    return asking.done;
  }

  /** @param {string} thread */
  async _ask(thread) {
    this._setConversation(thread, { loading: true, error: null });
    try {
      const page = await this.call("thread", { thread, limit: PAGE });
      const known = this.state.conversations[thread];
      const messages = withNewest(known?.messages ?? [], page);
      // What is older than this page has been loaded before, and so has its cursor.
      const more = messages.length > page.messages.length ? {} : { has_more: page.has_more, cursor: page.cursor, missing: page.missing };
      this._setConversation(thread, { messages, ...more, loading: false });
    } catch (error) {
      this._setConversation(thread, { loading: false, error: isLost(error) ? null : textOf(error) });
    }
  }

  /** @param {string} thread @returns {Promise<void>} */
  async loadOlder(thread) {
    const known = this.state.conversations[thread];
    if (!known?.has_more || known.loading) return;
    this._setConversation(thread, { loading: true, error: null });
    try {
      const page = await this.call("thread", { thread, limit: PAGE, before: known.cursor });
      const { messages } = /** @type {Conversation} */ (this.state.conversations[thread]);
      this._setConversation(thread, { ...page, messages: withOlder(messages, page), loading: false });
    } catch (error) {
      this._setConversation(thread, { loading: false, error: textOf(error) });
    }
  }

  /**
   * Sends a message. It is shown as being sent until the backend has answered, through lost connections as well: the same
   * request is made again, and the backend knows it by its id.
   * @param {Omit<Order, "request_id">} draft @returns {Promise<any>} The answer; nothing if it was refused.
   */
  async send(draft) {
    const order = { ...draft, request_id: requestId() };
    /** @type {Sending} */
    const sending = { ...order, order, at: new Date(this.now()).toISOString(), error: null };
    this._set({ sending: [...this.state.sending, sending] });
    try {
      const answer = await this._sendUntilHeard(order);
      const failed = answer?.failed ?? [];
      if (failed.length && !answer.messages?.length) throw new Error(failed.map((/** @type {any} */ each) => each.reason).join(" "));
      await this.refresh(draft.thread);
      this.discard(order.request_id);
      return answer;
    } catch (error) {
      const failed = { ...sending, error: textOf(error) };
      this._set({ sending: this.state.sending.map((each) => (each.request_id === order.request_id ? failed : each)) });
      return null;
    }
  }

  /** @param {Order} order @returns {Promise<any>} */
  async _sendUntilHeard(order) {
    const until = Date.now() + RESEND_FOR;
    for (;;) {
      try {
        return await this.call("send", order);
      } catch (error) {
        if (!isLost(error) || Date.now() > until) throw error;
        await this._connected();
      }
    }
  }

  /** @returns {Promise<void>} Until the connection is there again. */
  _connected() {
    if (this.connection.connected) return Promise.resolve();
    return new Promise((resolve) => {
      const ready = () => {
        this.connection.removeEventListener("ready", ready);
        resolve();
      };
      this.connection.addEventListener("ready", ready);
    });
  }

  /** @param {string} request_id Forgets a message that was refused. */
  discard(request_id) {
    this._set({ sending: this.state.sending.filter((each) => each.request_id !== request_id) });
  }

  /** @param {Message} message @returns {Promise<{cancelled?: boolean, undo?: boolean}>} Whether it had not left yet. */
  cancel(message) {
    return this.call("cancel", { ...reference(message), undo: true });
  }

  /** @param {Message} message Lets a message go its way that was cancelled a moment ago. */
  undo(message) {
    return this.call("undo_cancel", reference(message));
  }

  /** @param {Message} message Sends what waits at once, and what failed again. */
  retry(message) {
    return this.call("retry", reference(message));
  }
}

/** @param {Message} message */
const reference = (message) => (message.queue_id ? { queue_id: message.queue_id } : { message_id: message.message_id });

/** @type {WeakMap<Connection, Map<string | null, Store>>} */
const stores = new WeakMap();

/**
 * The store of an account, one for a panel and any number of cards.
 * @param {Connection} connection @param {string | null} [entryId] @returns {Store}
 */
export function storeOf(connection, entryId = null) {
  const known = stores.get(connection) ?? new Map();
  stores.set(connection, known);
  const store = known.get(entryId) ?? new Store(connection, entryId);
  known.set(entryId, store);
  return store;
}
