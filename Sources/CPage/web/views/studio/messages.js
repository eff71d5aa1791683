/** A short chat: who says what. */

import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-studio.js';

const said = words.chat;
const MOST = 15;

/** @typedef {{ element: HTMLElement, sender: HTMLSelectElement, text: HTMLInputElement, remove: HTMLButtonElement, labels: HTMLElement[] }} Row */

export class Messages {
  constructor() {
    /** @type {string[]} */
    this.handles = [];
    /** Only one message is wanted. */
    this.isSingle = false;
    /** @type {Row[]} */
    this.rows = [];
    const id = uniqueId('messages');
    this.legend = h('legend', null, said.chat);
    this.list = h('ol', { class: 'message-rows' });
    this.add = h('button', { type: 'button', class: 'button small', onclick: () => this.append().text.focus() }, icon('plus'), said.another);
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true });
    this.element = h('fieldset', { class: 'studio-part' }, this.legend, this.list, this.wrong, h('div', { class: 'row' }, this.add));
    this.append();
  }

  /** @param {{ sender: string, text: string }} [message] */
  append(message) {
    const id = uniqueId('message');
    const sender = h('select', { class: 'input', id: `${id}-sender` });
    const text = h('input', {
      class: 'input', id, type: 'text', dir: 'auto', autocomplete: 'off', placeholder: said.placeholder, oninput: () => this.fail(''),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.keys(event, row),
    });
    const remove = h('button', { type: 'button', class: 'button bare square', onclick: () => this.remove(row) }, icon('close'));
    const labels = [h('label', { class: 'unseen', htmlFor: `${id}-sender` }), h('label', { class: 'unseen', htmlFor: id })];
    /** @type {Row} */
    const row = { element: h('li', { class: 'message-row' }, labels, sender, text, remove), sender, text, remove, labels };
    const before = this.rows.at(-1)?.sender.value;
    this.rows.push(row);
    this.list.append(row.element);
    if (message) text.value = message.text;
    this.offer(row, message?.sender ?? this.next(before));
    this.number();
    return row;
  }

  /**
   * In a chat one answers the other.
   *
   * @param {string | undefined} before
   */
  next(before) {
    if (before === undefined || before === '') return this.handles[0] ?? '';
    return this.handles[(this.handles.indexOf(before) + 1) % this.handles.length] ?? '';
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Row} row
   */
  keys(event, row) {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.isComposing || this.isSingle || !row.text.value.trim()) return;
    event.preventDefault();
    const after = this.rows[this.rows.indexOf(row) + 1];
    if (after) after.text.focus();
    else if (this.rows.length < MOST) this.append().text.focus();
  }

  /** @param {Row} row */
  remove(row) {
    const at = this.rows.indexOf(row);
    this.rows.splice(at, 1);
    row.element.remove();
    this.number();
    (this.rows[Math.min(at, this.rows.length - 1)]?.text ?? this.add).focus();
  }

  /** @param {string[]} handles */
  offerAll(handles) {
    this.handles = handles;
    let before = '';
    for (const row of this.rows) {
      const { value } = row.sender;
      // Whoever has left says nothing any more; who spoke before anybody was there is asked for in turn.
      this.offer(row, handles.includes(value) ? value : this.next(before));
      before = row.sender.value;
    }
  }

  /**
   * @param {Row} row
   * @param {string} value
   */
  offer({ sender }, value) {
    fill(sender, this.handles.length ? null : h('option', { value: '' }, said.nobody), this.handles.map((handle) => h('option', { value: handle }, handle)));
    sender.value = this.handles.includes(value) ? value : this.handles[0] ?? '';
  }

  number() {
    this.rows.forEach(({ labels, remove, element }, index) => {
      const number = index + 1;
      setText(labels[0], said.sender(number));
      setText(labels[1], said.text(number));
      remove.setAttribute('aria-label', said.removeMessage(number));
      remove.hidden = this.rows.length === 1 || this.isSingle;
      // Where one message is wanted it's the newest.
      element.hidden = this.isSingle && number < this.rows.length;
    });
    setText(this.legend, this.isSingle ? said.message : said.chat);
    this.add.hidden = this.isSingle || this.rows.length >= MOST;
  }

  /** @param {boolean} isSingle */
  showSingle(isSingle) {
    this.isSingle = isSingle;
    this.number();
  }

  /** @param {string} text */
  fail(text) {
    this.wrong.hidden = text === '';
    setText(this.wrong, text);
  }

  read() {
    const rows = this.isSingle ? this.rows.slice(-1) : this.rows;
    return rows.map(({ sender, text }) => ({ sender: sender.value, text: text.value.trim() })).filter(({ text }) => text !== '');
  }

  /** @param {{ sender: string, text: string }[]} messages */
  set(messages) {
    this.rows = [];
    fill(this.list);
    for (const message of messages) this.append(message);
    if (!messages.length) this.append();
  }

  focus() {
    this.rows.at(-1)?.text.focus();
  }
}
