/** Everything that is painted or was: begun, followed to its end, fetched, kept. It goes on while other views are looked at. */

import { ApiError, json, request, wasAborted } from '../../lib/api.js';
import * as store from '../../lib/pictures.js';
import { Signal } from '../../lib/signal.js';
import { follow } from '../../lib/sse.js';
import { words } from '../../app/strings-studio.js';
import { picturesOf, requestOf } from './requests.js';

/** @typedef {Martlet.Painting} Painting */

/** @param {Painting} painting */
export const isActive = ({ status }) => status === 'sending' || status === 'working' || status === 'fetching';

export class Paintings {
  constructor() {
    /**
     * The latest first.
     *
     * @type {Painting[]}
     */
    this.all = [];
    /**
     * The one that changed; null when it may be any.
     *
     * @type {Signal<Painting | null>}
     */
    this.changes = new Signal(/** @type {Painting | null} */ (null));
    /**
     * What each form shows beside it.
     *
     * @type {Partial<Record<Martlet.StudioKind, Painting>>}
     */
    this.current = {};
    /** @type {Map<string, AbortController>} */
    this.running = new Map();
    this.ready = this.load();
  }

  /** Finds what was kept; what was at work when the page was left is followed again. */
  async load() {
    const kept = await store.list().catch(() => []);
    for (const painting of kept) {
      if (painting.status === 'failed' || painting.status === 'stopped') {
        void store.remove(painting.id);
        continue;
      }
      this.all.push(painting);
      if (!isActive(painting)) continue;
      this.current[painting.form.kind] ??= painting;
      if (painting.jobId === null) this.fail(painting, new ApiError(0, { message: words.errors.closed, code: 'page_closed' }));
      else void this.run(painting);
    }
    this.all.sort((a, b) => b.created - a.created);
    this.changes.value = null;
  }

  /**
   * @param {Martlet.StudioForm} form
   * @returns {Painting}
   */
  begin(form) {
    const before = this.current[form.kind];
    // Pressed twice.
    if (before?.status === 'sending') return before;
    /** @type {Painting} */
    const painting = {
      id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, form: structuredClone(form), created: Date.now(), status: 'sending', jobId: null, job: null,
      pictures: [], caption: null, prompt: null, model: null, softened: false, error: null,
    };
    // What came to nothing makes room.
    if (before && (before.status === 'failed' || before.status === 'stopped')) this.forget(before);
    this.all.unshift(painting);
    this.current[form.kind] = painting;
    this.keep(painting);
    void this.run(painting);
    return painting;
  }

  /** @param {Painting} painting */
  async run(painting) {
    const stopping = new AbortController();
    this.running.set(painting.id, stopping);
    try {
      const answer = painting.jobId === null ? await this.send(painting) : null;
      if (painting.jobId !== null) await this.watch(painting, stopping.signal);
      else await this.receive(painting, answer);
    } catch (error) {
      if (!wasAborted(error) && isActive(painting)) this.fail(painting, error);
    } finally {
      this.running.delete(painting.id);
    }
  }

  /**
   * @param {Painting} painting
   * @returns {Promise<any>}  The answer itself, of a server that answers at once.
   */
  async send(painting) {
    const { path, body } = requestOf(painting.form);
    // Sent twice, also by a page that was closed before the answer came, it is one job.
    const answer = await json('POST', path, body, { headers: { Prefer: 'respond-async', 'Idempotency-Key': painting.id } });
    if (typeof answer?.job_id !== 'number') return answer;
    painting.jobId = answer.job_id;
    // Cancelled before there was anything to cancel.
    if (!isActive(painting)) void this.cancelJob(painting).catch(() => {});
    else this.change(painting, 'working', true);
    return null;
  }

  /**
   * @param {Painting} painting
   * @param {AbortSignal} signal
   */
  async watch(painting, signal) {
    if (painting.status === 'sending') painting.status = 'working';
    /** @type {any} */
    let last = null;
    await follow(`/api/jobs/${painting.jobId}/events`, {
      signal,
      onEvent: ({ event, data }) => {
        if (event !== 'job') return false;
        last = JSON.parse(data);
        if (['completed', 'failed', 'cancelled'].includes(last.status)) return true;
        const { stage, progress, done, total, unit, eta_seconds } = last;
        painting.job = { stage: last.status === 'retrying' ? 'retrying' : stage, progress, done, total, unit, eta_seconds };
        this.changes.value = painting;
        return false;
      },
    });
    if (!isActive(painting) || !last) return;
    if (last.status === 'completed') await this.receive(painting, last.result);
    else if (last.status === 'cancelled') this.change(painting, 'stopped');
    else this.fail(painting, new ApiError(500, { message: last.error || words.errors.failedBare, code: last.error_code, details: last.error_details ?? null }));
  }

