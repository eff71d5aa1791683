/** The features of a face as choices, grouped; with how sure the server is of each. */

import { fill, h } from '../../lib/dom.js';
import { formatShare } from '../../lib/format.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { words } from '../../app/strings-studio.js';
import { field } from '../library/fields.js';
import { vocabulary } from './catalogue.js';
import { featureName, HIDDEN, noFeatures, valueName } from './features.js';

const said = words.features;
/** Below it, somebody should look again. */
const SURE = 0.6;

/** @typedef {{ name: string, group: Martlet.FeatureGroup, list: HTMLSelectElement, element: HTMLElement, note: HTMLElement }} Choice */

export class FeatureForm {
  constructor() {
    this.element = h('div', { class: 'feature-groups' });
    /** @type {Choice[]} */
    this.choices = [];
    this.wanted = noFeatures();
  }

  async load() {
    if (this.choices.length) return;
    try {
      this.build(await vocabulary());
      this.set(this.wanted);
    } catch (error) {
      fill(this.element, errorNotice({ title: said.failed, message: messageOf(error), onretry: () => void this.load() }));
    }
  }

  /** @param {Martlet.VocabularyEntry[]} entries */
  build(entries) {
    const left = new Set(entries.filter(({ name }) => !HIDDEN.has(name)));
    const groups = said.groups.map(([title, place, names]) => {
      const own = names.length ? names.flatMap((name) => [...left].filter((one) => one.name === name)) : [...left].filter(({ path }) => path.startsWith(`${place}.`));
      for (const one of own) left.delete(one);
      return /** @type {[string, Martlet.VocabularyEntry[]]} */ ([title, own]);
    });
    // Features that this page doesn't know yet.
    if (left.size) groups[0][1].push(...left);
    fill(this.element, groups.filter(([, own]) => own.length).map(([title, own]) =>
      h('fieldset', { class: 'feature-group' }, h('legend', null, title), h('div', { class: 'feature-fields' }, own.map((entry) => this.choice(entry).element)))));
  }

  /** @param {Martlet.VocabularyEntry} entry */
  choice({ name, path, values }) {
    const list = h('select', null, h('option', { value: '' }, said.unknown), values.map((value) => h('option', { value }, valueName(value))));
    const { element } = field(featureName(name), list, '');
    const note = h('p', { class: 'fine feature-note figure', hidden: true });
    note.id = `${list.id}-note`;
    list.setAttribute('aria-describedby', `${list.getAttribute('aria-describedby')} ${note.id}`);
    element.append(note);
    const choice = { name, group: /** @type {Martlet.FeatureGroup} */ (path.split('.')[0]), list, element, note };
    list.addEventListener('change', () => {
      // Whoever chose is sure.
      note.hidden = true;
      this.fold();
      this.mark(choice);
    });
    this.choices.push(choice);
    return choice;
  }

  /** @param {Choice} choice */
  mark({ list }) {
    list.classList.toggle('unknown', list.value === '');
  }

  /** What a hat is like is asked of those who wear one. */
  fold() {
    for (const { name, element } of this.choices) {
      const worn = /^(hat|glasses|mask)_(?!present)/.exec(name)?.[1];
      if (worn) element.hidden = this.choices.find((one) => one.name === `${worn}_present`)?.list.value !== 'yes';
    }
  }

  /** @param {Martlet.FaceFeatures} features */
  set(features) {
    this.wanted = features;
    for (const choice of this.choices) {
      const { name, group, list, note } = choice;
      const value = features[group]?.[name] ?? '';
      list.value = value;
      // A word that the vocabulary no longer has.
      if (list.selectedIndex < 0) list.value = '';
      const sure = features.meta?.confidence?.[name];
      note.hidden = !value || sure === undefined;
      note.classList.toggle('unsure', sure !== undefined && sure < SURE);
      note.textContent = sure === undefined ? '' : (sure < SURE ? said.unsure : said.sure)(formatShare(sure));
      this.mark(choice);
    }
    this.fold();
  }

  /** @returns {Martlet.FaceFeatures} */
  read() {
    if (!this.choices.length) return this.wanted;
    const features = noFeatures();
    for (const { name, group, list } of this.choices) features[group][name] = list.value || null;
    // The beard in one word: the server makes it anew when one of its parts changes.
    const isShaved = ['beard_style', 'mustache_style'].some((name) => (features.observed[name] ?? null) !== (this.wanted.observed[name] ?? null));
    if (this.wanted.observed.facial_hair) features.observed.facial_hair = isShaved ? null : this.wanted.observed.facial_hair;
    return features;
  }

  /**
   * What was said about the picture; how sure the server was only of what nobody changed.
   *
   * @returns {Martlet.FaceFeatures['meta']}
   */
  meta() {
    const { meta } = this.wanted;
    if (!meta?.confidence) return meta;
    const kept = this.choices.filter(({ name, group, list }) => list.value && list.value === this.wanted[group]?.[name]).map(({ name }) => name);
    return { ...meta, confidence: Object.fromEntries(Object.entries(meta.confidence).filter(([name]) => kept.includes(name))) };
  }

  focus() {
    this.choices[0]?.list.focus();
  }
}
