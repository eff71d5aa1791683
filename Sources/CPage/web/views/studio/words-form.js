/** A picture of somebody's own words. */

import { h, setText, submitByKeys, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';
import { field } from '../library/fields.js';
import { ResultPanel } from './result-panel.js';
import { SettingsFields } from './settings-fields.js';

const said = words.words;

export class WordsForm {
  /** @param {import('./paintings.js').Paintings} paintings */
  constructor(paintings) {
    this.paintings = paintings;
    this.result = new ResultPanel('words', paintings);
    const id = uniqueId('prompt');
    this.prompt = h('textarea', { class: 'input studio-prompt', id, rows: 4, dir: 'auto', placeholder: said.placeholder, 'aria-describedby': `${id}-wrong`, oninput: () => this.fail('') });
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true });
    this.count = field(said.count, h('select', null, [1, 2, 3, 4].map((count) => h('option', { value: String(count) }, String(count)))));
    this.negative = field(said.negative, h('input', { type: 'text', dir: 'auto', autocomplete: 'off' }));
    this.settings = new SettingsFields([this.negative]);
    this.form = h('form', { class: 'panel studio-form', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.submit(event), onkeydown: submitByKeys },
      h('div', { class: 'field' }, h('label', { htmlFor: id }, said.prompt), this.prompt, this.wrong),
      h('div', { class: 'studio-count' }, this.count.element),
      this.settings.element,
      h('div', { class: 'row studio-act' }, h('button', { class: 'button primary' }, icon('studio'), words.paint)));
    this.element = h('div', { class: 'studio-body' }, this.form, h('div', { class: 'studio-side' }, this.result.element));
  }

  /** @param {string} text */
  fail(text) {
    this.prompt.setAttribute('aria-invalid', String(text !== ''));
    this.wrong.hidden = text === '';
    setText(this.wrong, text);
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const prompt = this.prompt.value.trim();
    if (!prompt) {
      this.fail(said.promptMissing);
      this.prompt.focus();
      return;
    }
    const settings = this.settings.read();
    if (!settings) return;
    this.paintings.begin({ kind: 'words', prompt, negative: this.negative.input.value.trim(), count: Number(this.count.input.value), ...settings });
    this.result.come();
  }

  /** @param {Martlet.WordsForm} form */
  set(form) {
    this.prompt.value = form.prompt;
    this.negative.input.value = form.negative;
    this.count.input.value = String(form.count);
    this.settings.set(form);
    if (form.negative) this.settings.element.open = true;
    this.prompt.focus();
  }
}
