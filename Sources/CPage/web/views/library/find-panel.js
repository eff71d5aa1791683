/** Finds words in one video: in its tags, in what is said and written, and among the objects. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatMoment, formatShare } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';

const texts = words.find;
const SHOWN = 200;
const READ = [words.kinds.transcript, words.kinds.screen_text];

/** @typedef {{ kind: string, text: string, start: number, confidence: number | null }} Place */

export class FindPanel {
  /** @param {(time: number) => void} seek */
  constructor(seek) {
    this.seek = seek;
    /** @type {Place[]} */
    this.places = [];
    this.field = h('input', { class: 'input', type: 'search', placeholder: texts.label, 'aria-label': texts.label, oninput: () => this.draw() });
    this.count = h('p', { class: 'fine', role: 'status' }, texts.idle);
    this.list = h('ul', { class: 'find-list' });
    this.element = h('section', { class: 'panel find', 'aria-label': texts.title },
      h('h2', null, texts.title), h('div', { class: 'search' }, icon('search'), this.field), this.count, this.list);
  }

  /**
   * @param {Martlet.Span[]} spans
   * @param {Martlet.Timeline | null} timeline
   */
  show(spans, timeline) {
    const passages = (/** @type {Martlet.Passage[]} */ list, /** @type {string} */ kind) => list.map(({ start, text, confidence }) => ({ kind, text, start, confidence: confidence ?? null }));
    this.places = [
      ...spans.map(({ tag_name: text, start_time: start, confidence }) => ({ kind: words.kinds.tag, text, start, confidence })),
      ...(timeline ? [...passages(timeline.transcript, words.kinds.transcript), ...passages(timeline.screen_text, words.kinds.screen_text), ...passages(timeline.objects, words.kinds.object)] : []),
    ].sort((a, b) => a.start - b.start);
    this.draw();
  }

  draw() {
    const wanted = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const isIdle = wanted.length === 0;
    // Without a word, what is said and written can be read.
    const found = this.places.filter(({ kind, text }) => (isIdle ? READ.includes(kind) : wanted.every((word) => text.toLowerCase().includes(word))));
    setText(this.count, isIdle ? texts.idle : found.length === 0 ? texts.none : [texts.count(found.length), found.length > SHOWN ? texts.first(SHOWN) : null].filter(Boolean).join('. '));
    fill(this.list, found.slice(0, SHOWN).map(({ kind, text, start, confidence }) =>
      h('li', null, h('button', { type: 'button', class: 'find-hit', onclick: () => this.seek(start) },
        h('span', { class: 'time-link figure' }, formatMoment(start)), h('span', { class: 'find-text' }, text),
        h('span', { class: 'fine' }, [kind, confidence === null ? null : formatShare(confidence)].filter(Boolean).join(' · '))))));
  }
}
