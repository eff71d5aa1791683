/** The videos that match what is looked for, page by page. */

import { json, request, wasAborted } from '../../lib/api.js';
import { Signal } from '../../lib/signal.js';
import { videoAddress } from './addresses.js';

const PAGE = 60;
// As many as are asked for in one request when a long list is brought up to date.
const LARGEST_PAGE = 500;

/** @typedef {{ search: string, status: string, sort: string }} Query */

export class Catalogue {
  constructor() {
    /** @type {Query} */
    this.query = { search: '', status: '', sort: 'position' };
    /** @type {Martlet.LibraryVideo[]} */
    this.videos = [];
    /** How many match. */
    this.total = 0;
    /**
     * How many there are without search and filter; null while nobody has asked.
     *
     * @type {number | null}
     */
    this.whole = null;
    /** @type {'loading' | 'more' | 'ready' | 'failed'} */
    this.state = 'loading';
    /** @type {any} */
    this.error = null;
    /** @type {Signal<null>} */
    this.changed = new Signal(null);
    this.asking = new AbortController();
  }

  get isFiltered() {
    return this.query.search !== '' || this.query.status !== '';
  }

  /** @param {Partial<Query>} change */
  look(change) {
    Object.assign(this.query, change);
    return this.load(0, PAGE, 'loading');
  }

  more() {
    return this.state === 'ready' && this.videos.length < this.total ? this.load(this.videos.length, PAGE, 'more') : Promise.resolve();
  }

  /** Asks anew for what is shown. */
  refresh() {
    return this.load(0, Math.max(PAGE, this.videos.length), this.videos.length ? 'ready' : 'loading');
  }

  /**
   * @param {number} skip
   * @param {number} count
   * @param {'loading' | 'more' | 'ready'} state  What is said meanwhile.
   */
  async load(skip, count, state) {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    this.state = state;
    this.changed.value = null;
    try {
      /** @type {Martlet.LibraryVideo[]} */
      const found = [];
      while (found.length < count) {
        const page = await this.page(skip + found.length, Math.min(LARGEST_PAGE, count - found.length), signal);
        found.push(...page);
        if (page.length === 0 || skip + found.length >= this.total) break;
      }
      if (!this.isFiltered) this.whole = this.total;
      const known = new Set(found.map(({ path }) => path));
      this.videos = [...this.videos.slice(0, skip).filter(({ path }) => !known.has(path)), ...found];
      this.state = 'ready';
      this.error = null;
    } catch (error) {
      if (wasAborted(error)) return;
      this.state = 'failed';
      this.error = error;
    }
    this.changed.value = null;
  }

  /**
   * @param {number} skip
   * @param {number} limit
   * @param {AbortSignal} [signal]
   * @returns {Promise<Martlet.LibraryVideo[]>}
   */
  async page(skip, limit, signal) {
    const query = new URLSearchParams({ ...this.query, skip: String(skip), limit: String(limit) });
    for (const name of ['search', 'status']) if (!query.get(name)) query.delete(name);
    const response = await request(`/api/videos/?${query}`, { signal });
    this.total = Number(response.headers.get('X-Total-Count') ?? 0);
    return response.json();
  }

  /** All that match, also those that aren't shown yet. */
  async everything() {
    await this.load(0, this.total, 'ready');
    return this.videos;
  }

  /**
   * One video has changed.
   *
   * @param {string} path
   */
  async refreshOne(path) {
    const at = this.videos.findIndex((video) => video.path === path);
    if (at < 0) return;
    const video = await json('GET', videoAddress(path)).catch(() => null);
    const now = this.videos.findIndex((one) => one.path === path);
    if (!video || now < 0) return;
    this.videos[now] = video;
    this.changed.value = null;
  }

  /**
   * A job has gone on.
   *
   * @param {Martlet.Job} job
   */
  takeJob(job) {
    const video = this.videos.find(({ path }) => path === job.video_path);
    if (!video || job.kind !== 'analysis') return null;
    video.job = job;
    return video;
  }
}
