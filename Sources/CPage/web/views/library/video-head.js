/** The head of a video's page: its title and state, and what can be done with it as a whole. */

import { json, request } from '../../lib/api.js';
import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { nameFrom, saveFile } from '../../lib/download.js';
import { formatBytes, formatNumber, formatTime } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { messageOf } from '../../components/error-notice.js';
import { withMenu } from '../../components/menu.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { videoAddress } from './addresses.js';
import { field } from './fields.js';
import { JobStatus, statusOf } from './job-status.js';
import { cancelJob, isOver, retryJob } from './jobs.js';

export class VideoHead {
  /**
   * @param {string} path
   * @param {{ onChanged: (video: Martlet.LibraryVideo) => void, onJob: () => void, onRemoved: () => void }} listeners
   */
  constructor(path, { onChanged, onJob, onRemoved }) {
    this.path = path;
    this.onChanged = onChanged;
    this.onJob = onJob;
    this.onRemoved = onRemoved;
    this.title = h('h1', { tabIndex: -1 }, path.split('/').at(-1) ?? '');
    this.facts = h('p', { class: 'fine figure' });
    this.status = new JobStatus(this.title.textContent ?? '');
    this.main = h('button', { type: 'button', class: 'button primary' });
    this.export = withMenu(h('button', { type: 'button', class: 'button' }, icon('download'), words.export),
      () => words.exports.map(([format, text]) => ({ text, act: () => void this.save(format) })));
    this.more = withMenu(h('button', { type: 'button', class: 'button bare square', 'aria-label': words.actionsFor(path.split('/').at(-1) ?? '') }, icon('more')), () => [
      { symbol: 'edit', text: words.rename, act: () => this.rename() },
      { symbol: 'trash', text: words.remove, act: () => void this.remove(), danger: true },
    ]);
    this.actions = h('div', { class: 'row film-actions', hidden: true }, this.main, this.export, this.more);
    this.element = h('header', { class: 'film-head' },
      h('a', { class: 'quiet-link film-back', href: '#/library' }, icon('back'), words.back),
      h('div', { class: 'film-title' }, h('div', { class: 'film-name' }, this.title, this.facts), this.actions),
      this.status.element);
    this.status.element.hidden = true;
    this.main.addEventListener('click', () => void this.act());
  }

  /** @param {Martlet.LibraryVideo} video */
  show(video) {
    this.video = video;
    const { title, path, duration, width, height, fps, codec, file_size: bytes, job } = video;
    setText(this.title, title);
    document.title = strings.title(title);
    setText(this.facts, words.facts([
      path, duration > 0 ? formatTime(duration) : null, width && height ? `${width} × ${height}` : null, fps ? `${formatNumber(fps, 2)} fps` : null, codec, bytes ? formatBytes(bytes) : null,
    ]));
    const status = statusOf(video);
    this.status.element.hidden = false;
    this.status.update(status, job);
    this.actions.hidden = false;
    const [action, symbol, text] = job && !isOver(job) ? ['cancel', 'close', words.cancel]
      : job && job.status === 'failed' ? ['retry', 'retry', words.retry]
        : ['analyze', 'analyze', status === 'none' ? words.analyze : words.reanalyze];
    if (this.main.dataset.action === action && this.main.textContent === text) return;
    this.main.dataset.action = action;
    this.main.classList.toggle('primary', action !== 'cancel');
    fill(this.main, icon(symbol), text);
  }

  async act() {
    const { job } = this.video ?? {};
    const { action } = this.main.dataset;
    if (action === 'analyze') {
      const { openAnalyze } = await import('./analyze-sheet.js');
      openAnalyze(this.path, this.onJob);
      return;
    }
    if (!job) return;
    this.main.disabled = true;
    await this.tried(action === 'cancel' ? cancelJob(job.id) : retryJob(job.id), action === 'cancel' ? words.done.cancel : words.done.retry);
    this.main.disabled = false;
    this.onJob();
  }

  /**
   * @param {Promise<unknown>} work
   * @param {string} said
   */
  async tried(work, said) {
    try {
      await work;
      toast(said);
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }

  /** @param {string} format */
  async save(format) {
    try {
      const response = await request(videoAddress(this.path, `/export?format=${format}`));
      saveFile(nameFrom(response, `video.${format}`), await response.blob());
      toast(words.exported);
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }

  rename() {
    const titleId = uniqueId('rename');
    const name = field(words.renameLabel, h('input', { value: this.video?.title ?? '', autocomplete: 'off', maxLength: 300 }));
    const send = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      try {
        this.onChanged(await json('PATCH', videoAddress(this.path), { title: name.input.value.trim() }));
        toast(words.done.renamed);
        dialog.close();
      } catch (error) {
        name.fail(messageOf(error));
      }
    };
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': titleId },
      h('form', { noValidate: true, onsubmit: send },
        h('h2', { id: titleId }, words.renameTitle), name.element,
        h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel), h('button', { class: 'button primary' }, words.save))));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async remove() {
    if (!(await confirm({ title: words.removeTitle(1, this.video?.title ?? ''), text: words.removeText, action: words.remove }))) return;
    try {
      await json('DELETE', videoAddress(this.path));
      toast(words.done.removed(1));
      this.onRemoved();
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }
}
