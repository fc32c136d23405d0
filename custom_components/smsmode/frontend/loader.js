/** On every page of Home Assistant: names the cards and the dashboard. */

/** @typedef {any} Any @typedef {(...given: any[]) => any} F */
const page = /** @type {Any} */ (window);
const cards = () => import("./cards.js");
const language = () => /** @type {Any} */ (document.querySelector("home-assistant"))?.hass?.language ?? navigator.language;
const isFrench = () => language().startsWith("fr");

/** @type {Record<string, [number, ...string[]]>} */
const CARDS = {
  conversation: [8, "SMS conversation", "Conversation SMS", "With a person", "Avec quelqu’un"],
  compose: [4, "SMS compose", "Écrire un SMS", "Says its cost", "En dit le coût"],
  alert: [3, "SMS alerts", "Alertes SMS", "Running alerts", "Alertes en cours"],
  credits: [1, "SMS credits", "Crédits SMS", "What is left", "Ce qui reste"],
};
const DASHBOARD = ["SMS messages", "Messages SMS", "With everybody", "Avec tous"];

/** @type {F} */
const offer = (list, entry, words) => {
  const name = { get: () => words[isFrench() ? 1 : 0] };
  const description = { get: () => words[isFrench() ? 3 : 2] };
  (page[list] ??= []).push(Object.defineProperties(entry, { name, description }));
};

/** @type {F} */
const card = (kind, rows) => class extends HTMLElement {
  /** @type {Any} */ body;
  static getConfigForm = async () => (await cards()).formOf(kind, isFrench());
  /** @type {F} */ static getStubConfig = (hass) => cards().then(({ stubOf }) => stubOf(kind, hass));
  getCardSize = () => rows;
  getGridOptions = () => ({ rows: rows > 4 ? rows : "auto", columns: rows > 1 ? 12 : 6 });
  /** @type {F} */ setConfig = (config) => this.give({ config });
  set hass(/** @type {Any} */ hass) { this.give({ hass }); }
  set preview(/** @type {Any} */ preview) { this.give({ preview }); }
  connectedCallback() { this.give({ on: true }); }
  disconnectedCallback() { this.give({ on: false }); }
  async give(/** @type {object} */ given) {
    this.body ??= cards().then(({ CardBody }) => new CardBody(this, kind));
    (await this.body).update(given);
  }
};

/** @type {F} */
const suggest = (kind) => /** @type {F} */ (({ entities }, entity) => {
  const { platform, translation_key: key } = entities[entity] ?? {};
  const suits = kind === "credits" ? key === "balance" : kind === "conversation" && !key && entity.startsWith("notify.");
  return platform === "smsmode" && suits ? { config: { type: `custom:smsmode-${kind}-card`, entity } } : null;
});

const strategy = class extends HTMLElement {
  /** @type {F} */ static generate = (config, hass) => import("./strategy.js").then(({ dashboard }) => dashboard(config, hass));
};

if (!customElements.get("smsmode-alert-card")) {
  for (const [kind, [rows, ...words]] of Object.entries(CARDS)) {
    const type = `smsmode-${kind}-card`;
    customElements.define(type, card(kind, rows));
    offer("customCards", { type, preview: true, getEntitySuggestion: suggest(kind) }, words);
  }
  customElements.define("ll-strategy-dashboard-smsmode", strategy);
  offer("customStrategies", { type: "smsmode", strategyType: "dashboard" }, DASHBOARD);
}
