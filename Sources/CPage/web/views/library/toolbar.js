/** What is looked for in the library, in which order, and how it is laid out. */

import { h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';
import { remember, remembered } from './remembered.js';

// People type on: the server is asked once they pause.
const PAUSE = 250;

export class Toolbar {
  /** @param {{ onLook: (query: { search: string, status: string, sort: string }) => void, onLayout: (layout: string) => void }} listeners */
  constructor({ onLook, onLayout }) {
    let timer = 0;
    this.onLook = () => {
      clearTimeout(timer);
      onLook({ search: this.search.value.trim(), status: this.status.value, sort: this.sort.value });
    };
    const later = () => {
      clearTimeout(timer);
      timer = window.setTimeout(this.onLook, PAUSE);
    };
    this.search = h('input', { class: 'input', type: 'search', placeholder: words.search, 'aria-label': words.search, oninput: later, onsearch: () => this.onLook() });
    this.status = h('select', { class: 'input', 'aria-label': words.filter, onchange: this.onLook },
      h('option', { value: '' }, words.anyStatus),
      Object.entries(words.statuses).map(([value, text]) => h('option', { value }, text)));
    this.sort = h('select', { class: 'input', 'aria-label': words.sort, onchange: this.onLook }, words.sorts.map(([value, text]) => h('option', { value }, text)));
    const layout = remembered('layout', 'grid');
    const layouts = h('div', { class: 'layouts', role: 'group', 'aria-label': words.layout });
    for (const [name, symbol, label] of [['grid', 'grid', words.grid], ['rows', 'rows', words.rows]]) {
      layouts.append(h('button', {
        type: 'button', title: label, 'aria-label': label, 'aria-pressed': String(name === layout),
        onclick: (/** @type {MouseEvent} */ event) => {
          for (const button of layouts.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
          remember('layout', name);
          onLayout(name);
        },
      }, icon(symbol)));
    }
    this.element = h('div', { class: 'library-tools', role: 'search', 'aria-label': words.filters },
      h('div', { class: 'search' }, icon('search'), this.search), this.status, this.sort, layouts);
    onLayout(layout);
  }

  clear() {
    this.search.value = '';
    this.status.value = '';
    this.onLook();
    this.search.focus();
  }
}
