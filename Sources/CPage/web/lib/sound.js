/** Sound in memory: raw samples, WAV files, and a player that plays pieces one after the other while more come. */

/**
 * Samples of 16 bits, lowest byte first, as the server sends them.
 *
 * @param {string} base64
 * @returns {Int16Array}
 */
export function samplesOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}

/**
 * @param {Int16Array[]} pieces
 * @returns {Int16Array}
 */
export function joined(pieces) {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * A WAV file of mono sound.
 *
 * @param {Int16Array[]} pieces
 * @param {number} rate
 * @returns {Blob}
 */
export function wavFile(pieces, rate) {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const head = new DataView(new ArrayBuffer(44));
  const text = (/** @type {number} */ at, /** @type {string} */ letters) => [...letters].forEach((letter, index) => head.setUint8(at + index, letter.charCodeAt(0)));
  text(0, 'RIFF');
  head.setUint32(4, 36 + bytes, true);
  text(8, 'WAVEfmt ');
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, 'data');
  head.setUint32(40, bytes, true);
  return new Blob([head, ...pieces], { type: 'audio/wav' });
}

/** Seconds before the first piece: time to have it ready. */
const LEAD = 0.05;

/** Plays pieces without gaps between them. */
export class SoundPlayer {
  /** @param {() => void} onChange  Whether it plays has changed. */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Set<AudioBufferSourceNode>} */
    this.sources = new Set();
    this.next = 0;
  }

  get isPlaying() {
    return this.sources.size > 0;
  }

  /** Browsers let a page make sound only after somebody has done something: to be called then. */
  wake() {
    this.context ??= new AudioContext();
    if (this.context.state === 'suspended') this.context.resume().catch(() => {});
  }

  /**
   * Plays after what is being played.
   *
   * @param {Int16Array} samples
   * @param {number} rate
   */
  add(samples, rate) {
    if (samples.length === 0) return;
    this.wake();
    const context = /** @type {AudioContext} */ (this.context);
    const buffer = context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => this.drop(source);
    this.next = Math.max(context.currentTime + LEAD, this.next);
    source.start(this.next);
    this.next += buffer.duration;
    this.sources.add(source);
    if (this.sources.size === 1) this.onChange();
  }

  /** @param {AudioBufferSourceNode} source */
  drop(source) {
    source.disconnect();
    if (this.sources.delete(source) && this.sources.size === 0) this.onChange();
  }

  /** Silence, at once. */
  stop() {
    this.next = 0;
    const before = [...this.sources];
    this.sources.clear();
    for (const source of before) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    if (before.length) this.onChange();
  }
}
