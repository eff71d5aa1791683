/** Asking, and following the answer's events into a turn. */

import { ApiError, json } from '../../lib/api.js';
import { follow as followEvents } from '../../lib/sse.js';

/**
 * @param {Record<string, unknown>} fields
 * @returns {Promise<string>} The answer's id.
 */
export async function send(fields) {
  const accepted = await json('POST', '/v1/inference/url', fields, { headers: { Prefer: 'respond-async' } });
  return accepted.id;
}

/**
 * Stops an answer.
 *
 * @param {string} id
 */
export function cancel(id) {
  return json('DELETE', `/v1/answers/${id}`);
}

/**
 * Reads the answer's events into the turn, from the last one that it has on, until it is done. Throws what the server says.
 *
 * @param {Martlet.Turn} turn
 * @param {AbortSignal} signal
 * @param {() => void} onChange
 */
export async function follow(turn, signal, onChange) {
  /** @type {ApiError | null} */
  let failure = null;
  await followEvents(`/v1/answers/${turn.answerId}/events`, {
    signal,
    lastId: turn.lastEventId,
    onEvent: (event) => {
      if (event.event === 'error') {
        failure = new ApiError(500, JSON.parse(event.data).error);
        return true;
      }
      apply(turn, event.event, JSON.parse(event.data));
      // Text and id are kept together: a reload goes on after exactly what it has.
      if (event.id !== null) turn.lastEventId = event.id;
      onChange();
      return event.event === 'done';
    },
  });
  if (failure) throw failure;
}

/**
 * @param {Martlet.Turn} turn
 * @param {string} event
 * @param {any} data
 */
function apply(turn, event, data) {
  switch (event) {
    case 'progress':
      turn.progress = data;
      break;
    case 'notice':
      if (data.message && !turn.notices.includes(data.message)) turn.notices.push(data.message);
      break;
    case 'token':
      turn.status = 'writing';
      turn.answer += data.text;
      break;
    case 'done':
      turn.status = 'done';
      turn.answer = data.response;
      turn.result = data;
      turn.progress = null;
      break;
    default:
      // The plan is known from the upload, and evidence is shown as citations of the answer.
      break;
  }
}
