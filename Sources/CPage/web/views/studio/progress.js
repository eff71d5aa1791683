/** How far a painting is, in words and as a bar. */

import { h, setText } from '../../lib/dom.js';
import { formatDuration, formatShare } from '../../lib/format.js';
import { words } from '../../app/strings-studio.js';

const said = words.progress;

/**
 * @param {Martlet.Painting} painting
 * @returns {string}
 */
export function stageText({ status, job }) {
  if (status === 'sending') return said.sending;
  if (status === 'fetching') return said.fetching;
  const stage = job?.stage;
  if (stage === 'retrying') return said.retrying;
  if (!stage || stage === 'queue') return job?.total ? said.place(job.total) : said.waiting;
  return said.stages[stage] ?? said.working;
}

/**
 * What is counted, and how long it will take.
 *
 * @param {Martlet.Painting} painting
 */
export function figuresText({ status, job, form }) {
  if (status !== 'working' || !job) return '';
  const { stage, done, total, unit, eta_seconds: left } = job;
  const counted = stage === 'paint' && total ? countText(done ?? 0, total, unit === 'steps' || total > (form.kind === 'words' ? form.count : 1)) : '';
  return [counted, left === null || left === undefined || left <= 0 ? '' : said.left(formatDuration(left))].filter(Boolean).join(' · ');
}

/**
 * Sampler steps where the engine tells them; else pictures, of which one may be done in part.
 *
 * @param {number} done
 * @param {number} total
 * @param {boolean} isSteps
 */
function countText(done, total, isSteps) {
  if (isSteps) return said.steps(done, total);
  if (total > 1) return said.pictures(Math.floor(done), total);
  return done > 0 && done < total ? formatShare(done / total) : '';
}

export class ProgressBar {
  /** @param {() => void} oncancel */
  constructor(oncancel) {
    this.stage = h('p', { class: 'paint-stage', role: 'status' });
    this.figures = h('p', { class: 'fine figure' });
    this.bar = h('span');
    this.track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': said.bar, 'aria-valuemin': '0', 'aria-valuemax': '100' }, this.bar);
    this.cancel = h('button', { type: 'button', class: 'button small', onclick: oncancel }, said.cancel);
    this.element = h('div', { class: 'paint-progress' }, h('div', { class: 'paint-canvas', 'aria-hidden': 'true' }),
      h('div', { class: 'paint-line' }, h('div', null, this.stage, this.figures), this.cancel), this.track);
    this.painting = '';
    this.furthest = 0;
  }

  /** @param {Martlet.Painting} painting */
  update(painting) {
    if (this.painting !== painting.id) this.furthest = 0;
    this.painting = painting.id;
    setText(this.stage, stageText(painting));
    setText(this.figures, figuresText(painting));
    const stage = painting.job?.stage;
    // What was shown as done stays so, but for a new try.
    this.furthest = stage === 'retrying' ? 0 : Math.max(this.furthest, painting.status === 'fetching' ? 100 : painting.job?.progress ?? 0);
    const isKnown = this.furthest > 0 && stage !== 'queue';
    this.track.classList.toggle('unknown', !isKnown);
    this.bar.style.inlineSize = isKnown ? `${this.furthest}%` : '';
    if (isKnown) this.track.setAttribute('aria-valuenow', String(this.furthest));
    else this.track.removeAttribute('aria-valuenow');
    this.cancel.hidden = painting.status === 'fetching';
  }
}
