/**
 * One conversation about one video: its upload, plan, questions and answers. It outlives the view, so that an upload or an answer
 * goes on while another view is looked at, and is kept in the history from the first question on.
 */

import { ApiError, json, wasAborted } from '../../lib/api.js';
import * as history from '../../lib/history.js';
import { Signal } from '../../lib/signal.js';
import { remove, upload } from '../../lib/tus.js';
import { messageOf } from '../../components/error-notice.js';
import { strings } from '../../app/strings.js';
import { follow as followAnswer, send, cancel } from './answering.js';
import { fetchVideo, nameOf } from './fetching.js';
import { noSettings, requestFields } from './parameters.js';

const MOST_EXCHANGES = 64;
const THUMBNAILS = { count: 32, height: 120 };
const SAVE_PAUSE = 800;

/** @typedef {{ state: 'none' | 'moving' | 'ready' | 'gone' | 'failed', transfer?: Martlet.Transfer | null, fetching?: boolean, error?: any }} Source */
/** @typedef {{ state: 'none' | 'working' | 'ready' | 'failed', plan?: Martlet.Plan, error?: any }} Planning */

export class Session {
  /** @param {Martlet.Conversation} [conversation] */
  constructor(conversation) {
    this.conversation = conversation ?? emptyConversation();
    /** @type {File | null} */
    this.file = null;
    /** @type {Signal<Source>} */
    this.source = new Signal(/** @type {Source} */ ({ state: this.video.uploadId ? 'ready' : this.without }));
    /** @type {Signal<Planning>} */
    this.planning = new Signal(/** @type {Planning} */ ({ state: 'none' }));
    /**
     * The turn that has changed; null when the list has.
     *
     * @type {Signal<Martlet.Turn | null>}
     */
    this.turns = new Signal(/** @type {Martlet.Turn | null} */ (null));
    /** @type {Promise<unknown>} */
    this.arrived = Promise.resolve();
    this.closing = new AbortController();
    this.moving = new AbortController();
    /**
     * What is being done for each turn.
     *
     * @type {Map<string, AbortController>}
     */
    this.runs = new Map();
    this.saveTimer = 0;
    this.planRun = 0;
  }

  get video() {
    return this.conversation.video;
  }

  /** What it means to have no video: nothing has begun, or the conversation has lost it. */
  get without() {
    return /** @type {'none' | 'gone'} */ (this.conversation.turns.length ? 'gone' : 'none');
  }

  /** The turn that is being answered. */
  get running() {
    return this.conversation.turns.find((turn) => !['done', 'failed', 'stopped'].includes(turn.status)) ?? null;
  }

  /**
   * Takes a file: it goes to the server while the question is written.
   *
   * @param {File} file
   */
  useFile(file) {
    this.file = file;
    Object.assign(this.video, { kind: 'file', name: file.name, bytes: file.size, url: null, uploadId: null });
    this.take(false, (signal) => upload(file, { signal, onProgress: (transfer) => this.moved(transfer) }));
  }

  /**
   * Has the server fetch a video.
   *
   * @param {string} url
   */
  useUrl(url) {
    Object.assign(this.video, { kind: 'url', name: nameOf(url), bytes: 0, url, uploadId: null });
    this.take(true, (signal) => fetchVideo(url, signal, (transfer) => this.moved(transfer)));
  }

  /**
   * @param {boolean} fetching
   * @param {(signal: AbortSignal) => Promise<Martlet.Upload>} work
   */
  take(fetching, work) {
    this.moving = new AbortController();
    this.source.value = { state: 'moving', fetching, transfer: null };
    this.arrived = work(this.moving.signal).then((upload) => {
      Object.assign(this.video, { uploadId: upload.id, bytes: upload.bytes, name: this.video.kind === 'file' ? this.video.name : upload.name || this.video.name });
      this.source.value = { state: 'ready' };
      this.plan();
    });
    this.arrived.catch((error) => {
      if (this.moving.signal.aborted) this.source.value = { state: this.without };
      else this.source.value = { state: 'failed', error, fetching };
    });
  }

  /** @param {Martlet.Transfer} transfer */
  moved(transfer) {
    if (this.source.value.state === 'moving') this.source.value = { ...this.source.value, transfer };
  }

  cancelUpload() {
    this.moving.abort();
  }

  retryUpload() {
    if (this.file) this.useFile(this.file);
    else if (this.video.url) this.useUrl(this.video.url);
  }

  /** Asks which frames would be seen with the present settings. */
  async plan() {
    const id = this.video.uploadId;
    if (!id) return;
    const run = ++this.planRun;
    this.planning.value = { ...this.planning.value, state: 'working' };
    try {
      const { video_params, model } = requestFields(this.conversation.settings);
      const plan = await json('POST', `/v1/uploads/${id}/plan`, { video_params, model, thumbnails: THUMBNAILS }, { signal: this.closing.signal });
      if (run !== this.planRun) return;
      this.video.duration = plan.video.duration;
      this.video.thumbnail = plan.thumbnails[Math.floor(plan.thumbnails.length / 3)]?.image ?? null;
      this.planning.value = { state: 'ready', plan };
      this.keep();
    } catch (error) {
      if (run !== this.planRun || wasAborted(error)) return;
      if (error instanceof ApiError && error.code === 'upload_not_found') this.source.value = { state: 'gone' };
      this.planning.value = { ...this.planning.value, state: 'failed', error };
    }
  }

