/** The panel *Messages*: its head, its parts, and the way between them. */

import { button, fill, h, icon, keyed, set, write } from "./dom.js";
import { slug } from "./format.js";
import { unreadCount, waitingCount } from "./state.js";
import { storeOf } from "./store.js";
import { stringsOf } from "./strings.js";
import { STYLES } from "./styles.js";
import { ThreadsView } from "./threads.js";
import { Context, shown } from "./view.js";

/** @import {Hass, Thread} from "./types.js" */

/** Which account was chosen, in this browser. */
const CHOSEN = "smsmode-account";
/** Fewer credits than this many days of use are said aloud. */
const LOW_DAYS = 7;

/** @param {Thread} thread @returns {string} Its part of the address: a name, or for a number something that does not show it. */
export function placeOf(thread) {
  const name = thread.name ? slug(thread.name) : "";
  if (name) return name;
  let hash = 0x811c9dc5;
  for (const char of thread.thread) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `-${hash.toString(36)}`;
}

class SmsmodePanel extends HTMLElement {
  /** @type {Hass | undefined} */ _hass;
  /** @type {Context | undefined} */ context;
  /** @type {(() => void) | undefined} */ _leave;
  /** @type {{node: Element, draw?: () => void} | undefined} */ page;
  /** @type {import("./chat.js").ChatView | undefined} */ chat;
  /** @type {import("./waiting.js").WaitingView | undefined} */ waiting;
  /** @type {import("./alerts.js").AlertsView | undefined} */ alerts;
  _narrow = false;
  _path = "";
  _look = "";
  _tab = "";
  _focus = false;

  /** @param {Hass} hass Set at each change of any state, so this must be quick. */
  set hass(hass) {
    this._hass = hass;
    if (this.menu) this.menu.hass = hass;
    const look = JSON.stringify([hass.language, hass.locale, hass.config.time_zone]);
    if (look === this._look) return;
    this._look = look;
    if (this.isConnected) void this._build();
  }

  /** @param {boolean} narrow */
  set narrow(narrow) {
    this._narrow = narrow;
    this._draw();
  }

  /** @param {{path: string}} route */
  set route(route) {
    this._path = route.path;
    this._draw();
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    if (this._hass) void this._build();
  }

  disconnectedCallback() {
    this._leave?.();
    this._leave = undefined;
    this.context = undefined;
    this.alerts?.stop();
  }

  async _build() {
    const hass = /** @type {Hass} */ (this._hass);
    const say = await stringsOf(hass.language);
    if (!this.isConnected) return;
    this._leave?.();
    this.alerts?.stop();
    const account = new URLSearchParams(location.search).get("config_entry") ?? localStorage.getItem(CHOSEN);
    const context = new Context(hass, say, storeOf(hass.connection, account));
    this.context = context;
    this.alerts = this.page = this.chat = this.waiting = undefined;
    this._tab = "";
    this.threads = new ThreadsView(context, (thread) => this._go(`/chat/${placeOf(thread)}`));
    this._frame(context);
    this._leave = context.store.listen(() => this._draw());
    this._draw();
  }

  /** @param {Context} context */
  _frame({ say, notice }) {
    this.menu = this._menu();
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": say.tabs, onkeydown: (/** @type {KeyboardEvent} */ event) => this._arrow(event) });
    this.credits = h("button", { type: "button", class: "credits", onclick: () => this._go("/costs") });
    this.accounts = h("select", { "aria-label": say.account, onchange: () => this._account() });
    this.banner = h("div", { class: "banner", role: "status" });
    this.nothing = h("div", { class: "nothing" }, icon("sms"), h("h2", null, say.choose), h("p", null, say.choose_more));
    this.place = h("section", { class: "chat" }, this.nothing);
    this.alarms = h("div", { hidden: true });
    this.main = h("main", null);
    const header = h("header", null, this.menu, h("h1", null, say.title), this.tabs, h("span", { class: "space" }), this.credits, this.accounts);
    this.root = h("div", { class: "panel" }, header, this.banner, this.alarms, this.main, notice);
    this.shadowRoot?.replaceChildren(h("style", null, STYLES), this.root);
  }

