/** One question with its answer, as it comes. */

import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { formatBytes, formatDuration, formatNumber, formatTime } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { MarkdownView } from '../../lib/markdown.js';
import { splitTimes } from '../../lib/times.js';
import { errorNotice } from '../../components/error-notice.js';
import { announce, copyText } from '../../components/toast.js';
import { strings } from '../../app/strings.js';

const words = strings.answer;
// Pixels: the room that the question field takes, and how near to the end counts as reading along.
const FIELD = 180;
const NEARLY = 60;

/**
 * @typedef {object} Actions
 * @property {(start: number, end?: number) => void} seek
 * @property {(turn: Martlet.Turn) => void} stop
 * @property {(turn: Martlet.Turn) => void} retry
 */

export class TurnView {
  /**
   * @param {Martlet.Turn} turn
   * @param {import('./session.js').Session} session
   * @param {Actions} actions
   */
  constructor(turn, session, actions) {
    this.turn = turn;
    this.session = session;
    this.actions = actions;
    /** The stage that was told last. */
    this.stage = '';
    this.status = h('div', { class: 'turn-status' });
    this.notices = h('div', { class: 'turn-notices' });
    this.answer = h('div', { class: 'prose' });
    this.after = h('div', { class: 'turn-after' });
    this.markdown = new MarkdownView(this.answer, (text) => this.leaf(text));
    this.element = h('article', { class: 'turn', 'aria-label': turn.prompt },
      h('h3', { class: 'turn-question' }, turn.prompt), this.status, this.notices, this.answer, this.after);
    this.update = onceAFrame(() => this.draw());
    this.draw();
  }

  /**
   * @param {string} text
   * @returns {Node[]}
   */
  leaf(text) {
    return splitTimes(text, this.session.video.duration ?? Infinity).map((piece) =>
      piece.start === undefined ? document.createTextNode(piece.text) : this.timeButton(piece.text, piece.start, piece.end));
  }

  /**
   * @param {string} text
   * @param {number} start
   * @param {number} [end]
   */
  timeButton(text, start, end) {
    return h('button', { type: 'button', class: 'time', title: words.seek(formatTime(start)), onclick: () => this.actions.seek(start, end) }, text);
  }

  draw() {
    const { turn } = this;
    const changed = this.shown !== turn.status;
    const before = this.shown;
    this.shown = turn.status;
    this.element.dataset.status = turn.status;
    if (turn.notices.length === 0) fill(this.notices);
    const isFollowed = turn.status === 'writing' && this.overhang() < NEARLY;
    this.markdown.update(turn.answer);
    this.drawStatus(changed);
    for (const text of turn.notices.slice(this.notices.childElementCount)) this.notices.append(h('p', { class: 'fine' }, icon('info'), h('span', null, text)));
    // Whoever reads along stays at the end; whoever has scrolled away isn't pulled back.
    if (isFollowed && this.overhang() > 0) window.scrollBy(0, this.overhang());
    if (!changed) return;
    this.drawAfter();
    if (before) this.say();
  }

  /** How far the answer reaches below what is seen of the page above the question field. */
  overhang() {
    return this.element.isConnected ? this.element.getBoundingClientRect().bottom + FIELD - window.innerHeight : 0;
  }

  say() {
    const { turn } = this;
    if (turn.status === 'writing') announce(words.announceWriting);
    else if (turn.status === 'done') announce(words.announceDone(this.answer.textContent ?? ''));
    else if (turn.status === 'failed') announce(words.announceFailed(turn.error?.message ?? ''));
    else if (turn.status === 'stopped') announce(words.stopped);
  }

  /**
   * One calm line: what is being done, how far, and the way out.
   *
   * @param {boolean} changed
   */
  drawStatus(changed) {
    const { turn } = this;
    const busy = !['done', 'failed', 'stopped'].includes(turn.status);
    if (!busy) {
      fill(this.status);
      this.line = null;
      return;
    }
    if (!this.line) {
      this.line = h('span', { class: 'turn-stage figure' });
      this.bar = h('span');
      this.progress = h('div', { class: 'progress', role: 'progressbar', 'aria-label': words.statuses.working }, this.bar);
      fill(this.status,
        h('div', { class: 'turn-line' }, this.line, h('button', { type: 'button', class: 'button small', onclick: () => this.actions.stop(turn) }, icon('stop'), strings.ask.stop)),
        this.progress);
    }
    const text = this.stageText();
    setText(this.line, text);
    const fraction = turn.status === 'working' ? turn.progress?.fraction ?? null : null;
    this.progress?.classList.toggle('unknown', fraction === null);
    if (this.bar) this.bar.style.inlineSize = fraction === null ? '' : `${fraction * 100}%`;
    if (fraction === null) this.progress?.removeAttribute('aria-valuenow');
    else this.progress?.setAttribute('aria-valuenow', String(Math.round(fraction * 100)));
    const stage = turn.progress?.stage ?? turn.status;
    // Screen readers hear of each stage once, not of each step in it.
    if (changed || stage !== this.stage) if (turn.status !== 'writing') announce(text);
    this.stage = stage;
  }

