/** What goes on in a spoken conversation: recording, the turn at work, the sound that plays. Knows nothing of how it is shown. */

import { ApiError } from '../../lib/api.js';
import { Microphone, MicrophoneError, RATE } from '../../lib/microphone.js';
import { Signal } from '../../lib/signal.js';
import { SoundPlayer } from '../../lib/sound.js';
import { messageOf } from '../../components/error-notice.js';
import { fieldsOf, keptChoices } from './choices.js';
import { Conversation, isOver, newTurn } from './conversation.js';
import { Listening } from './listening.js';
import { askTurn } from './turn.js';

/** Seconds of a recording that nobody meant. */
const SHORTEST = 0.25;
/** Seconds before the limit at which a recording is ended: the last piece has to fit. */
const RESERVE = 0.5;

/** @typedef {'idle' | 'opening' | 'listening' | 'answering' | 'playing'} Phase */
/** @typedef {{ turn: Martlet.VoiceTurn, listening: Listening, microphone: Microphone | null, samples: number }} Recording */

export class Talk {
  constructor() {
    this.conversation = Conversation.kept();
    this.choices = keptChoices();
    /** Seconds that a recording may take (voice.max_seconds). */
    this.limit = 60;
    /** The turn that has changed; null: anything else has. */
    this.changes = new Signal(/** @type {Martlet.VoiceTurn | null} */ (null));
    this.level = new Signal(0);
    /** Why there is no recording. */
    this.trouble = new Signal(/** @type {string | null} */ (null));
    this.player = new SoundPlayer(() => this.tell());
    /** Whose sound plays. */
    this.heard = /** @type {Martlet.VoiceTurn | null} */ (null);
    this.recording = /** @type {Recording | null} */ (null);
    this.running = /** @type {{ turn: Martlet.VoiceTurn, stop: AbortController } | null} */ (null);
  }

  /** @returns {Phase} */
  get phase() {
    if (this.recording) return this.recording.microphone ? 'listening' : 'opening';
    if (this.running) return 'answering';
    return this.player.isPlaying ? 'playing' : 'idle';
  }

  /** Seconds recorded. */
  get seconds() {
    return (this.recording?.samples ?? 0) / RATE;
  }

  /** @param {Martlet.VoiceTurn | null} [turn] */
  tell(turn = null) {
    this.changes.value = turn;
  }

  /** Begins to record. Whoever speaks is listened to: what plays or is being answered ends at once. */
  async listen() {
    this.stop();
    this.trouble.value = null;
    // While somebody presses the button: later the browser might not let the answer be heard.
    this.player.wake();
    const turn = newTurn({ kind: 'recording', pieces: [] });
    turn.status = 'listening';
    /** @type {Recording} */
    const recording = { turn, microphone: null, samples: 0, listening: this.transcribe(turn) };
    this.recording = recording;
    this.add(turn);
    try {
      const microphone = await Microphone.open({
        onPiece: (piece) => this.take(recording, piece),
        onLevel: (level) => (this.level.value = this.recording === recording ? level : 0),
        onGone: () => this.recording === recording && this.send(),
      });
      if (this.recording !== recording) await microphone.close();
      else recording.microphone = microphone;
      this.tell(turn);
    } catch (error) {
      if (this.recording === recording) this.cancel();
      this.trouble.value = error instanceof MicrophoneError ? error.kind : 'busy';
    }
  }

  /** @param {Martlet.VoiceTurn} turn */
  transcribe(turn) {
    const { language, transcriber } = this.choices;
    return new Listening({ language: language || undefined, transcriber: transcriber || undefined }, {
      onText: (text) => {
        if (!['listening', 'sending'].includes(turn.status)) return;
        turn.question = text;
        this.tell(turn);
      },
      onRefused: (error) => this.refuse(turn, error),
    });
  }

  /**
   * A server that can't listen now may still take the recording as a file; one that has no model for it can't.
   *
   * @param {Martlet.VoiceTurn} turn
   * @param {ApiError} error
   */
  refuse(turn, error) {
    const { recording } = this;
    if (recording?.turn !== turn) return;
    if (error.code === 'audio_too_long') this.send();
    else if (!recording.listening.id && ((error.status >= 400 && error.status < 500 && error.status !== 429) || error.status === 503)) {
      this.recording = null;
      recording.microphone?.close();
      turn.input = null;
      this.fail(turn, error);
    }
  }

  /**
   * @param {Recording} recording
   * @param {Int16Array} piece
   */
  take(recording, piece) {
    recording.samples += piece.length;
    recording.listening.add(piece);
    if (this.recording !== recording) return;
    if (this.seconds >= this.limit - RESERVE) this.send();
    else this.tell(recording.turn);
  }

