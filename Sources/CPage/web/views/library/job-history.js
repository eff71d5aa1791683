/** The analyses of one video: how each went, what it found, and why it failed. */

import { fill, h } from '../../lib/dom.js';
import { formatDuration, formatNumber, formatWhen, fromUtc } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';
import { JobStatus } from './job-status.js';
import { isOver } from './jobs.js';

const texts = words.jobs;

export class JobHistory {
  /**
   * @param {string} title  Of the video.
   * @param {{ cancel: (job: Martlet.Job) => void, retry: (job: Martlet.Job) => void }} actions
   */
  constructor(title, actions) {
    this.title = title;
    this.actions = actions;
    /** @type {Map<number, { element: HTMLElement, status: JobStatus, actions: HTMLElement, facts: HTMLElement, result: HTMLElement, shown: string }>} */
    this.rows = new Map();
    this.list = h('ol', { class: 'job-list' });
    this.none = h('p', { class: 'muted' }, texts.none);
    this.element = h('section', { class: 'panel job-history', 'aria-label': texts.title }, h('h2', null, texts.title), this.none, this.list);
  }

  /** @param {Martlet.Job[]} jobs  The newest first. */
  show(jobs) {
    const ids = new Set(jobs.map(({ id }) => id));
    for (const [id, { element }] of this.rows) if (!ids.has(id)) element.remove(), this.rows.delete(id);
    for (const [at, job] of jobs.entries()) {
      const row = this.rows.get(job.id) ?? this.row(job);
      this.rows.set(job.id, row);
      if (this.list.children[at] !== row.element) this.list.insertBefore(row.element, this.list.children[at] ?? null);
      this.update(job);
    }
    this.none.hidden = jobs.length > 0;
  }

  /** @param {Martlet.Job} job */
  row(job) {
    const status = new JobStatus(this.title);
    const [facts, result, actions] = [h('p', { class: 'fine figure' }), h('div', { class: 'job-result' }), h('div', { class: 'row' })];
    return { element: h('li', { class: 'job', dataset: { job: job.id } }, h('div', { class: 'job-head' }, facts, actions), status.element, result), status, actions, facts, result, shown: '' };
  }

  /** @param {Martlet.Job} job */
  update(job) {
    const row = this.rows.get(job.id);
    if (!row) return;
    row.status.update(job.status, job);
    const shown = JSON.stringify([job.status, job.attempt, job.completed_at, job.result]);
    if (shown === row.shown) return;
    row.shown = shown;
    const took = job.started_at && job.completed_at ? (fromUtc(job.completed_at) - fromUtc(job.started_at)) / 1000 : null;
    fill(row.facts, [formatWhen(fromUtc(job.created_at)), took === null ? null : texts.took(formatDuration(took)), job.attempt > 1 ? texts.attempt(job.attempt, job.max_attempts) : null].filter(Boolean).join(' · '));
    const button = (/** @type {'cancel' | 'retry'} */ action, /** @type {string} */ symbol) =>
      h('button', { type: 'button', class: 'button small', onclick: () => this.actions[action](job) }, icon(symbol), words[action]);
    fill(row.actions, isOver(job) ? null : button('cancel', 'close'), job.status === 'failed' || job.status === 'cancelled' ? button('retry', 'retry') : null);
    fill(row.result, job.result ? resultOf(job.result) : null);
  }
}

/** @param {Martlet.AnalysisResult} result */
function resultOf({ tags = {}, calls, failed_calls: failedCalls, segments, answered_by: model, unsupported_tags: unsupported, unknown_seconds: unknown, sidecar }) {
  const found = Object.entries(tags);
  const facts = /** @type {[string, string | null][]} */ ([
    [texts.model, model ?? null],
    [texts.calls, calls === undefined ? null : [formatNumber(calls), failedCalls ? `${formatNumber(failedCalls)} ${texts.failedCalls}` : null].filter(Boolean).join(', ')],
    [texts.segments, segments === undefined ? null : formatNumber(segments)],
    [texts.unknown, unknown ? formatDuration(unknown) : null],
    [texts.unsupported, unsupported?.length ? unsupported.join(', ') : null],
    [texts.sidecar, sidecar === undefined ? null : sidecar ? texts.yes : texts.no],
  ]);
  return h('details', null,
    h('summary', null, texts.result),
    found.length ? h('ul', { class: 'result-tags' }, found.map(([tag, { spans, seconds }]) => h('li', { class: 'badge' }, texts.tagResult(tag, texts.spans(spans), formatDuration(seconds))))) : null,
    h('dl', { class: 'result-facts' }, facts.filter(([, value]) => value).map(([term, value]) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value)))));
}
