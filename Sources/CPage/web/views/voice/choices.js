/** How somebody wants to be heard and answered. Kept in this browser. */

const KEY = 'martlet.voice';

/** @type {Martlet.VoiceChoices} */
const DEFAULTS = { synthesizer: '', voice: '', transcriber: '', language: '', speed: 1, speaks: true };

/** @returns {Martlet.VoiceChoices} */
export function keptChoices() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {Martlet.VoiceChoices} choices */
export function keepChoices(choices) {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // Storage is closed: the choices last as long as the page.
  }
}

/**
 * What a request says of them: only what differs from the server's defaults.
 *
 * @param {Martlet.VoiceChoices} choices
 * @returns {Record<string, string | number>}
 */
export function fieldsOf({ synthesizer, voice, transcriber, language, speed, speaks }) {
  const fields = { synthesizer, voice, transcriber, language, speed: speed === 1 ? '' : speed, mode: speaks ? '' : 'text' };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}
