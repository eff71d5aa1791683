/** A chart of values over the time of a video: lines, axes, a cursor at the player's time. Drawn as SVG, so that it is sharp on every screen. */

import { fill, h, onceAFrame } from '../../lib/dom.js';
import { formatMoment, formatNumber, formatTime } from '../../lib/format.js';
import { words } from '../../app/strings-expressions.js';
import { lastBefore } from './regions.js';
import { Scale } from './timeline-scale.js';

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 40, right: 12, top: 10, bottom: 24 };
const ROWS_WANTED = 4;
// A frame begins at its time: a little later it is surely shown.
const JUST_AFTER = 0.001;
const SAME = 0.002;
const SECOND = 1;
const PAGE = 10;
// Values that are further apart than usual aren't joined: between them no face was found.
const GAP = 2.5;

/** @typedef {{ key: string, name: string, colour: string, values: number[] }} Line */
/**
 * @typedef {{
 *   label: string, height: number, times: number[], duration: number, lines: Line[], top: number, threshold?: number,
 *   format: (value: number) => string, seek: (time: number) => void, hover: (time: number | null) => void,
 * }} ChartOptions
 */

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function s(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);
  element.append(...children);
  return element;
}

/**
 * Round values from 0 on, the last of which is at or above the highest.
 *
 * @param {number} highest
 */
export function roundSteps(highest) {
  const rough = Math.max(highest, 1e-6) / ROWS_WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10) * power;
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

export class LineChart {
  /** @param {ChartOptions} options */
  constructor(options) {
    this.options = options;
    this.scale = new Scale(options.duration);
    this.steps = roundSteps(options.top);
    /** @type {Set<string>} */
    this.hidden = new Set();
    this.time = 0;
    this.svg = s('svg', { class: 'chart-svg', 'aria-hidden': 'true', focusable: 'false', height: options.height });
    this.cursor = s('line', { class: 'chart-cursor' });
    this.guide = s('line', { class: 'chart-guide' });
    this.element = h('div', {
      class: 'chart', role: 'slider', tabIndex: 0, 'aria-label': options.label, 'aria-description': words.chart.keys,
      'aria-valuemin': '0', 'aria-valuemax': this.scale.duration.toFixed(2),
    }, this.svg);
    this.draw = onceAFrame(() => this.paint());
    this.size = new ResizeObserver(() => {
      if (this.element.clientWidth !== this.width) this.draw();
    });
    this.size.observe(this.element);
    this.listen();
    this.at(0);
  }

