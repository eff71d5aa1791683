/** Files for whoever asked for them. */

import { h } from './dom.js';

const KEPT_FOR = 10_000;

/**
 * @param {string} name
 * @param {Blob} content
 */
export function saveFile(name, content) {
  const href = URL.createObjectURL(content);
  const link = h('a', { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_FOR);
}

/**
 * The name that the server gives a file.
 *
 * @param {Response} response
 * @param {string} otherwise
 */
export function nameFrom(response, otherwise) {
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const exact = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  try {
    if (exact) return decodeURIComponent(exact);
  } catch {
    // Badly encoded: the plain name has to do.
  }
  return /filename="([^"]*)"/i.exec(disposition)?.[1] || otherwise;
}
