/** Has the server fetch a video from its address. */

import { ApiError, request } from '../../lib/api.js';
import { readEvents } from '../../lib/sse.js';
import { RateMeter } from '../../lib/tus.js';

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(transfer: Martlet.Transfer) => void} onProgress
 * @returns {Promise<Martlet.Upload>}
 */
export async function fetchVideo(url, signal, onProgress) {
  const response = await request('/v1/uploads', {
    method: 'POST', signal, body: JSON.stringify({ url }),
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
  });
  /** @type {Martlet.Upload | null} */
  let fetched = null;
  /** @type {ApiError | null} */
  let failure = null;
  const meter = new RateMeter();
  await readEvents(response, ({ event, data }) => {
    const body = JSON.parse(data);
    if (event === 'done') fetched = body;
    else if (event === 'error') failure = new ApiError(502, body.error);
    else if (event === 'progress' && body.unit === 'bytes') {
      const done = body.done ?? 0;
      onProgress({ done, total: body.total, rate: meter.add(done), waiting: false });
    }
  });
  if (failure) throw failure;
  if (!fetched) throw new ApiError(0, {});
  return fetched;
}

/**
 * The last part of an address' path, as a name to show.
 *
 * @param {string} url
 */
export function nameOf(url) {
  const { pathname, hostname } = new URL(url);
  try {
    return decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? hostname);
  } catch {
    return hostname;
  }
}
