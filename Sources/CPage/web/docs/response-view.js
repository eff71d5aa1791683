/** What came back: status, time, headers, and the body as it is; event streams as they come. */

import { fill, h, setText } from '../lib/dom.js';
import { formatBytes, formatDuration } from '../lib/format.js';
import { readEvents } from '../lib/sse.js';
import { messageOf } from '../components/error-notice.js';
import { strings } from '../app/strings.js';

const words = strings.docs;
const LONGEST = 200_000;

export class ResponseView {
  constructor() {
    this.status = h('p', { class: 'row', role: 'status' });
    this.headers = h('details', { hidden: true });
    this.body = h('pre', { class: 'response-body', tabIndex: 0, role: 'region', 'aria-label': words.response });
    this.note = h('p', { class: 'fine' });
    this.element = h('div', { class: 'response', hidden: true }, h('h3', null, words.response), this.status, this.headers, this.body, this.note);
  }

  /**
   * @param {Promise<Response>} work
   * @param {number} started
   * @param {AbortSignal} signal
   */
  async show(work, started, signal) {
    this.element.hidden = false;
    this.element.setAttribute('aria-busy', 'true');
    fill(this.status);
    fill(this.body);
    setText(this.note, '');
    this.headers.hidden = true;
    try {
      const response = await work;
      const took = () => words.took(formatDuration((performance.now() - started) / 1000));
      const tone = response.status >= 400 ? 'bad' : 'good';
      const time = h('span', { class: 'fine figure' }, took());
      fill(this.status, h('span', { class: `badge figure ${tone}` }, `${response.status} ${response.statusText}`.trim()), time, h('span', { class: 'fine' }, response.headers.get('Content-Type') ?? words.nobody));
      this.headers.hidden = false;
      fill(this.headers, h('summary', null, words.headers), h('pre', { tabIndex: 0 }, [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')));
      await this.showBody(response);
      setText(time, took());
    } catch (error) {
      setText(this.note, signal.aborted ? words.stopped : messageOf(error));
    }
    this.element.removeAttribute('aria-busy');
  }

  /** @param {Response} response */
  async showBody(response) {
    const type = response.headers.get('Content-Type') ?? '';
    if (type.startsWith('text/event-stream')) {
      await readEvents(response, ({ event, data }) => {
        this.body.append(h('span', { class: 'event-name' }, event), ` ${data}\n`);
        this.body.scrollTop = this.body.scrollHeight;
      });
    } else if (/json|text|xml/.test(type) || type === '') {
      const text = await response.text();
      const shown = /json/.test(type) ? pretty(text) : text;
      setText(this.body, shown.slice(0, LONGEST));
      if (shown.length > LONGEST) setText(this.note, words.cut);
    } else {
      setText(this.note, words.binary(formatBytes((await response.arrayBuffer()).byteLength)));
    }
    this.body.hidden = !this.body.firstChild;
  }
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
