/** What is under the pointer of a timeline: a still of the moment, the tag, its times and how sure it is. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatMoment, formatShare } from '../../lib/format.js';
import { letGo, mediaAddress } from '../../lib/media.js';
import { words } from '../../app/strings-library.js';
import { stillAddress } from './addresses.js';

const REST = 120;
const HEIGHT = 120;
const KEPT = 120;

export class Tip {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
    this.image = h('img', { alt: '' });
    this.text = h('div', { class: 'tip-text' });
    this.time = h('span', { class: 'tip-time figure' });
    this.element = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' }, h('div', { class: 'tip-picture' }, this.image, this.time), this.text);
    /** @type {Map<string, string>} */
    this.kept = new Map();
    this.timer = 0;
    this.wanted = '';
    this.asking = new AbortController();
  }

  /**
   * @param {{ x: number, y: number, room: number, time: number, step: number, stretch: import('./timeline-lanes.js').Stretch | null }} place  `step`: seconds that can't be told apart.
   */
  show({ x, y, room, time, step, stretch }) {
    this.element.hidden = false;
    setText(this.time, formatMoment(time));
    this.text.hidden = !stretch;
    if (stretch) {
      fill(this.text, h('strong', null, stretch.text), h('span', { class: 'figure' }, [
        stretch.isMoment ? formatMoment(stretch.start) : words.spanTimes(formatMoment(stretch.start), formatMoment(stretch.end)),
        stretch.confidence === null ? null : formatShare(stretch.confidence),
      ].filter(Boolean).join(' · ')));
    }
    const width = this.element.offsetWidth;
    this.element.style.transform = `translate(${Math.round(Math.max(0, Math.min(room - width, x - width / 2)))}px, ${Math.round(y)}px)`;
    this.ask(Math.round(time / step) * step);
  }

  hide() {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }

  /**
   * A still is asked for once the pointer rests, and kept.
   *
   * @param {number} time
   */
  ask(time) {
    const address = stillAddress(this.path, time, HEIGHT);
    if (address === this.wanted) return;
    this.wanted = address;
    clearTimeout(this.timer);
    const known = this.kept.get(address);
    if (known) this.image.src = known;
    else this.timer = window.setTimeout(() => void this.load(address), REST);
  }

  /** @param {string} address */
  async load(address) {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    const loaded = await mediaAddress(address, 0, signal).catch(() => null);
    if (!loaded) return;
    this.kept.set(address, loaded);
    const [oldest] = this.kept;
    if (this.kept.size > KEPT && oldest) {
      letGo(oldest[1]);
      this.kept.delete(oldest[0]);
    }
    if (this.wanted === address) this.image.src = loaded;
  }

  close() {
    clearTimeout(this.timer);
    this.asking.abort();
    for (const address of this.kept.values()) letGo(address);
  }
}
