/** The settings of a question: model, evidence, sampling, generation. Each number is checked as it is typed. */

import { json } from '../../lib/api.js';
import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatNumber } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { models } from '../../app/live.js';
import { strings } from '../../app/strings.js';
import { countChanged, fields, noSettings, problemWith } from './parameters.js';

/** @typedef {import('./parameters.js').Field} Field */

const words = strings.settings;

/**
 * The configuration's values, asked for once.
 *
 * @type {Promise<Map<string, string>> | null}
 */
let defaults = null;

function loadDefaults() {
  defaults ??= json('GET', '/v1/system').then(
    (system) => new Map(system.configuration.map((/** @type {{ key: string, value: unknown }} */ entry) => [entry.key, String(entry.value)])),
    () => new Map(),
  );
  return defaults;
}

export class SettingsPanel {
  /**
   * @param {Martlet.Settings} settings  Changed in place.
   * @param {AbortSignal} until
   * @param {(sampling: boolean) => void} onChange  `sampling`: which frames are seen has changed.
   */
  constructor(settings, until, onChange) {
    this.settings = settings;
    this.onChange = onChange;
    /** @type {Map<Field, { input: HTMLInputElement, wrong: HTMLElement }>} */
    this.inputs = new Map();
    this.count = h('span', { class: 'badge accent', hidden: true });
    this.resetButton = h('button', { type: 'button', class: 'button bare small', onclick: () => this.reset() }, strings.settings.reset);
    this.model = h('select', { class: 'input', id: uniqueId('model'), onchange: () => this.choose() });
    this.evidence = h('select', { class: 'input', id: uniqueId('evidence'), onchange: () => this.choose() },
      Object.entries(words.evidenceChoices).map(([value, text]) => h('option', { value }, text)));
    this.element = h('details', { class: 'settings', ontoggle: () => this.element.open && this.showDefaults() },
      h('summary', null, icon('sliders'), h('span', null, words.open), this.count),
      h('div', { class: 'settings-body' },
        h('div', { class: 'settings-grid' },
          h('div', { class: 'field' }, h('label', { htmlFor: this.model.id }, words.model), this.model),
          h('div', { class: 'field' }, h('label', { htmlFor: this.evidence.id }, words.evidence), this.evidence)),
        this.group('video', words.sampling),
        this.group('generation', words.generation),
        h('div', { class: 'row' }, this.resetButton)));
    models.watch((list) => this.listModels(list ?? []), until);
    this.showCount();
  }

  /** Whether all numbers may be sent. */
  get valid() {
    return [...this.inputs.values()].every(({ input }) => input.getAttribute('aria-invalid') !== 'true');
  }

  /**
   * @param {'video' | 'generation'} group
   * @param {string} title
   */
  group(group, title) {
    return h('fieldset', null,
      h('legend', null, title),
      h('div', { class: 'settings-grid' }, fields.filter((field) => field.group === group).map((field) => this.field(field))));
  }

  /** @param {Field} field */
  field(field) {
    const id = uniqueId('setting');
    const value = this.settings[field.group][field.name];
    const wrong = h('p', { class: 'wrong', id: `${id}-wrong`, hidden: true });
    const input = h('input', {
      class: 'input figure', id, type: 'text', inputMode: 'decimal', autocomplete: 'off', placeholder: strings.common.default, value: value === undefined ? '' : String(value),
      'aria-describedby': `${id}-wrong`, oninput: () => this.changed(field),
    });
    this.inputs.set(field, { input, wrong });
    const names = /** @type {Record<string, string>} */ (words.fields);
    return h('div', { class: 'field' }, h('label', { htmlFor: id }, names[field.name]), input, wrong);
  }

  /** @param {Field} field */
  changed(field) {
    const { input } = /** @type {{ input: HTMLInputElement }} */ (this.inputs.get(field));
    const text = input.value.trim().replace(',', '.');
    if (text === '') delete this.settings[field.group][field.name];
    else if (!problemWith(field, text)) this.settings[field.group][field.name] = Number(text);
    this.check();
    this.showCount();
    if (this.valid) this.onChange(field.group === 'video');
  }

  check() {
    const { video } = this.settings;
    for (const [field, { input, wrong }] of this.inputs) {
      const text = input.value.trim().replace(',', '.');
      let message = '';
      const problem = text === '' ? null : problemWith(field, text);
      const low = formatNumber(field.low);
      const high = formatNumber(field.high);
      if (problem === 'range') message = field.above ? words.above(low, high) : words.range(low, high);
      else if (problem) message = words[problem];
      else if (field.name === 'nframes' && text && video.fps !== undefined) message = words.conflict;
      else if (field.name === 'video_start' && video.video_end !== undefined && video.video_start >= video.video_end) message = words.order;
      else if (field.name === 'min_frames' && video.min_frames > video.max_frames) message = words.minAboveMax;
      else if (field.name === 'min_pixels' && video.min_pixels > video.max_pixels) message = words.minAboveMax;
      this.tell(input, wrong, message);
    }
  }

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} wrong
   * @param {string} message
   */
  tell(input, wrong, message) {
    wrong.hidden = message === '';
    setText(wrong, message);
    if (message) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }

  /** Opens the panel at the first wrong number. */
  showProblem() {
    this.element.open = true;
    for (const { input } of this.inputs.values()) {
      if (input.getAttribute('aria-invalid') !== 'true') continue;
      input.focus();
      return;
    }
  }

  choose() {
    const models = this.settings.model !== this.model.value;
    this.settings.model = this.model.value;
    this.settings.evidence = this.evidence.value;
    this.showCount();
    this.onChange(models);
  }

  /** @param {Martlet.Model[]} list */
  listModels(list) {
    const answering = list.filter((model) => model.capabilities.includes('chat') && !['absent', 'fetching'].includes(model.state));
    fill(this.model,
      h('option', { value: '' }, words.modelDefault),
      answering.map((model) => h('option', { value: model.id, disabled: !!model.obstacle }, model.id)));
    // A model that is gone is still named: the server says why it can't answer.
    if (this.settings.model && !answering.some((model) => model.id === this.settings.model)) {
      this.model.append(h('option', { value: this.settings.model }, this.settings.model));
    }
    this.model.value = this.settings.model;
    this.evidence.value = this.settings.evidence;
  }

  async showDefaults() {
    const values = await loadDefaults();
    for (const [field, { input }] of this.inputs) input.placeholder = (field.setting && values.get(field.setting)) || field.standard || strings.common.none;
  }

  showCount() {
    const count = countChanged(this.settings);
    this.count.hidden = count === 0;
    setText(this.count, words.changed(count));
    this.resetButton.disabled = count === 0 && this.valid;
  }

  reset() {
    Object.assign(this.settings, noSettings());
    for (const { input } of this.inputs.values()) input.value = '';
    this.model.value = '';
    this.evidence.value = 'auto';
    this.check();
    this.showCount();
    this.onChange(true);
  }
}
