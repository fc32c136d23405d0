/** The panel *Messages*. */

import { h } from "./dom.js";
import { stringsOf } from "./strings.js";

class SmsmodePanel extends HTMLElement {
  /** @param {import("./types.js").Hass} hass */
  set hass(hass) {
    if (!this.firstChild) this.append(h("h1", null, stringsOf(hass.language).title));
  }
}

customElements.define("smsmode-panel", SmsmodePanel);
