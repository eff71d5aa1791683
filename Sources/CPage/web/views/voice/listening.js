/** A live transcription: sends the sound of a recording in order, and tells what was heard so far. */

import { ApiError, authorization, json, request } from '../../lib/api.js';
import { pause, pauseBefore } from '../../lib/sse.js';
import { joined } from '../../lib/sound.js';

const MOST_TRIES = 3;
/** Samples of one request: ten seconds, for a line that was slow at first. */
const MOST_SAMPLES = 160_000;

export class Listening {
  /**
   * @param {{ language?: string, transcriber?: string }} options
   * @param {{ onText: (text: string) => void, onRefused: (error: ApiError) => void }} takers
   */
  constructor(options, takers) {
    this.takers = takers;
    this.stop = new AbortController();
    /** @type {Int16Array[]} */
    this.pieces = [];
    this.sent = 0;
    this.number = 0;
    /** Whether the server could not hear all: the recording has to be sent as a file then. */
    this.isBroken = false;
    /** @type {string | null} */
    this.id = null;
    /** @type {Promise<void> | null} */
    this.sending = null;
    this.begun = this.begin(options);
  }

  /** @param {{ language?: string, transcriber?: string }} options */
  async begin(options) {
    try {
      this.id = (await json('POST', '/v1/voice/live', options, { signal: this.stop.signal })).id;
      // Let go of in the meantime: nobody would end it otherwise.
      if (this.stop.signal.aborted) this.forget();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {Int16Array} piece */
  add(piece) {
    this.pieces.push(piece);
    this.sending ??= this.sendAll().finally(() => (this.sending = null));
  }

  async sendAll() {
    await this.begun;
    while (this.sent < this.pieces.length && !this.isBroken) {
      let count = 0;
      let samples = 0;
      while (this.sent + count < this.pieces.length && samples < MOST_SAMPLES) {
        samples += this.pieces[this.sent + count].length;
        count += 1;
      }
      await this.send(joined(this.pieces.slice(this.sent, this.sent + count)));
      this.sent += count;
    }
  }

  /**
   * One numbered request. A repeated number is answered as before, so that a lost connection loses no sound.
   *
   * @param {Int16Array} samples
   */
  async send(samples) {
    for (let tries = 1; !this.isBroken; tries += 1) {
      try {
        const response = await request(`/v1/voice/live/${this.id}/sound?seq=${this.number}`, {
          method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: samples, signal: this.stop.signal,
        });
        this.number += 1;
        this.takers.onText((await response.json()).text);
        return;
      } catch (error) {
        const mayPass = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
        if (!mayPass || tries === MOST_TRIES) this.fail(error);
        else await pause(pauseBefore(tries - 1), this.stop.signal);
      }
    }
  }

  /** @param {unknown} error */
  fail(error) {
    this.isBroken = true;
    if (!this.stop.signal.aborted && error instanceof ApiError) this.takers.onRefused(error);
  }

  /**
   * Waits until all of the sound is at the server.
   *
   * @returns {Promise<string | null>} The id to begin a turn with; null when the recording has to be sent as a file.
   */
  async finish() {
    await this.begun;
    while (this.sending) await this.sending;
    return this.isBroken ? null : this.id;
  }

  /** Forgets what was heard. */
  cancel() {
    this.isBroken = true;
    this.stop.abort();
    this.forget();
  }

  forget() {
    if (!this.id) return;
    // Not by `request`: nobody is to be asked for a token for this, and it ends by itself anyway.
    fetch(`/v1/voice/live/${this.id}`, { method: 'DELETE', headers: authorization(), keepalive: true }).catch(() => {});
    this.id = null;
  }
}
