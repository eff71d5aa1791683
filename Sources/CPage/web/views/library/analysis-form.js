/** The fields that both the settings and a single analysis have: tags, rules, how closely is looked. */

import { fill, h } from '../../lib/dom.js';
import { words } from '../../app/strings-library.js';
import { field, parseNumber } from './fields.js';
import { RulesTable } from './rules-table.js';

const texts = words.config;

/**
 * The tags of a text: trimmed, without blanks, each once.
 *
 * @param {string} text
 */
export function tagsOf(text) {
  return [...new Set(text.split(',').map((tag) => tag.trim()).filter(Boolean))];
}

export class AnalysisForm {
  /** @param {Pick<Martlet.AnalysisConfig, 'analysis_tags' | 'frame_interval' | 'tolerance' | 'tag_rules' | 'evidence'>} config */
  constructor(config) {
    this.tags = field(texts.tags, h('input', { value: tagsOf(config.analysis_tags).join(', '), autocomplete: 'off', oninput: () => this.preview() }), texts.tagsHint);
    this.chips = h('p', { class: 'tag-preview', role: 'status' });
    this.interval = field(texts.interval, h('input', { inputMode: 'decimal', autocomplete: 'off', value: String(config.frame_interval) }), texts.intervalHint);
    this.tolerance = field(texts.tolerance, h('input', { inputMode: 'decimal', autocomplete: 'off', value: String(config.tolerance) }), texts.toleranceHint);
    this.evidence = h('input', { type: 'checkbox', checked: config.evidence });
    /** @type {string | null} */
    this.shown = null;
    this.rules = new RulesTable(config.tag_rules ?? {});
    this.preview();
  }

  get evidenceField() {
    return h('label', { class: 'check' }, this.evidence, texts.evidence);
  }

  preview() {
    const tags = tagsOf(this.tags.input.value);
    fill(this.chips, h('span', { class: 'fine figure' }, texts.tagCount(tags.length)), tags.map((tag) => h('span', { class: 'badge accent' }, tag)));
    const shown = tags.join('\n');
    if (shown !== this.shown) this.rules.show(tags);
    this.shown = shown;
  }

  /** What the fields say; null when one of them is wrong. */
  read() {
    const tags = tagsOf(this.tags.input.value);
    const interval = parseNumber(this.interval.input.value);
    const tolerance = parseNumber(this.tolerance.input.value);
    const faults = /** @type {[import('./fields.js').Field, string][]} */ ([
      [this.tags, tags.length ? '' : texts.noTags],
      [this.interval, interval === null || interval <= 0 ? texts.number : ''],
      [this.tolerance, tolerance === null || tolerance <= 0 ? texts.number : ''],
    ]);
    for (const [one, text] of faults) one.fail(text);
    const [wrong] = faults.filter(([, text]) => text);
    wrong?.[0].input.focus();
    if (!this.rules.check() || wrong || interval === null || tolerance === null) return null;
    return { tags, interval, tolerance, rules: this.rules.value(), evidence: this.evidence.checked };
  }

  /**
   * The field of a name that the server uses.
   *
   * @param {string} param
   */
  place(param) {
    if (/^(?:tag_)?rules\b/.test(param)) return this.rules.place(param);
    return { analysis_tags: this.tags, tags: this.tags, frame_interval: this.interval, tolerance: this.tolerance }[param] ?? null;
  }
}
