/** The vectors of a video, asked for in windows around the time that is shown. The last few windows are kept. */

import { json, wasAborted } from '../../lib/api.js';
import { videoAddress } from './addresses.js';
import { lastBefore } from './regions.js';

// The server gives at most 30 s at once.
const LENGTH = 20;
// A frame that is still shown may have begun in the window before.
const OVERLAP = 0.5;
const AHEAD = 5;
const KEPT = 6;

/** @typedef {{ state: 'loading' | 'ready' | 'failed', found: Martlet.Vectors | null, times: number[], error: any, asking: AbortController }} Window */

export class VectorWindows {
  /**
   * @param {string} path
   * @param {number} duration
   * @param {() => void} onLoaded
   */
  constructor(path, duration, onLoaded) {
    this.path = path;
    this.duration = duration;
    this.onLoaded = onLoaded;
    /** @type {Map<number, Window>} */
    this.windows = new Map();
  }

  /**
   * The window of a time. What isn't here yet is asked for, and the next one when it is near.
   *
   * @param {number} time
   */
  look(time) {
    const at = Math.floor(Math.max(0, time) / LENGTH);
    const next = time > (at + 1) * LENGTH - AHEAD && (at + 1) * LENGTH < this.duration ? at + 1 : -1;
    // Who drags along a long video waits for the place where they stop alone.
    for (const [other, { state, asking }] of this.windows) {
      if (state !== 'loading' || other === at || other === next) continue;
      asking.abort();
      this.windows.delete(other);
    }
    if (next >= 0) this.window(next);
    return this.window(at);
  }

  /**
   * What is shown at a time: the row of the frame, or null when no face was found in it.
   *
   * @param {Window} window
   * @param {number} time
   * @param {number} frame  The seconds of one.
   * @returns {Martlet.VectorRow | null}
   */
  static rowAt({ found, times }, time, frame) {
    const at = lastBefore(times, time + frame / 4);
    return found && at >= 0 && time - times[at] < frame * 1.25 ? found.rows[at] : null;
  }

  /** @param {number} at */
  window(at) {
    const known = this.windows.get(at);
    if (known) {
      // The one that was looked at last goes last.
      this.windows.delete(at);
      this.windows.set(at, known);
      return known;
    }
    /** @type {Window} */
    const window = { state: 'loading', found: null, times: [], error: null, asking: new AbortController() };
    this.windows.set(at, window);
    for (const [other, { asking }] of this.windows) {
      if (this.windows.size <= KEPT) break;
      asking.abort();
      this.windows.delete(other);
    }
    void this.load(at, window);
    return window;
  }

  /**
   * @param {number} at
   * @param {Window} window
   */
  async load(at, window) {
    const range = new URLSearchParams({ from: String(Math.max(0, at * LENGTH - OVERLAP)), to: String((at + 1) * LENGTH) });
    try {
      window.found = /** @type {Martlet.Vectors} */ (await json('GET', videoAddress(this.path, `/expressions/vectors?${range}`), undefined, { signal: window.asking.signal }));
      window.times = window.found.rows.map(({ time }) => time);
      window.state = 'ready';
    } catch (error) {
      if (wasAborted(error) || window.asking.signal.aborted) return;
      window.state = 'failed';
      window.error = error;
    }
    this.onLoaded();
  }

  /** Forgets what failed, so that it is asked for anew. */
  retry() {
    for (const [at, { state }] of this.windows) if (state === 'failed') this.windows.delete(at);
    this.onLoaded();
  }

  close() {
    for (const { asking } of this.windows.values()) asking.abort();
    this.windows.clear();
  }
}
