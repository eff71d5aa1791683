/** Who is in a picture: stored profiles, and handles that nothing is known of. */

import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';
import { bare, isHandle } from './features.js';

const said = words.chat;

export class Participants {
  /**
   * @param {import('./profiles.js').Profiles} profiles
   * @param {() => void} onchange
   */
  constructor(profiles, onchange) {
    this.profiles = profiles;
    this.onchange = onchange;
    /**
     * Handles with their @.
     *
     * @type {string[]}
     */
    this.chosen = [];
    const id = uniqueId('who');
    this.chips = h('ul', { class: 'who-chips' });
    this.offers = h('div', { class: 'row who-offers' });
    this.input = h('input', {
      class: 'input', id, type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false, placeholder: said.addPlaceholder, 'aria-describedby': `${id}-wrong ${id}-hint`,
      oninput: () => this.fail(''), onkeydown: (/** @type {KeyboardEvent} */ event) => this.keys(event),
    });
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true });
    this.element = h('fieldset', { class: 'studio-part' }, h('legend', null, said.who), this.chips, this.offers,
      h('div', { class: 'field' }, h('label', { class: 'unseen', htmlFor: id }, said.addLabel),
        h('div', { class: 'who-add' }, this.input, h('button', { type: 'button', class: 'button', onclick: () => this.take() }, said.add)), this.wrong,
        h('p', { class: 'hint', id: `${id}-hint` }, said.whoHint)));
    profiles.list.watch(() => this.draw());
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.take();
  }

  take() {
    const handle = bare(this.input.value.trim());
    if (!isHandle(handle)) this.fail(handle ? words.profile.handleWrong : words.profile.handleMissing);
    else if (this.chosen.includes(`@${handle}`)) this.fail(said.known);
    else {
      this.input.value = '';
      this.set([...this.chosen, `@${handle}`]);
    }
    this.input.focus();
  }

  /** @param {string} text */
  fail(text) {
    this.input.setAttribute('aria-invalid', String(text !== ''));
    this.wrong.hidden = text === '';
    setText(this.wrong, text);
  }

  /** @param {string[]} handles */
  set(handles) {
    this.chosen = handles;
    this.fail('');
    this.draw();
    this.onchange();
  }

  /** @param {string} handle */
  remove(handle) {
    this.set(this.chosen.filter((one) => one !== handle));
    this.input.focus();
  }

  draw() {
    fill(this.chips, this.chosen.map((handle) => h('li', { class: 'who-chip' },
      h('span', null, handle), this.profiles.find(handle) ? h('span', { class: 'badge accent' }, said.stored) : null,
      h('button', { type: 'button', class: 'who-remove', 'aria-label': said.remove(handle), onclick: () => this.remove(handle) }, icon('close')))));
    const offered = this.profiles.list.value.map(({ handle }) => `@${bare(handle)}`).filter((handle) => !this.chosen.includes(handle));
    fill(this.offers, offered.map((handle) => h('button', {
      type: 'button', class: 'button small', 'aria-label': said.addStored(handle),
      onclick: () => {
        this.set([...this.chosen, handle]);
        (this.offers.querySelector('button') ?? this.input).focus();
      },
    }, icon('plus'), handle)));
  }
}
