/** A conversation: what was written and what came back, as many elements as fit the screen a few times over. */

import { button, fill, h, icon, keyed, set, write } from "./dom.js";
import { follow, lastSpan, slide, withDays } from "./messages.js";
import { titleOf } from "./state.js";
import { isFailed, isPending, messageButtons, originText, own, shown, statusIcon, statusText } from "./view.js";

/** @import {Message, Sending} from "./types.js" */
/** @import {Context} from "./view.js" */

/** Pixels to an end at which more is fetched, and within which the end is being read. */
const NEAR = 300;
const AT_END = 60;

export class ConversationView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", onscroll: () => this._scrolled() });
    this.note = h("div", { class: "edge", role: "status" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this._toEnd() }, icon("back"));
    this.node = h("div", { class: "talk" }, this.log, this.jump);
    this.lines = h("div", { class: "lines" });
    this.log.append(this.note, this.lines);
    this.span = { start: 0, end: 0 };
    this.first = "";
    this.count = 0;
    this.thread = "";
    // Whoever reads the latest message goes on reading it when the field below grows.
    this.follows = true;
    new ResizeObserver(() => this.follows && this._scrollToEnd()).observe(this.log);
  }

  /** @param {string} thread */
  draw(thread) {
    const { context } = this;
    const { store, say } = context;
    const isOther = this.thread !== thread;
    this.thread = thread;
    store.openThread(thread);
    const messages = this._messages();
    const readsEnd = isOther || this.follows;
    if (isOther) this.lines.replaceChildren();
    this._follow(messages, isOther);
    const name = context.thread(thread);
    set(this.log, "aria-label", say.messages_with(shown(name ? titleOf(name) : thread)));
    set(this.jump, "aria-label", say.newest);
    set(this.jump, "title", say.newest);
    this._paint(messages, readsEnd);
    if (readsEnd && !document.hidden) store.markSeen(thread);
  }

  _messages() {
    return this.context.state.conversations[this.thread]?.messages ?? [];
  }

  /** @param {Message[]} messages @param {boolean} isOther */
  _follow(messages, isOther) {
    const before = this.first ? messages.findIndex((message) => message.id === this.first) : 0;
    const added = Math.max(0, before);
    this.span = isOther || !this.count || before < 0 ? lastSpan(messages.length) : follow(this.span, this.count, messages.length, added);
    this.first = messages[0]?.id ?? "";
    this.count = messages.length;
  }

  /** @param {Message[]} messages @param {boolean} toEnd */
  _paint(messages, toEnd) {
    const { context } = this;
    const anchor = toEnd ? null : this._anchor();
    const now = context.store.now();
    const lines = withDays(messages.slice(this.span.start, this.span.end), (at) => context.format.dayKey(at));
    const sending = this.span.end === this.count ? context.state.sending.filter((each) => each.thread === this.thread) : [];
    const shownLines = [
      ...lines.map((line) => ("day" in line ? { key: `day ${line.day}`, day: context.format.day(line.at, now) } : { key: line.message.id, message: line.message })),
      ...sending.map((each) => ({ key: each.request_id, sending: each })),
    ];
    // What is fetched from the past is not news to read aloud.
    set(this.log, "aria-busy", String(!toEnd));
    keyed(this.lines, shownLines, (line) => line.key, (line, node) => this._line(line, node));
    this._edge(messages);
    this.follows = toEnd;
    if (toEnd) this._scrollToEnd();
    else if (anchor?.node.isConnected) this.log.scrollTop += anchor.node.getBoundingClientRect().top - anchor.top;
    this.jump.hidden = toEnd;
    // Older ones that were waited for at the top come at once: nothing can be scrolled there that would ask for them.
    if (!toEnd && this.log.scrollTop < NEAR) this._slide("older");
  }

  /** @param {{day?: string, message?: Message, sending?: Sending}} line @param {HTMLElement} node */
  _line(line, node) {
    const { context } = this;
    if (line.day) {
      node.className = "day";
      write(node, line.day);
    } else if (line.message) drawMessage(line.message, node, context);
    else if (line.sending) drawSending(line.sending, node, context);
  }

  /** Says what is before the first message, or why there is none. @param {Message[]} messages */
  _edge(messages) {
    const { state, say, store } = this.context;
    const known = state.conversations[this.thread];
    if (!known || (known.loading && !messages.length)) return fill(this.note, say.loading);
    if (known.error !== null) {
      const again = () => void (messages.length ? store.loadOlder(this.thread) : store.refresh(this.thread));
      return fill(this.note, say.loading_failed, " ", known.error, " ", button(say.try_again, again, { class: "link" }));
    }
    if (this.span.start > 0) return fill(this.note);
    if (known.has_more) return fill(this.note, known.loading ? say.loading : button(say.older, () => this._older(), { class: "link" }));
    if (known.missing) return fill(this.note, say[`missing_${known.missing}`]);
    const sends = state.sending.some((each) => each.thread === this.thread);
    return fill(this.note, messages.length || sends ? say.begin : say.empty);
  }

  /** The first line that is seen, and where. */
  _anchor() {
    const top = this.log.getBoundingClientRect().top;
    const node = [...this.lines.children].find((line) => line.getBoundingClientRect().bottom > top);
    return node ? { node, top: node.getBoundingClientRect().top } : null;
  }

  _scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  _isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < AT_END;
  }

  _scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    this.follows = this._isAtEnd() && this.span.end === this.count;
    if (scrollTop < NEAR) this._older();
    else if (scrollHeight - scrollTop - clientHeight < NEAR) this._slide("newer");
    this.jump.hidden = this.follows;
    if (this.follows && !document.hidden) this.context.store.markSeen(this.thread);
  }

  _older() {
    if (this.span.start > 0) this._slide("older");
    else void this.context.store.loadOlder(this.thread);
  }

  /** @param {"older" | "newer"} way */
  _slide(way) {
    const span = slide(this.span, this.count, way);
    if (span === this.span) return;
    this.span = span;
    this._paint(this._messages(), false);
  }

  _toEnd() {
    this.span = lastSpan(this.count);
    this._paint(this._messages(), true);
    this.log.focus();
  }
}

