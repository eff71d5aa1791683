/** What was painted, kept in this browser alone. */

import { RecordStore } from './record-store.js';

/** Pictures, not paintings: one painting may have several. */
export const MOST = 60;

/** @type {RecordStore<Martlet.Painting>} */
const store = new RecordStore('martlet-studio', 'paintings');

/**
 * All paintings, the latest first.
 *
 * @returns {Promise<Martlet.Painting[]>}
 */
export async function list() {
  return (await store.list()).sort((a, b) => b.created - a.created);
}

/** @param {Martlet.Painting} painting */
export const put = (painting) => store.put(painting);

/** @param {string} id */
export const remove = (id) => store.remove(id);

/**
 * Those that have to leave, so that no more than `MOST` pictures stay.
 *
 * @param {Martlet.Painting[]} paintings  The latest first.
 * @returns {Martlet.Painting[]}
 */
export function surplus(paintings) {
  let count = 0;
  return paintings.filter(({ pictures }) => {
    count += pictures.length;
    return count > MOST && pictures.length > 0;
  });
}
