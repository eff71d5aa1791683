/** Which videos are chosen, and the bar that says what can be done with them. */

import { h, setText } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';

/** @typedef {'analyze' | 'cancel' | 'retry' | 'remove'} Wish */

export class Selection {
  /**
   * @param {() => string[]} order  The paths as they are shown.
   * @param {{ onChange: () => void, onWish: (wish: Wish, paths: string[]) => void, onEvery: () => void }} listeners
   */
  constructor(order, { onChange, onWish, onEvery }) {
    this.order = order;
    this.onChange = onChange;
    /** @type {Set<string>} */
    this.paths = new Set();
    /** @type {string | null} */
    this.last = null;
    this.count = h('strong', { class: 'figure', role: 'status' });
    this.every = h('button', { type: 'button', class: 'button small bare', onclick: onEvery });
    const wish = (/** @type {Wish} */ name, /** @type {string} */ symbol) =>
      h('button', { type: 'button', class: `button small${name === 'remove' ? ' danger' : ''}`, onclick: () => onWish(name, [...this.paths]) }, icon(symbol), words[name]);
    this.element = h('div', { class: 'selection', role: 'toolbar', 'aria-label': words.selection, hidden: true },
      this.count,
      h('button', { type: 'button', class: 'button small bare', onclick: () => this.set(this.order()) }, words.selectAll),
      this.every,
      h('button', { type: 'button', class: 'button small bare', onclick: () => this.set([]) }, words.selectNone),
      h('span', { class: 'selection-acts' }, wish('analyze', 'analyze'), wish('cancel', 'close'), wish('retry', 'retry'), wish('remove', 'trash')));
  }

  /**
   * A box was ticked; with Shift, all from the one before to it.
   *
   * @param {string} path
   * @param {boolean} isChosen
   * @param {boolean} isRange
   */
  pick(path, isChosen, isRange) {
    const order = this.order();
    const from = isRange && this.last !== null ? order.indexOf(this.last) : -1;
    const to = order.indexOf(path);
    const picked = from < 0 ? [path] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of picked) {
      if (isChosen) this.paths.add(one);
      else this.paths.delete(one);
    }
    this.last = path;
    this.changed();
  }

  /** @param {string[]} paths */
  set(paths) {
    this.paths = new Set(paths);
    this.last = null;
    this.changed();
  }

  /**
   * Forgets what isn't there any longer.
   *
   * @param {number} total
   */
  keep(total) {
    const there = new Set(this.order());
    for (const path of this.paths) if (!there.has(path)) this.paths.delete(path);
    this.draw(total);
  }

  changed() {
    this.draw(this.total ?? 0);
    this.onChange();
  }

  /** @param {number} total */
  draw(total) {
    this.total = total;
    const shown = this.order().length;
    this.element.hidden = this.paths.size === 0;
    setText(this.count, words.selected(this.paths.size));
    this.every.hidden = !(this.paths.size === shown && shown < total);
    setText(this.every, words.selectEvery(total));
  }
}
