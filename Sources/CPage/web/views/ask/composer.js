/** Where questions are written: text, suggestions, settings, and the button that asks. */

import { h, setText, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { strings } from '../../app/strings.js';
import { SettingsPanel } from './settings-panel.js';

const words = strings.ask;
const LONGEST = 16_000;

export class Composer {
  /**
   * @param {import('./session.js').Session} session
   * @param {AbortSignal} until
   * @param {(prompt: string) => void} onAsk
   */
  constructor(session, until, onAsk) {
    this.session = session;
    this.onAsk = onAsk;
    const id = uniqueId('question');
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong`, hidden: true, role: 'alert' });
    this.text = h('textarea', {
      class: 'composer-text', id, rows: 1, placeholder: words.placeholder, 'aria-describedby': `${id}-hint ${id}-wrong`,
      oninput: () => this.tidy(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.send = h('button', { class: 'button primary', title: words.send }, icon('send'), h('span', null, words.send));
    this.presets = h('div', { class: 'presets', role: 'group', 'aria-label': words.presetsLabel }, words.presets.map(([label, prompt]) =>
      h('button', { type: 'button', class: 'preset', title: prompt, onclick: () => this.prefill(prompt) }, label)));
    this.settings = new SettingsPanel(session.conversation.settings, until, (sampling) => {
      session.keepSoon();
      if (!sampling) return;
      clearTimeout(this.planTimer);
      this.planTimer = window.setTimeout(() => session.plan(), 400);
    });
    this.element = h('form', { class: 'panel composer', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.submit(event) },
      h('label', { class: 'unseen', htmlFor: id }, words.question),
      this.text,
      this.presets,
      this.wrong,
      h('p', { class: 'unseen', id: `${id}-hint` }, words.sendHint),
      h('div', { class: 'composer-foot' }, this.settings.element, this.send));
    this.followUps();
    session.source.watch(() => this.allow(), until);
    session.turns.watch(() => this.allow(), until);
  }

  /** @param {string} prompt */
  prefill(prompt) {
    this.text.value = prompt;
    this.tidy();
    this.text.focus();
  }

  /** The field grows with its text. */
  tidy() {
    this.text.style.blockSize = 'auto';
    this.text.style.blockSize = `${Math.min(this.text.scrollHeight + 2, 320)}px`;
    this.tell('');
  }

  /** @param {string} message */
  tell(message) {
    this.wrong.hidden = message === '';
    setText(this.wrong, message);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    // While letters are composed, Enter takes a suggestion of the keyboard.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  /** After the first question, suggestions give way to the conversation. */
  followUps() {
    const asked = this.session.conversation.turns.length > 0;
    this.presets.hidden = asked;
    this.text.placeholder = asked ? words.followUp : words.placeholder;
  }

  allow() {
    const { state } = this.session.source.value;
    this.send.disabled = this.session.running !== null || !['moving', 'ready'].includes(state);
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    if (this.send.disabled) return;
    const prompt = this.text.value.trim();
    if (!prompt) this.tell(words.emptyPrompt);
    else if (prompt.length > LONGEST) this.tell(words.promptTooLong);
    else if (!this.settings.valid) {
      this.tell(strings.settings.wrong);
      this.settings.showProblem();
    } else {
      this.text.value = '';
      this.tidy();
      this.settings.element.open = false;
      this.onAsk(prompt);
      this.followUps();
    }
  }
}