  stageText() {
    const { progress, status } = this.turn;
    if (status !== 'working' || !progress) return words.statuses[status];
    const { stage, done, total, unit, position, wait_ms: wait } = progress;
    if (stage === 'queued' && position) return [words.position(position), wait && words.wait(formatDuration(wait / 1000))].filter(Boolean).join(' · ');
    const name = /** @type {Record<string, string>} */ (words.stages)[stage] ?? stage;
    if (!total || done === null || unit === 'items') return name;
    const amount = (/** @type {number} */ value) => (unit === 'bytes' ? formatBytes(value) : formatNumber(value));
    const unitName = /** @type {Record<string, string>} */ (words.units)[unit ?? ''] ?? '';
    return `${name} · ${words.of(amount(done), amount(total), unitName).trim()}`;
  }

  drawAfter() {
    const { turn } = this;
    const parts = [];
    if (turn.status === 'failed' && turn.error) {
      const { message, code, requestId, retryAfter, at } = turn.error;
      parts.push(errorNotice({ title: words.failed, message, code, requestId, retryAt: retryAfter === null ? null : at + retryAfter, onretry: () => this.actions.retry(turn), role: 'group' }));
    }
    if (turn.status === 'stopped') parts.push(h('p', { class: 'fine' }, turn.answer ? words.stopped : words.stoppedEmpty));
    if (turn.result?.finish_reason === 'length') parts.push(h('p', { class: 'fine' }, words.cut));
    if (turn.result?.citations?.length) parts.push(this.citations(turn.result.citations));
    if (turn.status === 'done' || turn.status === 'stopped') parts.push(this.foot());
    fill(this.after, parts);
  }

  /** @param {Martlet.Citation[]} citations */
  citations(citations) {
    const kinds = /** @type {Record<string, string>} */ (words.kinds);
    return h('section', { class: 'citations', 'aria-label': words.citations },
      h('h4', { class: 'label' }, words.citations),
      h('ul', null, citations.map(({ kind, text, start, end }) =>
        h('li', null,
          h('button', { type: 'button', class: 'citation', onclick: () => this.actions.seek(start, end) },
            h('span', { class: 'citation-time figure' }, words.span(formatTime(start), formatTime(end))),
            h('span', { class: 'badge' }, kinds[kind] ?? kind),
            h('span', { class: 'citation-text' }, text))))));
  }

  foot() {
    const { turn } = this;
    const { url, kind } = this.session.video;
    const address = `${location.origin}${location.pathname}`;
    const share = new URLSearchParams({ url: url ?? '', prompt: turn.prompt });
    const button = (/** @type {string} */ symbol, /** @type {string} */ text, /** @type {() => void} */ act) =>
      h('button', { type: 'button', class: 'button bare small', onclick: act }, icon(symbol), text);
    return h('div', { class: 'turn-foot' },
      turn.result ? this.timings(turn.result) : null,
      h('div', { class: 'row turn-actions' },
        turn.answer ? button('copy', words.copy, () => copyText(turn.answer)) : null,
        button('link', words.link, () => copyText(`${address}#/ask/${this.session.conversation.id}`, words.linkNote)),
        kind === 'url' && url ? button('upload', words.share, () => copyText(`${address}#/ask?${share}`, words.shareNote)) : null,
        button('retry', words.again, () => this.actions.retry(turn))));
  }

  /** @param {Martlet.Answer} result */
  timings({ timings, usage, model }) {
    const names = /** @type {Record<string, string>} */ (/** @type {unknown} */ (words.timings));
    const writing = timings.answer - timings.first_token;
    const tokens = usage?.completion_tokens ?? 0;
    const stages = ['model', 'decode', 'evidence', 'first_token', 'total'].filter((name) => timings[name] >= 0.005);
    return h('p', { class: 'fine timings figure', 'aria-label': words.timings.label },
      [
        model,
        ...stages.map((name) => `${names[name]} ${formatDuration(timings[name])}`),
        tokens ? words.timings.tokens(formatNumber(tokens)) : null,
        tokens > 1 && writing > 0.01 ? words.timings.speed(formatNumber((tokens - 1) / writing, 1)) : null,
      ].filter(Boolean).map((text) => h('span', null, text)));
  }
}
