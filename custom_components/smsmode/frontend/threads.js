/** The list of conversations, with its search. */

import { fill, h, icon, keyed, set, write } from "./dom.js";
import { phone } from "./format.js";
import { found, isUnread } from "./state.js";
import { avatar, isFailed, own, shown, statusIcon, statusText } from "./view.js";

/** @import {Thread} from "./types.js" */
/** @import {Context} from "./view.js" */
/** @typedef {{thread: Thread, unread: boolean, current: boolean}} Row */

export class ThreadsView {
  /** @param {Context} context @param {(thread: Thread) => void} choose */
  constructor(context, choose) {
    this.context = context;
    this.choose = choose;
    this.search = h("input", { type: "search", autocomplete: "off", spellcheck: "false", oninput: () => this._draw() });
    this.field = h("label", { class: "search" }, icon("search"), this.search);
    this.list = h("ul", { onkeydown: (/** @type {KeyboardEvent} */ event) => this._move(event) });
    this.empty = h("p", { class: "empty", role: "status" });
    this.node = h("nav", { class: "threads" }, this.field, this.list, this.empty);
  }

  /** @param {string} current */
  draw(current) {
    this.current = current;
    this._draw();
  }

  _draw() {
    const { context } = this;
    const { state, say } = context;
    set(this.node, "aria-label", say.people);
    set(this.search, "placeholder", say.search);
    set(this.search, "aria-label", say.search);
    const threads = found(state.threads, this.search.value);
    const rows = threads.map((thread) => ({ thread, unread: isUnread(state, thread), current: thread.thread === this.current }));
    keyed(this.list, rows, (row) => row.thread.thread, (row, node) => this._row(row, node), "li");
    this.field.hidden = state.threads.length < 2;
    write(this.empty, state.phase !== "ready" || rows.length ? "" : state.threads.length ? say.nothing_found : say.no_threads);
  }

  /** @param {Row} row @param {HTMLElement} node */
  _row({ thread, unread, current }, node) {
    // The button stays, so that the focus does.
    const row = node.querySelector("button") ?? h("button", { type: "button" });
    if (!row.parentNode) node.append(row);
    row.onclick = () => this.choose(thread);
    set(row, "aria-current", current && "true");
    row.className = `thread${unread ? " unread" : ""}`;
    // Replaced with each change, so these take no presses: one that began on them would be lost.
    fill(row, avatar(thread), h("span", { class: "name" }, own(thread.name ?? phone(thread.thread))), this._time(thread), this._latest(thread), this._marks(thread, unread));
  }

  /** @param {Thread} thread */
  _time(thread) {
    const { format, store } = this.context;
    return thread.last_at && h("time", { class: "when", datetime: thread.last_at }, format.brief(thread.last_at, store.now()));
  }

  /** @param {Thread} thread */
  _latest(thread) {
    const { context } = this;
    const { last } = thread;
    if (!last) return h("span", { class: "latest" }, context.say.no_message);
    const status = last.direction === "out" && h("span", { class: `status ${last.status}` }, statusIcon(last), h("span", { class: "aloud" }, statusText(last, context)));
    return h("span", { class: `latest${isFailed(last) ? " bad" : ""}` }, status, h("bdi", null, shown(last.text ?? "…")));
  }

  /** @param {Thread} thread @param {boolean} unread */
  _marks(thread, unread) {
    const { say } = this.context;
    const failed = thread.failed && !(thread.last && isFailed(thread.last)) && h("span", { class: "mark bad", title: say.has_failed }, icon("failed"), h("span", { class: "aloud" }, say.has_failed));
    const dot = unread && h("span", { class: "mark dot", title: say.unread }, h("span", { class: "aloud" }, say.unread));
    return h("span", { class: "marks" }, failed, dot);
  }

  /** The arrows go from row to row. @param {KeyboardEvent} event */
  _move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [...this.list.querySelectorAll("button")];
    const at = rows.findIndex((row) => row === /** @type {ShadowRoot} */ (this.list.getRootNode()).activeElement);
    rows[at + step]?.focus();
    event.preventDefault();
  }
}
