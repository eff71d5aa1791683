/** What was said and what is answered, as it comes. */

import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { saveFile } from '../../lib/download.js';
import { icon } from '../../lib/icons.js';
import { MarkdownView } from '../../lib/markdown.js';
import { wavFile } from '../../lib/sound.js';
import { errorNotice } from '../../components/error-notice.js';
import { announce } from '../../components/toast.js';
import { words } from '../../app/strings-voice.js';
import { isOver } from './conversation.js';
import { waterfall } from './waterfall.js';

export class TurnCard {
  /**
   * @param {Martlet.VoiceTurn} turn
   * @param {import('./talk.js').Talk} talk
   */
  constructor(turn, talk) {
    this.turn = turn;
    this.talk = talk;
    this.question = h('p', { class: 'said-text', dir: 'auto' });
    this.status = h('p', { class: 'fine said-status' });
    this.answer = h('div', { class: 'prose', dir: 'auto' });
    this.markdown = new MarkdownView(this.answer);
    this.after = h('div', { class: 'said-after' });
    this.reply = h('div', { class: 'said by-martlet' }, h('h4', { class: 'said-name' }, words.name), this.answer, this.status, this.after);
    this.element = h('article', { class: 'voice-turn' },
      h('div', { class: 'said by-you' }, h('h3', { class: 'said-name' }, words.you), this.question), this.reply);
    this.shown = '';
    this.update = onceAFrame(() => this.draw());
    this.draw();
  }

  draw() {
    const { turn } = this;
    const before = this.shown;
    this.shown = turn.status;
    this.element.dataset.status = turn.status;
    setText(this.question, turn.question || (turn.input?.kind === 'file' ? turn.input.file.name : words.unheard));
    this.question.classList.toggle('muted', !turn.question);
    this.element.setAttribute('aria-label', turn.question || words.recording);
    this.markdown.update(turn.answer);
    this.reply.hidden = turn.status === 'listening';
    const isBusy = !isOver(turn) && turn.status !== 'listening';
    this.status.hidden = !isBusy && turn.status !== 'stopped';
    setText(this.status, turn.status === 'stopped' ? words.stopped : words.statuses[turn.status]);
    this.status.classList.toggle('busy', isBusy);
    this.drawPlay();
    if (before === turn.status) return;
    this.drawAfter();
    if (before) this.say(before);
  }

  /** @param {string} before */
  say(before) {
    const { turn } = this;
    if (turn.status === 'think' && turn.input?.kind !== 'text') announce(words.said(turn.question));
    else if (turn.status === 'done') announce(words.answered(this.answer.textContent ?? ''));
    else if (turn.status === 'failed') announce(words.announceFailed(turn.error?.message ?? ''));
    else if (turn.status === 'stopped' && before !== 'stopped') announce(words.stopped);
  }

  drawAfter() {
    const { turn } = this;
    this.play = null;
    fill(this.after,
      turn.status === 'failed' ? this.failure() : null,
      isOver(turn) && turn.sound.length ? this.soundActions() : null,
      turn.status === 'done' && turn.report ? waterfall(turn.report, turn.heardAfter) : null);
    this.drawPlay();
  }

  failure() {
    const { turn, talk } = this;
    const { message, code, requestId, retryAt } = turn.error ?? { message: '', code: null, requestId: null, retryAt: null };
    return errorNotice({
      title: words.failed, message: turn.input ? message : `${message} ${words.again}`, code, requestId, retryAt,
      onretry: turn.input ? () => talk.retry(turn) : undefined,
    });
  }

  soundActions() {
    const { turn, talk } = this;
    this.play = h('button', { type: 'button', class: 'button small bare', onclick: () => (this.isPlaying ? talk.stop() : talk.replay(turn)) });
    const number = talk.conversation.turns.indexOf(turn) + 1;
    return h('div', { class: 'row' }, this.play,
      h('button', { type: 'button', class: 'button small bare', onclick: () => saveFile(words.fileName(number), wavFile(turn.sound, turn.rate)) }, icon('download'), words.download));
  }

  get isPlaying() {
    return this.talk.player.isPlaying && this.talk.heard === this.turn;
  }

  drawPlay() {
    const label = this.isPlaying ? words.stopReplay : words.replay;
    if (!this.play || this.play.textContent === label) return;
    fill(this.play, icon(this.isPlaying ? 'stop' : 'play'), label);
  }
}
