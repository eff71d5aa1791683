/** A picture that is in the browser already. */

import { h } from '../../lib/dom.js';
import { letGo } from '../../lib/media.js';

/**
 * @param {Blob} file
 * @param {string} alt
 */
export function blobImage(file, alt) {
  const address = URL.createObjectURL(file);
  const image = h('img', { alt, decoding: 'async', src: address, onload: () => letGo(address), onerror: () => letGo(address) });
  return image;
}
