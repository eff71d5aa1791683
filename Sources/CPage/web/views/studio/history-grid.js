/** The pictures made, as they are kept in this browser. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatWhen } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { letGo } from '../../lib/media.js';
import { confirm, sheet } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { isActive } from './paintings.js';
import { isRepeatable, nameOf, PaintingView } from './painting-view.js';
import { stageText } from './progress.js';

const said = words.history;

/** @typedef {{ element: HTMLElement, button: HTMLButtonElement, state: HTMLElement, shown: string, address: string }} Card */

export class HistoryGrid {
  /**
   * @param {import('./paintings.js').Paintings} paintings
   * @param {{ use: (painting: Martlet.Painting) => void, show: (painting: Martlet.Painting) => void }} actions
   */
  constructor(paintings, actions) {
    this.paintings = paintings;
    this.actions = actions;
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    this.title = h('h2', { class: 'unseen', tabIndex: -1 }, said.title);
    this.note = h('p', { class: 'fine' }, said.note);
    this.all = h('button', { type: 'button', class: 'button small', onclick: () => void this.deleteAll() }, icon('trash'), said.deleteAll);
    this.none = h('div', { class: 'paint-none' }, icon('history'), h('p', null, said.empty), h('p', { class: 'fine' }, said.emptyNote));
    this.grid = h('ul', { class: 'picture-grid' });
    this.element = h('div', { class: 'studio-history' }, this.title, h('div', { class: 'history-head' }, this.note, this.all), this.none, this.grid);
    paintings.changes.watch(() => this.draw());
  }

  draw() {
    const shown = this.paintings.all.filter((one) => one.status === 'done' || isActive(one));
    this.none.hidden = shown.length > 0;
    this.all.hidden = !shown.some(({ status }) => status === 'done');
    this.note.hidden = shown.length === 0;
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, { element, address }] of this.cards) {
      if (ids.has(id)) continue;
      element.remove();
      letGo(address);
      this.cards.delete(id);
    }
    shown.forEach((painting, index) => {
      const card = this.cards.get(painting.id) ?? this.card(painting);
      this.update(card, painting);
      if (this.grid.children[index] !== card.element) this.grid.insertBefore(card.element, this.grid.children[index] ?? null);
    });
  }

  /** @param {Martlet.Painting} painting */
  card(painting) {
    const state = h('span', { class: 'fine figure' });
    const button = h('button', { type: 'button', class: 'picture-open', onclick: () => (isActive(painting) ? this.actions.show(painting) : this.open(painting)) });
    const card = { element: h('li', null, button), button, state, shown: '', address: '' };
    this.cards.set(painting.id, card);
    return card;
  }

  /**
   * @param {Card} card
   * @param {Martlet.Painting} painting
   */
  update(card, painting) {
    const active = isActive(painting);
    const [first] = painting.pictures;
    setText(card.state, active ? stageText(painting) : [first?.seed == null ? null : said.seed(first.seed), formatWhen(painting.created)].filter(Boolean).join(' · '));
    const state = active ? 'active' : 'done';
    if (card.shown === state) return;
    card.shown = state;
    const name = painting.caption || nameOf(painting);
    if (first && !card.address) card.address = URL.createObjectURL(first.file);
    fill(card.button,
      h('span', { class: 'picture-frame' }, card.address ? h('img', { src: card.address, alt: '', loading: 'lazy', decoding: 'async' }) : h('span', { class: 'paint-canvas' }),
        painting.pictures.length > 1 ? h('span', { class: 'picture-count figure' }, String(painting.pictures.length)) : null),
      h('span', { class: 'picture-name', dir: 'auto' }, name), card.state);
    card.button.setAttribute('aria-label', said.open(name));
  }

  /** @param {Martlet.Painting} painting */
  open(painting) {
    const view = new PaintingView(this.paintings, (_, seed) => {
      dialog.close();
      this.actions.show(this.paintings.again(painting, seed));
    });
    view.show(painting);
    const use = h('button', { type: 'button', class: 'button primary', onclick: () => { dialog.close(); this.actions.use(painting); } }, icon('sliders'), said.use);
    const remove = h('button', { type: 'button', class: 'button danger', onclick: () => { dialog.close(); this.delete(painting); } }, icon('trash'), said.delete);
    const dialog = sheet(words.kinds[painting.form.kind], { body: h('div', { class: 'picture-sheet' }, view.element), foot: [...(isRepeatable(painting) ? [use] : []), remove] });
  }

  /** @param {Martlet.Painting} painting */
  delete(painting) {
    this.paintings.forget(painting);
    toast(said.deleted);
    this.title.focus();
  }

  async deleteAll() {
    if (!(await confirm({ title: said.deleteAllTitle, text: said.deleteAllText, action: said.deleteAll }))) return;
    this.paintings.forgetAll();
    toast(said.deleted);
    this.title.focus();
  }
}
