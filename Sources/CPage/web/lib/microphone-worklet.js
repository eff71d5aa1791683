/** Runs on the audio thread: makes the microphone's sound 16 000 samples a second of 16 bits, and hands it over in pieces. */

const RATE = 16_000;
/** Samples of a piece: a quarter of a second. */
const PIECE = 4000;
/** Samples between two words on how loud it is: a twentieth of a second. */
const LEVEL = 800;
/** Half the length of the low-pass filter, in samples of the result. */
const HALF = 8;
/** How finely the filter is known between two samples. */
const PHASES = 64;

/** Takes samples at one rate and gives them at 16 kHz, without what lies above 8 kHz: it would come back as noise. */
class Resampler {
  /** @param {number} rate  Of what comes in. */
  constructor(rate) {
    this.step = rate / RATE;
    const cut = Math.min(1, RATE / rate) * 0.95;
    this.reach = Math.ceil(HALF * Math.max(1, this.step));
    this.kernels = Array.from({ length: PHASES }, (_, phase) => lowPass(this.reach, phase / PHASES, cut));
    /** What is still needed of what came before. */
    this.kept = new Float32Array(this.reach);
    /** Where the next sample lies in `kept` and what comes after. */
    this.place = this.reach;
  }

  /**
   * @param {Float32Array} input
   * @param {(sample: number) => void} give
   */
  push(input, give) {
    const all = new Float32Array(this.kept.length + input.length);
    all.set(this.kept);
    all.set(input, this.kept.length);
    while (this.place + this.reach + 1 < all.length) {
      const whole = Math.floor(this.place);
      const kernel = this.kernels[Math.floor((this.place - whole) * PHASES)];
      let sum = 0;
      for (let at = 0; at < kernel.length; at += 1) sum += all[whole - this.reach + 1 + at] * kernel[at];
      give(sum);
      this.place += this.step;
    }
    const done = Math.max(0, Math.floor(this.place) - this.reach);
    this.kept = all.slice(done);
    this.place -= done;
  }
}

/**
 * A windowed sinc whose middle lies a part of a sample after its central tap.
 *
 * @param {number} reach
 * @param {number} shift  From 0 to 1.
 * @param {number} cut  The highest frequency that passes, of half the rate.
 */
function lowPass(reach, shift, cut) {
  const taps = new Float32Array(reach * 2);
  let sum = 0;
  for (let at = 0; at < taps.length; at += 1) {
    const x = at - reach + 1 - shift;
    const wave = x === 0 ? 1 : Math.sin(Math.PI * x * cut) / (Math.PI * x * cut);
    taps[at] = wave * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1)));
    sum += taps[at];
  }
  return taps.map((tap) => tap / sum);
}

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.power = 0;
    this.heard = 0;
    this.isOver = false;
    this.port.onmessage = () => this.end();
  }

  /** Hands over what there is, and that it was all. */
  end() {
    this.isOver = true;
    this.port.postMessage({ piece: this.piece.slice(0, this.filled), isLast: true });
  }

  /** @param {Float32Array[][]} inputs */
  process([channels]) {
    if (this.isOver) return false;
    if (channels.length) this.resampler.push(channels[0], (sample) => this.take(sample));
    return true;
  }

  /** @param {number} sample */
  take(sample) {
    this.piece[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
    this.filled += 1;
    this.power += sample * sample;
    this.heard += 1;
    if (this.heard === LEVEL) {
      this.port.postMessage({ level: Math.sqrt(this.power / LEVEL) });
      this.power = 0;
      this.heard = 0;
    }
    if (this.filled < PIECE) return;
    this.port.postMessage({ piece: this.piece.slice(), isLast: false });
    this.filled = 0;
  }
}

registerProcessor('martlet-recorder', Recorder);