  /** The menu button of Home Assistant, or one of our own where it has none of that name. @returns {any} */
  _menu() {
    const open = () => this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
    const label = this.context?.say.menu;
    if (!customElements.get("ha-menu-button")) return h("button", { type: "button", class: "round", "aria-label": label, onclick: open }, icon("menu"));
    return Object.assign(document.createElement("ha-menu-button"), { hass: this._hass, narrow: this._narrow });
  }

  /** @param {string} path */
  _go(path) {
    history.pushState(null, "", `/smsmode${path}`);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
    this._path = path;
    this._focus = path.startsWith("/chat/");
    this._draw();
  }

  _account() {
    localStorage.setItem(CHOSEN, this.accounts?.value ?? "");
    this._go("");
    void this._build();
  }

  /** @returns {Thread | undefined} The conversation that the address names. */
  _current() {
    const place = /^\/chat\/(.+)$/.exec(this._path)?.[1];
    if (!place) return undefined;
    return this.context?.state.threads.find((thread) => placeOf(thread) === decodeURIComponent(place));
  }

  _draw() {
    const { context, root } = this;
    if (!context || !root || !this.menu) return;
    const { state } = context;
    this.menu.narrow = this._narrow;
    if (this.menu instanceof HTMLButtonElement) this.menu.hidden = !this._narrow;
    const thread = this._current();
    root.classList.toggle("one", this._narrow);
    root.classList.toggle("chatting", Boolean(thread));
    this._header();
    void this._alerts(context);
    const tab = state.access.read ? /^\/(waiting|costs)/.exec(this._path)?.[1] ?? "" : "";
    this._part(tab, thread);
  }

  /** Most of the time there is none. @param {Context} context */
  async _alerts(context) {
    if (!this.alerts && context.state.alerts.length) {
      const { AlertsView } = await import("./alerts.js");
      if (this.context !== context) return;
      if (!this.alerts) this.alarms?.replaceWith((this.alerts = new AlertsView(context)).node);
    }
    this.alerts?.draw();
  }

  /** @param {string} tab @param {Thread | undefined} thread */
  _part(tab, thread) {
    const { context, main } = this;
    if (!context || !main) return;
    const { state, say } = context;
    if (!state.account || !(state.access.read || state.access.write)) {
      this._tab = "none";
      const text = { connecting: say.connecting, lost: say.lost, unauthorized: say.unauthorized, ready: state.alerts.length ? "" : say.no_alert }[state.phase];
      return fill(main, h("div", { class: "nothing", role: "status" }, text));
    }
    if (tab) return void this._page(tab);
    if (this._tab !== "chat") fill(main, this.threads?.node, this.chat?.node ?? this.place);
    this._tab = "chat";
    this.threads?.draw(thread?.thread ?? "");
    if (thread) return void this._chat(context, thread);
    if (this.chat?.node.isConnected) this.chat.node.replaceWith(/** @type {Element} */ (this.place));
    void this._beside(context);
  }

  /** Beside the list, while no conversation is chosen, stands what waits, if anything does. @param {Context} context */
  async _beside(context) {
    const waits = context.state.access.read && waitingCount(context.state) > 0;
    if (waits && !this.waiting) {
      const { WaitingView } = await import("./waiting.js");
      if (this.context !== context) return;
      this.waiting ??= new WaitingView(context);
    }
    const { place, nothing, waiting } = this;
    const shown = waits ? waiting?.node : nothing;
    if (place && shown && place.firstChild !== shown) fill(place, shown);
    if (waits) waiting?.draw();
  }

