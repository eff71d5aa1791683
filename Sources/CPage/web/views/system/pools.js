/** Lanes and the endpoints behind them. */

import { h } from '../../lib/dom.js';
import { formatDuration } from '../../lib/format.js';
import { strings } from '../../app/strings.js';

const words = strings.system;
const TONES = { up: 'good', half_open: 'warn', draining: 'warn', ejected: 'bad' };

/** @param {Martlet.Pool[] | null} pools */
export function poolList(pools) {
  if (!pools) return h('p', { class: 'fine' }, strings.models.waiting);
  if (pools.length === 0) return h('p', { class: 'muted panel panel-body' }, words.noLanes);
  return pools.map((pool) => {
    const { running, waiting, slots, average_service_ms: service } = pool.lane;
    const fact = (/** @type {string} */ term, /** @type {string | number} */ value) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value));
    return h('article', { class: 'panel pool', 'aria-label': pool.id },
      h('div', { class: 'pool-head' }, h('h3', null, pool.id), slotsPicture(running, slots, waiting)),
      h('dl', { class: 'pool-facts' },
        fact(words.lane.running, running), fact(words.lane.waiting, waiting), fact(words.lane.slots, slots),
        fact(words.lane.service, service ? formatDuration(service / 1000) : strings.common.none)),
      h('ul', { class: 'endpoints' }, pool.endpoints.map((endpoint) => h('li', null,
        h('span', { class: `dot ${TONES[endpoint.state]}` }),
        h('span', { class: 'endpoint-name' }, endpoint.id,
          h('span', { class: 'fine figure' }, [
            endpoint.backend, words.outstanding(endpoint.outstanding, endpoint.slots), endpoint.latency_ms ? formatDuration(endpoint.latency_ms / 1000) : null,
            endpoint.failures ? words.failures(endpoint.failures) : null, endpoint.retry_in_ms ? words.retryIn(formatDuration(endpoint.retry_in_ms / 1000)) : null,
          ].filter(Boolean).join(' · '))),
        h('span', { class: `badge ${TONES[endpoint.state]}` }, words.endpointStates[endpoint.state])))));
  });
}

/**
 * Slots as squares, taken ones filled, and a mark for each request in line.
 *
 * @param {number} running
 * @param {number} slots
 * @param {number} waiting
 */
function slotsPicture(running, slots, waiting) {
  const MOST = 16;
  return h('span', { class: 'slots', 'aria-hidden': 'true' },
    Array.from({ length: Math.min(slots, MOST) }, (_, index) => h('span', { class: index < running ? 'slot taken' : 'slot' })),
    Array.from({ length: Math.min(waiting, MOST) }, () => h('span', { class: 'slot waiting' })));
}
