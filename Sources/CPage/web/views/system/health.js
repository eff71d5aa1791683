/** How the parts are, and what the checks of the machine have found. */

import { h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { strings } from '../../app/strings.js';

const words = strings.system;
const TONES = /** @type {Record<string, string>} */ ({ ok: 'good', degraded: 'warn', down: 'bad', warning: 'warn', failed: 'bad' });

/** @param {Martlet.Health | null} health */
export function healthList(health) {
  if (!health) return h('p', { class: 'fine' }, strings.models.waiting);
  const worst = health.parts.some((one) => one.state === 'down') ? 'down' : health.parts.some((one) => one.state === 'degraded') ? 'degraded' : 'ok';
  return h('div', { class: 'panel health' },
    h('p', { class: 'health-all' }, h('span', { class: `dot ${TONES[worst]}` }), words.healthAll[worst]),
    h('ul', null, health.parts.map(({ name, state, note }) =>
      h('li', null,
        h('span', { class: `dot ${TONES[state]}` }),
        h('span', { class: 'health-name' }, name, note ? h('span', { class: 'fine' }, note) : null),
        h('span', { class: `badge ${TONES[state] ?? ''}` }, words.partStates[state] ?? state)))));
}

/**
 * What needs somebody stands open, what is well is one line to be opened.
 *
 * @param {Martlet.System['findings']} findings
 */
export function findingsList(findings) {
  const troubles = findings.filter(({ status }) => status !== 'ok');
  const fine = findings.filter(({ status }) => status === 'ok');
  return h('div', { class: 'panel findings' },
    troubles.length ? h('ul', null, troubles.map(finding)) : null,
    fine.length ? h('details', null, h('summary', null, h('span', { class: 'finding-sign good' }, icon('check')), words.findingsFine(fine.length)), h('ul', null, fine.map(finding))) : null);
}

/** @param {Martlet.System['findings'][number]} finding */
function finding({ subject, status, detail, remedy }) {
  return h('li', null,
    h('span', { class: `finding-sign ${TONES[status] ?? ''}` }, icon(status === 'ok' ? 'check' : 'alert')),
    h('div', null,
      h('strong', null, subject), h('span', { class: 'muted' }, detail),
      remedy ? h('code', { class: 'remedy' }, remedy) : null));
}
