/** How much each region moved over time, and what a model made of it: two charts with one cursor. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatMoment } from '../../lib/format.js';
import { words } from '../../app/strings-expressions.js';
import { LineChart } from './line-chart.js';
import { regionName, REGIONS } from './regions.js';

const texts = words.chart;
const HEIGHT = 220;
const LOW = 150;
const THRESHOLD = 0.5;

export class ExpressionCharts {
  /**
   * @param {Martlet.Expressions} found
   * @param {(time: number) => void} seek
   */
  constructor({ series, report }, seek) {
    const { time: times, magnitude, probability, thinned } = series;
    const duration = Math.max(report.duration, times[times.length - 1] ?? 0);
    const shared = { times, duration, seek, hover: (/** @type {number | null} */ time) => this.hover(time) };
    const lines = REGIONS.map((region, at) => ({ key: region, name: regionName(region), colour: `region-${at}`, values: magnitude[region] ?? [] }));
    const highest = Math.max(0, ...lines.map(({ values }) => values.reduce((most, value) => Math.max(most, value), 0)));
    this.time = 0;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {Set<string>} */
    this.hidden = new Set();
    this.magnitude = new LineChart({ ...shared, label: texts.magnitude, height: HEIGHT, lines, top: highest || 1, format: (value) => texts.value(value.toFixed(2)) });
    /** @type {LineChart | null} */
    this.probability = null;
    this.keys = lines.map((line) => this.legend(line));
    this.when = h('span', { class: 'fine figure chart-when' });
    this.odds = h('strong', { class: 'figure' });
    this.element = h('div', { class: 'charts' },
      h('div', { class: 'chart-head' }, h('h3', null, texts.magnitude, ' ', h('span', { class: 'fine' }, texts.magnitudeAxis)), this.when),
      h('div', { class: 'row chart-legend', role: 'group', 'aria-label': texts.lines }, this.keys.map(({ button }) => button)),
      this.magnitude.element);
    if (probability) {
      this.probability = new LineChart({
        ...shared, label: texts.probability, height: LOW, lines: [{ key: 'probability', name: texts.probabilityAxis, colour: 'probability', values: probability }], top: 1, threshold: THRESHOLD,
        format: (value) => value.toFixed(2),
      });
      this.element.append(
        h('div', { class: 'chart-head' }, h('h3', null, texts.probability, ' ', h('span', { class: 'fine' }, texts.probabilityAxis)), this.odds), this.probability.element);
    }
    this.element.append(h('p', { class: 'fine chart-keys' }, [texts.keys, thinned && thinned > 1 ? texts.thinned(thinned) : null].filter(Boolean).join(' ')));
  }

  /** @param {import('./line-chart.js').Line} line */
  legend(line) {
    const value = h('span', { class: 'figure legend-value' });
    const button = h('button', {
      type: 'button', class: `chip legend ${line.colour}`, 'aria-pressed': 'true', 'aria-label': line.name,
      onclick: () => {
        if (!this.hidden.delete(line.key)) this.hidden.add(line.key);
        button.setAttribute('aria-pressed', String(!this.hidden.has(line.key)));
        this.magnitude.show(this.hidden);
      },
    }, h('span', { class: 'legend-key' }), line.name, value);
    return { line, button, value };
  }

  /** @param {number} time */
  at(time) {
    this.time = time;
    this.magnitude.at(time);
    this.probability?.at(time);
    this.write();
  }

  /** @param {number | null} time */
  hover(time) {
    this.hovered = time;
    this.magnitude.point(time);
    this.probability?.point(time);
    this.write();
  }

  /** The values where the pointer is, else where the player is. */
  write() {
    const time = this.hovered ?? this.time;
    setText(this.when, texts.at(formatMoment(time)));
    for (const { line, value } of this.keys) {
      const found = this.magnitude.valueAt(line, time);
      setText(value, found === null ? texts.none : texts.value(found.toFixed(2)));
    }
    const { probability } = this;
    if (!probability) return;
    const found = probability.valueAt(probability.options.lines[0], time);
    setText(this.odds, found === null ? texts.none : found.toFixed(2));
  }

  close() {
    this.magnitude.close();
    this.probability?.close();
    fill(this.element);
  }
}
