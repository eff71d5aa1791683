/** The video itself. Where the browser can't play it, a still of the moment stands in. */

import { h, setText } from '../../lib/dom.js';
import { formatMoment } from '../../lib/format.js';
import { letGo, mediaAddress } from '../../lib/media.js';
import { words } from '../../app/strings-library.js';
import { stillAddress, videoAddress } from './addresses.js';

const STILL_HEIGHT = 480;
const STILL_PAUSE = 150;

export class Playback {
  /**
   * @param {Martlet.LibraryVideo} film
   * @param {(time: number, isPlaying: boolean) => void} onTime
   * @param {AbortSignal} until
   */
  constructor(film, onTime, until) {
    this.path = film.path;
    this.onTime = onTime;
    this.video = h('video', { controls: true, playsInline: true, preload: 'metadata', 'aria-label': words.player });
    this.still = h('img', { class: 'player-still', alt: '', hidden: true });
    this.note = h('p', { class: 'fine player-note', hidden: true });
    this.element = h('div', { class: 'panel film-screen' }, this.video, this.still, this.note);
    /** Where a still is shown, or where the video is to begin. */
    this.place = 0;
    this.timer = 0;
    /** @type {string | null} */
    this.address = null;
    /** @type {string | null} */
    this.stillShown = null;
    this.duration = film.duration;
    this.video.addEventListener('error', () => !until.aborted && this.standIn(words.cannotPlay));
    this.video.addEventListener('loadedmetadata', () => {
      // A sound alone, or pictures of a kind that isn't known here.
      if (this.video.videoWidth === 0) this.standIn(words.cannotPlay);
      else if (this.place > 0) this.video.currentTime = this.place;
    });
    for (const name of ['timeupdate', 'seeking', 'seeked', 'pause']) this.video.addEventListener(name, () => onTime(this.time, this.isPlaying));
    this.video.addEventListener('play', () => this.follow());
    this.load(film, until);
    until.addEventListener('abort', () => {
      clearTimeout(this.timer);
      this.video.pause();
      this.video.removeAttribute('src');
      this.video.load();
      letGo(this.address);
      letGo(this.stillShown);
    });
  }

  /**
   * @param {Martlet.LibraryVideo} film
   * @param {AbortSignal} until
   */
  async load(film, until) {
    if (!film.available) {
      this.standIn(words.missing);
      return;
    }
    const address = await mediaAddress(videoAddress(film.path, '/content'), film.file_size ?? 0, until).catch(() => undefined);
    if (until.aborted) letGo(address);
    else if (address === undefined) this.standIn(words.videoFailed);
    else if (address === null) this.standIn(words.tooLarge);
    else {
      this.address = address;
      this.video.src = address;
    }
  }

  get isStill() {
    return this.video.hidden;
  }

  /** What is seen, and its width by its height; 0 while that isn't known. */
  get picture() {
    return this.isStill
      ? { element: this.still, ratio: this.still.naturalWidth / this.still.naturalHeight || 0 }
      : { element: this.video, ratio: this.video.videoWidth / this.video.videoHeight || 0 };
  }

  get isPlaying() {
    return !this.isStill && !this.video.paused && !this.video.ended;
  }

  get time() {
    return this.isStill || this.video.readyState === 0 ? this.place : this.video.currentTime;
  }

  /** While it plays, the playhead moves with every picture, not four times a second. */
  follow() {
    if (!this.isPlaying) return;
    this.onTime(this.time, true);
    requestAnimationFrame(() => this.follow());
  }

  /** @param {string} reason */
  standIn(reason) {
    if (this.isStill) return;
    this.video.hidden = true;
    this.note.hidden = false;
    setText(this.note, reason);
    this.showStill();
  }

  /** @param {number} time */
  seek(time) {
    this.place = Math.min(this.duration || time, Math.max(0, time));
    if (!this.isStill) {
      if (this.video.readyState > 0) this.video.currentTime = this.place;
    } else {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.showStill(), STILL_PAUSE);
    }
    this.onTime(this.place, this.isPlaying);
  }

  async showStill() {
    const time = this.place;
    const address = await mediaAddress(stillAddress(this.path, time, STILL_HEIGHT), 0).catch(() => null);
    if (!address || time !== this.place) {
      letGo(address);
      return;
    }
    letGo(this.stillShown);
    this.stillShown = address;
    this.still.hidden = false;
    this.still.src = address;
    this.still.alt = words.still(formatMoment(time));
  }

  toggle() {
    if (this.isStill) return;
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }
}
