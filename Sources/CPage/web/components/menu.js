/** A button that opens a menu. Arrows walk in it, Escape and a press elsewhere close it. */

import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

/** @typedef {{ symbol?: string, text: string, act: () => void, danger?: boolean, disabled?: boolean }} Entry */

const MARGIN = 8;

/**
 * @param {HTMLButtonElement} button
 * @param {() => Entry[]} entries  Asked for when it is opened.
 * @returns {HTMLButtonElement}
 */
export function withMenu(button, entries) {
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-expanded') === 'true') return;
    open(button, entries());
  });
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    button.click();
  });
  return button;
}

/**
 * @param {HTMLButtonElement} button
 * @param {Entry[]} entries
 */
function open(button, entries) {
  const closing = new AbortController();
  const close = (/** @type {boolean} */ focusBack) => {
    if (closing.signal.aborted) return;
    closing.abort();
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    if (focusBack) button.focus();
  };
  const items = entries.map(({ symbol, text, act, danger, disabled }) =>
    h('button', {
      type: 'button', role: 'menuitem', class: `menu-item${danger ? ' danger' : ''}`, tabIndex: -1, disabled: disabled ?? false,
      onclick: () => {
        close(true);
        act();
      },
    }, symbol ? icon(symbol) : null, text));
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': button.getAttribute('aria-label') ?? button.textContent }, items);
  // Beside the button, a card would cut it off.
  (button.closest('dialog') ?? document.querySelector('main') ?? document.body).append(menu);
  place(menu, button.getBoundingClientRect());
  button.setAttribute('aria-expanded', 'true');
  const usable = items.filter((item) => !item.disabled);
  usable[0]?.focus({ preventScroll: true });
  menu.addEventListener('keydown', (event) => {
    const at = usable.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: (at + 1) % usable.length, ArrowUp: (at - 1 + usable.length) % usable.length, Home: 0, End: usable.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (to !== undefined) {
      event.preventDefault();
      usable[to]?.focus();
    }
  });
  const outside = (/** @type {Event} */ event) => {
    if (!(event.target instanceof Node && (menu.contains(event.target) || button.contains(event.target)))) close(false);
  };
  document.addEventListener('pointerdown', outside, { signal: closing.signal });
  // The menu goes with its button, and is closed when that is gone.
  document.addEventListener('scroll', () => {
    const at = button.getBoundingClientRect();
    if (at.bottom < 0 || at.top > window.innerHeight) close(false);
    else place(menu, at);
  }, { signal: closing.signal, capture: true, passive: true });
  window.addEventListener('resize', () => close(false), { signal: closing.signal });
  window.addEventListener('hashchange', () => close(false), { signal: closing.signal });
  button.addEventListener('click', () => close(false), { signal: closing.signal, capture: true });
}

/**
 * Under the button, or above where there is no room.
 *
 * @param {HTMLElement} menu
 * @param {DOMRect} at
 */
function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height <= window.innerHeight - MARGIN;
  menu.style.left = `${Math.max(MARGIN, Math.min(at.right - width, window.innerWidth - width - MARGIN))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(MARGIN, at.top - 4 - height)}px`;
}
