/** The video of the conversation: transfer, player, frames, and the plan in words. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatBytes, formatDuration, formatNumber, formatRate, formatTime } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { Player } from '../../components/player.js';
import { announce } from '../../components/toast.js';
import { strings } from '../../app/strings.js';

const words = strings.ask;

export class VideoPanel {
  /**
   * @param {import('./session.js').Session} session
   * @param {AbortSignal} until
   * @param {() => void} onChooseAgain
   */
  constructor(session, until, onChooseAgain) {
    this.session = session;
    this.onChooseAgain = onChooseAgain;
    this.player = new Player();
    this.name = h('h2', { class: 'video-name' });
    this.facts = h('p', { class: 'fine' });
    this.transfer = h('div', { class: 'transfer' });
    this.plan = h('div', { class: 'plan' });
    this.unfolded = true;
    this.asked = false;
    this.element = h('section', { class: 'panel video-panel', 'aria-label': words.videoPanel },
      this.player, h('div', { class: 'panel-body' }, h('div', null, this.name, this.facts), this.transfer, this.plan));
    session.source.watch((source) => this.showSource(source), until);
    session.planning.watch((planning) => this.showPlanning(planning), until);
    session.turns.watch(() => this.makeRoom(), until);
  }

  /** @param {import('./session.js').Source} source */
  showSource(source) {
    const { session } = this;
    const { video } = session;
    setText(this.name, video.name);
    this.name.title = video.name;
    const changed = this.state !== source.state;
    this.state = source.state;
    if (source.state === 'moving') this.showTransfer(source, changed);
    else if (source.state === 'failed') {
      fill(this.transfer, errorNotice({
        title: words.failedUpload, message: messageOf(source.error), code: source.error?.code, requestId: source.error?.requestId, onretry: () => session.retryUpload(),
      }));
    } else if (source.state === 'gone') {
      fill(this.transfer, h('div', { class: 'notice warn' }, icon('info'),
        h('div', null, words.uploadGone, h('div', { class: 'row' }, h('button', { type: 'button', class: 'button small', onclick: this.onChooseAgain }, words.chooseAgain)))));
    } else {
      fill(this.transfer);
      if (changed && source.state === 'ready' && this.hadTransfer) announce(words.uploadDone);
    }
    this.player.hidden = source.state === 'gone' || (video.kind === 'url' && source.state !== 'ready');
    if (session.file) this.player.show(session.file, null, session.file.size);
    else if (source.state === 'ready') this.player.show(null, video.uploadId, video.bytes);
  }

  /**
   * @param {import('./session.js').Source} source
   * @param {boolean} changed
   */
  showTransfer({ transfer, fetching }, changed) {
    if (changed || !this.bar) {
      this.hadTransfer = true;
      this.bar = h('span');
      this.progress = h('div', { class: 'progress', role: 'progressbar', 'aria-label': fetching ? words.fetching : words.uploading }, this.bar);
      this.amount = h('span', { class: 'figure' });
      fill(this.transfer,
        h('div', { class: 'transfer-line' }, h('strong', null, fetching ? words.fetching : words.uploading), this.amount),
        this.progress,
        h('button', { type: 'button', class: 'button small', onclick: () => this.session.cancelUpload() }, icon('close'), words.uploadCancel));
    }
    const { done = 0, total = null, rate = 0, waiting = false } = transfer ?? {};
    const share = total ? done / total : null;
    this.progress?.classList.toggle('unknown', share === null);
    if (share !== null && this.bar) {
      this.bar.style.inlineSize = `${share * 100}%`;
      this.progress?.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    }
    const parts = waiting
      ? [words.uploadWaiting]
      : [total ? words.transferred(formatBytes(done), formatBytes(total)) : formatBytes(done), rate > 0 && formatRate(rate), rate > 0 && total && words.uploadLeft(formatDuration((total - done) / rate))];
    setText(/** @type {HTMLElement} */ (this.amount), parts.filter(Boolean).join(' · '));
  }

  /** Folds the plan when the first question is asked on a small screen. */
  makeRoom() {
    const asked = this.session.conversation.turns.length > 0;
    if (asked && !this.asked && !matchMedia('(min-width: 1001px)').matches) {
      this.unfolded = false;
      this.plan.querySelector('details')?.removeAttribute('open');
    }
    this.asked = asked;
  }

  /** @param {import('./session.js').Planning} planning */
  showPlanning({ state, plan, error }) {
    this.plan.setAttribute('aria-busy', String(state === 'working'));
    if (state === 'none') fill(this.plan);
    else if (state === 'working' && !plan) fill(this.plan, h('p', { class: 'fine' }, strings.plan.working));
    else if (state === 'failed') fill(this.plan, errorNotice({ title: strings.plan.failed, message: messageOf(error), code: error?.code, requestId: error?.requestId, role: 'status', onretry: () => this.session.plan() }));
    if (!plan || state !== 'ready') return;
    const { video } = plan;
    setText(this.facts, strings.plan.facts(formatTime(video.duration), video.width, video.height, formatNumber(video.fps, 2), video.audio));
    this.player.showFrames(plan.thumbnails);
    fill(this.plan, this.explain(plan));
  }

  /** @param {Martlet.Plan} found */
  explain({ plan, thumbnails }) {
    const { frames, size, sample_rate: rate, tokens } = plan;
    const fact = (/** @type {string} */ term, /** @type {string} */ value) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value));
    const notes = [
      plan.used ? strings.plan.seen : strings.plan.unused,
      plan.used && plan.fitted && strings.plan.fitted,
      thumbnails.length < frames && strings.plan.some(thumbnails.length, formatNumber(frames)),
    ];
    const details = h('details', { open: this.unfolded, ontoggle: () => (this.unfolded = details.open) },
      h('summary', { class: 'label' }, strings.plan.heading),
      h('dl', { class: plan.used ? 'plan-facts' : 'plan-facts unused' },
        fact(strings.plan.frames, formatNumber(frames)),
        fact(strings.plan.size, `${size.width} × ${size.height}`),
        fact(strings.plan.rate, strings.plan.every(formatNumber(rate, 2))),
        fact(strings.plan.tokens, strings.plan.about(formatNumber(tokens)))),
      h('p', { class: 'fine' }, notes.filter(Boolean).join(' ')));
    return details;
  }
}
