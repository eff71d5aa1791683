import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { strings } from './strings.js';

const KEY = 'martlet.theme';
const THEMES = /** @type {[string, string, string][]} */ ([
  ['light', 'sun', strings.theme.light],
  ['auto', 'auto', strings.theme.auto],
  ['dark', 'moon', strings.theme.dark],
]);

function current() {
  return document.documentElement.dataset.theme ?? 'auto';
}

/** @param {string} theme */
function choose(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is closed: the choice lasts as long as the page.
  }
}

/** Light, as the system, dark. */
export function themeSwitch() {
  const group = h('div', { class: 'theme-switch', role: 'group', 'aria-label': strings.theme.label });
  for (const [theme, symbol, label] of THEMES) {
    group.append(
      h('button', {
        type: 'button', title: label, 'aria-label': label, 'aria-pressed': String(current() === theme),
        onclick: (/** @type {MouseEvent} */ event) => {
          choose(theme);
          for (const button of group.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
        },
      }, icon(symbol)));
  }
  return group;
}
