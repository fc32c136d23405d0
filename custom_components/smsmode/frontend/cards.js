/** The cards of a dashboard: each is a part of the panel, on its own. */

import { AlertsView } from "./alerts.js";
import { CARD_STYLES } from "./card-styles.js";
import { ChatView } from "./chat.js";
import { ComposerView } from "./composer.js";
import { fill, h, icon, keyed, set, write } from "./dom.js";
import { titleOf } from "./state.js";
import { storeOf } from "./store.js";
import { accountOf, entitiesOf, people } from "./strategy.js";
import { stringsOf } from "./strings.js";
import { STYLES } from "./styles.js";
import { Context, shown } from "./view.js";

/** @import {Hass, Thread} from "./types.js" */
/** @typedef {{entity?: string, account?: string, title?: string}} Config */
/** @typedef {{hass?: Hass, config?: Config, preview?: boolean, on?: boolean}} Given */

/** @param {string} kind @param {boolean} french */
export function formOf(kind, french) {
  const account = { name: "account", selector: { config_entry: { integration: "smsmode" } } };
  const entity = { name: "entity", required: kind === "conversation", selector: { entity: { filter: { integration: "smsmode", domain: "notify" } } } };
  const labels = /** @type {Record<string, string>} */ (french ? { account: "Compte (si vide : le compte par défaut)", entity: "Destinataire" } : { account: "Account (left empty: the default account)", entity: "Recipient" });
  return {
    schema: kind === "conversation" || kind === "compose" ? [entity, account] : [account],
    computeLabel: (/** @type {{name: string}} */ field) => labels[field.name],
  };
}

/** @param {string} kind @param {Hass} hass What a card shows in the picker. */
export function stubOf(kind, hass) {
  const [entity] = kind === "conversation" ? people(entitiesOf(hass)) : [];
  return entity ? { entity } : {};
}

export class CardBody {
  /** @param {HTMLElement} host @param {string} kind */
  constructor(host, kind) {
    this.host = host;
    this.kind = kind;
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    /** @type {Given} */
    this.given = {};
    this._made = "";
    this._leave = /** @type {(() => void) | undefined} */ (undefined);
    this._draw = /** @type {(() => void) | undefined} */ (undefined);
  }

  /** @param {Given} given What is new. Called at each change of any state, so this must be quick. */
  update(given) {
    Object.assign(this.given, given);
    const { hass, config, on } = this.given;
    if (!hass || !config || !on) return this._stop();
    const made = JSON.stringify([hass.language, hass.locale, hass.config.time_zone, config]);
    if (made === this._made) return;
    this._stop();
    this._made = made;
    void this._build(hass, config, made);
  }

  _stop() {
    this._made = "";
    this._leave?.();
    this._leave = undefined;
    this.alerts?.stop();
  }

  /** @param {Hass} hass @param {Config} config @param {string} made */
  async _build(hass, config, made) {
    const say = await stringsOf(hass.language);
    if (made !== this._made) return;
    const context = new Context(hass, say, storeOf(hass.connection, config.account ?? accountOf(hass, config.entity)));
    const card = customElements.get("ha-card") ? document.createElement("ha-card") : h("div", { class: "ha-card" });
    card.classList.add(`card-${this.kind}`);
    const parts = { conversation: this._conversation, compose: this._compose, alert: this._alert, credits: this._credits };
    const draw = parts[/** @type {keyof typeof parts} */ (this.kind)].call(this, context, card, config, hass);
    this.root.replaceChildren(h("style", null, STYLES + CARD_STYLES), card, context.notice);
    this.trouble = h("p", { class: "trouble", role: "status" });
    card.prepend(this.trouble);
    this._draw = () => {
      this._say(context);
      draw();
    };
    this._leave = context.store.listen(this._draw);
    this._draw();
  }

