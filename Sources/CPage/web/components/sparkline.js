/** `<martlet-sparkline>`: a line of the last minutes, with its latest value and its peak in words. */

import { h, setText } from '../lib/dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 240;
const HEIGHT = 48;

export class Sparkline extends HTMLElement {
  constructor() {
    super();
    this.line = document.createElementNS(SVG, 'path');
    this.area = document.createElementNS(SVG, 'path');
    this.value = h('strong', { class: 'spark-value figure' });
    this.note = h('span', { class: 'fine figure' });
  }

  /** @param {string} label */
  label(label) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    this.line.setAttribute('class', 'spark-line');
    this.area.setAttribute('class', 'spark-area');
    svg.append(this.area, this.line);
    this.append(h('span', { class: 'spark-label' }, label), h('span', { class: 'spark-figures' }, this.value, this.note), svg);
  }

  /**
   * @param {number[]} values
   * @param {number} room  How many values fill the width.
   * @param {(value: number) => string} format
   * @param {(text: string) => string} peak
   */
  show(values, room, format, peak) {
    if (values.length === 0) return;
    const most = Math.max(...values);
    const top = most || 1;
    const x = (/** @type {number} */ index) => ((room - values.length + index) / Math.max(1, room - 1)) * WIDTH;
    const y = (/** @type {number} */ value) => HEIGHT - 2 - (value / top) * (HEIGHT - 6);
    const points = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`);
    this.line.setAttribute('d', `M${points.join('L')}`);
    this.area.setAttribute('d', `M${x(0).toFixed(1)} ${HEIGHT}L${points.join('L')}L${WIDTH} ${HEIGHT}Z`);
    setText(this.value, format(values[values.length - 1]));
    setText(this.note, most > 0 ? peak(format(most)) : '');
  }
}

customElements.define('martlet-sparkline', Sparkline);
