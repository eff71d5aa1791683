/** An error as the server tells it: what, its code, the request, and a way to try again once that makes sense. */

import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from '../app/strings.js';

/**
 * @param {{ title?: string, message: string, code?: string | null, requestId?: string | null, retryAt?: number | null, onretry?: () => void, role?: string }} error
 */
export function errorNotice({ title, message, code, requestId, retryAt, onretry, role = 'alert' }) {
  const facts = [code && strings.common.code(code), requestId && strings.common.request(requestId)].filter(Boolean).join(' · ');
  return h('div', { class: 'notice bad', role },
    icon('alert'),
    h('div', null,
      title ? h('strong', null, title) : null,
      h('span', null, message),
      facts ? h('span', { class: 'fine figure' }, facts) : null,
      onretry ? h('div', { class: 'row' }, retryButton(onretry, retryAt ?? null)) : null));
}

/**
 * @param {() => void} onretry
 * @param {number | null} retryAt  When the server can be asked again; counted down.
 */
function retryButton(onretry, retryAt) {
  const label = h('span', null, strings.common.retry);
  const button = h('button', { type: 'button', class: 'button small', onclick: onretry }, icon('retry'), label);
  if (retryAt === null || retryAt <= Date.now()) return button;
  const tick = () => {
    const left = Math.ceil((retryAt - Date.now()) / 1000);
    button.disabled = left > 0;
    label.textContent = left > 0 ? strings.common.retryIn(left) : strings.common.retry;
    if (left <= 0) clearInterval(timer);
  };
  const timer = setInterval(() => (button.isConnected ? tick() : clearInterval(timer)), 1000);
  tick();
  return button;
}

/**
 * What an error says to people.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  const { status, message } = /** @type {{ status?: number, message?: string }} */ (error ?? {});
  return status === 0 || !message ? strings.common.connection : message;
}
