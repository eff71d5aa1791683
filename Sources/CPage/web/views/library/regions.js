/** The regions of a face whose movement is measured, in the order of the features. */

import { words } from '../../app/strings-expressions.js';

/** @type {Martlet.Region[]} */
export const REGIONS = ['mata_kiri', 'mata_kanan', 'mulut'];

/** @param {string} region */
export function regionName(region) {
  return words.regions[region] ?? region;
}

/**
 * The last place in ordered times that isn't after a time; -1 when all are.
 *
 * @param {ArrayLike<number>} times
 * @param {number} time
 */
export function lastBefore(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
