/** Conversations, kept in this browser alone (IndexedDB). Where that is closed, they last as long as the tab. */

const DATABASE = 'martlet';
const STORE = 'conversations';

/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;
/** @type {Map<string, Martlet.Conversation>} */
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
 * All conversations, the latest first.
 *
 * @returns {Promise<Martlet.Conversation[]>}
 */
export async function list() {
  const all = await inStore('readonly', (store) => store.getAll(), () => [...inMemory.values()]);
  return all.sort((/** @type {Martlet.Conversation} */ a, /** @type {Martlet.Conversation} */ b) => b.updated - a.updated);
}

/**
 * @param {string} id
 * @returns {Promise<Martlet.Conversation | undefined>}
 */
export function get(id) {
  return inStore('readonly', (store) => store.get(id), () => inMemory.get(id));
}

/** @param {Martlet.Conversation} conversation */
export async function put(conversation) {
  // A copy: the record goes on changing while it is written.
  const copy = structuredClone(conversation);
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
 * Whether all words stand in a conversation: its questions, answers and the video's name.
 *
 * @param {Martlet.Conversation} conversation
 * @param {string} words
 */
export function matches(conversation, words) {
  const text = [conversation.video.name, ...conversation.turns.flatMap((turn) => [turn.prompt, turn.answer])].join('\n').toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
