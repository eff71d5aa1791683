/** The API explorer: operations of `/openapi.json`, to read and to try. The address' hash names the operation. */

import { json } from '../lib/api.js';
import { fill, find, h } from '../lib/dom.js';
import { icon, mark } from '../lib/icons.js';
import { MarkdownView } from '../lib/markdown.js';
import { errorNotice, messageOf } from '../components/error-notice.js';
import { startAuth } from '../app/auth.js';
import { strings } from '../app/strings.js';
import { themeSwitch } from '../app/theme.js';
import { ApiDocument } from './document.js';
import { schemaView } from './schema-view.js';
import { TryIt } from './try-it.js';

/** @typedef {import('./document.js').Operation} Operation */

const words = strings.docs;
const main = find(document, '#main');
/** @type {TryIt | null} */
let form = null;

function buildBar() {
  fill(find(document, '#bar'),
    h('a', { class: 'brand', href: '/' }, mark(), h('span', null, strings.name)),
    h('span', { class: 'docs-title' }, words.title),
    h('div', { class: 'docs-bar-end' },
      h('a', { class: 'quiet-link', href: '/openapi.json' }, words.download),
      themeSwitch()));
  find(document, '.skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
}

/**
 * @param {ApiDocument} description
 * @returns {Map<string, HTMLAnchorElement>}
 */
function buildList(description) {
  /** @type {Map<string, HTMLAnchorElement>} */
  const links = new Map();
  const nothing = h('p', { class: 'fine docs-none', hidden: true }, words.nothing);
  const groups = description.groups.map(([tag, operations]) => h('section', { 'aria-label': tag },
    h('h2', { class: 'label' }, tag),
    h('ul', null, operations.map((operation) => {
      const link = h('a', { href: `#${encodeURIComponent(operation.id)}` },
        h('span', { class: `verb verb-${operation.method.toLowerCase()}` }, operation.method), h('span', { class: 'docs-path' }, operation.path.split(/(?<=\/)/).flatMap((step) => [step, h('wbr')])));
      links.set(operation.id, link);
      return h('li', { dataset: { text: `${operation.method} ${operation.path} ${operation.summary}`.toLowerCase() } }, link);
    }))));
  const search = h('input', {
    class: 'input', type: 'search', placeholder: words.search, 'aria-label': words.search,
    oninput: () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const group of groups) {
        const items = [...group.querySelectorAll('li')];
        for (const item of items) item.hidden = !item.dataset.text?.includes(wanted);
        group.hidden = items.every((item) => item.hidden);
        shown += items.filter((item) => !item.hidden).length;
      }
      nothing.hidden = shown > 0;
    },
  });
  fill(find(document, '#operations'), h('div', { class: 'search' }, icon('search'), search), groups, nothing);
  return links;
}

/**
 * @param {ApiDocument} description
 * @param {Operation | undefined} operation
 */
function showOperation(description, operation) {
  form?.close();
  form = null;
  if (!operation) {
    const { title, version, description: about } = description.source.info;
    document.title = strings.title(words.title);
    fill(main, h('h1', { tabIndex: -1 }, `${title} ${words.title} ${version}`), prose(about ?? ''), h('p', { class: 'muted' }, words.intro));
    return;
  }
  document.title = strings.title(operation.summary);
  form = new TryIt(description, operation);
  const content = Object.entries(operation.body?.content ?? {});
  fill(main,
    h('p', { class: 'fine' }, operation.tag),
    h('h1', { tabIndex: -1 }, operation.summary),
    h('p', { class: 'row docs-address' },
      h('span', { class: `verb verb-${operation.method.toLowerCase()}` }, operation.method), h('code', null, operation.path),
      h('span', { class: 'badge' }, operation.secured ? words.tokenNeeded : words.noToken),
      operation.deprecated ? h('span', { class: 'badge warn' }, words.deprecated) : null),
    prose(operation.description),
    form.element,
    operation.parameters.length ? part(words.parameters, h('ul', { class: 'fields panel panel-body' }, operation.parameters.map((one) =>
      h('li', null, h('div', { class: 'field-line' }, h('code', null, one.name), h('span', { class: 'fine' }, `${description.typeName(one.schema ?? {})}, ${one.in}`),
        one.required ? h('span', { class: 'badge warn' }, words.required) : null), one.description ? h('p', { class: 'fine' }, one.description) : null)))) : null,
    content.map(([type, { schema }]) => {
      const fields = schemaView(description, schema);
      return fields && part(words.body, h('div', { class: 'panel panel-body' }, h('p', { class: 'fine' }, type), fields));
    }),
    part(words.responses, h('div', { class: 'panel responses' }, Object.entries(operation.responses).map(([status, response]) => responseEntry(description, status, response)))));
}

/**
 * @param {ApiDocument} description
 * @param {string} status
 * @param {any} source
 */
function responseEntry(description, status, source) {
  const response = description.resolve(source);
  const fields = Object.entries(response.content ?? {}).map(([type, { schema }]) => [h('p', { class: 'fine' }, type), schemaView(description, schema ?? {})]);
  const head = [h('span', { class: `badge figure ${status < '400' ? 'good' : ''}` }, status), h('span', null, response.description)];
  if (fields.length === 0) return h('div', { class: 'response-line' }, head);
  return h('details', null, h('summary', { class: 'response-line' }, head), h('div', { class: 'panel-body' }, fields));
}

/**
 * @param {string} title
 * @param {Node} body
 */
function part(title, body) {
  return h('section', { class: 'section', 'aria-label': title }, h('div', { class: 'section-head' }, h('h2', null, title)), body);
}

/** @param {string} text */
function prose(text) {
  const element = h('div', { class: 'prose lead' });
  new MarkdownView(element).update(text);
  return element;
}

async function start() {
  fill(main, h('p', { class: 'muted' }, words.loading));
  try {
    const description = new ApiDocument(await json('GET', '/openapi.json'));
    const links = buildList(description);
    let first = true;
    const show = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      for (const [one, link] of links) {
        if (one === id) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      showOperation(description, description.operations.find((one) => one.id === id));
      if (!first) {
        main.querySelector('h1')?.focus({ preventScroll: true });
        main.scrollIntoView({ block: 'start' });
      }
      first = false;
    };
    window.addEventListener('hashchange', show);
    show();
  } catch (error) {
    const { code, requestId } = /** @type {any} */ (error);
    fill(main, h('h1', { tabIndex: -1 }, words.title), errorNotice({ title: words.failed, message: messageOf(error), code, requestId, onretry: start }));
  }
}

startAuth();
buildBar();
start();