/** @param {Message} message @param {HTMLElement} node @param {Context} context */
function drawMessage(message, node, context) {
  const { say } = context;
  const text = message.text === null ? h("em", null, say.text_elsewhere) : shown(message.text);
  const kinds = [message.direction, isPending(message) && "pending", isFailed(message) && "bad", message.status];
  node.className = `line ${kinds.filter(Boolean).join(" ")}`;
  fill(node, h("div", { class: "bubble", dir: "auto" }, text), h("div", { class: "under" }, ...under(message, context)));
}

/** @param {Message} message @param {Context} context @returns {import("./dom.js").Child[]} */
function under(message, context) {
  const { say, format } = context;
  const time = h("time", { datetime: message.at }, format.clock(message.at));
  const unshown = message.unshown && h("span", { class: "warn" }, say.unshown);
  if (message.direction === "in") return [time, message.verified === false && h("span", { class: "warn" }, say.unverified), unshown];
  const reason = isFailed(message) && message.reason ? say.because(message.reason) : "";
  const status = h("span", { class: "status" }, statusIcon(message), statusText(message, context) + reason);
  const parts = message.segments ? say.sms(message.segments) : "";
  const cost = message.cost && context.state.credit_price ? context.price(message.cost) : parts;
  const by = originText(message, context);
  return [message.status !== "scheduled" && time, status, cost && h("span", null, cost), by && own(by), unshown, ...messageButtons(message, context)];
}

/** @param {Sending} sending @param {HTMLElement} node @param {Context} context */
function drawSending(sending, node, context) {
  const { say, store } = context;
  node.className = `line out ${sending.error === null ? "pending" : "bad"}`;
  const again = () => {
    store.discard(sending.request_id);
    const { request_id: _, ...draft } = sending.order;
    void store.send(draft);
  };
  const below =
    sending.error === null
      ? [h("span", { class: "status" }, icon("waits"), say.sending)]
      : [
          h("span", { class: "status", role: "alert" }, icon("failed"), say.send_failed(sending.error)),
          button(say.send_again, again, { class: "link" }),
          button(say.discard, () => store.discard(sending.request_id), { class: "link" }),
        ];
  fill(node, h("div", { class: "bubble", dir: "auto" }, shown(sending.message)), h("div", { class: "under" }, ...below));
}