  /**
   * Fetches the pictures: the server deletes them after a while.
   *
   * @param {Painting} painting
   * @param {any} answer
   */
  async receive(painting, answer) {
    this.change(painting, 'fetching', true);
    try {
      painting.pictures = await Promise.all(picturesOf(answer).map(async ({ path, ...facts }) => ({ ...facts, file: await (await request(path)).blob() })));
    } catch (error) {
      throw error instanceof ApiError && error.status === 404 ? new ApiError(404, { message: words.errors.gone, code: 'picture_gone' }) : error;
    }
    if (!isActive(painting)) return;
    const { caption, prompt_used: prompt, model, softened } = answer;
    Object.assign(painting, { caption: caption ?? null, prompt: prompt ?? painting.pictures[0]?.revised ?? null, model: model ?? null, softened: softened === true, job: null });
    this.change(painting, 'done', true);
    for (const old of store.surplus(this.all)) this.forget(old);
  }

  /** @param {Painting} painting */
  async cancel(painting) {
    if (!isActive(painting)) return;
    this.change(painting, 'stopped');
    this.running.get(painting.id)?.abort();
    if (painting.jobId !== null) await this.cancelJob(painting);
  }

  /** @param {Painting} painting */
  cancelJob({ jobId }) {
    return json('DELETE', `/api/jobs/${jobId}`);
  }

  /**
   * Once more, with the same settings and perhaps another seed.
   *
   * @param {Painting} painting
   * @param {string} [seed]  Empty: a new one.
   */
  again({ form }, seed = form.seed) {
    return this.begin({ ...form, seed });
  }

  /**
   * @param {Painting} painting
   * @param {any} error
   */
  fail(painting, error) {
    const isApi = error instanceof ApiError;
    if (!isApi) console.error(error);
    const isUnknownJob = isApi && error.status === 404 && error.code !== 'picture_gone' && painting.jobId !== null;
    painting.error = {
      status: isApi ? error.status : 500, code: isApi ? error.code : null, message: isUnknownJob ? words.errors.lost : isApi ? error.message : words.errors.failedBare,
      details: isApi ? error.details : null, requestId: isApi ? error.requestId : null, retryAt: isApi && error.retryAfter !== null ? Date.now() + error.retryAfter : null,
    };
    this.change(painting, 'failed');
  }

  /**
   * @param {Painting} painting
   * @param {Martlet.PaintingStatus} status
   * @param {boolean} [isKept]
   */
  change(painting, status, isKept = false) {
    painting.status = status;
    if (isKept) this.keep(painting);
    else if (!isActive(painting)) void store.remove(painting.id).catch(() => {});
    this.changes.value = painting;
  }

  /** @param {Painting} painting */
  keep(painting) {
    // A full disk costs the history, not the picture.
    void store.put(painting).catch((error) => console.warn(error));
    this.changes.value = painting;
  }

  /** @param {Painting} painting */
  forget(painting) {
    this.all = this.all.filter((one) => one !== painting);
    if (this.current[painting.form.kind] === painting) delete this.current[painting.form.kind];
    void store.remove(painting.id).catch(() => {});
    this.changes.value = null;
  }

  /** All that isn't at work. */
  forgetAll() {
    for (const painting of this.all.filter((one) => !isActive(one))) this.forget(painting);
  }

  /**
   * The features of a deleted profile don't live on in the settings of its pictures.
   *
   * @param {string} handle  The bare name.
   */
  forgetFeatures(handle) {
    for (const painting of this.all) {
      if (painting.form.kind !== 'profile' || painting.form.handle !== handle || !painting.form.features) continue;
      painting.form.features = null;
      if (painting.status === 'done' || isActive(painting)) this.keep(painting);
    }
  }
}
