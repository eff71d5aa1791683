/** The layer over the player: what was measured in the frame that is shown. And what switches and scales it. */

import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { messageOf } from '../../components/error-notice.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-expressions.js';
import { remember, remembered } from './remembered.js';
import { prepare } from './timeline-paint.js';
import { markColours, paintVectors, pictureArea } from './vector-paint.js';
import { VectorWindows } from './vector-windows.js';

const texts = words.overlay;
const LONGEST = 8;
const USUAL_RATE = 30;

export class VectorOverlay {
  /**
   * @param {string} path
   * @param {Martlet.Expressions} found
   * @param {import('./playback.js').Playback} playback
   */
  constructor(path, { report }, playback) {
    this.report = report;
    this.playback = playback;
    this.frame = 1 / (report.frame_rate || USUAL_RATE);
    this.isShown = true;
    this.time = playback.time;
    const { on, scale } = remembered('vectors', { on: true, scale: 3 });
    this.draw = onceAFrame(() => this.paint());
    this.windows = new VectorWindows(path, report.duration, this.draw);
    this.canvas = h('canvas', { class: 'film-overlay', 'aria-hidden': 'true' });
    this.toggle = h('input', { type: 'checkbox', role: 'switch', checked: on, onchange: () => this.choose() });
    this.scale = h('input', { type: 'range', min: '1', max: String(LONGEST), step: '1', value: String(scale), 'aria-label': texts.scale, oninput: () => this.choose() });
    this.factor = h('output', { class: 'figure' });
    this.note = h('span', { class: 'fine figure vector-note' });
    this.element = h('div', { class: 'vector-tools', role: 'group', 'aria-label': texts.title },
      h('label', { class: 'check' }, this.toggle, texts.show),
      h('label', { class: 'check vector-scale' }, texts.scale, this.scale, this.factor), this.note);
    this.said = '';
    playback.element.append(this.canvas);
    this.size = new ResizeObserver(this.draw);
    this.size.observe(playback.element);
    // A still of another size, or a video whose size wasn't known yet.
    this.until = new AbortController();
    for (const name of ['load', 'loadedmetadata']) playback.element.addEventListener(name, this.draw, { signal: this.until.signal, capture: true });
    this.show();
  }

  choose() {
    remember('vectors', { on: this.toggle.checked, scale: this.scale.valueAsNumber });
    this.show();
  }

  show() {
    setText(this.factor, texts.times(this.scale.valueAsNumber));
    this.scale.setAttribute('aria-valuetext', texts.times(this.scale.valueAsNumber));
    this.scale.disabled = !this.toggle.checked;
    this.draw();
  }

  /** @param {boolean} isShown  Whether the part of the page to which it belongs is. */
  turn(isShown) {
    this.isShown = isShown;
    this.draw();
  }

  /** @param {number} time */
  at(time) {
    this.time = time;
    if (this.isShown) this.draw();
  }

  paint() {
    if (this.until.signal.aborted) return;
    const isOn = this.isShown && this.toggle.checked;
    this.canvas.hidden = !isOn;
    if (!isOn) {
      this.tell('');
      return;
    }
    const { element, ratio } = this.playback.picture;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (width === 0 || height === 0) return;
    const context = prepare(this.canvas, width, height);
    const window = this.windows.look(this.time);
    if (window.state === 'failed') {
      this.tell(`${texts.failed} ${messageOf(window.error)} `, true);
      return;
    }
    if (window.state === 'loading') {
      this.tell(texts.loading);
      return;
    }
    const row = VectorWindows.rowAt(window, this.time, this.frame);
    const { baseline, size } = this.report;
    this.tell(row ? texts.frame(row.video_frame) : Math.abs(this.time - baseline.time) < this.frame ? texts.baseline : texts.noFace);
    if (row && window.found) {
      paintVectors(context, pictureArea(width, height, ratio || size.width / size.height), size, window.found, row, { scale: this.scale.valueAsNumber, colours: markColours() });
    }
  }

  /**
   * @param {string} text
   * @param {boolean} [canRetry]
   */
  tell(text, canRetry = false) {
    if (this.said === text) return;
    this.said = text;
    fill(this.note, text, canRetry && h('button', { type: 'button', class: 'button small', onclick: () => this.windows.retry() }, icon('retry'), strings.common.retry));
  }

  close() {
    this.until.abort();
    this.size.disconnect();
    this.windows.close();
    this.canvas.remove();
  }
}