  /** Ends the recording and has it answered. */
  async send() {
    const { recording } = this;
    if (!recording) return;
    if (!recording.microphone) {
      this.cancel();
      return;
    }
    this.recording = null;
    const { turn, listening, microphone } = recording;
    turn.input = { kind: 'recording', pieces: listening.pieces };
    await this.run(turn, async (signal) => {
      signal.addEventListener('abort', () => listening.cancel(), { once: true });
      await microphone?.close();
      this.level.value = 0;
      if (recording.samples < SHORTEST * RATE) {
        listening.cancel();
        this.drop(turn);
        return null;
      }
      return listening.finish();
    });
  }

  /** Forgets the recording. */
  cancel() {
    const { recording } = this;
    if (!recording) return;
    this.recording = null;
    this.level.value = 0;
    recording.listening.cancel();
    recording.microphone?.close();
    this.conversation.remove(recording.turn);
    this.tell();
  }

  /**
   * A recording in which nothing can have been said.
   *
   * @param {Martlet.VoiceTurn} turn
   */
  drop(turn) {
    this.running?.stop.abort();
    this.running = null;
    this.conversation.remove(turn);
    this.trouble.value = 'short';
    this.tell();
  }

  /** @param {string} text */
  write(text) {
    this.ask(newTurn({ kind: 'text', text }));
  }

  /** @param {File} file */
  play(file) {
    this.ask(newTurn({ kind: 'file', file }));
  }

  /** @param {Martlet.VoiceTurn} turn */
  ask(turn) {
    this.cancel();
    this.stop();
    this.trouble.value = null;
    this.player.wake();
    this.add(turn);
    void this.run(turn, async () => null);
  }

  /** @param {Martlet.VoiceTurn} turn */
  retry(turn) {
    this.cancel();
    this.stop();
    this.player.wake();
    // The server has forgotten what it heard live: the recording goes as a file.
    Object.assign(turn, { answer: '', sound: [], report: null, error: null });
    void this.run(turn, async () => null);
  }

  /**
   * @param {Martlet.VoiceTurn} turn
   * @param {(signal: AbortSignal) => Promise<string | null>} live  Gives the live transcription to begin with.
   */
  async run(turn, live) {
    const stop = new AbortController();
    const work = { turn, stop };
    this.running = work;
    turn.status = 'sending';
    this.tell(turn);
    const begun = performance.now();
    try {
      const id = await live(stop.signal);
      if (stop.signal.aborted) return;
      await askTurn(turn, {
        live: id, conversation: this.conversation.name, fields: fieldsOf(this.choices), signal: stop.signal,
        onChange: () => this.tell(turn),
        onSound: (samples, rate) => {
          turn.heardAfter ??= performance.now() - begun;
          this.heard = turn;
          this.player.add(samples, rate);
        },
      });
    } catch (error) {
      if (!stop.signal.aborted) this.fail(turn, error);
    } finally {
      if (this.running === work) this.running = null;
      this.conversation.keep();
      this.tell(turn);
    }
  }

  /**
   * @param {Martlet.VoiceTurn} turn
   * @param {unknown} error
   */
  fail(turn, error) {
    const { code = null, requestId = null, retryAfter = null } = error instanceof ApiError ? error : {};
    turn.status = 'failed';
    turn.error = { message: messageOf(error), code, requestId, retryAt: retryAfter ? Date.now() + retryAfter : null };
    this.tell(turn);
  }

  /** Silence, and an end to the answer that is being made. */
  stop() {
    this.player.stop();
    const { running } = this;
    if (!running) return;
    this.running = null;
    running.stop.abort();
    if (!isOver(running.turn)) running.turn.status = 'stopped';
    this.conversation.keep();
    this.tell(running.turn);
  }

  /** @param {Martlet.VoiceTurn} turn */
  replay(turn) {
    this.stop();
    this.heard = turn;
    for (const piece of turn.sound) this.player.add(piece, turn.rate);
    this.tell(turn);
  }

  /** @param {Martlet.VoiceTurn} turn */
  add(turn) {
    this.conversation.turns.push(turn);
    this.tell(turn);
  }

  /** Another conversation: what was said before is no longer thought of. */
  renew() {
    this.rest();
    this.conversation = new Conversation();
    this.conversation.keep();
    this.trouble.value = null;
    this.tell();
  }

  /** Nobody looks: the microphone is closed, and nothing is heard. */
  rest() {
    this.cancel();
    this.stop();
  }
}
