/** For each tag: how sure the model has to be, which gaps are bridged, and what is too short to count. */

import { fill, h, setText } from '../../lib/dom.js';
import { words } from '../../app/strings-library.js';
import { parseNumber } from './fields.js';

const texts = words.config;
const FIELDS = /** @type {[Martlet.RuleField, string][]} */ (Object.entries(texts.ruleFields));
const DURATION = /^\d+(?:\.\d+)?\s*(?:s|%)?$/;

export class RulesTable {
  /** @param {Martlet.Rules} rules */
  constructor(rules) {
    this.rules = structuredClone(rules);
    /** @type {Map<string, HTMLInputElement>} */
    this.inputs = new Map();
    this.body = h('tbody');
    this.wrong = h('p', { class: 'wrong', role: 'alert', hidden: true });
    this.element = h('div', { class: 'field rules' },
      h('span', { class: 'label' }, texts.rules),
      h('div', { class: 'table-scroll' }, h('table', { class: 'table' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }, texts.tags), FIELDS.map(([, text]) => h('th', { scope: 'col' }, text)))), this.body)),
      this.wrong, h('p', { class: 'hint' }, texts.rulesHint));
  }

  /** @param {string[]} tags */
  show(tags) {
    this.keep();
    this.inputs.clear();
    fill(this.body, tags.map((tag) => h('tr', null, h('th', { scope: 'row' }, tag), FIELDS.map(([name, text]) => {
      const value = this.rules[tag]?.[name];
      const input = h('input', { class: 'input figure', autocomplete: 'off', value: value === undefined || value === null ? '' : String(value), 'aria-label': texts.ruleOf(text, tag), oninput: () => this.fail(input, '') });
      this.inputs.set(`${tag}\n${name}`, input);
      return h('td', null, input);
    }))));
  }

  /** Remembers what stands in the fields, also for tags that are written anew. */
  keep() {
    for (const [key, input] of this.inputs) {
      const [tag, name] = /** @type {[string, Martlet.RuleField]} */ (key.split('\n'));
      const text = input.value.trim();
      const rule = (this.rules[tag] ??= {});
      if (text === '') delete rule[name];
      else rule[name] = parseNumber(text) ?? text;
    }
  }

  /** @returns {boolean} */
  check() {
    let isFine = true;
    for (const [key, input] of this.inputs) {
      const text = input.value.trim();
      const number = parseNumber(text);
      const isThreshold = key.endsWith('\nthreshold');
      const wrong = text === '' ? '' : isThreshold ? (number === null || number < 0 || number > 1 ? texts.threshold : '') : DURATION.test(text) ? '' : texts.duration;
      if (wrong && isFine) input.focus();
      if (wrong) isFine = false;
      this.fail(input, wrong);
    }
    return isFine;
  }

  /** The rules of the tags that are shown. */
  value() {
    this.keep();
    const shown = new Set([...this.inputs.keys()].map((key) => key.split('\n')[0]));
    return Object.fromEntries(Object.entries(this.rules).filter(([tag, rule]) => shown.has(tag) && Object.keys(rule).length > 0));
  }

  /**
   * The place of a word about one of the rules: `tag_rules.person`, or with a field behind it.
   *
   * @param {string} param
   */
  place(param) {
    const [, ...rest] = param.split('.');
    const name = FIELDS.find(([one]) => one === rest.at(-1))?.[0];
    const tag = (name ? rest.slice(0, -1) : rest).join('.');
    const input = name ? this.inputs.get(`${tag}\n${name}`) : [...this.inputs].find(([key]) => key.startsWith(`${tag}\n`))?.[1];
    return { fail: (/** @type {string} */ text) => (input ? this.fail(input, text) : this.say(text)) };
  }

  /**
   * @param {HTMLInputElement} input
   * @param {string} text
   */
  fail(input, text) {
    input.setAttribute('aria-invalid', String(text !== ''));
    if (text || ![...this.inputs.values()].some((one) => one.getAttribute('aria-invalid') === 'true')) this.say(text && `${input.getAttribute('aria-label')}: ${text}`);
  }

  /** @param {string} text */
  say(text) {
    this.wrong.hidden = text === '';
    setText(this.wrong, text);
  }
}
