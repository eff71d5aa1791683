/** One turn with the server: the question goes there, the answer comes as it is written and spoken. */

import { ApiError, request } from '../../lib/api.js';
import { RATE } from '../../lib/microphone.js';
import { samplesOf, wavFile } from '../../lib/sound.js';
import { readEvents } from '../../lib/sse.js';

/**
 * @typedef {object} Asking
 * @property {string | null} live  The live transcription that has heard the question.
 * @property {string} conversation
 * @property {Record<string, string | number>} fields
 * @property {AbortSignal} signal
 * @property {() => void} onChange
 * @property {(samples: Int16Array, rate: number) => void} onSound
 */

/**
 * Has a turn answered, and writes the answer into it.
 *
 * @param {Martlet.VoiceTurn} turn
 * @param {Asking} asking
 * @throws {ApiError}
 */
export async function askTurn(turn, asking) {
  if (turn.input?.kind !== 'text' && !asking.live) turn.question = '';
  const response = await request('/v1/voice/turn', { method: 'POST', signal: asking.signal, ...bodyOf(turn, asking) });
  await readEvents(response, ({ event, data }) => {
    take(turn, event, JSON.parse(data), asking);
    asking.onChange();
  });
  // The line broke, or the server fell.
  if (turn.status !== 'done') throw new ApiError(0, {});
}

/**
 * @param {Martlet.VoiceTurn} turn
 * @param {Asking} asking
 * @returns {{ headers: Record<string, string>, body: BodyInit }}
 */
function bodyOf({ input }, { live, conversation, fields }) {
  const headers = { Accept: 'text/event-stream' };
  const all = { conversation, ...fields };
  if (input?.kind === 'text' || live) {
    const question = input?.kind === 'text' ? { text: input.text } : { live };
    return { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ ...all, ...question }) };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(all)) form.append(name, String(value));
  if (input?.kind === 'file') form.append('file', input.file);
  else form.append('file', wavFile(input?.pieces ?? [], RATE), 'question.wav');
  return { headers, body: form };
}

/**
 * @param {Martlet.VoiceTurn} turn
 * @param {string} event
 * @param {any} data
 * @param {Asking} asking
 */
function take(turn, event, data, { onSound }) {
  switch (event) {
    case 'stage':
      if (data.state === 'began') turn.status = /** @type {Martlet.VoiceTurnStatus} */ (data.stage);
      break;
    case 'transcript':
      turn.question = `${turn.question} ${data.text}`.trim();
      break;
    case 'transcribed':
      turn.question = data.text;
      break;
    case 'delta':
      turn.answer += data.text;
      break;
    case 'audio': {
      const samples = samplesOf(data.data);
      turn.rate = data.sample_rate;
      turn.sound.push(samples);
      onSound(samples, data.sample_rate);
      break;
    }
    case 'done':
      turn.status = 'done';
      turn.question = data.question;
      turn.answer = data.answer;
      turn.report = { stages: data.stages, first_text_ms: data.first_text_ms, first_audio_ms: data.first_audio_ms, total_ms: data.total_ms, audio_seconds: data.audio_seconds, model: data.model, transcriber: data.transcriber, synthesizer: data.synthesizer };
      break;
    case 'error':
      throw new ApiError(500, data);
    default:
  }
}
