/** The expression features of a video: computed as a job, shown over the player and over time. */

import { json } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-expressions.js';
import { words as libraryWords } from '../../app/strings-library.js';
import { videoAddress } from './addresses.js';
import { ExpressionCharts } from './expression-charts.js';
import { downloads, factsPanel, predictionPanel } from './expression-facts.js';
import { ExpressionForm, openAgain } from './expression-form.js';
import { JobStatus } from './job-status.js';
import { cancelJob, isOver, retryJob } from './jobs.js';
import { VectorOverlay } from './vector-overlay.js';

// The jobs of all videos come together; further back than this none is looked for.
const JOBS_SEEN = 100;

export class ExpressionsView {
  /**
   * @param {Martlet.LibraryVideo} video
   * @param {import('./playback.js').Playback} playback
   * @param {(time: number) => void} seek
   * @param {import('./jobs.js').Jobs} jobs
   * @param {AbortSignal} until
   */
  constructor(video, playback, seek, jobs, until) {
    this.path = video.path;
    this.title = video.title;
    this.playback = playback;
    this.seek = seek;
    this.jobs = jobs;
    this.until = until;
    this.isShown = true;
    /** @type {Martlet.Expressions | null} */
    this.found = null;
    /** @type {Martlet.ExpressionOptions | null} */
    this.options = null;
    /**
     * The newest for this video.
     *
     * @type {Martlet.Job | null}
     */
    this.job = null;
    /** @type {any} */
    this.error = null;
    this.state = /** @type {'loading' | 'ready' | 'failed'} */ ('loading');
    /** @type {ExpressionCharts | null} */
    this.charts = null;
    /** @type {VectorOverlay | null} */
    this.overlay = null;
    this.drawn = '';
    this.told = '';
    this.heading = h('h2', { tabIndex: -1 }, words.title);
    this.actions = h('div', { class: 'row expression-actions' });
    this.work = h('div', { class: 'expression-work' });
    this.body = h('div', { class: 'expression-body' }, h('p', { class: 'muted' }, words.loading));
    this.element = h('section', { class: 'expressions', 'aria-label': words.title },
      h('div', { class: 'expression-head' }, this.heading, this.actions), this.work, this.body);
    until.addEventListener('abort', () => this.dropResult());
    void this.load();
  }

  async load() {
    try {
      const [options, found, jobs] = await Promise.all([
        json('GET', '/api/expressions/options', undefined, { signal: this.until }),
        json('GET', videoAddress(this.path, '/expressions'), undefined, { signal: this.until }).catch((error) => {
          if (error?.status === 404 && error.code === 'expressions_not_found') return null;
          throw error;
        }),
        json('GET', `/api/jobs/?kind=expressions&limit=${JOBS_SEEN}`, undefined, { signal: this.until }),
      ]);
      this.options = options;
      this.found = found;
      this.settle(/** @type {Martlet.Job[]} */ (jobs).find(({ video_path: path }) => path === this.path) ?? null);
      this.state = 'ready';
      this.error = null;
    } catch (error) {
      if (this.until.aborted) return;
      this.state = 'failed';
      this.error = error;
    }
    if (!this.until.aborted) this.draw();
  }

  get isActive() {
    return this.job !== null && !isOver(this.job);
  }

  /**
   * News of a job may come late: the newer job, or its newer state, is kept.
   *
   * @param {Martlet.Job | null} job
   */
  settle(job) {
    const isOld = job !== null && ((this.job !== null && job.id < this.job.id) || (!isOver(job) && this.jobs.ended.has(job.id)));
    if (job && !isOld) this.job = job;
  }

  /** @param {Martlet.Job} job */
  takeJob(job) {
    this.settle(job);
    if (this.job !== job) return;
    const end = `${job.id} ${job.attempt} ${job.status}`;
    if (isOver(job) && this.told !== end) {
      this.told = end;
      if (job.status === 'completed') toast(words.job.done);
      void this.load();
    } else this.draw();
  }

  /** @param {number} id */
  async begun(id) {
    this.heading.focus();
    try {
      this.takeJob(await json('GET', `/api/jobs/${id}`));
    } catch {
      // It is told of by the stream all the same.
    }
  }

  draw() {
    if (this.state === 'failed') {
      this.drawn = '';
      this.dropResult();
      fill(this.actions);
      fill(this.work);
      fill(this.body, this.notice(words.failed, this.error, () => void this.load()));
      return;
    }
    this.drawWork();
    this.drawActions();
    this.drawBody();
  }

