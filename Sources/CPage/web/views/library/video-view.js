/** One video: played, with its tags over time, which can be changed, searched and exported, and its expression features. */

import { json } from '../../lib/api.js';
import { fill, h, loadStyles } from '../../lib/dom.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { Tabs } from '../../components/tabs.js';
import { toast } from '../../components/toast.js';
import { replaceAddress } from '../../app/router.js';
import { words } from '../../app/strings-library.js';
import { partLink, videoAddress } from './addresses.js';
import { FindPanel } from './find-panel.js';
import { JobHistory } from './job-history.js';
import { cancelJob, isOver, retryJob } from './jobs.js';
import { Playback } from './playback.js';
import { SpanEditor } from './span-editor.js';
import { SpanTable } from './span-table.js';
import { bodyOf, Spans } from './spans.js';
import { TimelineView } from './timeline.js';
import { VideoHead } from './video-head.js';

const EXPRESSIONS = 'expressions';

export class VideoView {
  /**
   * @param {string} path
   * @param {{ time: number | null, part: string }} place  Where it is to begin, and what of it is to be shown.
   * @param {import('./jobs.js').Jobs} jobs
   * @param {() => void} onChanged  The list has to be asked for anew.
   */
  constructor(path, { time, part }, jobs, onChanged) {
    this.path = this.asked = path;
    this.first = time;
    this.part = part;
    this.allJobs = jobs;
    this.onChanged = onChanged;
    this.until = new AbortController();
    /** @type {Martlet.LibraryVideo | undefined} */
    this.video = undefined;
    /** @type {Martlet.Timeline | null} */
    this.evidence = null;
    /** @type {Martlet.Job[]} */
    this.jobs = [];
    /** @type {Playback | undefined} */
    this.playback = undefined;
    /** @type {SpanEditor | undefined} */
    this.editor = undefined;
    /** @type {TimelineView | undefined} */
    this.timeline = undefined;
    /** @type {Tabs | undefined} */
    this.tabs = undefined;
    /** @type {import('./expressions-view.js').ExpressionsView | undefined} */
    this.expressions = undefined;
    this.spans = new Spans(path);
    this.head = new VideoHead(path, {
      onChanged: (video) => this.take(video),
      onJob: () => void this.loadJobs(),
      onRemoved: () => {
        onChanged();
        location.hash = '#/library';
      },
    });
    this.title = this.head.title;
    this.body = h('div', { class: 'film-body' }, h('p', { class: 'muted' }, words.loading));
    this.element = h('div', { class: 'film' }, this.head.element, this.body);
    document.addEventListener('keydown', (event) => this.keys(event), { signal: this.until.signal });
    let isFirst = true;
    jobs.changed.watch((job) => {
      if (job?.video_path === this.path && job.kind === 'analysis') this.takeJob(job);
      else if (job?.video_path === this.path && job.kind === 'expressions') this.expressions?.takeJob(job);
      else if (job === null && !isFirst) void this.refresh();
      isFirst = false;
    }, this.until.signal);
    this.load();
  }

  async load() {
    try {
      /** @type {Martlet.LibraryVideo} */
      const video = await json('GET', videoAddress(this.path), undefined, { signal: this.until.signal });
      if (this.until.signal.aborted) return;
      // Addresses may say a path in another way than the server does.
      this.path = video.path;
      this.build(video);
      this.take(video);
      await Promise.all([this.loadSpans(), this.loadJobs()]);
    } catch (error) {
      if (!this.until.signal.aborted) this.fail(/** @type {any} */ (error));
    }
  }

  /** @param {any} error */
  fail(error) {
    const isMissing = error?.status === 404;
    fill(this.body, isMissing
      ? h('div', { class: 'film-missing' }, h('p', { class: 'lead' }, words.videoMissing), h('p', { class: 'fine' }, this.path), h('a', { class: 'button', href: '#/library' }, words.toLibrary))
      : errorNotice({ title: words.videoFailed, message: messageOf(error), code: error?.code, requestId: error?.requestId, onretry: () => void this.load() }));
  }

  /** @param {Martlet.LibraryVideo} video */
  build(video) {
    const until = this.until.signal;
    const seek = (/** @type {number} */ time) => this.goTo(time);
    this.playback = new Playback(video, (time, isPlaying) => {
      this.timeline?.at(time, isPlaying);
      this.expressions?.at(time);
    }, until);
    this.editor = new SpanEditor(this.spans, video.duration, {
      time: () => this.playback?.time ?? 0,
      chosen: (span) => this.timeline?.chooseSpan(span),
    });
    this.timeline = new TimelineView(video.path, video.duration, {
      seek,
      toggle: () => this.playback?.toggle(),
      choose: (span) => this.editor?.show(span),
      change: (span, start, end) => void this.move(span, start, end),
      remove: (span) => void this.editor?.drop(span),
    }, until);
    this.find = new FindPanel(seek);
    this.table = new SpanTable({
      seek,
      edit: (span) => {
        this.editor?.edit(span);
        this.editor?.tag.input.focus();
      },
      remove: (span) => void this.editor?.drop(span),
    });
    const tried = (/** @type {Promise<unknown>} */ work) => work.then(() => this.loadJobs(), (error) => toast(messageOf(error), 'alert'));
    this.history = new JobHistory(video.title, { cancel: (job) => tried(cancelJob(job.id)), retry: (job) => tried(retryJob(job.id)) });
    this.trouble = h('div', { class: 'film-trouble' });
    const timeline = h('div', { class: 'film-part' },
      this.trouble, this.timeline.element,
      h('div', { class: 'film-below' },
        h('section', { class: 'panel film-tags', 'aria-label': words.editor.title }, h('h2', null, words.editor.title), this.editor.element, this.table.element),
        this.history.element));
    this.extra = h('div', { class: 'film-part' });
    this.tabs = new Tabs(words.parts.label, [{ name: '', text: words.parts.timeline, panel: timeline }, { name: EXPRESSIONS, text: words.parts.expressions, panel: this.extra }], (name) => {
      replaceAddress(partLink(this.asked, name));
      this.showPart();
    });
    fill(this.body,
      h('div', { class: 'film-stage' }, this.playback.element, this.find.element),
      this.tabs.element, timeline, this.extra);
    this.spans.list.watch((list) => list && this.showSpans(), until);
    if (this.first !== null) this.goTo(this.first);
    this.choosePart(this.part);
  }