  listen() {
    const { seek, hover } = this.options;
    const timeOf = (/** @type {MouseEvent} */ event) => this.scale.time(event.clientX - this.element.getBoundingClientRect().left - MARGIN.left);
    // A finger may want to move the page: it goes there only when it taps. A mouse takes the video along.
    this.element.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'touch' || event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      seek(timeOf(event));
    });
    this.element.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return;
      if (event.buttons & 1) seek(timeOf(event));
      hover(timeOf(event));
    });
    this.element.addEventListener('click', (event) => seek(timeOf(event)));
    this.element.addEventListener('pointerleave', () => hover(null));
    this.element.addEventListener('keydown', (event) => this.keys(event));
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { time } = this;
    const { times, seek } = this.options;
    const { duration } = this.scale;
    const frame = (/** @type {number} */ by) => {
      const at = by > 0 ? lastBefore(times, time + SAME) + 1 : lastBefore(times, time - SAME);
      return at < 0 ? 0 : at >= times.length ? duration : times[at] + JUST_AFTER;
    };
    const step = (/** @type {number} */ by) => (event.shiftKey ? time + by * SECOND : frame(by));
    const to = { ArrowLeft: () => step(-1), ArrowDown: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => step(1), PageDown: () => time - PAGE, PageUp: () => time + PAGE, Home: () => 0, End: () => duration }[event.key];
    if (!to) return;
    event.preventDefault();
    seek(Math.min(duration, Math.max(0, to())));
  }

  /**
   * Shows only some of the lines.
   *
   * @param {Set<string>} hidden  The keys of the others.
   */
  show(hidden) {
    this.hidden = hidden;
    this.draw();
    this.tell();
  }

  /**
   * What a line has at a time, null where nothing was measured.
   *
   * @param {Line} line
   * @param {number} time
   */
  valueAt({ values }, time) {
    const { times } = this.options;
    const at = lastBefore(times, time + SAME);
    return at < 0 || time - times[at] > this.gap ? null : values[at];
  }

  /** So many seconds apart, two values aren't joined. */
  get gap() {
    if (this.gapKnown !== undefined) return this.gapKnown;
    const { times } = this.options;
    const steps = times.slice(1).map((time, at) => time - times[at]).sort((a, b) => a - b);
    return (this.gapKnown = steps.length ? steps[steps.length >> 1] * GAP : 1);
  }

  paint() {
    const width = this.element.clientWidth;
    if (!this.element.isConnected || width === 0) return;
    this.width = width;
    const { height, lines, threshold } = this.options;
    const { scale, steps } = this;
    const inner = { width: Math.max(1, width - MARGIN.left - MARGIN.right), height: height - MARGIN.top - MARGIN.bottom };
    scale.width = inner.width;
    const [bottom, right] = [MARGIN.top + inner.height, MARGIN.left + inner.width];
    const top = steps[steps.length - 1];
    const x = (/** @type {number} */ time) => MARGIN.left + scale.x(time);
    const y = (/** @type {number} */ value) => bottom - (value / top) * inner.height;
    this.svg.setAttribute('width', String(width));
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const { step, times } = scale.ticks();
    fill(this.svg,
      steps.map((value) => [
        s('line', { class: value === 0 ? 'chart-axis' : 'chart-grid', x1: MARGIN.left, x2: right, y1: Math.round(y(value)) + 0.5, y2: Math.round(y(value)) + 0.5 }),
        s('text', { class: 'chart-text', x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, formatNumber(value, 6)),
      ]),
      times.map((time) => [
        s('line', { class: 'chart-axis', x1: Math.round(x(time)) + 0.5, x2: Math.round(x(time)) + 0.5, y1: bottom, y2: bottom + 4 }),
        s('text', { class: 'chart-text', x: x(time), y: bottom + 18, 'text-anchor': time === 0 ? 'start' : x(time) > right - 16 ? 'end' : 'middle' }, step < 1 ? formatMoment(time) : formatTime(time)),
      ]),
      threshold === undefined ? null : s('line', { class: 'chart-threshold', x1: MARGIN.left, x2: right, y1: y(threshold), y2: y(threshold) }),
      lines.filter(({ key }) => !this.hidden.has(key)).map((line) => s('path', { class: `chart-line ${line.colour}`, 'data-line': line.key, d: this.path(line, x, y) })),
      threshold === undefined ? null : s('text', { class: 'chart-text chart-over', x: right, y: y(threshold) - 6, 'text-anchor': 'end' }, words.chart.threshold(formatNumber(threshold, 2))),
      this.guide, this.cursor);
    for (const line of [this.guide, this.cursor]) {
      line.setAttribute('y1', String(MARGIN.top));
      line.setAttribute('y2', String(bottom));
    }
    this.place(this.cursor, this.time);
    this.point(this.pointed ?? null);
  }

  /**
   * @param {Line} line
   * @param {(time: number) => number} x
   * @param {(value: number) => number} y
   */
  path({ values }, x, y) {
    const { times } = this.options;
    return values.map((value, at) => `${at === 0 || times[at] - times[at - 1] > this.gap ? 'M' : 'L'}${x(times[at]).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  }

  /**
   * @param {Element} line
   * @param {number} time
   */
  place(line, time) {
    const x = (MARGIN.left + this.scale.x(time)).toFixed(1);
    line.setAttribute('x1', x);
    line.setAttribute('x2', x);
  }

  /** @param {number} time  Of the player. */
  at(time) {
    this.time = Math.min(this.scale.duration, time);
    this.place(this.cursor, this.time);
    this.tell();
  }

  tell() {
    const { lines, format } = this.options;
    const values = lines.filter(({ key }) => !this.hidden.has(key)).map((line) => {
      const value = this.valueAt(line, this.time);
      return words.chart.told(line.name, value === null ? words.chart.none : format(value));
    });
    this.element.setAttribute('aria-valuenow', this.time.toFixed(2));
    this.element.setAttribute('aria-valuetext', [formatMoment(this.time), ...values].join(', '));
  }

  /** @param {number | null} time  To which a pointer points. */
  point(time) {
    this.pointed = time;
    this.guide.setAttribute('visibility', time === null ? 'hidden' : 'visible');
    if (time !== null) this.place(this.guide, time);
  }

  close() {
    this.size.disconnect();
  }
}
