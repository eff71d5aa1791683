/** The microphone: sound of 16 bits, mono, 16 000 samples a second, in pieces. It is let go of as soon as nobody records. */

export const RATE = 16_000;

/** Why there is no sound. */
export class MicrophoneError extends Error {
  /** @param {'refused' | 'missing' | 'busy' | 'insecure'} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** @param {unknown} error */
function kindOf(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'busy';
}

export class Microphone {
  /**
   * @param {MediaStream} stream
   * @param {AudioContext} context
   * @param {AudioWorkletNode} recorder
   * @param {Takers} takers
   */
  constructor(stream, context, recorder, takers) {
    this.stream = stream;
    this.context = context;
    this.recorder = recorder;
    recorder.port.onmessage = ({ data }) => {
      if (data.level !== undefined) takers.onLevel(data.level);
      if (data.piece?.length) takers.onPiece(data.piece);
      if (data.isLast) this.onEnd?.();
    };
    // Unplugged, or taken away by the system.
    stream.getAudioTracks()[0]?.addEventListener('ended', () => takers.onGone());
  }

  /**
   * @typedef {{ onPiece: (piece: Int16Array) => void, onLevel: (level: number) => void, onGone: () => void }} Takers
   *
   * @param {Takers} takers
   * @returns {Promise<Microphone>}
   * @throws {MicrophoneError}
   */
  static async open(takers) {
    // Browsers have microphones only for pages that came over TLS or from this machine.
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw new MicrophoneError('insecure');
    const context = new AudioContext();
    /** @type {MediaStream | null} */
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
      await context.audioWorklet.addModule('/assets/lib/microphone-worklet.js');
      await context.resume();
      const recorder = new AudioWorkletNode(context, 'martlet-recorder', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
      context.createMediaStreamSource(stream).connect(recorder);
      return new Microphone(stream, context, recorder, takers);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      context.close().catch(() => {});
      throw new MicrophoneError(kindOf(error));
    }
  }

  /** Ends the recording. The last piece has been handed over when this is done. */
  async close() {
    await new Promise((resolve) => {
      this.onEnd = () => resolve(undefined);
      this.recorder.port.postMessage('end');
      // A stopped audio thread answers nothing.
      setTimeout(resolve, 500);
    });
    this.stream.getTracks().forEach((track) => track.stop());
    await this.context.close().catch(() => {});
  }
}
