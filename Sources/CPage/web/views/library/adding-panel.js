/** What is on its way into the library: files that go up, videos that the server fetches. */

import { fill, h, setText } from '../../lib/dom.js';
import { formatBytes, formatDuration, formatRate } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { additions, dismiss, retry } from './additions.js';
import { videoLink } from './addresses.js';
import { JobStatus } from './job-status.js';
import { cancelJob, retryJob } from './jobs.js';
import { remember, remembered } from './remembered.js';

const DISMISSED_KEPT = 50;

/**
 * The failed fetches that somebody has seen.
 *
 * @returns {number[]}
 */
function dismissed() {
  return remembered('dismissed', []);
}

/**
 * An error of adding. One that names another video leads to it.
 *
 * @param {any} error
 */
export function addingError(error) {
  const notice = errorNotice({ title: words.addFailed, message: error?.code === 'empty_file' ? strings.ask.empty : messageOf(error), code: error?.code, requestId: error?.requestId });
  const other = error?.status === 409 ? error.details?.path : null;
  if (typeof other === 'string') notice.lastElementChild?.append(h('span', null, words.duplicate, ' ', h('a', { href: videoLink(other) }, other.split('/').at(-1))));
  return notice;
}

export class AddingPanel {
  /** @param {AbortSignal} until */
  constructor(until) {
    this.list = h('ul', { class: 'adding-list' });
    this.element = h('section', { class: 'panel adding', 'aria-label': words.adding, hidden: true }, h('h2', null, words.adding), this.list);
    /** @type {Map<import('./additions.js').Addition, UploadRow>} */
    this.uploads = new Map();
    /** @type {Map<number, FetchRow>} */
    this.fetches = new Map();
    additions.watch((list) => this.drawUploads(list), until);
  }

  /** @param {import('./additions.js').Addition[]} list */
  drawUploads(list) {
    for (const [addition, row] of this.uploads) if (!list.includes(addition)) row.element.remove(), this.uploads.delete(addition);
    for (const addition of list) {
      let row = this.uploads.get(addition);
      if (!row) {
        row = new UploadRow(addition);
        this.uploads.set(addition, row);
        this.list.append(row.element);
      }
      row.update();
    }
    this.element.hidden = this.list.childElementCount === 0;
  }

  /**
   * A job that fetches or registers a video. A failed one stays until somebody has seen it.
   *
   * @param {Martlet.Job} job
   * @param {string} [name]
   */
  takeJob(job, name) {
    if (job.status === 'failed' && dismissed().includes(job.id)) return;
    let row = this.fetches.get(job.id);
    if (job.status === 'completed' || job.status === 'cancelled') {
      row?.element.remove();
      this.fetches.delete(job.id);
    } else {
      if (!row) {
        row = new FetchRow(job, name ?? job.video_path ?? words.stages.fetch, () => this.forget(job.id));
        this.fetches.set(job.id, row);
        this.list.append(row.element);
      }
      row.update(job);
    }
    this.element.hidden = this.list.childElementCount === 0;
  }

  /** @param {number} id */
  forget(id) {
    remember('dismissed', [...dismissed(), id].slice(-DISMISSED_KEPT));
    this.fetches.get(id)?.element.remove();
    this.fetches.delete(id);
    this.element.hidden = this.list.childElementCount === 0;
  }
}

class UploadRow {
  /** @param {import('./additions.js').Addition} addition */
  constructor(addition) {
    this.addition = addition;
    this.bar = h('span');
    this.track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': `${words.additions.uploading} ${addition.name}` }, this.bar);
    this.amount = h('span', { class: 'fine figure' });
    this.trouble = h('div', { class: 'adding-trouble' });
    this.again = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => retry(addition) }, icon('retry'), words.retry);
    this.end = h('button', { type: 'button', class: 'button bare small square', onclick: () => dismiss(addition) }, icon('close'));
    this.element = h('li', { class: 'adding-row' },
      icon('upload'), h('div', { class: 'adding-text' }, h('strong', null, addition.name), this.track, this.amount, this.trouble), this.again, this.end);
    this.error = null;
  }

  update() {
    const { state, transfer, error, name } = this.addition;
    const isFailed = state === 'failed';
    const { done = 0, total = null, rate = 0, waiting = false } = transfer ?? {};
    const share = state === 'adding' ? null : total ? done / total : 0;
    this.track.hidden = isFailed;
    this.track.classList.toggle('unknown', share === null);
    this.bar.style.inlineSize = share === null ? '' : `${share * 100}%`;
    if (share === null) this.track.removeAttribute('aria-valuenow');
    else this.track.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    const figures = waiting
      ? [strings.ask.uploadWaiting]
      : [total && strings.ask.transferred(formatBytes(done), formatBytes(total)), rate > 0 && formatRate(rate), rate > 0 && total && words.left(formatDuration((total - done) / rate))];
    setText(this.amount, isFailed ? '' : [state === 'done' ? null : words.additions[/** @type {'waiting'} */ (state)], ...(state === 'uploading' ? figures : [])].filter(Boolean).join(' · '));
    this.again.hidden = !isFailed || (error?.status >= 400 && error.status < 500);
    this.end.setAttribute('aria-label', isFailed ? words.dismissAdding(name) : words.cancelAdding(name));
    if (error !== this.error) fill(this.trouble, error ? addingError(error) : null);
    this.error = error;
  }
}

class FetchRow {
  /**
   * @param {Martlet.Job} job
   * @param {string} name
   * @param {() => void} onDismiss
   */
  constructor(job, name, onDismiss) {
    this.job = job;
    this.name = name;
    this.status = new JobStatus(name);
    const tried = (/** @type {Promise<unknown>} */ work) => work.catch((error) => toast(messageOf(error), 'alert'));
    this.again = h('button', { type: 'button', class: 'button small', onclick: () => tried(retryJob(this.job.id)) }, icon('retry'), words.retry);
    this.end = h('button', { type: 'button', class: 'button bare small square', onclick: () => (this.job.status === 'failed' ? onDismiss() : tried(cancelJob(this.job.id))) }, icon('close'));
    this.element = h('li', { class: 'adding-row' }, icon('link'), h('div', { class: 'adding-text' }, h('strong', null, name), this.status.element), this.again, this.end);
  }

  /** @param {Martlet.Job} job */
  update(job) {
    this.job = job;
    const isFailed = job.status === 'failed';
    this.status.update(job.status, job);
    // What an analysis is called doesn't fit a transfer.
    this.status.badge.hidden = job.status === 'processing';
    this.again.hidden = !isFailed;
    this.end.setAttribute('aria-label', isFailed ? words.dismissAdding(this.name) : words.cancelAdding(this.name));
  }
}