  /** @param {Context} context */
  _say({ state, say }) {
    const { phase, account } = state;
    const text = { connecting: account ? "" : say.connecting, lost: say.lost, unauthorized: say.unauthorized, ready: "" }[phase];
    if (this.trouble) write(this.trouble, text);
    if (this.trouble) this.trouble.hidden = !text;
  }

  /** @param {Context} context @param {HTMLElement} card @param {Config} config @param {Hass} hass */
  _conversation(context, card, config, hass) {
    const chat = new ChatView(context);
    const hint = h("p", { class: "trouble" }, context.say.card_entity);
    card.append(chat.node, hint);
    return () => {
      const thread = threadOf(context, hass, config.entity);
      hint.hidden = Boolean(thread) || !context.state.account;
      chat.node.hidden = !thread;
      if (thread) chat.draw(thread, null);
    };
  }

  /** @param {Context} context @param {HTMLElement} card @param {Config} config @param {Hass} hass */
  _compose(context, card, config, hass) {
    const composer = new ComposerView(context);
    const choice = h("select", { "aria-label": context.say.recipient, onchange: () => composer.draw(choice.value) });
    const label = h("label", { class: "whom" }, h("span", null, context.say.recipient), choice);
    card.append(label, composer.node);
    return () => {
      const writable = context.state.threads.filter((thread) => thread.can_write);
      const fixed = threadOf(context, hass, config.entity);
      const options = fixed ? [fixed] : writable;
      const chosen = choice.value;
      keyed(choice, options.map((each) => ({ key: each.thread, title: titleOf(each) })), (each) => each.key, (each, node) => (set(node, "value", each.key), write(node, shown(each.title))), "option");
      if (options.some((each) => each.thread === chosen)) choice.value = chosen;
      label.hidden = options.length < 2 && !fixed ? !options.length : false;
      choice.disabled = Boolean(fixed);
      composer.draw(choice.value);
    };
  }

  /** @param {Context} context @param {HTMLElement} card */
  _alert(context, card) {
    const alerts = new AlertsView(context);
    const none = h("p", { class: "trouble" }, context.say.no_alert);
    this.alerts = alerts;
    card.append(alerts.node, none);
    return () => {
      alerts.draw();
      const isEmpty = !context.state.alerts.length;
      none.hidden = !isEmpty;
      this._hide(isEmpty && !this.given.preview);
    };
  }

  /** @param {boolean} hide Takes no room on the dashboard. */
  _hide(hide) {
    if (this.host.hidden === hide) return;
    this.host.hidden = hide;
    this.host.style.display = hide ? "none" : "";
    this.host.dispatchEvent(new CustomEvent("card-visibility-changed", { bubbles: true, composed: true, detail: { value: !hide } }));
  }

  /** @param {Context} context @param {HTMLElement} card */
  _credits(context, card) {
    const link = h("a", { class: "balance", href: "/smsmode/costs" });
    card.append(link);
    return () => {
      const { state, say, format, store } = context;
      const { credits, days_left: days, as_of, reachable } = state.balance;
      const text = credits === null ? say.credits_unknown : credits <= 0 ? say.no_credits : say.credits(credits, format.number(credits));
      const more = [
        credits !== null && state.credit_price && say.approx(context.price(credits)),
        days !== null && say.days_left(Math.round(days)),
        reachable === false && as_of && say.as_of(format.moment(as_of, store.now())),
      ].filter(Boolean);
      link.classList.toggle("none", credits !== null && credits <= 0);
      fill(link, icon("credits"), h("span", null, h("b", null, text), more.length > 0 && h("small", null, more.join(" · "))));
    };
  }
}

/** @param {Context} context @param {Hass} hass @param {string} [entity] @returns {Thread | undefined} With whom an entity stands for. */
function threadOf({ state }, hass, entity) {
  if (!entity) return undefined;
  const name = hass.states[entity]?.attributes.friendly_name;
  return state.threads.find((thread) => (thread.entity_id ? thread.entity_id === entity : thread.name !== null && thread.name === name));
}
