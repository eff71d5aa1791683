/** Styles, and the words for features. They are the same as long as the server runs. */

import { json } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { words } from '../../app/strings-studio.js';
import { field } from '../library/fields.js';

/** @type {Map<string, Promise<any>>} */
const loaded = new Map();

/** @param {string} path */
function load(path) {
  let promise = loaded.get(path);
  if (!promise) {
    promise = json('GET', path);
    promise.catch(() => loaded.delete(path));
    loaded.set(path, promise);
  }
  return promise;
}

/** @returns {Promise<Martlet.ImageStyle[]>} */
export async function styles() {
  return (await load('/v1/styles')).styles;
}

/**
 * The features that can be known.
 *
 * @returns {Promise<Martlet.VocabularyEntry[]>}
 */
export async function vocabulary() {
  const { features } = await load('/v1/vocabulary');
  return features.filter((/** @type {Martlet.VocabularyEntry} */ one) => one.values.length > 0);
}

/** A choice of styles, with what each looks like. */
export class StyleField {
  constructor() {
    this.list = h('select', { onchange: () => this.describe() });
    this.wanted = '';
    /** @type {Martlet.ImageStyle[]} */
    this.styles = [];
    this.field = field(words.style, this.list, '\u00a0');
    this.element = this.field.element;
    this.hint = /** @type {HTMLElement} */ (this.element.querySelector('.hint'));
  }

  async load() {
    if (this.styles.length) return;
    try {
      this.styles = await styles();
      fill(this.list, this.styles.map(({ id, name }) => h('option', { value: id }, name)));
      this.field.fail('');
      this.value = this.wanted;
    } catch {
      // The server has a style of its own: pictures can be made all the same.
      this.field.fail(words.styleFailed);
    }
  }

  get value() {
    return this.styles.length ? this.list.value : this.wanted;
  }

  set value(id) {
    this.wanted = id;
    const style = this.styles.find((one) => one.id === id) ?? this.styles.find((one) => one.default) ?? this.styles[0];
    if (style) this.list.value = style.id;
    this.describe();
  }

  /** @param {string | null} id */
  nameOf(id) {
    return this.styles.find((one) => one.id === id)?.name ?? id;
  }

  describe() {
    this.hint.textContent = this.styles.find((one) => one.id === this.list.value)?.description ?? '';
  }
}
