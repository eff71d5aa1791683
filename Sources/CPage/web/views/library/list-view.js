/** The library's list: what there is and how far each video is, found, ordered, chosen and worked on together. */

import { json } from '../../lib/api.js';
import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { fromUtc } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { takeFromAnywhere, VIDEO_FILES } from '../../components/file-drop.js';
import { withMenu } from '../../components/menu.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { AddingPanel } from './adding-panel.js';
import { addFiles, arrived } from './additions.js';
import { videoAddress } from './addresses.js';
import * as batch from './batch.js';
import { Catalogue } from './catalogue.js';
import { isOver } from './jobs.js';
import { Moments } from './moments.js';
import { tellOutcome } from './outcome.js';
import { Selection } from './selection.js';
import { Toolbar } from './toolbar.js';
import { VideoCard } from './video-card.js';

const FETCHES_SHOWN = 5;
// Failed fetches of longer ago are nobody's news any more.
const NEWS_FOR = 24 * 3600 * 1000;

export class ListView {
  /**
   * @param {import('./jobs.js').Jobs} jobs
   * @param {AbortSignal} until
   */
  constructor(jobs, until) {
    this.jobs = jobs;
    this.until = until;
    this.catalogue = new Catalogue();
    /** @type {Map<string, VideoCard>} */
    this.cards = new Map();
    /**
     * The addresses of the fetches that this page has begun.
     *
     * @type {Map<number, string>}
     */
    this.fetching = new Map();
    this.title = h('h1', { tabIndex: -1 }, strings.views.library);
    this.counts = h('p', { class: 'muted figure library-counts', role: 'status' });
    this.files = h('input', { type: 'file', class: 'unseen', multiple: true, accept: VIDEO_FILES, tabIndex: -1, 'aria-hidden': 'true', onchange: () => this.takeFiles() });
    this.analyzeAll = h('button', { type: 'button', class: 'button', disabled: true, onclick: () => this.startAll() }, icon('analyze'), words.analyzeAll);
    this.list = h('div', { class: 'videos', role: 'list', 'aria-label': words.list });
    this.notice = h('div', { class: 'library-notice' });
    this.foot = h('div', { class: 'library-foot' });
    this.overlay = h('div', { class: 'drop-overlay', hidden: true }, h('p', null, icon('film'), words.dropNow));
    this.moments = new Moments();
    this.adding = new AddingPanel(until);
    this.toolbar = new Toolbar({ onLook: (query) => this.look(query), onLayout: (layout) => (this.list.dataset.layout = layout) });
    this.selection = new Selection(() => this.catalogue.videos.map(({ path }) => path), {
      onChange: () => this.showSelection(),
      onWish: (wish, paths) => void this.grant(wish, paths),
      onEvery: () => void this.catalogue.everything().then((videos) => this.selection.set(videos.map(({ path }) => path))),
    });
    const settings = h('button', { type: 'button', class: 'button bare', 'aria-label': words.settings, onclick: () => import('./settings-sheet.js').then(({ openSettings }) => openSettings()) }, icon('sliders'), h('span', { class: 'wide' }, words.settings));
    const add = withMenu(h('button', { type: 'button', class: 'button primary' }, icon('plus'), words.add), () => this.addMenu());
    this.element = h('div', { class: 'library' },
      h('header', { class: 'view-head' }, h('div', { class: 'library-title' }, this.title, this.counts), settings, this.analyzeAll, add, this.files),
      this.toolbar.element, this.adding.element, this.notice, this.moments.element, this.selection.element, this.list, this.foot, this.overlay);
    this.listen(jobs, until);
    this.catalogue.refresh();
    this.recallFetches();
  }

