/** Asks for the access token when the server wants one. */

import { setToken, token, whenTokenIsNeeded } from '../lib/api.js';
import { h, uniqueId } from '../lib/dom.js';
import { strings } from './strings.js';

/** @returns {Promise<boolean>} */
function ask() {
  const known = token() !== null;
  const titleId = uniqueId('token');
  const fieldId = uniqueId('token');
  const field = h('input', { id: fieldId, class: 'input', type: 'password', autocomplete: 'current-password', required: true });
  const remember = h('input', { type: 'checkbox' });
  return new Promise((resolve) => {
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': titleId },
      h('form', { method: 'dialog' },
        h('h2', { id: titleId }, strings.token.title),
        h('p', { class: 'muted' }, strings.token.lead),
        h('div', { class: 'field' },
          h('label', { htmlFor: fieldId }, strings.token.label),
          field,
          known ? h('p', { class: 'wrong', role: 'alert' }, strings.token.wrong) : null),
        h('label', { class: 'check' }, remember, strings.token.remember),
        h('div', { class: 'actions' },
          h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel),
          h('button', { class: 'button primary', value: 'go' }, strings.token.go))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      const given = dialog.returnValue === 'go' && field.value.trim() !== '';
      if (given) setToken(field.value.trim(), remember.checked);
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function startAuth() {
  whenTokenIsNeeded(ask);
}
