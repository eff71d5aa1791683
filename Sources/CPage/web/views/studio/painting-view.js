/** One painting, from the line to the picture: progress, failure, or the pictures with all that can be done with them. */

import { fill, h } from '../../lib/dom.js';
import { saveFile } from '../../lib/download.js';
import { formatWhen } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { messageOf } from '../../components/error-notice.js';
import { announce, copyText, toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { blobImage } from './blob-image.js';
import { isActive } from './paintings.js';
import { ProgressBar } from './progress.js';
import { refusalNotice } from './refusals.js';
import { titleOf } from './requests.js';

const said = words.result;

/** @param {Martlet.Painting} painting */
export function nameOf({ form }) {
  return titleOf(form, words.profile.title);
}

export class PaintingView {
  /**
   * @param {import('./paintings.js').Paintings} paintings
   * @param {(painting: Martlet.Painting, seed?: string) => void} again
   */
  constructor(paintings, again) {
    this.paintings = paintings;
    this.again = again;
    this.progress = new ProgressBar(() => this.cancel());
    this.element = h('div', { class: 'painting', tabIndex: -1 });
    /** @type {Martlet.Painting | null} */
    this.painting = null;
    this.shown = '';
  }

  /** @param {Martlet.Painting | null} painting */
  show(painting) {
    this.painting = painting;
    // The seed and the settings may go while it is shown.
    const state = painting ? `${painting.id} ${isActive(painting) ? 'active' : painting.status} ${isRepeatable(painting)}` : '';
    if (painting && isActive(painting)) this.progress.update(painting);
    if (this.shown === state) return;
    const before = this.shown;
    this.shown = state;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.dataset.status = painting?.status ?? 'none';
    fill(this.element, painting ? this.parts(painting) : null);
    if (hadFocus) this.element.focus();
    if (painting && before.startsWith(`${painting.id} active`)) this.tell(painting);
  }

  /** @param {Martlet.Painting} painting */
  parts(painting) {
    const { status, error } = painting;
    if (isActive(painting)) return [this.progress.element, h('p', { class: 'fine painting-words', dir: 'auto' }, nameOf(painting))];
    if (status === 'failed' && error) return refusalNotice(error, isRepeatable(painting) ? () => this.again(painting) : undefined);
    if (status === 'stopped') return [h('p', { class: 'muted' }, said.stopped), isRepeatable(painting) ? h('div', { class: 'row' }, this.button('retry', said.again, () => this.again(painting))) : null];
    return this.result(painting);
  }

  /** @param {Martlet.Painting} painting */
  result(painting) {
    const { pictures, caption, prompt, model, softened, created } = painting;
    const name = caption || nameOf(painting);
    const isSingle = pictures.length === 1;
    return [
      h('div', { class: `painted${isSingle ? '' : ' several'}` }, pictures.map((picture, index) =>
        h('figure', { class: 'painted-one' },
          blobImage(picture.file, isSingle ? said.alt(name) : said.altNumber(index + 1, pictures.length, name)),
          h('figcaption', null, isSingle ? h('p', { class: 'painted-caption', dir: 'auto' }, name) : null, this.facts(painting, picture))))),
      isSingle ? null : h('p', { class: 'painted-caption', dir: 'auto' }, name),
      softened ? h('p', { class: 'badge warn' }, said.softened) : null,
      isRepeatable(painting) ? isSingle ? null : h('div', { class: 'row' }, this.fresh(painting)) : h('p', { class: 'fine' }, words.history.settingsGone),
      prompt ? h('details', { class: 'painted-prompt' }, h('summary', null, said.prompt), h('p', { dir: 'auto' }, prompt)) : null,
      h('p', { class: 'fine' }, said.facts([model, formatWhen(created)])),
    ];
  }

  /**
   * @param {Martlet.Painting} painting
   * @param {Martlet.PaintedPicture} picture
   */
  facts(painting, picture) {
    const { seed, covered, file } = picture;
    // Several stand side by side.
    const isShort = painting.pictures.length > 1;
    return h('div', { class: 'painted-facts' },
      covered ? h('span', { class: 'badge warn' }, said.covered) : null,
      seed === null ? null : h('span', { class: 'painted-seed' }, h('span', { class: 'fine' }, said.seed), h('code', null, String(seed)),
        h('button', { type: 'button', class: 'button bare small square', 'aria-label': said.copySeed, title: said.copySeed, onclick: () => void copyText(String(seed), said.seedCopied) }, icon('copy'))),
      h('span', { class: 'row' },
        seed !== null && isRepeatable(painting) ? this.button('studio', said.sameSeed, () => this.again(painting, String(seed)), isShort) : null,
        isRepeatable(painting) && !isShort ? this.fresh(painting) : null,
        this.button('download', said.download, () => saveFile(words.fileName(painting.form.kind, seed, endingOf(file)), file), isShort)));
  }

  /** @param {Martlet.Painting} painting */
  fresh(painting) {
    return this.button('retry', said.newSeed, () => this.again(painting, ''));
  }

  /**
   * @param {string} symbol
   * @param {string} text
   * @param {() => void} act
   * @param {boolean} [isShort]  The text is its name alone.
   */
  button(symbol, text, act, isShort = false) {
    return isShort
      ? h('button', { type: 'button', class: 'button small square', 'aria-label': text, title: text, onclick: act }, icon(symbol))
      : h('button', { type: 'button', class: 'button small', onclick: act }, icon(symbol), text);
  }

  /** @param {Martlet.Painting} painting */
  tell(painting) {
    if (painting.status === 'done') announce(said.announceDone(painting.caption || nameOf(painting)));
    else if (painting.status === 'stopped') announce(said.announceStopped);
  }

  cancel() {
    if (this.painting) this.paintings.cancel(this.painting).catch((error) => toast(messageOf(error), 'alert'));
  }
}

/** @param {Martlet.Painting} painting */
export function isRepeatable({ form }) {
  return form.kind !== 'profile' || form.features !== null;
}

/** @param {Blob} file */
export function endingOf({ type }) {
  return type === 'image/jpeg' ? 'jpg' : type === 'image/webp' ? 'webp' : 'png';
}
