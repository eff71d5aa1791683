/** The settings of analyses: which tags, which model, how closely, and where the results are kept. */

import { json } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { sheet } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { AnalysisForm } from './analysis-form.js';
import { field, parseNumber, showFaults } from './fields.js';

const texts = words.config;

export function openSettings() {
  const body = h('div', { class: 'settings-sheet' }, h('p', { class: 'muted' }, texts.loading));
  const save = h('button', { type: 'button', class: 'button primary', disabled: true }, words.save);
  const dialog = sheet(texts.title, { body, foot: [h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel), save] });
  dialog.classList.add('wide-sheet');
  const load = async () => {
    try {
      const [config, models] = await Promise.all([
        json('GET', '/api/config/'),
        json('GET', '/api/config/available-models/').then((answer) => /** @type {string[]} */ (answer.models), () => null),
      ]);
      const form = new SettingsForm(config, models);
      fill(body, form.element);
      save.disabled = false;
      const send = async () => {
        save.disabled = true;
        if (await form.save()) {
          toast(texts.saved);
          dialog.close();
        }
        save.disabled = false;
      };
      save.addEventListener('click', send);
      form.element.addEventListener('submit', (event) => {
        event.preventDefault();
        send();
      });
    } catch (error) {
      const { code, requestId } = /** @type {any} */ (error);
      fill(body, errorNotice({ title: texts.failed, message: messageOf(error), code, requestId, onretry: load }));
    }
  };
  load();
}

class SettingsForm {
  /**
   * @param {Martlet.AnalysisConfig} config
   * @param {string[] | null} models  Null: they could not be listed.
   */
  constructor(config, models) {
    this.config = config;
    this.form = new AnalysisForm(config);
    const choices = [...new Set([config.llm_model, ...(models ?? [])])].filter(Boolean);
    this.model = field(texts.model, h('select', null, choices.map((id) => h('option', { value: id, selected: id === config.llm_model }, id))), models ? '' : texts.modelsFailed);
    this.baseUrl = field(texts.baseUrl, h('input', { type: 'url', inputMode: 'url', autocomplete: 'off', spellcheck: false, value: config.llm_base_url }));
    this.batch = field(texts.batch, h('input', { inputMode: 'numeric', autocomplete: 'off', value: String(config.max_batch_size) }), texts.batchHint);
    this.votes = config.votes === undefined || config.votes === null ? null : field(texts.votes, h('input', { inputMode: 'numeric', autocomplete: 'off', value: String(config.votes) }), texts.votesHint);
    this.sideCar = field(texts.sideCar, h('select', null, Object.entries(texts.sideCars).map(([value, text]) => h('option', { value, selected: value === config.side_car }, text))));
    this.trouble = h('div');
    const { tags, chips, interval, tolerance, rules, evidenceField } = this.form;
    this.element = h('form', { class: 'settings-form', noValidate: true },
      this.trouble, tags.element, chips,
      h('div', { class: 'settings-pair' }, this.model.element, this.batch.element), this.baseUrl.element,
      h('div', { class: 'settings-pair' }, interval.element, tolerance.element, this.votes?.element),
      rules.element, this.sideCar.element, evidenceField,
      // Enter in a field saves.
      h('button', { class: 'unseen', tabIndex: -1, 'aria-hidden': 'true' }, words.save));
  }

  /** @returns {Promise<boolean>} */
  async save() {
    fill(this.trouble);
    const read = this.form.read();
    const batch = parseNumber(this.batch.input.value);
    const votes = this.votes && parseNumber(this.votes.input.value);
    this.batch.fail(batch === null || !Number.isInteger(batch) || batch < 1 || batch > 10 ? texts.batchHint : '');
    this.votes?.fail(votes === null || votes < 1 ? texts.number : '');
    this.baseUrl.fail(this.baseUrl.input.value.trim() ? '' : texts.blank);
    if (!read || this.element.querySelector('[aria-invalid="true"]')) {
      /** @type {HTMLElement | null} */ (this.element.querySelector('[aria-invalid="true"]'))?.focus();
      return false;
    }
    const body = {
      analysis_tags: read.tags.join(','), llm_base_url: this.baseUrl.input.value.trim(), llm_model: this.model.input.value, max_batch_size: batch,
      livekit_url: this.config.livekit_url, frame_interval: read.interval, tolerance: read.tolerance, tag_rules: read.rules, evidence: read.evidence,
      side_car: this.sideCar.input.value, ...(this.votes ? { votes } : {}),
    };
    try {
      await json('PUT', '/api/config/', body);
      return true;
    } catch (error) {
      const own = /** @type {Record<string, import('./fields.js').Field | null>} */ ({ llm_model: this.model, llm_base_url: this.baseUrl, max_batch_size: this.batch, side_car: this.sideCar, votes: this.votes });
      const { code, requestId } = /** @type {any} */ (error);
      if (!showFaults(error, (param) => own[param] ?? this.form.place(param))) fill(this.trouble, errorNotice({ message: messageOf(error), code, requestId }));
      (/** @type {HTMLElement | null} */ (this.element.querySelector('[aria-invalid="true"]')))?.focus();
      return false;
    }
  }
}
