/** Places in all videos where a tag was seen, or a word was said or written. */

import { json, wasAborted } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { formatMoment, formatShare } from '../../lib/format.js';
import { picture } from '../../lib/media.js';
import { messageOf } from '../../components/error-notice.js';
import { words } from '../../app/strings-library.js';
import { stillAddress, videoLink } from './addresses.js';

// What stands in titles, the list itself shows.
const KINDS = 'tag,transcript,screen_text,object';
const LEAST = 2;
const MOST = 200;
const SHOWN = 6;

export class Moments {
  constructor() {
    this.list = h('ul', { class: 'moments' });
    this.all = h('button', { type: 'button', class: 'button small bare', onclick: () => this.draw(this.hits) }, words.momentsMore);
    this.element = h('section', { class: 'library-moments', 'aria-label': words.moments, hidden: true }, h('div', { class: 'section-head' }, h('h2', null, words.moments), this.all), this.list);
    /** @type {Martlet.Hit[]} */
    this.hits = [];
    this.looked = '';
    this.asking = new AbortController();
  }

  /** @param {string} text */
  async look(text) {
    if (text === this.looked) return;
    this.looked = text;
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    this.element.hidden = text.length < LEAST;
    this.all.hidden = true;
    if (this.element.hidden) return;
    fill(this.list, h('li', { class: 'fine' }, words.searching));
    try {
      const { hits } = await json('GET', `/api/search?${new URLSearchParams({ q: text, kinds: KINDS, limit: String(MOST) })}`, undefined, { signal });
      this.hits = hits;
      this.draw(hits.slice(0, SHOWN));
    } catch (error) {
      if (!wasAborted(error)) fill(this.list, h('li', { class: 'fine', role: 'alert' }, `${words.searchFailed} ${messageOf(error)}`));
    }
  }

  /** @param {Martlet.Hit[]} hits */
  draw(hits) {
    this.all.hidden = hits.length === this.hits.length;
    fill(this.list, hits.map(({ video_path: path, title, kind, start, text, confidence }) =>
      h('li', null, h('a', { href: videoLink(path, start) },
        h('span', { class: 'video-picture' }, picture(stillAddress(path, start, 120))),
        h('span', { class: 'moment-text' },
          h('strong', null, text),
          h('span', { class: 'fine' }, title),
          h('span', { class: 'fine figure' }, [words.kinds[kind] ?? kind, formatMoment(start), confidence === null || kind !== 'tag' ? null : formatShare(confidence)].filter(Boolean).join(' · ')))))));
    if (hits.length === 0) fill(this.list, h('li', { class: 'fine' }, words.momentsNone));
  }
}
