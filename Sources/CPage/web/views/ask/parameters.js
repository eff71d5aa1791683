/** The numbers that a question can carry, with the ranges that the server takes. */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {'video' | 'generation'} group
 * @property {number} low
 * @property {number} high
 * @property {boolean} [above]  `low` itself is too small.
 * @property {boolean} [whole]
 * @property {number} [step]
 * @property {string} [setting]  The configuration that holds its default.
 * @property {string} [standard]  A default that can't be configured.
 */

/** @type {Field[]} */
export const fields = [
  { name: 'fps', group: 'video', low: 0, high: 240, above: true, step: 0.5, setting: 'video.fps' },
  { name: 'nframes', group: 'video', low: 2, high: 2048, whole: true },
  { name: 'min_frames', group: 'video', low: 2, high: 2048, whole: true, standard: '4' },
  { name: 'max_frames', group: 'video', low: 2, high: 2048, whole: true, setting: 'video.max_frames' },
  { name: 'min_pixels', group: 'video', low: 1, high: 67_108_864, whole: true, setting: 'video.min_pixels' },
  { name: 'max_pixels', group: 'video', low: 1, high: 67_108_864, whole: true, setting: 'video.max_pixels' },
  { name: 'total_pixels', group: 'video', low: 1, high: 137_438_953_472, whole: true, setting: 'video.total_pixels' },
  { name: 'video_start', group: 'video', low: 0, high: 21_600, step: 0.1 },
  { name: 'video_end', group: 'video', low: 0, high: 21_600, above: true, step: 0.1 },
  { name: 'max_tokens', group: 'generation', low: 1, high: 32_768, whole: true, setting: 'generation.max_tokens' },
  { name: 'temperature', group: 'generation', low: 0, high: 2, step: 0.1, setting: 'generation.temperature' },
  { name: 'top_p', group: 'generation', low: 0, high: 1, step: 0.05, setting: 'generation.top_p' },
  { name: 'top_k', group: 'generation', low: 0, high: 1000, whole: true, setting: 'generation.top_k' },
  { name: 'seed', group: 'generation', low: 0, high: 4_294_967_295, whole: true },
];

/** @returns {Martlet.Settings} */
export function noSettings() {
  return { model: '', evidence: 'auto', video: {}, generation: {} };
}

/**
 * How many settings differ from the server's own.
 *
 * @param {Martlet.Settings} settings
 */
export function countChanged(settings) {
  return Object.keys(settings.video).length + Object.keys(settings.generation).length + (settings.model ? 1 : 0) + (settings.evidence === 'auto' ? 0 : 1);
}

/**
 * A request's fields. What isn't set is left out: the server's defaults count.
 *
 * @param {Martlet.Settings} settings
 */
export function requestFields(settings) {
  return {
    model: settings.model || undefined,
    evidence: settings.evidence === 'auto' ? undefined : settings.evidence,
    video_params: settings.video,
    generation_params: settings.generation,
  };
}

/**
 * What is wrong with a field's text; null when it may stand.
 *
 * @param {Field} field
 * @param {string} text
 * @returns {'whole' | 'number' | 'range' | null}
 */
export function problemWith(field, text) {
  const value = Number(text);
  if (!Number.isFinite(value)) return 'number';
  if (field.whole && !Number.isInteger(value)) return 'whole';
  return value > field.high || value < field.low || (field.above && value <= field.low) ? 'range' : null;
}
