/** Hash routes: `#/ask/3f2a?url=…` is the view `ask`, with a rest and parameters. */

/** @typedef {{ view: string, rest: string, query: URLSearchParams }} Route */

/** @returns {Route} */
export function currentRoute() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', rest = ''] = path.split('/');
  return { view, rest: decode(rest), query: new URLSearchParams(query) };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Changes the address without a new view: what is shown has got a name.
 *
 * @param {string} hash
 */
export function replaceAddress(hash) {
  history.replaceState(null, '', hash);
}
