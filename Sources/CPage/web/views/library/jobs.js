/** The jobs that are at work, as the server tells them over one connection, and what can be done to one. */

import { json } from '../../lib/api.js';
import { keepFollowing } from '../../lib/live-stream.js';
import { Signal } from '../../lib/signal.js';

/**
 * Whether nothing more happens to a job by itself.
 *
 * @param {Martlet.Job} job
 */
export function isOver({ status }) {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

export class Jobs {
  /** @param {AbortSignal} until */
  constructor(until) {
    /**
     * Those that aren't over.
     *
     * @type {Map<number, Martlet.Job>}
     */
    this.active = new Map();
    /**
     * Those that ended while this page listened: the answer to a request may come after the news of its job's end.
     *
     * @type {Set<number>}
     */
    this.ended = new Set();
    /**
     * The job that has changed; null when the connection is a new one, and what happened in between has to be asked for.
     *
     * @type {Signal<Martlet.Job | null>}
     */
    this.changed = new Signal(/** @type {Martlet.Job | null} */ (null));
    let isFirst = true;
    keepFollowing('/api/jobs/events', {
      until,
      onEvent: ({ event, data }) => event === 'job' && this.take(JSON.parse(data)),
      onConnection: (state) => {
        if (state !== 'connected') return;
        this.active.clear();
        if (!isFirst) this.changed.value = null;
        isFirst = false;
      },
    });
  }

  /** @param {Martlet.Job} job */
  take(job) {
    if (isOver(job)) {
      this.active.delete(job.id);
      this.ended.add(job.id);
    } else {
      this.active.set(job.id, job);
      this.ended.delete(job.id);
    }
    this.changed.value = job;
  }

  /**
   * The analysis of a video that is at work or waits.
   *
   * @param {string} path
   */
  ofVideo(path) {
    for (const job of this.active.values()) if (job.kind === 'analysis' && job.video_path === path) return job;
    return null;
  }

  /** How many analyses are at work, and how many wait. */
  counts() {
    const all = [...this.active.values()].filter(({ kind }) => kind === 'analysis');
    const waiting = all.filter(({ status }) => status === 'pending').length;
    return { running: all.length - waiting, waiting };
  }
}

/** @param {number} id */
export function cancelJob(id) {
  return json('DELETE', `/api/jobs/${id}`);
}

/**
 * @param {number} id
 * @returns {Promise<Martlet.Job>}
 */
export function retryJob(id) {
  return json('POST', `/api/jobs/${id}/retry`);
}
