/** Short words that come and go. Screen readers hear them too. */

import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from '../app/strings.js';

const SHOWN_FOR = 4000;
// What can be taken back stays long enough to be reached.
const OFFERED_FOR = 10_000;
/** @type {HTMLElement | null} */
let stack = null;

/**
 * @param {string} text
 * @param {'check' | 'info' | 'alert'} [symbol]
 * @param {{ label: string, act: () => void } | null} [offer]  A button beside the words.
 */
export function toast(text, symbol = 'check', offer = null) {
  const shown = (stack ??= document.body.appendChild(h('div', { class: 'toasts', role: 'status' })));
  const element = h('div', { class: 'toast' }, icon(symbol), h('span', null, text));
  if (offer) {
    const take = () => {
      element.remove();
      offer.act();
    };
    element.append(h('button', { type: 'button', class: 'toast-offer', onclick: take }, offer.label));
  }
  shown.append(element);
  while (shown.children.length > 3) shown.firstChild?.remove();
  setTimeout(() => element.remove(), offer ? OFFERED_FOR : SHOWN_FOR);
}

/**
 * @param {string} text
 * @param {string} [said]
 */
export async function copyText(text, said = strings.common.copied) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast(strings.common.copyFailed, 'alert');
  }
}

/** @type {HTMLElement | null} */
let announcer = null;

/**
 * Tells screen readers alone.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = (announcer ??= document.body.appendChild(h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' })));
  region.textContent = '';
  // The change has to be seen as one, also when the same is said again.
  setTimeout(() => (region.textContent = text), 60);
}
