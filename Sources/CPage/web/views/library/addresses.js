/** Where the library's things are: at the server, and in the page. */

/**
 * @param {string} path  Of the video, which is one segment of the address.
 * @param {string} [rest]
 */
export function videoAddress(path, rest = '') {
  return `/api/videos/${encodeURIComponent(path)}${rest}`;
}

/**
 * @param {string} path
 * @param {number} time
 * @param {number} height
 */
export function stillAddress(path, time, height) {
  return videoAddress(path, `/thumbnail?time=${time.toFixed(1)}&height=${height}`);
}

/**
 * A video's place in the page.
 *
 * @param {string} path
 * @param {number} [time]
 */
export function videoLink(path, time) {
  return `#/library/${encodeURIComponent(path)}${time === undefined ? '' : `?t=${Number(time.toFixed(2))}`}`;
}

/**
 * A part of a video's page.
 *
 * @param {string} path
 * @param {string} part  Empty for the first one.
 */
export function partLink(path, part) {
  return `${videoLink(path)}${part && `?part=${part}`}`;
}
