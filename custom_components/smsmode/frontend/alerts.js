/** Running alerts: what, who has it, what comes next, and the two buttons that matter. */

import { button, fill, h, icon, keyed, set, write } from "./dom.js";
import { countdown } from "./format.js";
import { own, shown, sureButton } from "./view.js";

/** @import {Alert} from "./types.js" */
/** @import {Context} from "./view.js" */

const RUNNING = new Set(["sending", "delivering", "waiting"]);

/** @param {Alert} alert */
export const isRunning = (alert) => RUNNING.has(alert.state);

export class AlertsView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.node = h("div", { class: "alerts" });
    this._timer = 0;
  }

  draw() {
    const { alerts, access } = this.context.state;
    const { acknowledge } = access;
    keyed(this.node, alerts.map((alert) => ({ ...alert, acknowledge })), (alert) => alert.key, (alert, node) => this._alert(alert, node), "section");
    this._tick();
    if (alerts.some((alert) => alert.due) && !this._timer) this._timer = setInterval(() => this._tick(), 1000);
    else if (!alerts.some((alert) => alert.due)) this.stop();
  }

  /** Counts down no more. */
  stop() {
    clearInterval(this._timer);
    this._timer = 0;
  }

  _tick() {
    const now = this.context.store.now();
    for (const timer of this.node.querySelectorAll("[data-due]")) write(timer, countdown(Date.parse(timer.getAttribute("data-due") ?? "") - now));
  }

  /** @param {Alert & {acknowledge: boolean}} alert @param {HTMLElement} node */
  _alert(alert, node) {
    const { context } = this;
    const { say, store, format } = context;
    const runs = isRunning(alert);
    node.className = `alert ${runs ? "runs" : "over"} ${alert.state}`;
    // Announced at once when it begins and when its state changes; the seconds are not.
    const words = node.querySelector(".words") ?? h("div", { class: "words", role: "alert" });
    const since = say.alert_since(format.moment(alert.started_at, store.now()));
    fill(words, h("h2", { dir: "auto" }, shown(alert.message)), h("p", null, sentence(alert, context), runs && " ", runs && h("small", null, since)));
    const act = (/** @type {string} */ command) => context.watch(store.call(command, { alert_id: alert.alert_id }));
    fill(
      node,
      icon(alert.state === "acknowledged" || alert.state === "resolved" ? "done" : "alert"),
      h("div", { class: "middle" }, words, runs && this._next(alert), chain(alert, context)),
      runs && alert.acknowledge && h("div", { class: "actions" }, button(say.take_care, () => act("acknowledge"), { class: "filled danger" }), sureButton(say.stop, say.stop_sure, () => act("stop_alert"), { class: "outlined" })),
    );
  }

  /** @param {Alert} alert */
  _next(alert) {
    const { say } = this.context;
    const next = alert.steps[alert.step];
    if (!alert.due) return null;
    return h("p", { class: "next" }, next ? say.alert_next(shown(next.recipients.join(", "))) : say.alert_last, " ", h("b", { role: "timer", "data-due": alert.due }));
  }
}

/** @param {Alert} alert @param {Context} context @returns {string} */
function sentence(alert, { say }) {
  const who = shown(alert.steps[alert.step - 1]?.recipients.join(", ") ?? "");
  const reason = alert.reason ? ` ${alert.reason}` : "";
  switch (alert.state) {
    case "delivering":
      return say.alert_delivering(who);
    case "waiting":
      return say.alert_waiting(who);
    case "acknowledged":
      return say.alert_acknowledged(shown(alert.acknowledged_by ?? say.alert_somebody));
    case "exhausted":
      return say.alert_exhausted + reason;
    case "not_sent":
      return say.alert_not_sent + reason;
    case "cancelled":
      return say.alert_cancelled;
    case "resolved":
      return say.alert_resolved;
    default:
      return say.alert_sending + reason;
  }
}

/** The steps as chips: those that were told, the one that has it, those to come. @param {Alert} alert @param {Context} context */
function chain(alert, { say, format, store }) {
  const when = (/** @type {string | null | undefined} */ at, /** @type {string} */ state) => {
    if (!at || (state === "to-come" && !isRunning(alert))) return null;
    const time = format.moment(at, store.now());
    return ` · ${state === "to-come" ? say.approx(time) : time}`;
  };
  const chips = alert.steps.map((step, at) => {
    const how = /** @type {Record<string, string>} */ ({ sms: say.how_sms, voice: say.how_voice, notify: say.how_notify, script: say.how_script })[step.how] ?? step.how;
    const state = at + 1 < alert.step ? "told" : at + 1 === alert.step ? "now" : "to-come";
    const chip = h("li", { class: `chip ${state}` }, `${at + 1} · `, own(step.recipients.join(", ") || how), step.recipients.length > 0 && ` · ${how}`, when(step.at, state), state === "told" && icon("tick"), state === "told" && h("span", { class: "aloud" }, say.done_steps));
    set(chip, "aria-current", state === "now" && "step");
    return chip;
  });
  return chips.length > 0 && h("ol", { class: "chain", "aria-label": say.chain }, ...chips);
}
