/**
 * `<martlet-player>`: the video with the browser's own controls, and the frames that are sampled from it as a filmstrip that leads
 * through it. Where the browser can't play the format, the frames remain.
 */

import { fill, h } from '../lib/dom.js';
import { formatTime } from '../lib/format.js';
import { letGo, mediaAddress } from '../lib/media.js';
import { strings } from '../app/strings.js';

export class Player extends HTMLElement {
  constructor() {
    super();
    this.video = h('video', { controls: true, playsInline: true, preload: 'metadata', 'aria-label': strings.ask.videoPanel });
    this.still = h('img', { class: 'player-still', alt: '', hidden: true });
    this.note = h('p', { class: 'fine player-note', hidden: true });
    this.strip = h('div', { class: 'filmstrip', role: 'toolbar', 'aria-label': strings.plan.filmstrip, hidden: true });
    /**
     * What is shown now: a file or the id of an upload.
     *
     * @type {File | string | null}
     */
    this.shown = null;
    /** Which frame the video is at. */
    this.at = -1;
    /** @type {{ time: number, image: string }[]} */
    this.frames = [];
    /** @type {string | null} */
    this.address = null;
    this.video.addEventListener('error', () => this.cannotPlay());
    this.video.addEventListener('loadedmetadata', () => {
      // A sound alone has no picture: the frames are shown instead.
      if (this.video.videoWidth === 0) this.cannotPlay();
    });
    this.video.addEventListener('timeupdate', () => this.follow());
    this.strip.addEventListener('keydown', (event) => this.walk(event));
  }

  connectedCallback() {
    if (!this.firstChild) this.append(h('div', { class: 'player-screen' }, this.video, this.still), this.note, this.strip);
  }

  disconnectedCallback() {
    this.dropAddress();
  }

  dropAddress() {
    letGo(this.address);
    this.address = null;
  }

  /**
   * Shows a file of this machine, or an upload that the server has.
   *
   * @param {File | null} file
   * @param {string | null} uploadId
   * @param {number} bytes
   */
  async show(file, uploadId, bytes) {
    const { video, note } = this;
    const key = file ?? uploadId;
    if (this.shown === key) return;
    this.shown = key;
    note.hidden = true;
    video.hidden = false;
    this.still.hidden = true;
    this.dropAddress();
    if (file) {
      this.address = URL.createObjectURL(file);
      video.src = this.address;
    } else if (uploadId) {
      const address = await mediaAddress(`/v1/uploads/${uploadId}/content`, bytes).catch(() => undefined);
      if (address === undefined || this.shown !== key) return;
      if (address === null) {
        this.cannotPlay(strings.ask.needsToken);
        return;
      }
      this.address = address;
      video.src = address;
    }
  }

  /** @param {string} [reason] */
  cannotPlay(reason = strings.ask.cannotPlay) {
    const { video, note } = this;
    if (!this.shown) return;
    video.hidden = true;
    note.hidden = false;
    note.textContent = reason;
    this.showStill(0);
  }

  /** @param {{ time: number, image: string }[]} thumbnails */
  showFrames(thumbnails) {
    this.frames = thumbnails;
    const { strip } = this;
    strip.hidden = thumbnails.length === 0;
    fill(strip, thumbnails.map(({ time, image }, index) =>
      h('button', { type: 'button', class: 'frame-button', tabIndex: index === 0 ? 0 : -1, 'aria-label': strings.plan.goTo(formatTime(time)), onclick: () => this.seek(time) },
        h('img', { src: image, alt: '', loading: 'lazy', decoding: 'async' }), h('span', { class: 'figure' }, formatTime(time)))));
    if (this.video.hidden) this.showStill(0);
  }

  /**
   * Goes to a place in the video, and marks the frames of the range.
   *
   * @param {number} start
   * @param {number} [end]
   */
  seek(start, end = start) {
    if (!this.video.hidden) this.video.currentTime = start;
    else this.showStill(start);
    this.mark(start, end);
    this.follow(start);
  }

  /** @param {number} time */
  showStill(time) {
    const frame = this.nearest(time);
    if (frame < 0) return;
    this.still.hidden = false;
    this.still.src = this.frames[frame].image;
    this.still.alt = strings.plan.goTo(formatTime(this.frames[frame].time));
  }

  /** @param {number} time */
  nearest(time) {
    const { frames } = this;
    let best = -1;
    for (let index = 0; index < frames.length; index += 1) {
      if (best < 0 || Math.abs(frames[index].time - time) < Math.abs(frames[best].time - time)) best = index;
    }
    return best;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  mark(start, end) {
    for (const [index, button] of [...this.strip.children].entries()) {
      const time = this.frames[index].time;
      button.classList.toggle('marked', end > start && time >= start - 0.05 && time <= end + 0.05);
    }
  }

  /** Shows which frame the video is at. */
  follow(time = this.video.currentTime) {
    const at = this.nearest(time);
    const { strip } = this;
    if (at < 0 || this.at === at) return;
    this.at = at;
    for (const [index, button] of [...strip.children].entries()) {
      if (index === at) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    const button = /** @type {HTMLElement} */ (strip.children[at]);
    // Only the strip scrolls: `scrollIntoView` would move the page too.
    strip.scrollTo({ left: button.offsetLeft - (strip.clientWidth - button.offsetWidth) / 2, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  /**
   * The filmstrip is one stop of the Tab key; arrows walk in it.
   *
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.strip.children]);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || !buttons[to]) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  }
}

customElements.define('martlet-player', Player);
