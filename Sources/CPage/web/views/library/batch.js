/** One wish for many videos: what came of it for each. */

import { json } from '../../lib/api.js';
import { messageOf } from '../../components/error-notice.js';
import { videoAddress } from './addresses.js';
import { cancelJob, isOver, retryJob } from './jobs.js';

const AT_ONCE = 6;

/** @typedef {{ done: string[], refused: { path: string, message: string }[] }} Outcome */

/**
 * Does something for each, a few at a time.
 *
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string} pathOf
 * @param {(item: T) => Promise<unknown>} act
 * @returns {Promise<Outcome>}
 */
export async function forEach(items, pathOf, act) {
  /** @type {Outcome} */
  const outcome = { done: [], refused: [] };
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const path = pathOf(item);
      try {
        await act(item);
        outcome.done.push(path);
      } catch (error) {
        outcome.refused.push({ path, message: messageOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcome;
}

/**
 * @param {{ paths: string[] } | { all: true }} wish
 * @returns {Promise<Outcome>}
 */
export async function analyze(wish) {
  /** @type {Martlet.BatchAnswer} */
  const { jobs, refused } = await json('POST', '/api/batches', wish);
  return { done: jobs.map(({ video_path: path }) => path), refused: refused.map(({ video_path: path, message }) => ({ path, message })) };
}

/** @param {Martlet.LibraryVideo[]} videos */
export function cancel(videos) {
  const jobs = videos.flatMap(({ job }) => (job && !isOver(job) ? [job] : []));
  return forEach(jobs, (job) => job.video_path ?? '', (job) => cancelJob(job.id));
}

/** @param {Martlet.LibraryVideo[]} videos */
export function retry(videos) {
  const jobs = videos.flatMap(({ job }) => (job && (job.status === 'failed' || job.status === 'cancelled') ? [job] : []));
  return forEach(jobs, (job) => job.video_path ?? '', (job) => retryJob(job.id));
}

/** @param {string[]} paths */
export function removeAll(paths) {
  return forEach(paths, (path) => path, (path) => json('DELETE', videoAddress(path)));
}
