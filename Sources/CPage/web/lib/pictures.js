/** What was painted, kept in this browser alone (IndexedDB). Where that is closed, it lasts as long as the tab. */

const DATABASE = 'martlet-studio';
const STORE = 'paintings';
/** Pictures, not paintings: one painting may have several. */
export const MOST = 60;

/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;
/** @type {Map<string, Martlet.Painting>} */
const inMemory = new Map();

function open() {
  opening ??= new Promise((resolve) => {
    try {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @param {() => T} otherwise
 * @returns {Promise<T>}
 */
async function inStore(mode, work, otherwise) {
  const database = await open();
  if (!database) return otherwise();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const asked = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/**
 * All paintings, the latest first.
 *
 * @returns {Promise<Martlet.Painting[]>}
 */
export async function list() {
  const all = await inStore('readonly', (store) => store.getAll(), () => [...inMemory.values()]);
  return all.sort((/** @type {Martlet.Painting} */ a, /** @type {Martlet.Painting} */ b) => b.created - a.created);
}

/** @param {Martlet.Painting} painting */
export async function put(painting) {
  // A copy: the record goes on changing while it is written.
  const copy = structuredClone(painting);
  await inStore('readwrite', (store) => store.put(copy), () => {
    inMemory.set(copy.id, copy);
    return copy.id;
  });
}

/** @param {string} id */
export async function remove(id) {
  await inStore('readwrite', (store) => store.delete(id), () => {
    inMemory.delete(id);
    return undefined;
  });
}

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
