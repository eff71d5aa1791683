/** One video of the list: its picture, what it is, how far it is, and what can be done with it. As a card or as a row: the style decides. */

import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatBytes, formatShare, formatTime } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { picture } from '../../lib/media.js';
import { withMenu } from '../../components/menu.js';
import { words } from '../../app/strings-library.js';
import { videoLink } from './addresses.js';
import { JobStatus, statusOf } from './job-status.js';

// More have no room; those that don't fit the line are cut.
const TAGS_SHOWN = 6;

/** @typedef {'analyze' | 'cancel' | 'retry' | 'front' | 'remove'} Action */

/** What the main button does in each state. */
const MAIN = /** @type {Record<string, [Action, string] | null>} */ ({
  none: ['analyze', 'analyze'], cancelled: ['retry', 'retry'], failed: ['retry', 'retry'], pending: ['cancel', 'close'], processing: ['cancel', 'close'],
  retrying: ['cancel', 'close'], completed: null,
});

export class VideoCard {
  /**
   * @param {Martlet.LibraryVideo} video
   * @param {(action: Action, video: Martlet.LibraryVideo) => void} act
   */
  constructor(video, act) {
    this.video = video;
    this.act = act;
    const id = uniqueId('video');
    const link = videoLink(video.path);
    this.pick = h('input', { type: 'checkbox', dataset: { path: video.path } });
    this.still = h('span', { class: 'video-picture' });
    this.length = h('span', { class: 'video-length figure' });
    this.link = h('a', { href: link });
    this.facts = h('p', { class: 'fine video-facts' });
    this.tags = h('p', { class: 'video-tags' });
    this.status = new JobStatus(video.title);
    this.coverage = h('span');
    this.coverageText = h('span', { class: 'fine figure' });
    this.coverageTrack = h('div', { class: 'coverage', role: 'meter', 'aria-label': words.coverage, 'aria-valuemin': '0', 'aria-valuemax': '100' }, this.coverage);
    this.coverageRow = h('div', { class: 'coverage-row' }, this.coverageTrack, this.coverageText);
    this.main = h('button', { type: 'button', class: 'button small', onclick: () => this.action && this.act(this.action, this.video) });
    this.more = withMenu(h('button', { type: 'button', class: 'button bare small square' }, icon('more')), () => this.entries());
    this.element = h('article', { class: 'panel video', role: 'listitem', 'aria-labelledby': id, dataset: { path: video.path } },
      h('label', { class: 'video-pick' }, this.pick),
      h('a', { class: 'video-still', href: link, tabIndex: -1, 'aria-hidden': 'true' }, icon('film'), this.still, this.length),
      h('div', { class: 'video-text' }, h('h2', { id }, this.link), this.facts, this.tags),
      h('div', { class: 'video-state' }, this.status.element, this.coverageRow),
      h('div', { class: 'video-actions' }, this.main, this.more));
    this.drawn = '';
    /** @type {string | null} */
    this.thumbnail = null;
    this.update(video);
  }

  /** @param {Martlet.LibraryVideo} video */
  update(video) {
    this.video = video;
    const status = statusOf(video);
    this.status.update(status, video.job);
    const { job, ...rest } = video;
    // Progress comes several times a second: the rest is drawn only when it has changed.
    const drawing = JSON.stringify([rest, status]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.drawText(video);
    this.drawCoverage(video);
    this.drawActions(status);
    this.element.dataset.status = status;
  }

  /** @param {Martlet.LibraryVideo} video */
  drawText({ title, path, duration, width, height, file_size: bytes, tags, tag_count: tagCount, thumbnail_path: thumbnail, available }) {
    setText(this.link, title);
    this.link.title = title;
    this.pick.setAttribute('aria-label', words.select(title));
    this.more.setAttribute('aria-label', words.actionsFor(title));
    setText(this.length, duration > 0 ? formatTime(duration) : '');
    this.length.hidden = !(duration > 0);
    if (thumbnail !== this.thumbnail) fill(this.still, thumbnail ? picture(thumbnail) : null);
    this.thumbnail = thumbnail;
    setText(this.facts, available ? [path.split('/').at(-1), width && height ? `${width} × ${height}` : null, bytes ? formatBytes(bytes) : null].filter(Boolean).join(' · ') : words.missing);
    this.facts.title = path;
    this.facts.classList.toggle('missing', !available);
    this.tags.hidden = tagCount === 0;
    fill(this.tags,
      h('span', { class: 'badge accent' }, icon('tag'), words.tags(tagCount)),
      tags.slice(0, TAGS_SHOWN).map((tag) => h('span', { class: 'badge' }, tag)));
  }

  /** @param {Martlet.LibraryVideo} video */
  drawCoverage({ has_ai_data: hasData, timestamp_count: count, coverage }) {
    const share = Math.min(1, Math.max(0, coverage || 0));
    this.coverageRow.hidden = !hasData && count === 0;
    this.coverage.style.inlineSize = `${share * 100}%`;
    this.coverageTrack.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    setText(this.coverageText, words.coverageOf(formatShare(share)));
  }

  /** @param {string} status */
  drawActions(status) {
    const main = MAIN[status];
    this.action = main?.[0] ?? null;
    const hadFocus = document.activeElement === this.main;
    this.main.hidden = !main || (!this.video.available && main[0] === 'analyze');
    if (main) {
      const text = words[/** @type {'analyze' | 'cancel' | 'retry'} */ (main[0])];
      fill(this.main, icon(main[1]), text);
      this.main.setAttribute('aria-label', words.actionOn(text, this.video.title));
    } else if (hadFocus) {
      this.more.focus();
    }
  }

  /** @returns {import('../../components/menu.js').Entry[]} */
  entries() {
    const status = statusOf(this.video);
    const act = (/** @type {Action} */ action) => () => this.act(action, this.video);
    const isActive = ['pending', 'processing', 'retrying'].includes(status);
    return [
      ...(isActive ? [] : [{ symbol: 'analyze', text: words.analyze, act: act('analyze'), disabled: !this.video.available }]),
      { symbol: 'top', text: words.toFront, act: act('front') },
      { symbol: 'trash', text: words.remove, act: act('remove'), danger: true },
    ];
  }
}