  /** @param {string} name */
  choosePart(name) {
    this.tabs?.show(name);
    this.showPart();
  }

  /** The expressions are loaded when they are first looked at. */
  async showPart() {
    const isChosen = this.tabs?.chosen === EXPRESSIONS;
    this.expressions?.turn(isChosen);
    if (this.expressions || !isChosen || !this.extra) return;
    try {
      const [{ ExpressionsView }] = await Promise.all([import('./expressions-view.js'), loadStyles('library-expressions')]);
      if (this.expressions || !this.video || !this.playback || this.until.signal.aborted) return;
      this.expressions = new ExpressionsView(this.video, this.playback, (time) => this.goTo(time), this.allJobs, this.until.signal);
      this.expressions.turn(this.tabs?.chosen === EXPRESSIONS);
      fill(this.extra, this.expressions.element);
    } catch (error) {
      console.error(error);
      fill(this.extra, errorNotice({ message: words.parts.failed, onretry: () => void this.showPart() }));
    }
  }

  showSpans() {
    const list = this.spans.list.value ?? [];
    this.timeline?.show(list, this.evidence);
    this.table?.show(list);
    this.find?.show(list, this.evidence);
  }

  async loadSpans() {
    try {
      const [evidence] = await Promise.all([
        json('GET', videoAddress(this.path, '/timeline')).then((found) => /** @type {Martlet.Timeline} */ (found)),
        this.spans.load(),
      ]);
      this.evidence = evidence;
      if (this.until.signal.aborted) return;
      if (this.trouble) fill(this.trouble);
      this.showSpans();
    } catch (error) {
      const { code, requestId } = /** @type {any} */ (error);
      if (this.trouble) fill(this.trouble, errorNotice({ title: words.table.failed, message: messageOf(error), code, requestId, onretry: () => void this.loadSpans() }));
    }
  }

  async loadJobs() {
    try {
      /** @type {Martlet.Job[]} */
      this.jobs = await json('GET', videoAddress(this.path, '/jobs'));
    } catch (error) {
      toast(`${words.jobs.failed} ${messageOf(error)}`, 'alert');
      return;
    }
    if (this.until.signal.aborted || !this.video) return;
    this.history?.show(this.jobs);
    this.take({ ...this.video, job: this.jobs[0] ?? null });
  }

  /** @param {Martlet.LibraryVideo} video */
  take(video) {
    const isRenamed = this.video !== undefined && this.video.title !== video.title;
    this.video = video;
    this.head.show(video);
    if (isRenamed) this.onChanged();
  }

  /** @param {Martlet.Job} job */
  takeJob(job) {
    if (!this.video) return;
    const known = this.jobs.findIndex(({ id }) => id === job.id);
    this.jobs = known < 0 ? [job, ...this.jobs] : this.jobs.map((one) => (one.id === job.id ? job : one));
    this.history?.show(this.jobs);
    if (this.jobs[0].id === job.id) this.head.show((this.video = { ...this.video, job }));
    if (job.status === 'completed') void this.refresh();
    else if (isOver(job)) void this.loadSpans();
  }

  /** What may have changed while nobody listened, or by an analysis. */
  async refresh() {
    const video = await json('GET', videoAddress(this.path)).catch(() => null);
    if (!video || this.until.signal.aborted) return;
    this.take(video);
    await Promise.all([this.loadSpans(), this.loadJobs(), this.expressions?.load()]);
  }

  /** @param {number} time */
  goTo(time) {
    if (!Number.isFinite(time)) return;
    this.playback?.seek(time);
    this.timeline?.reveal(time);
  }

  /**
   * An edge was dragged.
   *
   * @param {Martlet.Span} span
   * @param {number} start
   * @param {number} end
   */
  async move(span, start, end) {
    const round = (/** @type {number} */ time) => Math.round(time * 1000) / 1000;
    try {
      const changed = await this.spans.change(span, { ...bodyOf(span), start_time: round(start), end_time: round(end) });
      this.timeline?.chooseSpan(changed);
      this.editor?.show(changed);
      toast(words.editor.changed);
    } catch (error) {
      toast(messageOf(error), 'alert');
      this.spans.restore();
    }
  }

  /**
   * Keys that mean the same wherever nobody types.
   *
   * @param {KeyboardEvent} event
   */
  keys(event) {
    const { target, key } = event;
    if ((event.ctrlKey || event.metaKey) && key === 'z' && this.editor?.undo && !(target instanceof Element && target.closest('input, dialog'))) {
      event.preventDefault();
      void this.editor.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || (target instanceof Element && target.closest('input, textarea, select, dialog'))) return;
    if ((key === 'i' || key === 'o') && this.tabs?.chosen === '') this.editor?.mark(key === 'i' ? 'start' : 'end');
    else if (key !== ' ' || (target instanceof Element && target.closest('button, a, video, summary'))) return;
    else this.playback?.toggle();
    event.preventDefault();
  }

  close() {
    this.until.abort();
  }
}
