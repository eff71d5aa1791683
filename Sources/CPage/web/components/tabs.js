/** Tabs: one stop of the Tab key, arrows go from one to the next. */

import { h, uniqueId } from '../lib/dom.js';

/** @typedef {{ name: string, text: string, panel: HTMLElement }} Tab */

export class Tabs {
  /**
   * @param {string} label
   * @param {Tab[]} tabs
   * @param {(name: string) => void} onChosen  By somebody, not by `show`.
   */
  constructor(label, tabs, onChosen) {
    this.chosen = tabs[0].name;
    this.onChosen = onChosen;
    this.tabs = tabs.map(({ name, text, panel }) => {
      const id = uniqueId('tab');
      panel.id = `${id}-panel`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', id);
      return { name, panel, button: h('button', { type: 'button', class: 'tab', role: 'tab', id, 'aria-controls': panel.id, onclick: () => this.choose(name) }, text) };
    });
    this.element = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label, onkeydown: (/** @type {KeyboardEvent} */ event) => this.keys(event) }, this.tabs.map(({ button }) => button));
    this.show(this.chosen);
  }

  /** @param {string} name */
  show(name) {
    if (!this.tabs.some((one) => one.name === name)) return;
    this.chosen = name;
    for (const { name: own, button, panel } of this.tabs) {
      button.setAttribute('aria-selected', String(own === name));
      button.tabIndex = own === name ? 0 : -1;
      panel.hidden = own !== name;
    }
  }

  /** @param {string} name */
  choose(name) {
    if (name === this.chosen) return;
    this.show(name);
    this.onChosen(name);
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    const { length } = this.tabs;
    const at = this.tabs.findIndex(({ name }) => name === this.chosen);
    const to = { ArrowRight: (at + 1) % length, ArrowLeft: (at - 1 + length) % length, Home: 0, End: length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.choose(this.tabs[to].name);
    this.tabs[to].button.focus();
  }
}