  /** @param {Context} context @param {Thread} thread */
  async _chat(context, thread) {
    if (!this.chat) {
      const { ChatView } = await import("./chat.js");
      if (this.context !== context) return;
      const isFirst = !this.chat;
      this.chat ??= new ChatView(context);
      if (isFirst) return this._draw();
    }
    if (this.place?.isConnected) this.place.replaceWith(this.chat.node);
    this.chat.draw(thread, this._narrow ? () => this._go("") : null);
    if (this._focus) this.chat.composer.text.focus();
    this._focus = false;
  }

  /** Loads a part of its own when it is opened. @param {string} tab */
  async _page(tab) {
    const { context, main } = this;
    if (this._tab !== tab) {
      this._tab = tab;
      this.page = undefined;
      const View = tab === "costs" ? (await import("./costs.js")).CostsView : (await import("./waiting.js")).WaitingView;
      if (this._tab !== tab || this.context !== context || !context || !main) return;
      this.page = new View(context);
      fill(main, this.page.node);
    }
    this.page?.draw?.();
  }

  _header() {
    const { context, credits, accounts, banner, tabs } = this;
    if (!context || !credits || !accounts || !banner || !tabs) return;
    const { state, say, format } = context;
    const { credits: left, days_left: days, reachable, as_of } = state.balance;
    credits.hidden = !state.access.read || state.phase === "unauthorized";
    credits.className = `credits${left !== null && left <= 0 ? " none" : days !== null && days < LOW_DAYS ? " low" : ""}`;
    const text = left === null ? say.credits_unknown : left <= 0 ? say.no_credits : say.credits(left, format.number(left));
    const more = reachable === false && as_of ? say.as_of(format.moment(as_of, context.store.now())) : days !== null ? say.days_left(Math.round(days)) : "";
    fill(credits, icon("credits"), h("span", null, text), more && h("small", null, more));
    set(credits, "title", [text, more].filter(Boolean).join(" · "));
    accounts.hidden = state.accounts.length < 2;
    keyed(accounts, state.accounts, (each) => each.entry_id, (each, node) => (set(node, "value", each.entry_id), write(node, shown(each.title))), "option");
    accounts.value = state.account?.entry_id ?? "";
    const trouble = state.phase === "lost" ? say.lost : state.phase === "connecting" && state.account ? say.connecting : reachable === false ? say.unreachable : "";
    banner.hidden = !trouble;
    write(banner, trouble);
    this._tabs(context, tabs);
  }

  /** @param {Context} context @param {HTMLElement} tabs */
  _tabs({ state, say }, tabs) {
    tabs.hidden = !state.access.read;
    const at = /^\/(waiting|costs)/.exec(this._path)?.[0] ?? "";
    const all = [
      { path: "", label: say.conversations, count: unreadCount(state) },
      { path: "/waiting", label: say.waiting_tab, count: waitingCount(state) },
      { path: "/costs", label: say.costs, count: 0 },
    ].map((tab) => ({ ...tab, selected: tab.path === at }));
    if (tabs.dataset.content === JSON.stringify(all)) return;
    tabs.dataset.content = JSON.stringify(all);
    const hadFocus = tabs.contains(this.shadowRoot?.activeElement ?? null);
    const made = all.map(({ path, label, count, selected }) => {
      const tab = button(label, () => this._go(path), { class: "tab", role: "tab", "aria-selected": String(selected), tabindex: selected ? 0 : -1 });
      if (count) tab.append(" ", h("b", null, `(${count})`));
      return tab;
    });
    fill(tabs, ...made);
    if (hadFocus) made[all.findIndex((tab) => tab.selected)]?.focus();
  }

  /** @param {KeyboardEvent} event */
  _arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [.../** @type {HTMLElement} */ (this.tabs).children];
    const at = tabs.findIndex((tab) => tab === this.shadowRoot?.activeElement);
    if (step && at >= 0) /** @type {HTMLElement} */ (tabs[(at + step + tabs.length) % tabs.length]).click();
  }
}

if (!customElements.get("smsmode-panel")) customElements.define("smsmode-panel", SmsmodePanel);
