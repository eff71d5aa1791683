/** The tags of a video as a table: what the timeline shows, for reading, ordering and changing. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatMoment, formatShare } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';

const texts = words.table;
const SHOWN = 100;

/** @typedef {'tag_name' | 'start_time' | 'end_time' | 'confidence' | 'source'} Column */

export class SpanTable {
  /** @param {{ seek: (time: number) => void, edit: (span: Martlet.Span) => void, remove: (span: Martlet.Span) => void }} actions */
  constructor(actions) {
    this.actions = actions;
    /** @type {Martlet.Span[]} */
    this.spans = [];
    /** @type {Column} */
    this.by = 'start_time';
    this.isDown = false;
    this.isWhole = false;
    this.heads = /** @type {[Column, string][]} */ (Object.entries(texts.columns)).map(([column, text]) =>
      ({ column, element: h('th', { scope: 'col' }, h('button', { type: 'button', class: 'sort', onclick: () => this.sort(column) }, text)) }));
    this.body = h('tbody');
    this.all = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => this.showWhole() });
    this.none = h('p', { class: 'muted', hidden: true }, texts.none);
    this.table = h('table', { class: 'table spans' }, h('caption', { class: 'unseen' }, texts.caption),
      h('thead', null, h('tr', null, this.heads.map(({ element }) => element), h('th', { scope: 'col' }, h('span', { class: 'unseen' }, texts.actions)))), this.body);
    this.element = h('div', { class: 'span-table' }, h('div', { class: 'table-scroll' }, this.table), this.none, this.all);
  }

  /** @param {Martlet.Span[]} spans */
  show(spans) {
    this.spans = spans;
    this.draw();
  }

  /** @param {Column} column */
  sort(column) {
    this.isDown = this.by === column && !this.isDown;
    this.by = column;
    this.draw();
  }

  showWhole() {
    this.isWhole = true;
    this.draw();
  }

  draw() {
    const { by } = this;
    const value = (/** @type {Martlet.Span} */ span) => (by === 'end_time' ? span.end_time ?? span.start_time : span[by]);
    const order = [...this.spans].sort((a, b) => {
      const [one, other] = [value(a), value(b)];
      const difference = typeof one === 'string' ? one.localeCompare(String(other)) : one - Number(other);
      return (this.isDown ? -difference : difference) || a.start_time - b.start_time;
    });
    for (const { column, element } of this.heads) {
      if (column === by) element.setAttribute('aria-sort', this.isDown ? 'descending' : 'ascending');
      else element.removeAttribute('aria-sort');
    }
    const focus = this.focused();
    fill(this.body, (this.isWhole ? order : order.slice(0, SHOWN)).map((span) => this.row(span)));
    this.table.hidden = order.length === 0;
    this.none.hidden = order.length > 0;
    this.all.hidden = this.isWhole || order.length <= SHOWN;
    setText(this.all, texts.all(order.length));
    if (focus) this.refocus(focus);
  }

  /** The row's place and the button in it that has the focus: it isn't lost with what was deleted. */
  focused() {
    const row = document.activeElement?.closest('tr');
    if (!row || row.parentNode !== this.body) return null;
    return { at: row.sectionRowIndex, button: [...row.querySelectorAll('button')].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) };
  }

  /** @param {{ at: number, button: number }} focus */
  refocus({ at, button }) {
    const row = this.body.children[Math.min(at, this.body.children.length - 1)];
    row?.querySelectorAll('button')[button]?.focus({ preventScroll: true });
  }

  /** @param {Martlet.Span} span */
  row(span) {
    const { tag_name: name, start_time: start, end_time: end, confidence, source } = span;
    const time = formatMoment(start);
    return h('tr', { dataset: { id: span.id } },
      h('td', null, name),
      h('td', null, h('button', { type: 'button', class: 'time-link figure', 'aria-label': texts.seek(time), onclick: () => this.actions.seek(start) }, time)),
      h('td', { class: 'figure' }, end === null ? h('span', { class: 'fine' }, texts.moment) : formatMoment(end)),
      h('td', { class: 'figure' }, formatShare(confidence)),
      h('td', null, words.sources[source] ?? source),
      h('td', { class: 'span-acts' },
        h('button', { type: 'button', class: 'button bare small square', 'aria-label': texts.edit(name), onclick: () => this.actions.edit(span) }, icon('edit')),
        h('button', { type: 'button', class: 'button bare small square', 'aria-label': texts.remove(name), onclick: () => this.actions.remove(span) }, icon('trash'))));
  }
}
