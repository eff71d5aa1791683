/** Size, seed and steps: what few people need. */

import { h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';
import { field } from '../library/fields.js';

const said = words.settings;
const LARGEST_SEED = 4_294_967_295;

export class SettingsFields {
  /** @param {{ element: HTMLElement }[]} [others]  Of the form alone, before them. */
  constructor(others = []) {
    this.size = field(said.size, h('select', null, h('option', { value: '' }, said.sizeStandard), Object.entries(said.sizes).map(([value, text]) => h('option', { value }, text))));
    this.seed = field(said.seed, numberInput(), said.seedHint);
    this.steps = field(said.steps, numberInput(), said.stepsHint);
    this.element = h('details', { class: 'studio-more' }, h('summary', null, icon('sliders'), said.title),
      h('div', { class: 'studio-more-body' }, others.map(({ element }) => element), this.size.element, this.seed.element, this.steps.element));
  }

  /**
   * Null when something is wrong: then it is said, and can be seen.
   *
   * @returns {Martlet.PictureSettings | null}
   */
  read() {
    const [seed, steps] = [this.seed.input.value.trim(), this.steps.input.value.trim()];
    const isSeed = seed === '' || (/^\d{1,10}$/.test(seed) && Number(seed) <= LARGEST_SEED);
    const isSteps = steps === '' || /^[1-9]\d{0,3}$/.test(steps);
    this.seed.fail(isSeed ? '' : said.seedWrong);
    this.steps.fail(isSteps ? '' : said.stepsWrong);
    if (isSeed && isSteps) return { size: this.size.input.value, seed, steps };
    this.element.open = true;
    (isSeed ? this.steps : this.seed).input.focus();
    return null;
  }

  /** @param {Martlet.PictureSettings} settings */
  set({ size, seed, steps }) {
    this.size.input.value = size;
    if (this.size.input.value !== size) this.size.input.value = '';
    this.seed.input.value = seed;
    this.steps.input.value = steps;
    if (size || seed || steps) this.element.open = true;
  }
}

function numberInput() {
  return h('input', { type: 'text', inputMode: 'numeric', autocomplete: 'off', placeholder: said.any });
}
