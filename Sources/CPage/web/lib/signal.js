/**
 * A value that tells who listens when it changes.
 *
 * @template T
 */
export class Signal {
  /** @param {T} value */
  constructor(value) {
    this.current = value;
    /** @type {Set<(value: T) => void>} */
    this.listeners = new Set();
  }

  get value() {
    return this.current;
  }

  set value(value) {
    this.current = value;
    for (const listener of [...this.listeners]) listener(value);
  }

  /**
   * Calls with the value now and with every later one, until the signal is aborted.
   *
   * @param {(value: T) => void} listener
   * @param {AbortSignal} [until]
   */
  watch(listener, until) {
    if (until?.aborted) return;
    this.listeners.add(listener);
    until?.addEventListener('abort', () => this.listeners.delete(listener), { once: true });
    listener(this.current);
  }
}
