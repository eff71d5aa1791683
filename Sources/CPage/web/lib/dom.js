/** Builds DOM nodes without markup strings: what is text stays text. */

/** @typedef {Node | string | number | null | undefined | false | any[]} Child */

/**
 * @param {Node} parent
 * @param {Child} child
 */
export function append(parent, child) {
  if (child === null || child === undefined || child === false) return;
  if (Array.isArray(child)) for (const one of child) append(parent, one);
  else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
}

/**
 * An element. Properties that begin with `on` are listeners, `class` and names with a hyphen or a colon are attributes, all others are
 * properties where the element has them, else attributes. `null` and `false` attributes are left out.
 *
 *     h('button', { type: 'button', class: 'button', onclick: save }, 'Save')
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) setProperty(element, name, value);
  for (const child of children) append(element, child);
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setProperty(element, name, value) {
  if (value === undefined) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name in element && !name.includes('-') && name !== 'list' && name !== 'role') {
    if (value !== null) /** @type {any} */ (element)[name] = value;
  } else if (value !== null && value !== false) {
    element.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : String(value));
  }
}

/**
 * Replaces what an element holds.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  for (const child of children) append(element, child);
}

/**
 * Sets text only where it differs, so that screen readers and selections aren't disturbed.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * The element of a selector that must be there.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function find(root, selector) {
  const element = root.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`nothing matches ${selector}`);
  return element;
}

let counter = 0;

/**
 * An id that no other element of this page has.
 *
 * @param {string} prefix
 */
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * Calls at most once per animation frame, with the last wish.
 *
 * @param {() => void} action
 * @returns {() => void}
 */
export function onceAFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      action();
    });
  };
}

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * Loads one of the style sheets that only some views need.
 *
 * @param {string} name
 * @returns {Promise<void>}
 */
export function loadStyles(name) {
  let sheet = sheets.get(name);
  if (!sheet) {
    sheet = new Promise((resolve) => {
      const link = h('link', { rel: 'stylesheet', href: `/assets/styles/${name}.css`, onload: () => resolve(), onerror: () => resolve() });
      document.head.append(link);
    });
    sheets.set(name, sheet);
  }
  return sheet;
}

/**
 * Ctrl and Enter send a form from any of its fields, also from those of several lines: for its `onkeydown`.
 *
 * @param {KeyboardEvent} event
 */
export function submitByKeys(event) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !(event.currentTarget instanceof HTMLFormElement)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