  /** @param {string} prompt */
  async ask(prompt) {
    /** @type {Martlet.Turn} */
    const turn = {
      id: crypto.randomUUID(), prompt, created: Date.now(), status: 'uploading', answerId: null, lastEventId: null, answer: '', notices: [],
      result: null, error: null,
    };
    this.conversation.turns.push(turn);
    this.turns.value = null;
    this.keep();
    await this.answer(turn);
  }

  /**
   * The same question again, in its old place.
   *
   * @param {Martlet.Turn} turn
   */
  async retry(turn) {
    if (this.source.value.state === 'failed') this.retryUpload();
    Object.assign(turn, { status: 'uploading', answerId: null, lastEventId: null, answer: '', notices: [], result: null, error: null, progress: null });
    this.changed(turn);
    await this.answer(turn);
  }

  /**
   * Begins to work on a turn, and ends what was done for it before: a late event of a stopped answer must not reach the next one.
   *
   * @param {Martlet.Turn} turn
   * @returns {AbortSignal}
   */
  begin(turn) {
    this.runs.get(turn.id)?.abort();
    const run = new AbortController();
    this.runs.set(turn.id, run);
    return run.signal;
  }

  /** @param {Martlet.Turn} turn */
  async answer(turn) {
    const run = this.begin(turn);
    try {
      await this.arrived;
      if (run.aborted) return;
      turn.status = 'sending';
      this.changed(turn);
      const before = this.conversation.turns.slice(0, this.conversation.turns.indexOf(turn));
      const exchanges = before.filter((one) => one.status === 'done').map((one) => ({ question: one.prompt, answer: one.answer }));
      const id = await send({
        upload_id: this.video.uploadId, prompt: turn.prompt, history: exchanges.slice(-MOST_EXCHANGES), ...requestFields(this.conversation.settings),
      });
      if (run.aborted) {
        await cancel(id);
        return;
      }
      turn.answerId = id;
      await this.attend(turn, run);
    } catch (error) {
      if (!run.aborted) this.failed(turn, error);
    }
  }

  /**
   * Follows an answer to its end. Closing this doesn't stop it.
   *
   * @param {Martlet.Turn} turn
   * @param {AbortSignal} run
   */
  async attend(turn, run) {
    if (turn.status !== 'writing') turn.status = 'working';
    this.changed(turn);
    await followAnswer(turn, run, () => this.changed(turn));
  }

  /**
   * @param {Martlet.Turn} turn
   * @param {any} error
   */
  failed(turn, error) {
    // Stopped with the upload, or from another window.
    if (this.moving.signal.aborted || error.code === 'answer_cancelled') {
      turn.status = 'stopped';
    } else {
      const lost = error.code === 'answer_not_found';
      if (error.code === 'upload_not_found') this.source.value = { state: 'gone' };
      turn.status = 'failed';
      turn.error = {
        message: lost ? strings.answer.lost : messageOf(error), code: error.code ?? 'page_error', requestId: error.requestId ?? null,
        retryAfter: error.retryAfter ?? null, at: Date.now(),
      };
    }
    this.changed(turn);
    this.keep();
  }

  /** @param {Martlet.Turn} turn */
  async stop(turn) {
    const id = turn.answerId;
    this.begin(turn);
    turn.status = 'stopped';
    this.changed(turn);
    this.keep();
    if (id) await cancel(id).catch(() => {});
  }

  /** Goes on with what was at work when the page was left. */
  resume() {
    if (this.video.uploadId) this.plan();
    for (const turn of this.conversation.turns) {
      if (turn.answerId && ['working', 'writing', 'sending'].includes(turn.status)) {
        const run = this.begin(turn);
        this.attend(turn, run).catch((error) => !run.aborted && this.failed(turn, error));
      } else if (['uploading', 'sending'].includes(turn.status)) {
        turn.status = 'stopped';
        this.changed(turn);
      }
    }
  }

  /** @param {Martlet.Turn} turn */
  changed(turn) {
    this.turns.value = turn;
    if (['done', 'failed', 'stopped'].includes(turn.status) || (turn.answerId !== null && turn.lastEventId === null)) this.keep();
    else this.keepSoon();
  }

  keepSoon() {
    if (!this.saveTimer) this.saveTimer = window.setTimeout(() => this.keep(), SAVE_PAUSE);
  }

  /** Writes the conversation to the history, once something was asked. */
  keep() {
    clearTimeout(this.saveTimer);
    this.saveTimer = 0;
    if (this.conversation.turns.length === 0) return;
    this.conversation.updated = this.conversation.turns.at(-1)?.created ?? Date.now();
    history.put(this.conversation).catch((error) => console.warn('the history could not be written', error));
  }

  /** Lets go of the video when nothing was asked about it. Running answers go on at the server. */
  close() {
    if (this.conversation.turns.length === 0) {
      this.moving.abort();
      if (this.video.uploadId) remove(this.video.uploadId).catch(() => {});
    } else {
      this.keep();
    }
    this.closing.abort();
    for (const run of this.runs.values()) run.abort();
  }
}

/** @returns {Martlet.Conversation} */
function emptyConversation() {
  return {
    id: crypto.randomUUID().slice(0, 8), created: Date.now(), updated: Date.now(), settings: noSettings(), turns: [],
    video: { kind: 'file', name: '', url: null, bytes: 0, uploadId: null, duration: null, thumbnail: null },
  };
}
