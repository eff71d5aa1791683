/** Which part of a video a timeline shows, and where on it a time is. A value without a screen. */

// The closest look: a quarter of a second over the whole width.
const LEAST_SECONDS = 0.25;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
// So far apart, in pixels, that the times beside the ticks don't touch.
const TICK_ROOM = 76;

export class Scale {
  /** @param {number} duration */
  constructor(duration) {
    this.duration = Math.max(duration, LEAST_SECONDS);
    this.width = 1;
    this.start = 0;
    this.seconds = this.duration;
  }

  get end() {
    return this.start + this.seconds;
  }

  get isWhole() {
    return this.seconds >= this.duration - 1e-6;
  }

  /** @param {number} time */
  x(time) {
    return ((time - this.start) / this.seconds) * this.width;
  }

  /** @param {number} x */
  time(x) {
    return Math.min(this.duration, Math.max(0, this.start + (x / this.width) * this.seconds));
  }

  /**
   * @param {number} start
   * @param {number} seconds
   */
  show(start, seconds) {
    this.seconds = Math.min(this.duration, Math.max(LEAST_SECONDS, seconds));
    this.start = Math.min(this.duration - this.seconds, Math.max(0, start));
  }

  fit() {
    this.show(0, this.duration);
  }

  /**
   * Shows more or less, with the time at a place kept there.
   *
   * @param {number} factor  Above 1: closer.
   * @param {number} x
   */
  zoom(factor, x) {
    const time = this.start + (x / this.width) * this.seconds;
    const seconds = Math.min(this.duration, Math.max(LEAST_SECONDS, this.seconds / factor));
    this.show(time - (x / this.width) * seconds, seconds);
  }

  /** @param {number} pixels */
  pan(pixels) {
    this.show(this.start + (pixels / this.width) * this.seconds, this.seconds);
  }

  /**
   * Moves only as far as is needed to see a stretch.
   *
   * @param {number} start
   * @param {number} end
   */
  reveal(start, end) {
    const room = this.seconds * 0.08;
    if (end - start > this.seconds - 2 * room) {
      if (end < this.start || start > this.end) this.show(start - room, this.seconds);
    } else if (start < this.start + room) this.show(start - room, this.seconds);
    else if (end > this.end - room) this.show(end + room - this.seconds, this.seconds);
  }

  /** The times that are written on the ruler. */
  ticks() {
    const least = (TICK_ROOM / this.width) * this.seconds;
    const step = STEPS.find((one) => one >= least) ?? STEPS[STEPS.length - 1] * Math.ceil(least / STEPS[STEPS.length - 1]);
    /** @type {number[]} */
    const times = [];
    for (let at = Math.ceil(this.start / step); at * step <= this.end + 1e-9; at += 1) times.push(at * step);
    return { step, times };
  }
}
