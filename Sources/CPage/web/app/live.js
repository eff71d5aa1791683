/** What the server tells all the time, over one connection of this tab. It rests while the tab is hidden. */

import { keepFollowing } from '../lib/live-stream.js';
import { Signal } from '../lib/signal.js';

const REQUESTS_KEPT = 200;
const FIGURES_KEPT = 150;

/** @type {Signal<Martlet.Model[] | null>} */
export const models = new Signal(/** @type {Martlet.Model[] | null} */ (null));
/** @type {Signal<Map<string, Martlet.Pull>>} */
export const pulls = new Signal(new Map());
/** @type {Signal<Martlet.Pool[] | null>} */
export const pools = new Signal(/** @type {Martlet.Pool[] | null} */ (null));
/** @type {Signal<Martlet.Memory | null>} */
export const memory = new Signal(/** @type {Martlet.Memory | null} */ (null));
/**
 * The latest first.
 *
 * @type {Signal<Martlet.RequestLine[]>}
 */
export const requests = new Signal(/** @type {Martlet.RequestLine[]} */ ([]));
/**
 * The latest last.
 *
 * @type {Signal<Martlet.Figures[]>}
 */
export const figures = new Signal(/** @type {Martlet.Figures[]} */ ([]));
/** @type {Signal<Martlet.Health | null>} */
export const health = new Signal(/** @type {Martlet.Health | null} */ (null));
/** @type {Signal<'connecting' | 'connected' | 'lost'>} */
export const connection = new Signal(/** @type {'connecting' | 'connected' | 'lost'} */ ('connecting'));

/** @type {Record<string, (data: any) => void>} */
const receivers = {
  models: ({ data }) => (models.value = data),
  pools: ({ data }) => (pools.value = data),
  memory: (data) => (memory.value = data),
  health: (data) => (health.value = data),
  pull: (data) => (pulls.value = new Map(pulls.value).set(data.id, data)),
  figures: (data) => (figures.value = [...figures.value, data].slice(-FIGURES_KEPT)),
  request: (data) => {
    if (!requests.value.some((line) => line.request_id === data.request_id)) requests.value = [data, ...requests.value].slice(0, REQUESTS_KEPT);
  },
};

/** Connects, and does so again whenever the tab is seen. */
export function startLive() {
  keepFollowing('/v1/events', {
    onEvent: ({ event, data }) => receivers[event]?.(JSON.parse(data)),
    onConnection: (state) => (connection.value = state),
  });
}