  /**
   * @param {import('./jobs.js').Jobs} jobs
   * @param {AbortSignal} until
   */
  listen(jobs, until) {
    const draw = onceAFrame(() => this.draw());
    this.catalogue.changed.watch(draw, until);
    let isFirst = true;
    jobs.changed.watch((job) => {
      if (job) this.takeJob(job);
      else if (!isFirst) this.catalogue.refresh();
      isFirst = false;
    }, until);
    let last = arrived.value;
    arrived.watch((video) => {
      if (!video || video === last) return;
      last = video;
      if (this.element.isConnected) toast(words.done.added(1));
      this.catalogue.refresh();
    }, until);
    this.list.addEventListener('click', (event) => {
      const { target } = event;
      if (target instanceof HTMLInputElement && target.dataset.path) this.selection.pick(target.dataset.path, target.checked, event.shiftKey);
    });
    this.end = h('button', { type: 'button', class: 'button', onclick: () => this.catalogue.more() }, words.more);
    const near = new IntersectionObserver(([entry]) => entry.isIntersecting && this.catalogue.more(), { rootMargin: '600px' });
    near.observe(this.end);
    until.addEventListener('abort', () => near.disconnect());
  }

  /** The list is on the page: files can be dropped on it. */
  show() {
    this.dropping = new AbortController();
    this.until.addEventListener('abort', () => this.rest());
    takeFromAnywhere(this.overlay, { files: addFiles, url: (url) => this.openUrl(url) }, this.dropping.signal);
  }

  /** A video is shown instead. */
  rest() {
    this.dropping?.abort();
  }

  /** @param {string} path  The video that was shown before. */
  focus(path) {
    const card = this.cards.get(path);
    if (card?.element.isConnected) card.link.focus({ preventScroll: true });
    else this.title.focus();
  }

  /** @param {import('./catalogue.js').Query} query */
  look(query) {
    this.selection.set([]);
    this.moments.look(query.search);
    this.catalogue.look(query);
  }

  /** @param {Martlet.Job} job */
  takeJob(job) {
    if (job.kind === 'analysis') {
      const video = this.catalogue.takeJob(job);
      if (video) this.cards.get(video.path)?.update(video);
      if (video && isOver(job)) this.catalogue.refreshOne(video.path);
    } else if (job.kind !== 'expressions') {
      this.adding.takeJob(job, this.fetching.get(job.id));
      if (job.status === 'completed') this.catalogue.refresh();
    }
    this.drawCounts();
  }

  /** Fetches that failed while nobody looked. */
  async recallFetches() {
    /** @type {Martlet.Job[]} */
    const failed = await json('GET', `/api/jobs/?kind=fetch&status=failed&limit=${FETCHES_SHOWN}`).catch(() => []);
    for (const job of failed) if (Date.now() - fromUtc(job.created_at) < NEWS_FOR) this.adding.takeJob(job);
  }

  draw() {
    const { catalogue, cards } = this;
    const { videos, state } = catalogue;
    const shown = new Set(videos.map(({ path }) => path));
    for (const [path, card] of cards) if (!shown.has(path)) card.element.remove(), cards.delete(path);
    for (const [at, video] of videos.entries()) {
      let card = cards.get(video.path);
      if (card) card.update(video);
      else cards.set(video.path, (card = new VideoCard(video, (action, one) => void this.act(action, one))));
      if (this.list.children[at] !== card.element) this.list.insertBefore(card.element, this.list.children[at] ?? null);
    }
    this.list.hidden = videos.length === 0;
    this.list.setAttribute('aria-busy', String(state !== 'ready'));
    this.selection.keep(catalogue.total);
    this.showSelection();
    this.drawFoot();
    this.drawCounts();
  }

  drawFoot() {
    const { state, videos, total, error, isFiltered } = this.catalogue;
    const isEmpty = videos.length === 0;
    this.element.classList.toggle('empty', isEmpty && state === 'ready' && !isFiltered);
    if (state === 'failed') fill(this.foot, errorNotice({ title: words.loadFailed, message: messageOf(error), code: error?.code, requestId: error?.requestId, onretry: () => this.catalogue.refresh() }));
    else if (isEmpty && state === 'loading') fill(this.foot, h('p', { class: 'muted' }, words.loading));
    else if (isEmpty && isFiltered) fill(this.foot, h('p', { class: 'muted' }, words.nothing), h('button', { type: 'button', class: 'button', onclick: () => this.toolbar.clear() }, words.clear));
    else if (isEmpty) fill(this.foot, this.emptyState());
    else if (videos.length < total) {
      if (this.end?.parentNode !== this.foot) fill(this.foot, (this.left = h('p', { class: 'fine figure' })), this.end);
      if (this.left) setText(this.left, state === 'more' ? words.loadingMore : words.shown(videos.length, total));
    } else fill(this.foot);
  }

