/** What waits here and what is scheduled, of everybody. */

import { fill, h, icon, keyed, write } from "./dom.js";
import { timeOf } from "./messages.js";
import { messageButtons, originText, own, shown, statusIcon, statusText } from "./view.js";

/** @import {Message} from "./types.js" */
/** @import {Context} from "./view.js" */

class Part {
  constructor() {
    this.title = h("h2", null);
    this.help = h("p", { class: "help" });
    this.list = h("ul", { class: "rows" });
    this.node = h("section", { class: "part" }, this.title, this.help, this.list);
  }

  /** @param {Context} context @param {Message[]} messages @param {string} title @param {string} help */
  draw(context, messages, title, help) {
    this.node.hidden = !messages.length;
    write(this.title, title);
    write(this.help, help);
    const sorted = [...messages].sort((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)));
    keyed(this.list, sorted, (message) => message.id, (message, node) => drawRow(message, node, context), "li");
  }
}

export class WaitingView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.queue = new Part();
    this.planned = new Part();
    this.empty = h("div", { class: "nothing" });
    this.node = h("div", { class: "page" }, this.queue.node, this.planned.node, this.empty);
  }

  draw() {
    const { context } = this;
    const { state, say } = context;
    this.queue.draw(context, state.queue, say.waits, say.waits_help);
    this.planned.draw(context, state.scheduled, say.planned, "");
    this.empty.hidden = state.queue.length + state.scheduled.length > 0;
    if (!this.empty.hidden) fill(this.empty, icon("done"), h("p", null, say.nothing_waits));
  }
}

/** @param {Message} message @param {HTMLElement} node @param {Context} context */
function drawRow(message, node, context) {
  const { say } = context;
  const by = originText(message, context);
  const facts = [
    h("span", { class: "status" }, statusIcon(message), statusText(message, context)),
    message.segments && h("span", null, say.sms(message.segments)),
    by && own(by),
  ];
  fill(
    node,
    h("div", { class: "what" }, h("b", null, own(say.to(message.recipients.join(", ")))), h("p", { dir: "auto" }, shown(message.text ?? say.text_elsewhere)), h("div", { class: "under" }, ...facts)),
    h("div", { class: "actions" }, ...messageButtons(message, context)),
  );
}
