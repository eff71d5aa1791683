/** The tags of one video, and the changes to them. */

import { json } from '../../lib/api.js';
import { Signal } from '../../lib/signal.js';
import { videoAddress } from './addresses.js';

/** @typedef {{ tag_name: string, start_time: number, end_time: number | null, confidence: number }} SpanBody */

export class Spans {
  /** @param {string} path */
  constructor(path) {
    this.address = videoAddress(path, '/timestamps/');
    /**
     * By their starts; null until they are known.
     *
     * @type {Signal<Martlet.Span[] | null>}
     */
    this.list = new Signal(/** @type {Martlet.Span[] | null} */ (null));
  }

  async load() {
    this.put(await json('GET', this.address));
  }

  /** @param {Martlet.Span[]} spans */
  put(spans) {
    this.list.value = [...spans].sort((a, b) => a.start_time - b.start_time);
  }

  /** Shows what is kept, after a change that was refused. */
  restore() {
    this.list.value = this.list.value;
  }

  /**
   * @param {SpanBody} body
   * @returns {Promise<Martlet.Span>}
   */
  async add(body) {
    const span = await json('POST', this.address, body);
    this.put([...(this.list.value ?? []), span]);
    return span;
  }

  /**
   * @param {Martlet.Span} span
   * @param {SpanBody} body
   * @returns {Promise<Martlet.Span>}
   */
  async change(span, body) {
    const changed = await json('PUT', `${this.address}${span.id}`, body);
    this.put((this.list.value ?? []).map((one) => (one.id === span.id ? changed : one)));
    return changed;
  }

  /** @param {Martlet.Span} span */
  async remove(span) {
    await json('DELETE', `${this.address}${span.id}`);
    this.put((this.list.value ?? []).filter(({ id }) => id !== span.id));
  }
}

/**
 * What is sent of a tag.
 *
 * @param {Martlet.Span} span
 * @returns {SpanBody}
 */
export function bodyOf({ tag_name, start_time, end_time, confidence }) {
  return { tag_name, start_time, end_time, confidence };
}
