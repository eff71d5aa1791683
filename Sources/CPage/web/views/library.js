/** Library: the videos that the server watches, and what happens in each of them. */

import { fill, loadStyles } from '../lib/dom.js';
import { strings } from '../app/strings.js';
import { Jobs } from './library/jobs.js';
import { ListView } from './library/list-view.js';

/** @typedef {{ element: HTMLElement, title: HTMLElement, close: () => void, goTo?: (time: number) => void, choosePart?: (part: string) => void }} VideoPage */

/** @type {import('../app/main.js').Open} */
export async function open(root, route) {
  await loadStyles('library');
  const view = new LibraryView(root);
  await view.go(route, true);
  return { update: (next) => void view.go(next, false), close: () => view.close() };
}

class LibraryView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.until = new AbortController();
    this.jobs = new Jobs(this.until.signal);
    /** @type {ListView | null} */
    this.list = null;
    /** @type {VideoPage | null} */
    this.page = null;
    /** The path of the video that is shown; empty for the list. */
    this.shown = '';
    this.scrolled = 0;
  }

  /**
   * @param {import('../app/router.js').Route} route
   * @param {boolean} isArrival  The frame sees to the focus then.
   */
  async go(route, isArrival) {
    const path = route.rest;
    const time = route.query.has('t') ? Number(route.query.get('t')) : null;
    const part = route.query.get('part') ?? '';
    if (!isArrival && path === this.shown) {
      if (time !== null) this.page?.goTo?.(time);
      else this.page?.choosePart?.(part);
      return;
    }
    const before = this.shown;
    if (!before) this.scrolled = window.scrollY;
    this.shown = path;
    this.page?.close();
    this.page = null;
    if (path) await this.showVideo(path, { time, part }, isArrival);
    else this.showList(before, isArrival);
  }

  /**
   * @param {string} path
   * @param {{ time: number | null, part: string }} place
   * @param {boolean} isArrival
   */
  async showVideo(path, place, isArrival) {
    const [{ VideoView }] = await Promise.all([import('./library/video-view.js'), loadStyles('library-video')]);
    if (this.shown !== path || this.until.signal.aborted) return;
    const page = new VideoView(path, place, this.jobs, () => void this.list?.catalogue.refresh());
    this.page = page;
    this.list?.rest();
    fill(this.root, page.element);
    if (isArrival) return;
    window.scrollTo(0, 0);
    page.title.focus();
  }

  /**
   * @param {string} before  The video that was shown.
   * @param {boolean} isArrival
   */
  showList(before, isArrival) {
    document.title = strings.title(strings.views.library);
    this.list ??= new ListView(this.jobs, this.until.signal);
    fill(this.root, this.list.element);
    this.list.show();
    if (isArrival) return;
    window.scrollTo(0, this.scrolled);
    this.list.focus(before);
  }

  close() {
    this.page?.close();
    this.until.abort();
  }
}
