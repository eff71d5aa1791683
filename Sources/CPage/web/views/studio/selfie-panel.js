/** Takes a picture of somebody and has the features of the face read from it. */

import { request, wasAborted } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { letGo } from '../../lib/media.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { announce, toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { drawFaces } from './face-boxes.js';

const said = words.selfie;

export class SelfiePanel {
  /** @param {{ onfeatures: (analysis: Martlet.SelfieAnalysis) => void, ondescribe: () => void }} takers */
  constructor({ onfeatures, ondescribe }) {
    this.onfeatures = onfeatures;
    this.ondescribe = ondescribe;
    this.input = this.fileInput();
    // On a phone or a tablet this opens the camera at once.
    this.camera = this.fileInput();
    this.camera.setAttribute('capture', 'user');
    const hasCamera = matchMedia('(pointer: coarse)').matches;
    this.zone = h('div', { class: 'drop-zone selfie-zone' },
      h('span', { class: 'drop-sign' }, icon('studio')),
      h('p', { class: 'drop-title' }, said.drop),
      h('p', { class: 'fine' }, said.note),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button primary', onclick: () => this.input.click() }, icon('upload'), said.choose),
        hasCamera ? h('button', { type: 'button', class: 'button', onclick: () => this.camera.click() }, said.take) : null,
        h('button', { type: 'button', class: 'button', onclick: () => this.describe() }, icon('edit'), said.describe)));
    this.image = h('img', { alt: said.preview });
    this.faces = h('div', { class: 'face-boxes' });
    this.status = h('p', { class: 'selfie-status', role: 'status' });
    this.busy = h('div', { class: 'progress unknown', role: 'progressbar', 'aria-label': said.working }, h('span'));
    this.notes = h('div', { class: 'selfie-notes' });
    this.preview = h('div', { class: 'selfie', hidden: true },
      h('div', { class: 'selfie-picture' }, this.image, this.faces),
      h('div', { class: 'selfie-side' }, this.status, this.busy, this.notes,
        h('div', { class: 'row' },
          h('button', { type: 'button', class: 'button small', onclick: () => this.input.click() }, icon('upload'), said.another),
          h('button', { type: 'button', class: 'button small bare', onclick: () => this.remove() }, icon('close'), said.remove))));
    this.element = h('section', { class: 'selfie-panel', 'aria-label': said.title }, this.input, this.camera, this.zone, this.preview);
    /** @type {File | null} */
    this.file = null;
    this.address = '';
    this.reading = new AbortController();
  }

  fileInput() {
    const input = h('input', { type: 'file', class: 'unseen', accept: 'image/*', onchange: () => this.take([...(input.files ?? [])], input) });
    input.tabIndex = -1;
    input.setAttribute('aria-hidden', 'true');
    return input;
  }

  /**
   * @param {File[]} files
   * @param {HTMLInputElement | null} [input]
   */
  take([file], input = null) {
    if (file && file.size === 0) toast(said.empty, 'alert');
    else if (file && file.type && !file.type.startsWith('image/')) toast(said.onlyPictures, 'alert');
    else if (file) this.read(file, 0);
    if (input) input.value = '';
  }

  /**
   * @param {File} file
   * @param {number} face
   */
  async read(file, face) {
    this.reading.abort();
    const { signal } = (this.reading = new AbortController());
    if (this.file !== file) this.showFile(file);
    this.show(said.working, true);
    const form = new FormData();
    form.append('selfie', file, file.name || 'selfie');
    if (face) form.append('face', String(face));
    try {
      const response = await request('/v1/profile/analyze', { method: 'POST', body: form, headers: { Accept: 'application/json' }, signal });
      this.found(/** @type {Martlet.SelfieAnalysis} */ (await response.json()), face);
    } catch (error) {
      if (!wasAborted(error)) this.fail(error);
    }
  }

  /** @param {File} file */
  showFile(file) {
    letGo(this.address);
    this.file = file;
    this.address = URL.createObjectURL(file);
    this.image.src = this.address;
    fill(this.faces);
    this.zone.hidden = true;
    this.preview.hidden = false;
  }

  /**
   * @param {string} text
   * @param {boolean} isBusy
   * @param {...import('../../lib/dom.js').Child} notes
   */
  show(text, isBusy, ...notes) {
    this.status.textContent = text;
    this.status.hidden = text === '';
    this.busy.hidden = !isBusy;
    this.preview.setAttribute('aria-busy', String(isBusy));
    fill(this.notes, ...notes);
  }

  /**
   * @param {Martlet.SelfieAnalysis} analysis
   * @param {number} face
   */
  async found(analysis, face) {
    const { tips = [], faces = [], avatar_features: features } = analysis;
    this.show(said.done, false, faces.length > 1 ? h('p', null, said.faces(faces.length)) : null, tipList(tips));
    announce(said.done);
    this.onfeatures(analysis);
    const boxes = faces.length ? faces : features.meta?.face_box ? [features.meta.face_box] : [];
    await this.image.decode().catch(() => {});
    const { file } = this;
    drawFaces(this.faces, this.image, boxes, Math.min(face, boxes.length - 1), (index) => file && void this.read(file, index));
  }

  /** @param {any} error */
  fail(error) {
    const { code, requestId, retryAfter, details } = error;
    const { file } = this;
    const again = () => file && void this.read(file, 0);
    const describe = h('div', { class: 'row' }, h('button', { type: 'button', class: 'button small', onclick: () => this.describe() }, icon('edit'), said.describe));
    if (code === 'bad_selfie') this.show('', false, errorNotice({ title: said.bad, message: said.reasons[details?.reason] ?? messageOf(error), code, requestId }), tipList(details?.tips ?? []));
    else if (code === 'no_vision_model') {
      const notice = h('div', { class: 'notice warn', role: 'alert' }, icon('alert'), h('div', null, h('strong', null, said.noVision), h('span', null, messageOf(error)), h('span', null, said.noVisionText), describe));
      this.show('', false, notice);
    } else this.show('', false, errorNotice({ title: said.failed, message: messageOf(error), code, requestId, retryAt: retryAfter ? Date.now() + retryAfter : null, onretry: again }));
  }

  describe() {
    this.remove(false);
    this.ondescribe();
  }

  /** @param {boolean} [isFocused] */
  remove(isFocused = true) {
    this.reading.abort();
    letGo(this.address);
    this.address = '';
    this.file = null;
    this.image.removeAttribute('src');
    fill(this.faces);
    this.preview.hidden = true;
    this.zone.hidden = false;
    if (isFocused) this.zone.querySelector('button')?.focus();
  }
}

/** @param {Martlet.SelfieTip[]} tips */
function tipList(tips) {
  return tips.length ? h('div', { class: 'selfie-tips' }, h('h2', null, said.tips), h('ul', null, tips.map(({ message }) => h('li', null, icon('info'), h('span', null, message))))) : null;
}
