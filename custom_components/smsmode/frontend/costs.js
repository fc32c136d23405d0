/** What messages cost in the last 30 days: by person, by what sent them, by day; and the file of it. */

import { csv } from "./csv.js";
import { button, fill, h } from "./dom.js";
import { textOf } from "./store.js";
import { byDay, originName, sumBy, total } from "./sums.js";
import { own } from "./view.js";

/** @import {Sum} from "./sums.js" */
/** @import {Costs} from "./types.js" */
/** @import {Context} from "./view.js" */

export class CostsView {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.node = h("div", { class: "page costs" });
    void this.show();
  }

  /** Asks each time that it is shown. */
  async show() {
    const { say, store } = this.context;
    fill(this.node, h("p", { class: "nothing", role: "status" }, say.loading));
    try {
      this._draw(await store.call("costs"));
    } catch (error) {
      const again = button(say.try_again, () => void this.show(), { class: "link" });
      fill(this.node, h("p", { class: "nothing", role: "alert" }, textOf(error), " ", again));
    }
  }

  /** @param {Costs} costs */
  _draw(costs) {
    const { context } = this;
    const { say } = context;
    const all = total(costs.days);
    if (!all.messages) return fill(this.node, h("p", { class: "nothing" }, say.costs_none));
    const save = button(say.csv, () => this._save(costs), { class: "outlined" }, "download");
    const price = costs.credit_price === null ? h("p", { class: "help" }, say.money_unknown) : null;
    fill(
      this.node,
      h("div", { class: "title" }, h("h2", null, say.costs_title), save),
      h("p", { class: "sum" }, h("b", null, context.price(all.credits)), `${costs.credit_price === null ? "" : ` · ${credits(context, all)}`} · ${say.messages(all.messages)}`),
      price,
      h(
        "div",
        { class: "tables" },
        table(context, say.by_person, sumBy(costs.days, (row) => row.recipient ?? say.by_hand), all),
        table(context, say.by_what, sumBy(costs.days, (row) => originName(row) || say.by_hand), all),
        table(context, say.by_day, byDay(costs.days).map((sum) => ({ ...sum, name: context.format.date(sum.name) })), all),
      ),
    );
  }

  /** @param {Costs} costs */
  _save({ days, credit_price, currency }) {
    const { say, format, store } = this.context;
    const rows = days.map((row) => [
      row.date, row.recipient, originName(row), row.messages, row.segments, row.credits,
      credit_price === null ? null : Math.round(row.credits * credit_price * 10_000) / 10_000, credit_price === null ? null : currency,
    ]);
    const file = new Blob([csv([say.csv_head.split(","), ...rows])], { type: "text/csv" });
    const link = h("a", { href: URL.createObjectURL(file), download: `sms-${format.dayKey(store.now())}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

/** @param {Context} context @param {Sum} sum */
const credits = ({ say, format }, sum) => say.credits(sum.credits, format.number(sum.credits));

/** @param {Context} context @param {string} title @param {Sum[]} sums @param {Sum} all */
function table(context, title, sums, all) {
  const most = Math.max(...sums.map((sum) => sum.credits), 1);
  const rows = sums.map((sum) => {
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(sum.credits / most) * 100}%`;
    return h("tr", null, h("th", { scope: "row" }, own(sum.name), bar), h("td", null, String(sum.messages)), h("td", null, context.price(sum.credits)));
  });
  const last = h("tr", null, h("th", { scope: "row" }, context.say.total), h("td", null, String(all.messages)), h("td", null, context.price(all.credits)));
  return h("table", null, h("caption", null, title), h("tbody", null, ...rows), h("tfoot", null, last));
}
