/** The configuration in force, and where each value comes from. Secrets come masked. */

import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { strings } from '../../app/strings.js';

const words = strings.system;

/** @param {Martlet.System['configuration']} entries */
export function configurationTable(entries) {
  const rows = h('tbody');
  const none = h('p', { class: 'muted log-none', hidden: true }, words.noMatch);
  const filter = h('input', { class: 'input', type: 'search', 'aria-label': words.configurationFilter, placeholder: words.configurationFilter, oninput: () => draw() });
  const changed = h('input', { type: 'checkbox', onchange: () => draw() });
  const text = (/** @type {unknown} */ value) => (value === null || value === undefined ? strings.common.none : typeof value === 'object' ? JSON.stringify(value) : String(value));
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const shown = entries.filter(({ key, value, source, about }) => (!changed.checked || source !== 'default') && `${key} ${text(value)} ${about ?? ''}`.toLowerCase().includes(wanted));
    const sources = /** @type {Record<string, string>} */ (words.sources);
    fill(rows, shown.map(({ key, value, source, about }) => h('tr', null,
      h('td', null, h('code', null, key), about ? h('p', { class: 'fine' }, about) : null),
      h('td', { class: 'setting-value' }, text(value)),
      h('td', null, h('span', { class: source === 'default' ? 'muted' : 'badge accent' }, sources[source] ?? source)))));
    none.hidden = shown.length > 0;
  };
  draw();
  return h('section', { class: 'section', 'aria-label': words.configuration },
    h('div', { class: 'section-head log-head' }, h('h2', null, words.configuration), h('label', { class: 'check fine' }, changed, words.changedOnly),
      h('div', { class: 'search' }, icon('search'), filter)),
    h('div', { class: 'panel' },
      h('div', { class: 'table-scroll log-scroll', tabIndex: 0, role: 'region', 'aria-label': words.configuration },
        h('table', { class: 'table' },
          h('thead', null, h('tr', null, h('th', null, words.key), h('th', null, words.value), h('th', null, words.source))), rows)),
      none));
}
