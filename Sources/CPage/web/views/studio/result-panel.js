/** The place beside a form where its picture appears. */

import { h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';
import { PaintingView } from './painting-view.js';

export class ResultPanel {
  /**
   * @param {Martlet.StudioKind} kind
   * @param {import('./paintings.js').Paintings} paintings
   */
  constructor(kind, paintings) {
    this.kind = kind;
    this.view = new PaintingView(paintings, (painting, seed) => {
      paintings.again(painting, seed);
      this.come();
    });
    this.none = h('div', { class: 'paint-none' }, icon('studio'), h('p', null, words.result.none), h('p', { class: 'fine' }, words.result.noneNote));
    this.element = h('section', { class: 'panel paint-result', 'aria-label': words.painting }, h('h2', { class: 'unseen' }, words.painting), this.none, this.view.element);
    paintings.changes.watch((changed) => {
      if (changed && changed.form.kind !== kind) return;
      const painting = paintings.current[kind] ?? null;
      this.none.hidden = painting !== null;
      this.view.element.hidden = painting === null;
      this.view.show(painting);
    });
  }

  /** Into sight, where it lies below the form. */
  come() {
    requestAnimationFrame(() => this.element.scrollIntoView({ block: 'nearest' }));
  }
}
