/** Fields with a label, a hint, and the place where it is said what is wrong. */

import { h, setText, uniqueId } from '../../lib/dom.js';

/**
 * @typedef {{
 *   element: HTMLElement,
 *   input: HTMLInputElement | HTMLSelectElement,
 *   fail: (text: string) => void,
 * }} Field
 */

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} input
 * @param {string} [hint]
 * @returns {Field}
 */
export function field(label, input, hint) {
  const id = uniqueId('field');
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true });
  input.id = id;
  input.classList.add('input');
  input.setAttribute('aria-describedby', hint ? `${id}-wrong ${id}-hint` : `${id}-wrong`);
  const element = h('div', { class: 'field' }, h('label', { htmlFor: id }, label), input, wrong, hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null);
  const fail = (/** @type {string} */ text) => {
    input.setAttribute('aria-invalid', String(text !== ''));
    wrong.hidden = text === '';
    setText(wrong, text);
  };
  input.addEventListener('input', () => fail(''));
  return { element, input, fail };
}

/**
 * Puts the server's words about fields beside these. What belongs to none is given back.
 *
 * @param {any} error
 * @param {(param: string) => Pick<Field, 'fail'> | null | undefined} fieldOf
 * @returns {boolean}  Whether every word found its place.
 */
export function showFaults(error, fieldOf) {
  /** @type {{ param: string | null, message: string }[]} */
  const faults = Array.isArray(error?.details?.errors) ? error.details.errors : [{ param: error?.param ?? null, message: error?.message ?? '' }];
  let placed = 0;
  for (const { param, message } of faults) {
    const place = param === null ? null : fieldOf(param);
    if (!place) continue;
    place.fail(message);
    placed += 1;
  }
  return placed === faults.length;
}

/**
 * A time as people write it: 83.4, 1:23.4, 1:02:03. Null when it isn't one.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseTime(text) {
  const written = text.trim().replace(',', '.');
  if (!/^(?:\d+:)?(?:\d+:)?\d+(?:\.\d+)?$/.test(written)) return null;
  return written.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/**
 * A number as people write it, null when it isn't one.
 *
 * @param {string} text
 */
export function parseNumber(text) {
  const written = text.trim().replace(',', '.');
  return /^-?\d+(?:\.\d+)?$/.test(written) ? Number(written) : null;
}
