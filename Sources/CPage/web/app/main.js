/** The frame around the views: navigation, the view of the address, focus, the live connection. */

import { fill, find, h, setText } from '../lib/dom.js';
import { icon, mark } from '../lib/icons.js';
import { announce } from '../components/toast.js';
import { startAuth } from './auth.js';
import { connection, startLive } from './live.js';
import { currentRoute } from './router.js';
import { strings } from './strings.js';
import { themeSwitch } from './theme.js';

/** @typedef {import('./router.js').Route} Route */
/** @typedef {{ title?: string, update?: (route: Route) => void, close?: () => void }} View */
/** @typedef {(root: HTMLElement, route: Route) => View | Promise<View>} Open */

const placeholder = () => import('../views/placeholder.js');
/**
 * Each view is loaded when it is first gone to.
 *
 * @type {Record<string, () => Promise<{ open: Open }>>}
 */
const views = {
  ask: () => import('../views/ask.js'),
  library: () => import('../views/library.js'),
  voice: () => import('../views/voice.js'),
  studio: () => import('../views/studio.js'),
  agents: placeholder,
  models: () => import('../views/models.js'),
  system: () => import('../views/system.js'),
};

const main = find(document, '#main');
/** @type {Map<string, HTMLAnchorElement>} */
const links = new Map();
let shown = '';
/** @type {View | null} */
let view = null;

function buildFrame() {
  const names = /** @type {Record<string, string>} */ (strings.views);
  for (const name of Object.keys(views)) {
    links.set(name, h('a', { href: `#/${name}` }, icon(name), h('span', null, names[name])));
  }
  fill(find(document, '#rail'),
    h('a', { class: 'brand', href: '#/ask' }, mark(), h('span', null, strings.name)),
    h('nav', { class: 'nav', 'aria-label': strings.frame.navigation }, h('ul', null, [...links.values()].map((link) => h('li', null, link)))),
    h('div', { class: 'rail-foot' },
      h('a', { class: 'quiet-link', href: '/docs' }, icon('book'), h('span', null, strings.frame.api)),
      themeSwitch()));
}

function watchConnection() {
  const line = h('p', { class: 'connection', role: 'status', hidden: true });
  main.before(line);
  let lost = 0;
  connection.watch((state) => {
    clearTimeout(lost);
    // A reconnect that works at once isn't worth a word.
    if (state === 'lost') {
      lost = window.setTimeout(() => {
        line.hidden = false;
        setText(line, strings.frame.connectionLost);
      }, 1500);
    } else if (!line.hidden) {
      line.hidden = true;
      setText(line, '');
      announce(strings.frame.connectionBack);
    }
  });
}

async function show() {
  const route = currentRoute();
  const name = route.view in views ? route.view : 'ask';
  if (name === shown && view) {
    view.update?.(route);
    return;
  }
  const first = shown === '';
  shown = name;
  view?.close?.();
  view = null;
  for (const [one, link] of links) {
    if (one === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const title = /** @type {Record<string, string>} */ (strings.views)[name];
  document.title = strings.title(title);
  const root = h('div', { class: `view view-${name}` });
  try {
    const { open } = await views[name]();
    if (shown !== name) return;
    fill(main, root);
    view = await open(root, { ...route, view: name });
    if (shown !== name) {
      view.close?.();
      return;
    }
  } catch (error) {
    console.error(error);
    fill(main, h('div', { class: 'view' },
      h('h1', { tabIndex: -1 }, title),
      h('p', null, strings.frame.viewFailed),
      h('button', { type: 'button', class: 'button', onclick: () => location.reload() }, strings.frame.reload)));
  }
  // Whoever changed the view goes on at its heading; on arrival the browser's own start is kept.
  if (!first) {
    window.scrollTo(0, 0);
    main.querySelector('h1')?.focus();
  }
}

// The address' hash belongs to the router, so that the link can't be an anchor alone.
find(document, '.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
startAuth();
buildFrame();
watchConnection();
window.addEventListener('hashchange', show);
await show();
startLive();
