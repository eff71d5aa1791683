/** The views that aren't there yet: says so, and what can be used instead. */

import { h, fill } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from '../app/strings.js';

/** @type {import('../app/main.js').Open} */
export function open(root, route) {
  const show = (/** @type {string} */ view) => {
    const words = /** @type {Record<string, any>} */ (strings.placeholder)[view];
    fill(root,
      h('div', { class: 'absent' },
        h('span', { class: 'absent-sign' }, icon(view)),
        h('h1', { tabIndex: -1 }, /** @type {Record<string, string>} */ (strings.views)[view]),
        h('p', { class: 'badge' }, strings.placeholder.notHere),
        h('p', { class: 'lead' }, words.text),
        h('pre', { class: 'absent-command', tabIndex: 0 }, h('code', null, words.command)),
        h('p', null, h('a', { href: '/docs' }, strings.placeholder.explorer))));
  };
  show(route.view);
  return {};
}
