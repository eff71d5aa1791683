/** Records kept in this browser alone (IndexedDB). Where that is closed, they last as long as the tab. */

/** @template {{ id: string }} Entry */
export class RecordStore {
  /**
   * @param {string} database
   * @param {string} name
   */
  constructor(database, name) {
    this.database = database;
    this.name = name;
    /** @type {Promise<IDBDatabase | null> | null} */
    this.opening = null;
    /** @type {Map<string, Entry>} */
    this.inMemory = new Map();
  }

  /** @returns {Promise<Entry[]>} */
  list() {
    return this.within('readonly', (store) => store.getAll(), () => [...this.inMemory.values()]);
  }

  /**
   * @param {string} id
   * @returns {Promise<Entry | undefined>}
   */
  get(id) {
    return this.within('readonly', (store) => store.get(id), () => this.inMemory.get(id));
  }

  /** @param {Entry} entry */
  async put(entry) {
    // A copy: the record goes on changing while it is written.
    const copy = structuredClone(entry);
    await this.within('readwrite', (store) => store.put(copy), () => {
      this.inMemory.set(copy.id, copy);
      return copy.id;
    });
  }

  /** @param {string} id */
  async remove(id) {
    await this.within('readwrite', (store) => store.delete(id), () => {
      this.inMemory.delete(id);
      return undefined;
    });
  }

  open() {
    this.opening ??= new Promise((resolve) => {
      try {
        const asked = indexedDB.open(this.database, 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore(this.name, { keyPath: 'id' });
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    return this.opening;
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} work
   * @param {() => T} otherwise
   * @returns {Promise<T>}
   */
  async within(mode, work, otherwise) {
    const database = await this.open();
    if (!database) return otherwise();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(this.name, mode);
      const asked = work(transaction.objectStore(this.name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}