  emptyState() {
    const button = (/** @type {string} */ symbol, /** @type {string} */ text, /** @type {() => void} */ act, primary = false) =>
      h('button', { type: 'button', class: `button${primary ? ' primary' : ''}`, onclick: act }, icon(symbol), text);
    return h('div', { class: 'drop-zone library-empty' },
      h('span', { class: 'drop-sign' }, icon('library')),
      h('h2', { class: 'drop-title' }, words.emptyTitle),
      h('p', { class: 'muted' }, words.emptyText),
      h('div', { class: 'row' }, this.addMenu().map(({ symbol, text, act }, at) => button(symbol ?? 'plus', text, act, at === 0))));
  }

  drawCounts() {
    const { whole, total, isFiltered } = this.catalogue;
    const { running, waiting } = this.jobs.counts();
    const all = whole ?? total;
    setText(this.counts, [
      isFiltered ? words.found(String(total), all) : words.videos(all), running ? words.running(running) : null, waiting ? words.waiting(waiting) : null,
    ].filter(Boolean).join(' · '));
    this.counts.hidden = this.catalogue.state === 'loading' && whole === null;
    this.analyzeAll.disabled = all === 0;
  }

  showSelection() {
    for (const [path, card] of this.cards) {
      card.pick.checked = this.selection.paths.has(path);
      card.element.classList.toggle('chosen', card.pick.checked);
    }
  }

  /** @returns {import('../../components/menu.js').Entry[]} */
  addMenu() {
    return [
      { symbol: 'upload', text: words.addFiles, act: () => this.files.click() },
      { symbol: 'link', text: words.addUrl, act: () => this.openUrl('') },
      { symbol: 'folder', text: words.addServer, act: () => void import('./server-sheet.js').then(({ openServer }) => openServer(() => this.catalogue.refresh())) },
    ];
  }

  takeFiles() {
    addFiles([...(this.files.files ?? [])]);
    this.files.value = '';
  }

  /** @param {string} url */
  async openUrl(url) {
    const { openUrl } = await import('./url-dialog.js');
    openUrl(url, (job, address) => {
      this.fetching.set(job.id, address);
      if (!this.jobs.ended.has(job.id)) this.adding.takeJob(job, address);
    });
  }

  async startAll() {
    const all = this.catalogue.whole ?? this.catalogue.total;
    if (!(await confirm({ title: words.analyzeAllTitle(all), text: words.analyzeAllText, action: words.analyzeAll, danger: false }))) return;
    this.analyzeAll.disabled = true;
    await tellOutcome(this.notice, batch.analyze({ all: true }), words.done.started);
    this.drawCounts();
  }

  /**
   * One button of one video.
   *
   * @param {import('./video-card.js').Action} action
   * @param {Martlet.LibraryVideo} video
   */
  async act(action, video) {
    if (action !== 'front') return this.grant(action, [video.path]);
    try {
      await json('PUT', videoAddress(video.path, '/move-to-front'));
      toast(words.done.front);
      await this.catalogue.refresh();
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }

  /**
   * @param {import('./selection.js').Wish} wish
   * @param {string[]} paths
   */
  async grant(wish, paths) {
    const videos = this.catalogue.videos.filter(({ path }) => paths.includes(path));
    if (wish === 'analyze') return tellOutcome(this.notice, batch.analyze({ paths }), paths.length === 1 ? () => words.done.analyze : words.done.started);
    if (wish === 'cancel') return tellOutcome(this.notice, batch.cancel(videos), paths.length === 1 ? () => words.done.cancel : words.done.cancelled);
    if (wish === 'retry') return tellOutcome(this.notice, batch.retry(videos), paths.length === 1 ? () => words.done.retry : words.done.retried);
    if (!(await confirm({ title: words.removeTitle(paths.length, videos[0]?.title ?? ''), text: words.removeText, action: words.remove }))) return;
    await tellOutcome(this.notice, batch.removeAll(paths), words.done.removed);
    await this.catalogue.refresh();
    this.title.focus();
  }
}
