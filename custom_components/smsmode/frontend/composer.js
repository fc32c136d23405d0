/** The field to write in: it grows, it counts, and it says what a message costs before it does. */

import { button, fill, h, icon, set, write } from "./dom.js";
import { instantOf, wall } from "./format.js";
import { room, titleOf } from "./state.js";
import { shown } from "./view.js";

/** @import {Context} from "./view.js" */
/** @import {Offer, Preview, Thread} from "./types.js" */
/** @typedef {{text: string, reply: boolean, urgent: boolean, later: string | null}} Draft */

/** Milliseconds after the last key. */
export const PAUSE = 150;
const HOUR = 3_600_000;

/**
 * A text with the characters marked that make it dearer; nothing if none does.
 * @param {string} text @param {string[]} costly
 */
export function marked(text, costly) {
  const dear = new Set(costly);
  const parts = [...text].map((character) => (dear.has(character) ? h("mark", null, character) : character));
  return parts.some((part) => typeof part !== "string") ? parts : [];
}

export class ComposerView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.text = h("textarea", { rows: "1", "aria-describedby": "count", oninput: () => this._typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this._key(event) });
    this.warnings = h("ul", { class: "warnings", role: "status" });
    this.quick = h("div", { class: "chips quick", role: "group" });
    this.choices = h("div", { class: "chips", role: "group" });
    this.when = h("input", { type: "datetime-local", onchange: () => this._chose() });
    this.whenLabel = h("span", null);
    this.later = h("label", { class: "later", hidden: true }, this.whenLabel, this.when);
    // A field cannot underline: what makes the message dearer is marked below it. The offers say the same aloud.
    this.marked = h("p", { class: "marked", "aria-hidden": "true", dir: "auto" });
    this.count = h("p", { class: "count", id: "count" });
    this.offers = h("div", { class: "offers" });
    this.go = h("button", { type: "submit", class: "send" }, icon("send"));
    const row = h("div", { class: "row" }, this.text, this.go);
    this.node = h("form", { class: "composer", onsubmit: (/** @type {Event} */ event) => this._submit(event) });
    this.node.append(this.warnings, h("div", { class: "bar" }, this.quick, this.choices), this.later, row, this.marked, this.count, this.offers);
    this._drafts = new Map(/** @type {[string, Draft][]} */ ([]));
    this._preview = /** @type {Preview | null} */ (null);
    this._asked = 0;
    this._timer = 0;
    this.thread = "";
  }

  /** @param {string} key */
  draw(key) {
    const { context } = this;
    const { say, state } = context;
    const thread = context.thread(key);
    this.node.hidden = !thread || !state.access.write;
    if (!thread) return;
    if (this.thread !== key) this._take(thread);
    const label = say.write(shown(titleOf(thread)));
    set(this.text, "placeholder", label);
    set(this.text, "aria-label", label);
    set(this.go, "aria-label", say.send);
    set(this.go, "title", `${say.send} (${say.send_key})`);
    set(this.quick, "aria-label", say.quick);
    set(this.choices, "aria-label", say.options);
    write(this.whenLabel, say.later_when);
    this.text.disabled = !thread.can_write;
    this._quickReplies();
    this._choices(thread);
    this._warn(thread);
    this._say();
  }

  /** @returns {Draft} What is written to whom it is shown for; each has a draft of their own. */
  get draft() {
    return this._drafts.get(this.thread) ?? { text: "", reply: false, urgent: false, later: null };
  }

  /** @param {Partial<Draft>} change */
  _change(change) {
    this._drafts.set(this.thread, { ...this.draft, ...change });
  }

  /** @param {Thread} thread */
  _take(thread) {
    this.thread = thread.thread;
    if (!this._drafts.has(this.thread)) this._change({ reply: thread.can_reply });
    this._preview = null;
    this.text.value = this.draft.text;
    this.when.value = this.draft.later ?? "";
    this._grow();
    this._ask(0);
  }

  _quickReplies() {
    const { state, say } = this.context;
    const replies = state.quick_replies.length ? state.quick_replies : say.quick_replies.split("|");
    if (this.quick.dataset.replies === replies.join("|")) return;
    this.quick.dataset.replies = replies.join("|");
    fill(this.quick, ...replies.map((reply) => button(reply, () => this._insert(reply), { class: "chip" })));
  }

  /** @param {string} reply */
  _insert(reply) {
    this.text.value = this.text.value.trim() ? `${this.text.value.trimEnd()} ${reply}` : reply;
    this.text.focus();
    this._typed();
  }

  /** @param {Thread} thread */
  _choices(thread) {
    const { say } = this.context;
    const { reply, urgent, later } = this.draft;
    if (!this.choices.firstChild) {
      this.reply = button("", () => this._toggle({ reply: !this.draft.reply }), { class: "chip" }, "reply");
      this.laterChip = button("", () => this._toggleLater(), { class: "chip" }, "waits");
      this.urgentChip = button("", () => this._toggle({ urgent: !this.draft.urgent }), { class: "chip" }, "urgent");
      this.choices.append(this.reply, this.laterChip, this.urgentChip);
    }
    const chip = (/** @type {HTMLElement | undefined} */ node, /** @type {string} */ label, /** @type {boolean} */ on) => {
      if (!node) return;
      write(/** @type {Element} */ (node.lastElementChild), label);
      set(node, "aria-pressed", String(on));
    };
    chip(this.reply, say.can_reply, reply);
    chip(this.laterChip, say.later, later !== null);
    chip(this.urgentChip, say.urgent, urgent);
    if (this.reply) this.reply.hidden = !thread.can_reply;
    if (this.urgentChip) this.urgentChip.title = say.urgent_help;
    this.later.hidden = later === null;
  }

  /** @param {Partial<Draft>} change */
  _toggle(change) {
    this._change(change);
    this._redraw();
    this._ask(0);
  }

  _toggleLater() {
    const { store, format } = this.context;
    // The full hour that follows the next one: nobody schedules for in a minute.
    const soon = wall(Math.ceil(store.now() / HOUR) * HOUR + HOUR, format.zone);
    this.when.value = this.draft.later === null ? soon : "";
    this.when.min = wall(store.now(), format.zone);
    this._toggle({ later: this.draft.later === null ? soon : null });
    if (this.draft.later !== null) this.when.focus();
  }

  _chose() {
    this._change({ later: this.when.value });
    this._redraw();
  }

  _redraw() {
    this.draw(this.thread);
  }

  /** @param {Thread} thread */
  _warn(thread) {
    const { say, state, format, store } = this.context;
    const name = shown(titleOf(thread));
    const { urgent, later, reply } = this.draft;
    const { credits, reachable } = state.balance;
    const quiet = !urgent && later === null && thread.quiet_until;
    const warnings = [
      credits !== null && credits <= 0 && say.no_credits,
      reachable === false && say.unreachable,
      !thread.can_write && !thread.blocked && say.warn_unwritable,
      thread.blocked && say.warn_blocked(name),
      thread.paused && !urgent && say.warn_paused(name),
      quiet && say.quiet(name, format.moment(quiet, store.now(), say.at)),
      !thread.can_reply && !reply && thread.kind !== "group" && thread.kind !== "gateway_group" && say.warn_reply,
      later && Date.parse(instantOf(later, format.zone)) < store.now() && say.warn_past,
    ];
    const texts = warnings.filter((warning) => typeof warning === "string");
    if (this.warnings.dataset.texts === texts.join("\n")) return;
    this.warnings.dataset.texts = texts.join("\n");
    fill(this.warnings, ...texts.map((text) => h("li", null, text)));
  }

  _typed() {
    this._change({ text: this.text.value });
    this._grow();
    this._ask(PAUSE);
  }

  _grow() {
    this.text.style.height = "auto";
    if (this.text.scrollHeight) this.text.style.height = `${this.text.scrollHeight + 2}px`;
  }

  /** @param {number} pause Asks what it would cost, once nothing was typed for so long. */
  _ask(pause) {
    clearTimeout(this._timer);
    const asked = (this._asked += 1);
    this._say();
    if (!this.text.value.trim()) return this._show(null);
    this._timer = setTimeout(() => {
      const { store } = this.context;
      const question = { message: this.text.value, recipients: [this.thread], reply: this.draft.reply };
      store.call("preview", question).then(
        (preview) => asked === this._asked && this._show(/** @type {Preview} */ (preview)),
        // Whatever is wrong is told when it is sent; a count of another text must not stay.
        () => asked === this._asked && this._show(null),
      );
    }, pause);
  }

  /** @param {Preview | null} preview */
  _show(preview) {
    this._preview = preview;
    this._say();
  }

  _say() {
    const { say, format } = this.context;
    const preview = this._preview;
    this.go.disabled = !this.text.value.trim() || this.text.disabled;
    if (!preview || !this.text.value.trim()) {
      return [this.marked, this.count, this.offers].forEach((part) => fill(part));
    }
    // Within one SMS nothing is dearer.
    const dear = preview.segments > 1 ? preview.costly : [];
    fill(this.marked, ...marked(this.text.value, dear));
    const limit = room(preview.encoding, preview.segments);
    const used = say.count(format.number(preview.characters), format.number(limit));
    const { price, currency } = preview;
    const cost = price === undefined ? this.context.price(preview.cost) : say.approx(format.money(price, currency ?? "EUR"));
    fill(this.count, h("b", null, say.sms(preview.segments)), ` · ${used} · ${cost}`);
    const offers = (preview.offers ?? []).slice(0, 4);
    const costly = !offers.length && dear.length > 0 && say.costly(dear.join(" "));
    fill(
      this.offers,
      preview.truncated && h("span", { class: "bad" }, say.truncated),
      costly && h("span", null, costly),
      ...offers.map((offer) => this._offer(offer)),
    );
  }

  /** @param {Offer} offer */
  _offer(offer) {
    const { say } = this.context;
    const label = offer.to ? say.offer(offer.from, offer.to) : say.offer_drop(offer.from);
    const saves = offer.saves_segments > 0 ? ` (${say.offer_saves(offer.saves_segments)})` : "";
    return button(label + saves, () => this._accept(offer), { class: "chip offer" });
  }

  /** @param {Offer} offer */
  _accept({ from, to }) {
    this.text.value = this.text.value.replaceAll(from, to);
    this.text.focus();
    this._typed();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    if (!this.go.disabled) this.node.requestSubmit();
  }

  /** @param {Event} event */
  async _submit(event) {
    event.preventDefault();
    const { context, thread } = this;
    const { store, say, format } = context;
    const { text, reply, urgent, later } = this.draft;
    if (!text.trim()) return;
    const at = later ? { send_at: instantOf(later, format.zone) } : {};
    const order = { thread, message: text, ...(reply && { reply }), ...(urgent && { urgent }), ...at };
    this._change({ text: "", urgent: false, later: null });
    this.text.value = "";
    this.when.value = "";
    this._grow();
    this._ask(0);
    this._redraw();
    const answer = await store.send(order);
    const first = answer?.messages?.[0];
    if (!answer) return;
    const isQueued = first?.status === "queued" || first?.queue_id;
    context.tell(isQueued ? say.queued : first?.send_at ? say.saved : say.sent);
  }
}
