/**
 * `<martlet-drop>`: takes a video by choosing, dropping or pasting, and an address by typing or pasting. Says `martlet-file` with a
 * file, `martlet-url` with an address.
 */

import { h, setText, uniqueId } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from '../app/strings.js';
import { toast } from './toast.js';

const words = strings.ask;
/** What a file dialog offers: browsers know no type for some containers. */
export const VIDEO_FILES = 'video/*,.mkv,.avi,.mov,.mpg,.mpeg,.ts,.webm';

/**
 * @param {string} text
 * @returns {string | null}
 */
export function webAddress(text) {
  try {
    const url = new URL(text.trim());
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

export class FileDrop extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const inputId = uniqueId('file');
    const urlId = uniqueId('url');
    this.input = h('input', { type: 'file', id: inputId, class: 'unseen', accept: VIDEO_FILES, onchange: () => this.takeFiles(this.input?.files) });
    this.input.tabIndex = -1;
    this.input.setAttribute('aria-hidden', 'true');
    this.url = h('input', {
      class: 'input', id: urlId, type: 'url', inputMode: 'url', placeholder: words.urlPlaceholder, autocomplete: 'off', spellcheck: false, 'aria-describedby': `${urlId}-wrong`,
    });
    this.wrong = h('p', { class: 'wrong', id: `${urlId}-wrong`, hidden: true, role: 'alert' });
    this.append(
      h('div', { class: 'drop-zone' },
        h('span', { class: 'drop-sign' }, icon('film')),
        h('p', { class: 'drop-title' }, words.drop),
        h('p', { class: 'muted' }, words.or),
        this.input,
        h('button', { type: 'button', class: 'button primary', onclick: () => this.input?.click() }, icon('upload'), words.choose)),
      h('form', { class: 'drop-url', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.takeUrl(event) },
        h('div', { class: 'field' },
          h('label', { htmlFor: urlId }, words.urlLabel),
          h('div', { class: 'drop-url-row' }, this.url, h('button', { class: 'button' }, words.urlUse)),
          this.wrong)));
  }

  /** Opens the browser's file dialog. */
  browse() {
    this.input?.click();
  }

  /** @param {string} url */
  prefill(url) {
    if (this.url) this.url.value = url;
  }

  /** @param {FileList | null | undefined} files */
  takeFiles(files) {
    const file = files?.[0];
    if (!file) return;
    if (file.size === 0) toast(words.empty, 'alert');
    else this.dispatchEvent(new CustomEvent('martlet-file', { detail: file, bubbles: true }));
    if (this.input) this.input.value = '';
  }

  /** @param {SubmitEvent} event */
  takeUrl(event) {
    event.preventDefault();
    const { url, wrong } = this;
    if (!url || !wrong) return;
    const address = webAddress(url.value);
    wrong.hidden = address !== null;
    setText(wrong, address ? '' : words.urlWrong);
    if (address) this.dispatchEvent(new CustomEvent('martlet-url', { detail: address, bubbles: true }));
    else {
      url.setAttribute('aria-invalid', 'true');
      url.focus();
    }
  }
}

customElements.define('martlet-drop', FileDrop);

/**
 * Takes files dropped anywhere on the page, and files and addresses pasted outside of text fields.
 *
 * @param {HTMLElement} overlay  Shown while something is dragged over the page.
 * @param {{ files: (files: File[]) => void, url: (url: string) => void }} takers
 * @param {AbortSignal} until
 */
export function takeFromAnywhere(overlay, takers, until) {
  let depth = 0;
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') || event.dataTransfer?.types.includes('text/uri-list');
  /** @type {(name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) => void} */
  const on = (name, act) => document.addEventListener(name, (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    act(event);
  }, { signal: until });
  const show = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    overlay.hidden = depth === 0;
  };
  const take = (/** @type {DataTransfer | null} */ data) => {
    const files = [...(data?.files ?? [])];
    const address = webAddress(data?.getData('text/uri-list').split('\n')[0] || data?.getData('text/plain') || '');
    if (files.length) takers.files(files);
    else if (address) takers.url(address);
    return files.length > 0 || address !== null;
  };
  on('dragenter', () => show(1));
  on('dragleave', () => show(-1));
  on('dragover', () => {});
  on('drop', (event) => {
    show(-depth);
    take(event.dataTransfer);
  });
  document.addEventListener('paste', (event) => {
    const inField = event.target instanceof Element && event.target.closest('input, textarea');
    if (inField && !event.clipboardData?.files.length) return;
    if (take(event.clipboardData)) event.preventDefault();
  }, { signal: until });
}
