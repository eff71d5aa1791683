/** Pictures and videos of the server. Elements can't send a token, so that where there is one the file is loaded first. */

import { authorization, request } from './api.js';
import { h } from './dom.js';

const LARGEST_BLOB = 200_000_000;

function hasToken() {
  return authorization().Authorization !== undefined;
}

/**
 * An address that an element can load, to be let go of later; null when the file is too large to be loaded first.
 *
 * @param {string} path
 * @param {number} bytes
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | null>}
 */
export async function mediaAddress(path, bytes, signal) {
  if (!hasToken()) return path;
  if (bytes > LARGEST_BLOB) return null;
  const response = await request(path, { signal, cache: 'default' });
  return URL.createObjectURL(await response.blob());
}

/** @param {string | null | undefined} address */
export function letGo(address) {
  if (address?.startsWith('blob:')) URL.revokeObjectURL(address);
}

/** @type {IntersectionObserver | null} */
let watcher = null;
/** @type {WeakMap<Element, string>} */
const awaited = new WeakMap();

/** Loads pictures with the token once they come near. */
function watch() {
  watcher ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const path = awaited.get(target);
      if (!isIntersecting || path === undefined || !(target instanceof HTMLImageElement)) continue;
      watcher?.unobserve(target);
      mediaAddress(path, 0).then((address) => {
        if (!address) return;
        target.addEventListener('load', () => letGo(address), { once: true });
        target.src = address;
      }, () => target.dispatchEvent(new Event('error')));
    }
  }, { rootMargin: '400px' });
  return watcher;
}

/**
 * A picture that is loaded when it comes near. What it shows is said beside it. One that can't be loaded is hidden: what lies behind is seen.
 *
 * @param {string} path
 */
export function picture(path) {
  const image = h('img', { alt: '', decoding: 'async', onerror: () => (image.hidden = true) });
  if (hasToken()) {
    awaited.set(image, path);
    watch().observe(image);
  } else {
    image.loading = 'lazy';
    image.src = path;
  }
  return image;
}
