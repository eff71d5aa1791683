/** How somebody likes the library: the layout, the lanes that are shown. Kept in this browser. */

const KEY = 'martlet.library';

/** @returns {Record<string, any>} */
function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
  } catch {
    return {};
  }
}

/**
 * @template T
 * @param {string} name
 * @param {T} otherwise
 * @returns {T}
 */
export function remembered(name, otherwise) {
  return all()[name] ?? otherwise;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all(), [name]: value }));
  } catch {
    // Storage is closed: the choice lasts as long as the view.
  }
}
