/** Dialogs by the browser's own element: it keeps the focus inside and gives it back. */

import { h, uniqueId } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from '../app/strings.js';

/**
 * Asks before something is lost, or before much is begun.
 *
 * @param {{ title: string, text: string, action: string, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action, danger = true }) {
  const titleId = uniqueId('dialog');
  return new Promise((resolve) => {
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': titleId },
      h('form', { method: 'dialog' },
        h('h2', { id: titleId }, title),
        h('p', null, text),
        h('div', { class: 'actions' },
          h('button', { class: 'button', value: 'no' }, strings.common.cancel),
          h('button', { class: `button primary${danger ? ' danger' : ''}`, value: 'yes' }, action))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * A sheet from the right. A click beside it closes it.
 *
 * @param {string} title
 * @param {{ tools?: Node[], body: Node, foot?: Node[], onclose?: () => void }} parts
 */
export function sheet(title, { tools = [], body, foot = [], onclose }) {
  const titleId = uniqueId('sheet');
  const dialog = h('dialog', { class: 'sheet', 'aria-labelledby': titleId },
    h('div', { class: 'sheet-head' },
      h('h2', { id: titleId }, title),
      h('button', { type: 'button', class: 'button bare square', 'aria-label': strings.common.close, onclick: () => dialog.close() }, icon('close'))),
    tools.length ? h('div', { class: 'sheet-tools' }, tools) : null,
    h('div', { class: 'sheet-body' }, body),
    foot.length ? h('div', { class: 'sheet-foot' }, foot) : null);
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog && event.clientX < dialog.getBoundingClientRect().left) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
