/** Files on their way into the library. They go on while another view is looked at. */

import { ApiError, json } from '../../lib/api.js';
import { Signal } from '../../lib/signal.js';
import { remove, upload } from '../../lib/tus.js';

const AT_ONCE = 2;

/**
 * @typedef {{
 *   name: string,
 *   file: File,
 *   state: 'waiting' | 'uploading' | 'adding' | 'done' | 'failed',
 *   uploadId: string | null,
 *   transfer: Martlet.Transfer | null,
 *   error: any,
 *   stopping: AbortController,
 * }} Addition
 */

/**
 * Those that aren't over.
 *
 * @type {Signal<Addition[]>}
 */
export const additions = new Signal(/** @type {Addition[]} */ ([]));
/**
 * The video that has come last.
 *
 * @type {Signal<Martlet.LibraryVideo | null>}
 */
export const arrived = new Signal(/** @type {Martlet.LibraryVideo | null} */ (null));

/** @param {File[]} files */
export function addFiles(files) {
  const fresh = files.map((file) => /** @type {Addition} */ ({
    name: file.name, file, state: 'waiting', uploadId: null, transfer: null, error: null, stopping: new AbortController(),
  }));
  additions.value = [...additions.value, ...fresh];
  goOn();
}

/** @param {Addition} addition */
export function retry(addition) {
  Object.assign(addition, { state: 'waiting', transfer: null, error: null, stopping: new AbortController() });
  goOn();
}

/**
 * Stops what isn't done and takes it off the list.
 *
 * @param {Addition} addition
 */
export function dismiss(addition) {
  addition.stopping.abort();
  if (addition.uploadId && addition.state === 'failed') remove(addition.uploadId).catch(() => {});
  additions.value = additions.value.filter((one) => one !== addition);
  goOn();
}

function goOn() {
  const atWork = additions.value.filter(({ state }) => state === 'uploading' || state === 'adding').length;
  const next = additions.value.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, AT_ONCE - atWork));
  for (const addition of next) bring(addition);
  additions.value = additions.value;
}

/** @param {Addition} addition */
async function bring(addition) {
  const { file, stopping } = addition;
  const change = (/** @type {Partial<Addition>} */ what) => {
    Object.assign(addition, what);
    additions.value = additions.value;
  };
  try {
    if (file.size === 0) throw new ApiError(422, { code: 'empty_file' });
    if (!addition.uploadId) {
      change({ state: 'uploading' });
      const done = await upload(file, { signal: stopping.signal, onProgress: (transfer) => change({ transfer }) });
      addition.uploadId = done.id;
    }
    change({ state: 'adding' });
    const video = await json('POST', '/api/videos/', { upload: addition.uploadId }, { signal: stopping.signal });
    // The library has its own copy.
    remove(/** @type {string} */ (addition.uploadId)).catch(() => {});
    change({ state: 'done' });
    additions.value = additions.value.filter((one) => one !== addition);
    arrived.value = video;
  } catch (error) {
    if (stopping.signal.aborted) return;
    // What the server has refused for good it needs no longer.
    const isRefused = error instanceof ApiError && [404, 409, 422].includes(error.status);
    if (isRefused && addition.uploadId) {
      remove(addition.uploadId).catch(() => {});
      addition.uploadId = null;
    }
    change({ state: 'failed', error });
  }
  goOn();
}
