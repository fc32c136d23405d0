/** A person or a group: the head, the conversation, and the field to write in. Loaded when the first one is opened. */

import { ComposerView } from "./composer.js";
import { ConversationView } from "./conversation.js";
import { fill, h, icon } from "./dom.js";
import { phone } from "./format.js";
import { avatar, own } from "./view.js";

/** @import {Thread} from "./types.js" */
/** @import {Context} from "./view.js" */

export class ChatView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.head = h("div", { class: "head" });
    this.conversation = new ConversationView(context);
    this.composer = new ComposerView(context);
    this.closed = h("p", { class: "nothing" }, context.say.write_only);
    this.node = h("section", { class: "chat" }, this.head, this.conversation.node, this.closed, this.composer.node);
    this._shown = "";
  }

  /** @param {Thread} thread @param {(() => void) | null} back */
  draw(thread, back) {
    const shown = JSON.stringify([{ ...thread, last: null }, Boolean(back)]);
    if (shown !== this._shown) drawHead(this.head, this.context, thread, back);
    this._shown = shown;
    const { read } = this.context.state.access;
    this.conversation.node.hidden = !read;
    this.closed.hidden = read;
    this.composer.draw(thread.thread);
    if (read) this.conversation.draw(thread.thread);
  }
}

/**
 * The head of a conversation: with whom, and what holds for them now.
 * @param {HTMLElement} node @param {Context} context @param {Thread} thread @param {(() => void) | null} back
 */
function drawHead(node, context, thread, back) {
  const { say, format, store } = context;
  const facts = [
    thread.name && thread.kind !== "group" && thread.thread.startsWith("+") && phone(thread.thread),
    thread.blocked && say.blocked,
    thread.paused && say.paused,
    thread.quiet_until && say.quiet_now(format.moment(thread.quiet_until, store.now())),
  ].filter(Boolean);
  const title = h("h2", null, own(thread.name ?? phone(thread.thread)));
  return fill(
    node,
    back && h("button", { type: "button", class: "round back", "aria-label": say.back, title: say.back, onclick: back }, icon("back")),
    avatar(thread),
    h("div", { class: "who" }, title, facts.length > 0 && h("p", null, facts.join(" · "))),
  );
}
