/** Elements: made with text, never with markup, and kept by key from one drawing to the next. */

/** Icons of 24 by 24, drawn with lines. */
const PATHS = {
  waits: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  tick: "M4 12.5l5 5L20 6.5",
  ticks: "M1.5 12.5l5 5 11-11M11 16l1.5 1.5 10-11",
  failed: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5v5.5M12 16.4v.1",
  cancelled: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12h8",
  send: "M4 12L3.5 4.5 21 12 3.5 19.5 4 12zM4 12h8",
  back: "M19 12H5M11 6l-6 6 6 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20.5 20.5",
  alert: "M6 18v-6a6 6 0 0 1 12 0v6M4 21h16v-3H4zM12 3V1.8M4.5 5.5l-1-1M19.5 5.5l1-1",
  done: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.2l3 3 5-6",
  reply: "M9 6L3.5 11.5 9 17M4 11.5h9a7 7 0 0 1 7 7",
  urgent: "M6 17v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
  credits: "M12 3C7.6 3 4 4.6 4 6.5S7.6 10 12 10s8-1.6 8-3.5S16.4 3 12 3zM4 6.5v5.5c0 1.9 3.6 3.5 8 3.5s8-1.6 8-3.5V6.5M4 12v5.5C4 19.4 7.6 21 12 21s8-1.6 8-3.5V12",
  group: "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c0-3.4 2.9-5.5 6.5-5.5s6.5 2.1 6.5 5.5M16 5.4a3.5 3.5 0 0 1 0 6.3M18 14.9c2.1.7 3.5 2.5 3.5 5.1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20.5c0-3.7 3.6-6 8-6s8 2.3 8 6",
  download: "M12 4v11M7 10.5l5 5 5-5M4 20h16",
  sms: "M4 4h16v12H9l-5 4z",
};
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {keyof typeof PATHS} IconName */
/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with its attributes, listeners (`onclick`) and children; text becomes text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any> | null} [attributes] @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else set(made, name, value);
  }
  made.append(...present(children));
  return made;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
const present = (children) =>
  children.filter((child) => child || child === 0).map((child) => (child instanceof Node ? child : String(child)));

/**
 * Sets an attribute; none for null, undefined and false.
 * @param {Element} element @param {string} name @param {unknown} value
 */
export function set(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Puts children in the place of what an element had.
 * @param {Element} element @param {...Child} children
 */
export const fill = (element, ...children) => element.replaceChildren(...present(children));

/** @param {Element} element @param {string | number} text */
export function write(element, text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}

/** @param {IconName} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button; the icon has no name of its own.
 * @param {string} label @param {(event: MouseEvent) => void} onclick @param {Record<string, any>} [attributes] @param {IconName} [symbol]
 */
export const button = (label, onclick, attributes, symbol) =>
  h("button", { type: "button", onclick, ...attributes }, symbol && icon(symbol), h("span", null, label));

/** Draws an element anew; whoever was on a button of it is on its first button then. @param {HTMLElement} node @param {() => void} draw */
function redraw(node, draw) {
  const root = /** @type {ShadowRoot} */ (node.getRootNode());
  const focused = root.activeElement;
  draw();
  if (focused && focused !== node && !focused.isConnected && !root.activeElement) node.querySelector("button")?.focus();
}

/**
 * Shows items as the children of an element. A child stays the same element as long as its key does, so that focus,
 * selection and what a screen reader has read survive; it is drawn again only when its item changed.
 * @template T
 * @param {Element} parent @param {T[]} items @param {(item: T) => string} key @param {(item: T, node: HTMLElement) => void} draw
 * @param {string} [tag]
 */
export function keyed(parent, items, key, draw, tag = "div") {
  const old = new Map([...parent.children].map((child) => [/** @type {any} */ (child).key, /** @type {any} */ (child)]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const node = old.get(name) ?? Object.assign(document.createElement(tag), { key: name });
    old.delete(name);
    const content = JSON.stringify(item);
    if (node.content !== content) redraw(node, () => draw(item, node));
    node.content = content;
    if (place && node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const gone of old.values()) gone.remove();
}