  /**
   * @param {string} title
   * @param {any} error
   * @param {() => void} onretry
   */
  notice(title, error, onretry) {
    return errorNotice({ title, message: messageOf(error), code: error?.code, requestId: error?.requestId, onretry });
  }

  /** The job that is at work, or why the last one failed. */
  drawWork() {
    const { job } = this;
    const isFailed = job !== null && job.status === 'failed' && job.id > (this.found?.job_id ?? 0);
    const shown = job && (this.isActive || isFailed) ? `${job.id} ${job.attempt} ${isFailed}` : '';
    if (this.work.dataset.shown !== shown) {
      this.work.dataset.shown = shown;
      this.status = job && this.isActive ? new JobStatus(this.title, { ...libraryWords.statuses, processing: words.job.computing }) : null;
      if (job && this.status) {
        const cancel = h('button', { type: 'button', class: 'button small', onclick: () => this.tried(cancelJob(job.id), words.job.cancelled) }, icon('close'), libraryWords.cancel);
        fill(this.work, h('div', { class: 'panel expression-job' }, this.status.element, cancel));
      } else {
        fill(this.work, job && isFailed
          ? this.notice(words.job.failed, { message: job.error ?? job.error_code, code: job.error_code }, () => this.tried(retryJob(job.id), words.job.retried)) : null);
      }
    }
    if (job) this.status?.update(job.status, job);
  }

  /**
   * @param {Promise<unknown>} work
   * @param {string} said
   */
  async tried(work, said) {
    this.heading.focus();
    try {
      await work;
      toast(said);
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
    if (this.job) void this.begun(this.job.id);
  }

  drawActions() {
    const { found, options, isActive } = this;
    const shown = found && options ? `${found.job_id} ${isActive} ${options.available}` : '';
    if (this.actions.dataset.shown === shown) return;
    this.actions.dataset.shown = shown;
    fill(this.actions, found && options && [
      h('button', { type: 'button', class: 'button small', disabled: isActive || !options.available, title: options.available ? '' : options.reason ?? '', onclick: () => openAgain(this.path, options, found, (id) => void this.begun(id)) },
        icon('retry'), words.form.again),
      h('button', { type: 'button', class: 'button small danger', disabled: isActive, onclick: () => void this.remove() }, icon('trash'), words.remove.action),
    ]);
  }

  drawBody() {
    const { found, options, isActive } = this;
    const drawn = found ? `found ${found.job_id} ${found.created_at}` : isActive ? 'work' : options?.available ? 'form' : 'unavailable';
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    this.dropResult();
    if (found) {
      this.showResult(found);
      return;
    }
    fill(this.body, h('div', { class: 'panel expression-start' }, h('p', null, words.lead), h('p', { class: 'muted' }, words.honest),
      drawn === 'form' && options ? new ExpressionForm(this.path, options, null, (id) => void this.begun(id)).element : null,
      drawn === 'unavailable' ? h('div', { class: 'notice warn' }, icon('alert'), h('div', null, h('strong', null, words.unavailable), options?.reason ? h('span', null, options.reason) : null)) : null));
  }

  /** @param {Martlet.Expressions} found */
  showResult(found) {
    this.charts = new ExpressionCharts(found, this.seek);
    this.overlay = new VectorOverlay(this.path, found, this.playback);
    this.overlay.turn(this.isShown);
    fill(this.body, h('div', { class: 'expression-result' },
      h('div', { class: 'panel expression-graphs' }, this.overlay.element, this.charts.element),
      h('div', { class: 'expression-side' }, predictionPanel(found), factsPanel(found), downloads(this.path, found))),
      h('p', { class: 'fine expression-honest' }, words.honest));
    this.charts.at(this.playback.time);
  }

  dropResult() {
    this.charts?.close();
    this.overlay?.close();
    this.charts = this.overlay = null;
  }

  /**
   * The player is at a time.
   *
   * @param {number} time
   */
  at(time) {
    if (!this.isShown) return;
    this.charts?.at(time);
    this.overlay?.at(time);
  }

  /** @param {boolean} isShown */
  turn(isShown) {
    this.isShown = isShown;
    this.overlay?.turn(isShown);
    if (isShown) this.at(this.playback.time);
  }

  async remove() {
    if (!(await confirm({ title: words.remove.title, text: words.remove.text, action: words.remove.action }))) return;
    try {
      await json('DELETE', videoAddress(this.path, '/expressions'));
      toast(words.remove.done);
      this.found = null;
      this.draw();
      this.heading.focus();
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }
}
