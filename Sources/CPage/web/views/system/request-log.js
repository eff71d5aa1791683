/** The requests as they end, the latest first. */

import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { formatClock, formatDuration } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { requests } from '../../app/live.js';
import { strings } from '../../app/strings.js';

const words = strings.system;
const SHOWN = 100;

export class RequestLog {
  /** @param {AbortSignal} until */
  constructor(until) {
    /**
     * What stood there when the log was paused.
     *
     * @type {Martlet.RequestLine[] | null}
     */
    this.held = null;
    this.rows = h('tbody');
    this.none = h('p', { class: 'muted log-none' });
    this.note = h('span', { class: 'fine figure', role: 'status' });
    this.filter = h('input', { class: 'input', type: 'search', 'aria-label': words.filter, placeholder: words.filter, oninput: () => this.draw() });
    this.pause = h('button', { type: 'button', class: 'button small', onclick: () => this.toggle() });
    const { columns } = words;
    this.element = h('section', { class: 'section', 'aria-label': words.requests },
      h('div', { class: 'section-head log-head' }, h('h2', null, words.requests), this.note,
        h('div', { class: 'search' }, icon('search'), this.filter), this.pause),
      h('div', { class: 'panel' },
        h('div', { class: 'table-scroll log-scroll', tabIndex: 0, role: 'region', 'aria-label': words.requests },
          h('table', { class: 'table log' },
            h('thead', null, h('tr', null,
              h('th', null, columns.time), h('th', null, columns.status), h('th', null, columns.request), h('th', { class: 'number' }, columns.duration),
              h('th', null, columns.model), h('th', { class: 'number' }, columns.tokens), h('th', null, columns.key))),
            this.rows)),
        this.none));
    const soon = onceAFrame(() => this.draw());
    this.showPause();
    requests.watch(soon, until);
  }

  toggle() {
    this.held = this.held ? null : requests.value;
    this.showPause();
    this.draw();
  }

  showPause() {
    fill(this.pause, icon(this.held ? 'play' : 'pause'), this.held ? words.goOn : words.pause);
  }

  draw() {
    const all = this.held ?? requests.value;
    const fresh = this.held ? requests.value.findIndex((line) => line.request_id === this.held?.[0]?.request_id) : 0;
    setText(this.note, this.held ? words.paused(Math.max(0, fresh)) : '');
    const wanted = this.filter.value.trim().toLowerCase();
    const lines = all.filter((line) => !wanted || [line.method, line.route, line.status, line.model, line.key, line.code, line.request_id].join(' ').toLowerCase().includes(wanted));
    fill(this.rows, lines.slice(0, SHOWN).map((line) => this.row(line)));
    this.none.hidden = lines.length > 0;
    setText(this.none, all.length ? words.noMatch : words.noRequests);
  }

  /** @param {Martlet.RequestLine} line */
  row(line) {
    const tone = line.status >= 500 ? 'bad' : line.status >= 400 ? 'warn' : 'good';
    const tokens = line.prompt_tokens !== null || line.completion_tokens !== null;
    return h('tr', { title: line.request_id },
      h('td', { class: 'figure muted' }, formatClock(line.time)),
      h('td', null, h('span', { class: `badge figure ${tone}` }, line.status)),
      h('td', { class: 'log-route' }, h('span', { class: 'method' }, line.method), line.route, line.code ? h('span', { class: 'fine' }, line.code) : null),
      h('td', { class: 'number' }, formatDuration(line.duration_ms / 1000)),
      h('td', null, line.model ?? strings.common.none),
      h('td', { class: 'number' }, tokens ? words.tokens(line.prompt_tokens ?? 0, line.completion_tokens ?? 0) : strings.common.none),
      h('td', null, line.key ?? strings.common.none));
  }
}
