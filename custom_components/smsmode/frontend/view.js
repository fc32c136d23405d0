/** What all views share: what they draw from, buttons that ask before they act, pictures of people, what a message says. */

import { button, fill, h, icon, write } from "./dom.js";
import { Format, initials } from "./format.js";
import { titleOf } from "./state.js";
import { textOf } from "./store.js";

/** @import {Hass, Message, Thread} from "./types.js" */
/** @import {Store} from "./store.js" */
/** @import {Strings} from "./strings.js" */

/** How long a button waits for the second press. */
const SURE_FOR = 4000;

/** What views draw from: the store, the texts and formats of the person, and a place to say what happened. */
export class Context {
  /** @param {Hass} hass @param {Strings} say @param {Store} store */
  constructor(hass, say, store) {
    this.store = store;
    this.say = say;
    this.format = new Format(hass);
    /** Read aloud, and seen for a while. */
    this.notice = h("div", { class: "notice", role: "status" });
    this._timer = 0;
  }

  get state() {
    return this.store.state;
  }

  /** @param {string} text */
  tell = (text) => {
    write(this.notice, text);
    clearTimeout(this._timer);
    this._timer = setTimeout(() => write(this.notice, ""), 6000);
  };

  /** @param {Promise<unknown>} done Says what went wrong, if something does. */
  watch(done) {
    done.catch((error) => this.tell(this.say.action_failed(textOf(error))));
  }

  /** @param {number} credits @returns {string} In money where its price is known, else in SMS. */
  price(credits) {
    const { credit_price: price, currency } = this.state;
    if (price === null || price === undefined) return this.say.credits(credits, this.format.number(credits));
    return this.format.money(credits * price, currency);
  }

  /** @param {string} key @returns {Thread | undefined} */
  thread(key) {
    return this.state.threads.find((thread) => thread.thread === key);
  }
}

/**
 * A button that acts at the second press only: what it does costs, or cannot be undone.
 * @param {string} label @param {string} question @param {() => void} act @param {Record<string, any>} [attributes]
 */
export function sureButton(label, question, act, attributes) {
  let timer = 0;
  const calm = () => {
    clearTimeout(timer);
    timer = 0;
    made.classList.remove("sure");
    write(made, label);
  };
  const made = button(label, () => {
    if (timer) return calm(), act();
    timer = setTimeout(calm, SURE_FOR);
    made.classList.add("sure");
    write(made, question);
  }, attributes);
  return made;
}

/** Overrides would turn a text round, so that it reads as what it is not; they are shown by their names. @param {string} text */
export const shown = (text) => text.replace(/\u202d/g, "[LRO]").replace(/\u202e/g, "[RLO]");

/** @param {string} name A text of people inside a sentence: its direction is its own. */
export const own = (name) => h("bdi", null, shown(name));

/** @param {Thread} thread */
export function avatar(thread) {
  const face = h("span", { class: "avatar", "aria-hidden": "true" });
  const letters = () => fill(face, thread.kind === "recipient" ? initials(titleOf(thread)) : icon(thread.kind === "number" ? "person" : "group"));
  if (thread.picture) fill(face, h("img", { src: thread.picture, alt: "", onerror: letters }));
  else letters();
  return face;
}

/** @type {Record<string, import("./dom.js").IconName>} */
const ICONS = {
  waiting: "waits", scheduled: "waits", accepted: "tick", operator: "ticks", delivered: "ticks", failed: "failed", expired: "failed",
  cancelled: "cancelled", unknown: "waits",
};

/** @param {Message} message */
export const isPending = (message) => message.status === "waiting" || message.status === "scheduled";

/** @param {Message} message */
export const isFailed = (message) => message.status === "failed" || message.status === "expired";

/** @param {Message} message @param {Context} context @returns {string} Whether it arrived, in words. */
export function statusText(message, context) {
  const { say, format, store } = context;
  if (message.can_undo) return say.cancelled;
  if (message.status === "scheduled") return say.scheduled(format.moment(message.send_at ?? message.at, store.now(), say.at));
  return say[message.status];
}

/** @param {Message} message @returns {SVGSVGElement | null} */
export function statusIcon(message) {
  const name = ICONS[message.can_undo ? "cancelled" : message.status];
  return name ? icon(name) : null;
}

/** @param {Message} message @param {Context} context @returns {string} By what it was sent, or nothing. */
export function originText({ origin }, { say }) {
  if (!origin?.name) return "";
  const name = shown(origin.name);
  if (origin.kind === "other") return name;
  return say[`by_${origin.kind}`](name);
}

/** @param {Message} message @param {Context} context */
async function cancel(message, { store, say, tell }) {
  const answer = await store.cancel(message);
  if (answer?.cancelled === false) tell(say.not_cancelled);
  else if (answer?.undo) tell(say.cancelled_undo);
}

/**
 * The buttons that a message offers.
 * @param {Message} message @param {Context} context
 */
export function messageButtons(message, context) {
  const { say, store, state } = context;
  /** @type {HTMLButtonElement[]} */
  const buttons = [];
  if (!state.access.write) return buttons;
  if (message.can_retry && message.status === "waiting") buttons.push(button(say.send_now, () => context.watch(store.retry(message)), { class: "link" }));
  else if (message.can_retry) buttons.push(sureButton(say.send_again, say.send_again_sure, () => context.watch(store.retry(message)), { class: "link" }));
  if (message.can_cancel) buttons.push(button(say.cancel, () => context.watch(cancel(message, context)), { class: "link" }));
  if (message.can_undo) buttons.push(button(say.undo, () => context.watch(store.undo(message)), { class: "link" }));
  return buttons;
}
