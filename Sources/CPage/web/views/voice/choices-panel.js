/** Voice, transcriber, language and speed. */

import { json } from '../../lib/api.js';
import { fill, h, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { words as all } from '../../app/strings-voice.js';
import { keepChoices } from './choices.js';

const words = all.choices;
const SPEEDS = [0.75, 0.9, 1, 1.15, 1.3, 1.5, 2];
/** What is offered where a model knows many languages. */
const LANGUAGES = ['ar', 'cs', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'he', 'hi', 'hu', 'id', 'it', 'ja', 'ko', 'nl', 'no', 'pl', 'pt', 'ro', 'ru', 'sv', 'th', 'tr', 'uk', 'vi', 'yue', 'zh'];

/** @typedef {{ models: Martlet.SpeechModel[], transcribers: Martlet.SpeechModel[] }} Voices */

export class ChoicesPanel {
  /**
   * @param {import('./talk.js').Talk} talk
   * @param {AbortSignal} until
   */
  constructor(talk, until) {
    this.talk = talk;
    this.until = until;
    this.missing = h('div', { class: 'voice-missing' });
    this.body = h('div', { class: 'choices-body' });
    this.element = h('details', { class: 'panel choices', open: window.innerWidth > 900 }, h('summary', null, icon('sliders'), words.title), this.body);
    void this.load();
  }

  async load() {
    try {
      const voices = /** @type {Voices} */ (await json('GET', '/v1/voices', undefined, { signal: this.until }));
      this.draw(voices);
    } catch (error) {
      if (this.until.aborted) return;
      fill(this.body, errorNotice({ title: words.failed, message: messageOf(error), onretry: () => void this.load() }));
    }
  }

  /** @param {Voices} voices */
  draw(voices) {
    this.voices = voices;
    if (!voices.models.length || !voices.transcribers.length) fill(this.missing, missingNotice());
    const { choices } = this.talk;
    // What was chosen may be gone since.
    if (!voices.transcribers.some((one) => one.id === choices.transcriber)) choices.transcriber = '';
    if (!this.voiceOptions().some(([value]) => value === valueOf(choices))) Object.assign(choices, { synthesizer: '', voice: '' });
    this.languages = this.select(words.language, this.languageOptions(), choices.language, (language) => this.keep({ language }));
    fill(this.body,
      this.select(words.voice, this.voiceOptions(), valueOf(choices), (value) => this.keep(choiceOf(value))).field,
      this.select(words.transcriber, [['', words.standard], ...voices.transcribers.map((one) => /** @type {[string, string]} */ ([one.id, one.id]))], choices.transcriber, (transcriber) => this.hearBy(transcriber)).field,
      this.languages.field,
      this.speed(),
      this.speaks());
  }

  /** @returns {[string, string][]} */
  voiceOptions() {
    const models = this.voices?.models ?? [];
    return [['', words.standard], ...models.flatMap(({ id, voices }) => (voices.length ? voices : ['']).map((voice) => /** @type {[string, string]} */ (
      [valueOf({ synthesizer: id, voice }), voice ? words.voiceOf(voice, id) : id])))];
  }

  /** @returns {[string, string][]} */
  languageOptions() {
    const transcribers = this.voices?.transcribers ?? [];
    const chosen = transcribers.find((one) => one.id === this.talk.choices.transcriber) ?? transcribers[0];
    const known = chosen?.languages.length ? chosen.languages : LANGUAGES;
    const names = new Intl.DisplayNames(['en'], { type: 'language' });
    if (!known.includes(this.talk.choices.language)) this.talk.choices.language = '';
    return [['', words.heard], ...known.map((code) => /** @type {[string, string]} */ ([code, names.of(code) ?? code]))];
  }

  /** @param {string} transcriber */
  hearBy(transcriber) {
    this.talk.choices.transcriber = transcriber;
    // A language that it doesn't know is no longer chosen.
    if (this.languages) setOptions(this.languages.list, this.languageOptions(), this.talk.choices.language);
    keepChoices(this.talk.choices);
  }

  /** @param {Partial<Martlet.VoiceChoices>} changed */
  keep(changed) {
    Object.assign(this.talk.choices, changed);
    keepChoices(this.talk.choices);
  }

  /**
   * @param {string} label
   * @param {[string, string][]} options
   * @param {string} value
   * @param {(value: string) => void} onChoice
   */
  select(label, options, value, onChoice) {
    const id = uniqueId('choice');
    const list = h('select', { class: 'input', id, onchange: () => onChoice(list.value) });
    setOptions(list, options, value);
    return { list, field: h('div', { class: 'field' }, h('label', { htmlFor: id }, label), list) };
  }

  speed() {
    const options = SPEEDS.map((speed) => /** @type {[string, string]} */ ([String(speed), words.speedOf(String(speed))]));
    return this.select(words.speed, options, String(this.talk.choices.speed), (value) => this.keep({ speed: Number(value) })).field;
  }

  speaks() {
    const box = h('input', { type: 'checkbox', checked: this.talk.choices.speaks, onchange: () => this.keep({ speaks: box.checked }) });
    return h('label', { class: 'check' }, box, words.speaks);
  }
}

/**
 * @param {HTMLSelectElement} list
 * @param {[string, string][]} options
 * @param {string} chosen
 */
function setOptions(list, options, chosen) {
  fill(list, options.map(([value, label]) => h('option', { value, selected: value === chosen }, label)));
}

/** @param {{ synthesizer: string, voice: string }} choice */
function valueOf({ synthesizer, voice }) {
  return synthesizer ? `${synthesizer}/${voice}` : '';
}

/**
 * @param {string} value
 * @returns {{ synthesizer: string, voice: string }}
 */
function choiceOf(value) {
  const cut = value.lastIndexOf('/');
  return cut < 0 ? { synthesizer: '', voice: '' } : { synthesizer: value.slice(0, cut), voice: value.slice(cut + 1) };
}

function missingNotice() {
  const { title, text, command, go } = all.noModels;
  return h('div', { class: 'notice warn', role: 'status' }, icon('alert'),
    h('div', null, h('strong', null, title), h('span', null, text), h('code', null, command), h('div', { class: 'row' }, h('a', { class: 'button small', href: '#/models' }, go))));
}
