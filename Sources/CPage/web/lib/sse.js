/** Server-sent events over fetch: unlike EventSource it sends the token, and says why a connection failed. */

import { ApiError, request } from './api.js';

const SILENCE = 45_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Reads the lines of an event stream. Pure: bytes are decoded elsewhere. */
class EventParser {
  /** @param {(event: Martlet.StreamEvent) => void} onEvent */
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.rest = '';
    this.event = 'message';
    /** @type {string[]} */
    this.data = [];
    /** @type {string | null} */
    this.id = null;
  }

  /** @param {string} text */
  push(text) {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  /** @param {string} line */
  line(line) {
    if (line === '') {
      if (this.data.length) this.onEvent({ id: this.id, event: this.event, data: this.data.join('\n') });
      this.event = 'message';
      this.data = [];
      this.id = null;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
  }
}

/**
 * Reads one response to its end. A connection that says nothing for too long (not even a keep-alive comment) is given up.
 *
 * @param {Response} response
 * @param {(event: Martlet.StreamEvent) => void} onEvent
 */
export async function readEvents(response, onEvent) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser(onEvent);
  let watchdog = 0;
  try {
    for (;;) {
      watchdog = window.setTimeout(() => reader.cancel().catch(() => {}), SILENCE);
      const { done, value } = await reader.read();
      clearTimeout(watchdog);
      if (done) return;
      parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(watchdog);
    reader.cancel().catch(() => {});
  }
}

/**
 * How long to wait before the n-th new try: doubling, with chance, so that many pages don't come back at the same moment.
 *
 * @param {number} attempt
 */
export function pauseBefore(attempt) {
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
  return pause * (0.7 + 0.6 * Math.random());
}

/**
 * Waits, or until the browser says that it is online again.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}

/**
 * Follows a stream through lost connections, each time from the last id on, until a listener returns true, the signal is aborted
 * or the server refuses for good.
 *
 * @param {string} path
 * @param {{
 *   signal: AbortSignal,
 *   lastId?: string | null,
 *   onEvent: (event: Martlet.StreamEvent) => boolean | void,
 *   onConnection?: (connected: boolean) => void,
 * }} options
 */
export async function follow(path, { signal, lastId = null, onEvent, onConnection }) {
  let attempt = 0;
  let ended = false;
  while (!signal.aborted && !ended) {
    try {
      const response = await request(path, {
        signal,
        headers: { Accept: 'text/event-stream', ...(lastId === null ? {} : { 'Last-Event-ID': lastId }) },
      });
      onConnection?.(true);
      await readEvents(response, (event) => {
        attempt = 0;
        if (ended || signal.aborted) return;
        if (event.id !== null) lastId = event.id;
        ended = onEvent(event) === true;
      });
    } catch (error) {
      if (signal.aborted) return;
      const forGood = error instanceof ApiError && error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status);
      if (forGood) throw error;
    }
    if (ended || signal.aborted) return;
    onConnection?.(false);
    await pause(pauseBefore(attempt), signal);
    attempt += 1;
  }
}
