/** The dashboard *SMS messages*, made of what there is: it follows new recipients by itself. */

/** @import {EntityEntry, Hass} from "./types.js" */

/** With more people than that, a dashboard of conversations is no overview any more; the panel has its list. */
const MAX_CONVERSATIONS = 6;

/** @param {{account?: string}} config @param {Hass} hass */
export function dashboard(config, hass) {
  const french = hass.language.startsWith("fr");
  const entities = entitiesOf(hass, config.account);
  const account = config.account ? { account: config.account } : {};
  const card = (/** @type {string} */ kind, more = {}) => ({ type: `custom:smsmode-${kind}-card`, ...account, ...more });
  const first = [
    heading("Messages", "mdi:message-text", "/smsmode"),
    card("alert"),
    card("compose"),
    card("credits"),
    ...tiles(entities),
    ...plans(entities, french),
  ];
  const conversations = people(entities).slice(0, MAX_CONVERSATIONS).map((entity) => section(card("conversation", { entity })));
  const view = {
    title: french ? "Messages SMS" : "SMS messages",
    path: "sms",
    icon: "mdi:message-text",
    type: "sections",
    max_columns: 3,
    sections: [section(...first), ...conversations],
  };
  return { title: view.title, views: [view] };
}

/** @param {Hass} hass @param {string} [account] @returns {EntityEntry[]} Those of an account, or of all. */
export const entitiesOf = (hass, account) =>
  Object.values(hass.entities).filter((entry) => entry.platform === "smsmode" && (!account || accountOf(hass, entry.entity_id) === account));

/** @param {Hass} hass @param {string} [entity] @returns {string | null} The id of the account that an entity belongs to. */
export const accountOf = (hass, entity) => hass.devices[hass.entities[entity ?? ""]?.device_id ?? ""]?.config_entries[0] ?? null;

/** @param {...object} cards */
const section = (...cards) => ({ type: "grid", cards });

/** @param {string} text @param {string} icon @param {string} navigation_path */
const heading = (text, icon, navigation_path) => ({ type: "heading", heading: text, icon, tap_action: { action: "navigate", navigation_path } });

/** @param {EntityEntry[]} entities What an account shows of itself. */
function tiles(entities) {
  const shown = ["queued", "gateway", "spent_this_month", "cost_this_month"];
  const found = entities.filter((entry) => shown.includes(entry.translation_key ?? ""));
  return found.map((entry) => ({ type: "tile", entity: entry.entity_id, name: { type: "entity" } }));
}

/** @param {EntityEntry[]} entities @param {boolean} french */
function plans(entities, french) {
  const states = entities.filter((entry) => entry.translation_key === "plan_state");
  if (!states.length) return [];
  const tile = (/** @type {EntityEntry} */ { entity_id: entity }) => ({ type: "tile", entity, name: { type: "device" }, grid_options: { columns: 12 } });
  return [{ type: "heading", heading: french ? "Plans d’alerte" : "Alert plans", icon: "mdi:alarm-light" }, ...states.map(tile)];
}

/**
 * The entities that stand for somebody to write to: not the account, which is everybody, and no plan of an alert.
 * @param {EntityEntry[]} entities @returns {string[]}
 */
export function people(entities) {
  const isOther = (/** @type {EntityEntry} */ { translation_key: key }) => key === "balance" || key?.startsWith("plan_");
  const others = new Set(entities.filter(isOther).map((entry) => entry.device_id));
  return entities.filter((entry) => entry.entity_id.startsWith("notify.") && !others.has(entry.device_id)).map((entry) => entry.entity_id);
}
