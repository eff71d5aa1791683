/** A stream that is followed as long as the tab is seen, and waits for a token where the server wants one. */

import { ApiError, TOKEN_GIVEN } from './api.js';
import { follow } from './sse.js';

// A browser allows few connections to one server: hidden tabs give theirs back, after a while.
const HIDDEN_FOR = 20_000;

/**
 * Connects, and does so again whenever the tab is seen.
 *
 * @param {string} path
 * @param {{
 *   until?: AbortSignal,
 *   onEvent: (event: Martlet.StreamEvent) => void,
 *   onConnection: (state: 'connecting' | 'connected' | 'lost') => void,
 * }} options
 */
export function keepFollowing(path, { until, onEvent, onConnection }) {
  /** @type {AbortController | null} */
  let running = null;
  /** @type {string | null} */
  let lastId = null;
  let hiddenTimer = 0;

  async function connect() {
    if (running) return;
    const controller = new AbortController();
    running = controller;
    try {
      await follow(path, {
        signal: controller.signal,
        lastId,
        onEvent: (event) => {
          if (event.id !== null) lastId = event.id;
          onEvent(event);
        },
        onConnection: (connected) => onConnection(connected ? 'connected' : 'lost'),
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Refused, for want of a token: there is nothing to be tried again before somebody gives one.
      onConnection('connecting');
    } finally {
      if (running === controller) running = null;
    }
  }

  function rest() {
    running?.abort();
    running = null;
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = window.setTimeout(rest, HIDDEN_FOR);
    else connect();
  }, { signal: until });
  document.addEventListener(TOKEN_GIVEN, connect, { signal: until });
  until?.addEventListener('abort', () => {
    clearTimeout(hiddenTimer);
    rest();
  });
  connect();
}
