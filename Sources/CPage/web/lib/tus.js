/** Resumable uploads by tus 1.0.0: creation, chunks, going on after a failure, termination. */

import { ApiError, authorization, errorFrom, json, request } from './api.js';
import { pause, pauseBefore } from './sse.js';

const VERSION = { 'Tus-Resumable': '1.0.0' };
const CHUNK = 16 * 1024 * 1024;
const MOST_FAILURES = 8;
const UNFINISHED = 'martlet.uploads';
// The rate is that of the last few seconds: it tells how the line is now.
const RATE_WINDOW = 4000;

/** How fast something grows. */
export class RateMeter {
  constructor() {
    /** @type {{ at: number, done: number }[]} */
    this.samples = [];
  }

  /**
   * @param {number} done
   * @returns {number} Bytes per second, 0 while unknown.
   */
  add(done) {
    const at = performance.now();
    this.samples.push({ at, done });
    while (this.samples.length > 2 && at - this.samples[0].at > RATE_WINDOW) this.samples.shift();
    const first = this.samples[0];
    return at - first.at < 200 ? 0 : ((done - first.done) * 1000) / (at - first.at);
  }
}

/**
 * Names a file without reading it.
 *
 * @param {File} file
 */
function fingerprint(file) {
  return [file.name, file.size, file.lastModified].join('|');
}

/**
 * Uploads that were begun, by fingerprint.
 *
 * @returns {Record<string, string>}
 */
function unfinished() {
  try {
    return JSON.parse(localStorage.getItem(UNFINISHED) ?? '{}');
  } catch {
    return {};
  }
}

/**
 * @param {string} key
 * @param {string | null} id
 */
function remember(key, id) {
  const all = unfinished();
  delete all[key];
  if (id) all[key] = id;
  try {
    localStorage.setItem(UNFINISHED, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-20))));
  } catch {
    // Without storage an upload can't be gone on with after a reload; it still works.
  }
}

/** @param {string} text */
function base64(text) {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * Uploads a file. A file whose upload broke off goes on from there, also after a reload of the page.
 *
 * @param {File} file
 * @param {{ signal: AbortSignal, onProgress: (progress: Martlet.Transfer) => void }} options
 * @returns {Promise<Martlet.Upload>}
 */
export async function upload(file, { signal, onProgress }) {
  const key = fingerprint(file);
  const meter = new RateMeter();
  let { id, offset } = await begin(file, key, signal);
  signal.addEventListener('abort', () => {
    remember(key, null);
    remove(id).catch(() => {});
  }, { once: true });
  const report = (/** @type {number} */ done) => onProgress({ done, total: file.size, rate: meter.add(done), waiting: false });
  report(offset);
  let failures = 0;
  while (offset < file.size) {
    const from = offset;
    try {
      offset = await patch(id, from, file.slice(from, Math.min(from + CHUNK, file.size)), signal, (sent) => report(from + sent));
      failures = 0;
      report(offset);
    } catch (error) {
      if (signal.aborted) throw error;
      const forGood = error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 408, 409, 423, 429].includes(error.status);
      failures += 1;
      if (forGood || failures > MOST_FAILURES) throw error;
      onProgress({ done: offset, total: file.size, rate: 0, waiting: true });
      await pause(pauseBefore(failures - 1), signal);
      offset = (await head(id, signal).catch(() => null)) ?? offset;
    }
  }
  remember(key, null);
  return json('GET', `/v1/uploads/${id}`, undefined, { signal });
}

/**
 * Where to go on: an upload that was begun before, or a new one.
 *
 * @param {File} file
 * @param {string} key
 * @param {AbortSignal} signal
 */
async function begin(file, key, signal) {
  const before = unfinished()[key];
  if (before) {
    const offset = await head(before, signal).catch(() => null);
    if (offset !== null && offset <= file.size) return { id: before, offset };
    signal.throwIfAborted();
  }
  const response = await request('/v1/uploads', {
    method: 'POST',
    signal,
    headers: { ...VERSION, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${base64(file.name)}` },
  });
  const created = await response.json();
  remember(key, created.id);
  return { id: /** @type {string} */ (created.id), offset: 0 };
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
async function head(id, signal) {
  const response = await request(`/v1/uploads/${id}`, { method: 'HEAD', headers: VERSION, signal });
  return Number(response.headers.get('Upload-Offset'));
}

/**
 * Deletes an upload.
 *
 * @param {string} id
 */
export async function remove(id) {
  await request(`/v1/uploads/${id}`, { method: 'DELETE', headers: VERSION });
}

/**
 * Sends one chunk. With XMLHttpRequest, as fetch doesn't tell how much has left.
 *
 * @param {string} id
 * @param {number} offset
 * @param {Blob} chunk
 * @param {AbortSignal} signal
 * @param {(sent: number) => void} onProgress
 * @returns {Promise<number>} The offset that the server has reached.
 */
function patch(id, offset, chunk, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const abort = () => call.abort();
    call.open('PATCH', `/v1/uploads/${id}`);
    const headers = { ...VERSION, ...authorization(), 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) };
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    call.upload.onprogress = (event) => onProgress(event.loaded);
    call.onload = () => {
      if (call.status === 204) resolve(Number(call.getResponseHeader('Upload-Offset')));
      else reject(errorFrom(call.status, call.responseText, call.getResponseHeader('X-Request-ID')));
    };
    call.onerror = () => reject(new ApiError(0, {}));
    call.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    call.onloadend = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else call.send(chunk);
  });
}
