/** Adds a video from an address: the server fetches it. */

import { json } from '../../lib/api.js';
import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { webAddress } from '../../components/file-drop.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { addingError } from './adding-panel.js';

/**
 * @param {string} given  An address that is known already.
 * @param {(job: Martlet.Job, url: string) => void} onBegun
 */
export function openUrl(given, onBegun) {
  const [titleId, urlId, nameId] = ['url', 'url', 'url'].map(uniqueId);
  const url = h('input', { class: 'input', id: urlId, type: 'url', inputMode: 'url', value: given, placeholder: strings.ask.urlPlaceholder, autocomplete: 'off', spellcheck: false, 'aria-describedby': `${urlId}-wrong ${urlId}-hint` });
  const name = h('input', { class: 'input', id: nameId, autocomplete: 'off', 'aria-describedby': `${nameId}-hint` });
  const wrong = h('p', { class: 'wrong', id: `${urlId}-wrong`, role: 'alert' });
  const trouble = h('div');
  const go = h('button', { class: 'button primary' }, words.url.go);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const address = webAddress(url.value);
    setText(wrong, address ? '' : words.url.wrong);
    url.setAttribute('aria-invalid', String(!address));
    fill(trouble);
    if (!address) {
      url.focus();
      return;
    }
    go.disabled = true;
    try {
      onBegun(await json('POST', '/api/videos/', { url: address, ...(name.value.trim() ? { title: name.value.trim() } : {}) }), address);
      dialog.close();
    } catch (error) {
      fill(trouble, addingError(error));
      go.disabled = false;
    }
  };
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': titleId },
    h('form', { noValidate: true, onsubmit: send },
      h('h2', { id: titleId }, words.url.title),
      h('div', { class: 'field' }, h('label', { htmlFor: urlId }, words.url.label), url, wrong, h('p', { class: 'hint', id: `${urlId}-hint` }, words.url.hint)),
      h('div', { class: 'field' }, h('label', { htmlFor: nameId }, words.url.name), name, h('p', { class: 'hint', id: `${nameId}-hint` }, words.url.nameHint)),
      trouble,
      h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel), go)));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('.notice a')) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
