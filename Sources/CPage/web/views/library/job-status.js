/** How far a video is: its state as a sign and a word, the progress of its job in figures, and why it failed. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatBytes, formatClock, formatDuration, formatNumber, formatShare, fromUtc } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';

const SIGNS = /** @type {Record<string, [string, string]>} */ ({
  none: ['circle', ''], pending: ['clock', ''], processing: ['spinner', 'warn'], retrying: ['clock', 'warn'], completed: ['check', 'good'],
  failed: ['failed', 'bad'], cancelled: ['cancelled', ''],
});

/**
 * @param {Martlet.LibraryVideo} video
 * @returns {keyof typeof words.statuses}
 */
export function statusOf({ job, has_ai_data: hasData }) {
  return job?.status ?? (hasData ? 'completed' : 'none');
}

/**
 * @param {keyof typeof words.statuses} status
 * @param {Record<string, string>} [names]
 */
export function statusBadge(status, names = words.statuses) {
  const [sign, tone] = SIGNS[status] ?? SIGNS.none;
  return h('span', { class: `badge ${tone} status-${status}` }, icon(sign), names[status] ?? status);
}

/**
 * The figures of a job, as far as it tells them.
 *
 * @param {Martlet.Job} job
 */
export function progressText({ status, stage, progress, done, total, unit, rate, eta_seconds: left }) {
  if (status !== 'processing') return '';
  const stages = /** @type {Record<string, string>} */ ({ ...strings.answer.stages, ...words.stages });
  const inBytes = unit === 'bytes';
  const amount = (/** @type {number} */ value) => (inBytes ? formatBytes(value) : formatNumber(value));
  return [
    stage ? stages[stage] ?? stage : null,
    formatShare(progress / 100),
    total ? words.of(amount(done ?? 0), amount(total), inBytes ? '' : unit ?? '') : null,
    rate ? (inBytes ? `${formatBytes(rate)}/s` : words.rate(formatNumber(rate, rate < 10 ? 1 : 0), unit ?? '')) : null,
    left === null || left === undefined ? null : words.left(formatDuration(left)),
  ].filter(Boolean).join(' · ');
}

export class JobStatus {
  /**
   * @param {string} title  Of what it is the progress.
   * @param {Record<string, string>} [names]  Of the states.
   */
  constructor(title, names = words.statuses) {
    this.names = names;
    this.badge = h('span', { class: 'job-badge' });
    this.bar = h('span');
    this.track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': words.progressOf(title), 'aria-valuemin': '0', 'aria-valuemax': '100' }, this.bar);
    this.figures = h('span', { class: 'fine figure' });
    this.progress = h('div', { class: 'job-progress', hidden: true }, this.track, this.figures);
    this.trouble = h('p', { class: 'job-trouble', hidden: true });
    this.element = h('div', { class: 'job-status' }, this.badge, this.progress, this.trouble);
    this.shown = '';
    this.furthest = 0;
    this.job = '';
  }

  /**
   * @param {keyof typeof words.statuses} status
   * @param {Martlet.Job | null} job
   */
  update(status, job) {
    if (this.shown !== status) fill(this.badge, statusBadge(status, this.names));
    this.shown = status;
    const isActive = job !== null && (status === 'processing' || status === 'retrying');
    this.progress.hidden = !isActive;
    if (isActive) this.move(job);
    setText(this.figures, job ? progressText(job) : '');
    this.figures.hidden = !this.figures.textContent;
    this.explain(status, job);
  }

  /** @param {Martlet.Job} job */
  move(job) {
    // Messages may overtake each other: what was shown as done stays so, as long as it is the same job.
    const name = `${job.id} ${job.attempt}`;
    if (this.job !== name) this.furthest = 0;
    this.job = name;
    this.furthest = Math.max(this.furthest, job.progress);
    this.bar.style.inlineSize = `${this.furthest}%`;
    this.track.setAttribute('aria-valuenow', String(this.furthest));
  }

  /**
   * @param {string} status
   * @param {Martlet.Job | null} job
   */
  explain(status, job) {
    const isRetrying = status === 'retrying';
    const text = [
      isRetrying && job?.retry_at ? words.retryAt(formatClock(fromUtc(job.retry_at)), job.attempt, job.max_attempts) : null,
      isRetrying || status === 'failed' ? job?.error ?? job?.error_code : null,
    ].filter(Boolean).join(' ');
    this.trouble.hidden = text === '';
    this.trouble.classList.toggle('bad', status === 'failed');
    this.trouble.title = (status === 'failed' && job?.error_code) || '';
    setText(this.trouble, text);
  }
}
