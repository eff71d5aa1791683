/** A picture of a chat, or of one message of somebody. */

import { h, setText, submitByKeys, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';
import { StyleField } from './catalogue.js';
import { Messages } from './messages.js';
import { Participants } from './participants.js';
import { ResultPanel } from './result-panel.js';
import { SettingsFields } from './settings-fields.js';

const said = words.chat;

export class ChatForm {
  /**
   * @param {import('./paintings.js').Paintings} paintings
   * @param {import('./profiles.js').Profiles} profiles
   */
  constructor(paintings, profiles) {
    this.paintings = paintings;
    this.result = new ResultPanel('chat', paintings);
    this.messages = new Messages();
    this.who = new Participants(profiles, () => this.messages.offerAll(this.who.chosen));
    this.style = new StyleField();
    this.settings = new SettingsFields();
    const name = uniqueId('kind');
    const about = uniqueId('kind-about');
    this.about = h('p', { class: 'fine', id: about });
    this.kinds = said.kinds.map(([value, text, note]) => {
      const input = h('input', { type: 'radio', name, value, 'aria-describedby': about, onchange: () => this.choose(value) });
      return { value, note, input, element: h('label', { class: 'kind' }, input, h('span', null, text)) };
    });
    this.form = h('form', { class: 'panel studio-form', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.submit(event), onkeydown: submitByKeys },
      h('fieldset', { class: 'studio-part' }, h('legend', null, said.kind), h('div', { class: 'kinds' }, this.kinds.map(({ element }) => element)), this.about),
      this.who.element, this.messages.element, this.style.element, this.settings.element,
      h('div', { class: 'row studio-act' }, h('button', { class: 'button primary' }, icon('studio'), words.paint)));
    this.element = h('div', { class: 'studio-body' }, this.form, h('div', { class: 'studio-side' }, this.result.element));
    this.scene = '1to1';
    this.choose('1to1');
  }

  load() {
    void this.style.load();
  }

  /** @param {string} scene */
  choose(scene) {
    this.scene = scene;
    for (const { value, note, input } of this.kinds) {
      input.checked = value === scene;
      if (input.checked) setText(this.about, note);
    }
    this.messages.showSingle(scene !== '1to1');
    this.messages.fail('');
    this.who.fail('');
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const participants = this.who.chosen;
    const needed = this.scene === '1to1' ? 2 : 1;
    const messages = this.messages.read();
    this.who.fail(participants.length >= needed ? '' : needed === 2 ? said.few : said.none);
    this.messages.fail(messages.length ? '' : said.noText);
    if (participants.length < needed) this.who.input.focus();
    else if (!messages.length) this.messages.focus();
    else {
      const settings = this.settings.read();
      if (!settings) return;
      const scene = /** @type {Martlet.ChatForm['scene']} */ (this.scene);
      this.paintings.begin({ kind: 'chat', scene, participants, messages, style: this.style.value, ...settings });
      this.result.come();
    }
  }

  /** @param {Martlet.ChatForm} form */
  set(form) {
    this.choose(form.scene);
    this.who.set(form.participants);
    this.messages.set(form.messages);
    this.messages.showSingle(form.scene !== '1to1');
    this.style.value = form.style;
    this.settings.set(form);
    this.messages.focus();
  }
}
