/** Where one talks, writes or sends a recording, and sees what goes on. */

import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatTime } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { announce, toast } from '../../components/toast.js';
import { words } from '../../app/strings-voice.js';
import { TalkButton } from './talk-button.js';

const FILES = 'audio/*,video/*,.ogg,.opus,.oga,.m4a,.flac,.wav,.mkv';
/** Seconds before the limit from which they are counted down. */
const NEARLY = 10;
const LONGEST = 4000;

export class Dock {
  /**
   * @param {import('./talk.js').Talk} talk
   * @param {AbortSignal} until
   */
  constructor(talk, until) {
    this.talk = talk;
    this.wasNear = false;
    this.state = h('p', { class: 'dock-state', role: 'status' });
    this.time = h('span', { class: 'figure dock-time' });
    this.bar = h('span');
    this.meter = h('div', { class: 'dock-level', role: 'meter', 'aria-label': words.level, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '0' }, this.bar);
    this.stop = h('button', { type: 'button', class: 'button', onclick: () => this.talk.stop() }, icon('stop'), words.stop);
    this.discard = h('button', { type: 'button', class: 'button', onclick: () => this.throwAway() }, icon('trash'), words.discard);
    this.trouble = h('div', { class: 'dock-trouble' });
    this.talkButton = new TalkButton(talk, until);
    this.element = h('section', { class: 'panel dock', 'aria-label': words.dock },
      h('div', { class: 'dock-head' }, this.state, this.time),
      this.meter,
      h('div', { class: 'talk' }, this.talkButton.button),
      h('div', { class: 'dock-actions' }, this.talkButton.hint, this.stop, this.discard),
      this.trouble,
      this.writing());
    talk.changes.watch(() => this.draw(), until);
    talk.level.watch((level) => this.drawLevel(level), until);
    talk.trouble.watch((kind) => this.drawTrouble(kind), until);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) this.escape();
    }, { signal: until });
  }

  writing() {
    const id = uniqueId('write');
    this.text = h('input', { class: 'input', id, type: 'text', placeholder: words.placeholder, autocomplete: 'off', maxLength: LONGEST });
    this.file = h('input', { type: 'file', class: 'unseen', accept: FILES, onchange: () => this.takeFile() });
    this.file.tabIndex = -1;
    this.file.setAttribute('aria-hidden', 'true');
    return h('form', { class: 'dock-write', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.submit(event) },
      h('label', { class: 'unseen', htmlFor: id }, words.write), this.text,
      h('button', { class: 'button square', 'aria-label': words.send, title: words.send }, icon('send')),
      this.file,
      h('button', { type: 'button', class: 'button square', 'aria-label': words.attach, title: words.attach, onclick: () => this.file?.click() }, icon('upload')));
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const text = this.text?.value.trim();
    if (!text || !this.text) return;
    this.text.value = '';
    this.talk.write(text);
  }

  takeFile() {
    const file = this.file?.files?.[0];
    if (file) this.play(file);
    if (this.file) this.file.value = '';
  }

  /** @param {File} file */
  play(file) {
    if (file.size === 0) toast(words.empty, 'alert');
    else this.talk.play(file);
  }

  escape() {
    if (this.talk.recording) this.throwAway();
    else this.talk.stop();
  }

  throwAway() {
    this.talk.cancel();
    announce(words.discarded);
    this.talkButton.button.focus();
  }

  draw() {
    const { phase, seconds, limit, player } = this.talk;
    this.element.dataset.phase = phase;
    this.element.dataset.sound = player.isPlaying ? 'playing' : 'silent';
    setText(this.state, words.phases[player.isPlaying && phase === 'answering' ? 'playing' : phase]);
    const left = Math.max(0, Math.ceil(limit - seconds));
    const isNear = phase === 'listening' && left <= NEARLY;
    setText(this.time, phase !== 'listening' ? '' : isNear ? words.left(left) : formatTime(seconds));
    this.time.classList.toggle('near', isNear);
    if (isNear && !this.wasNear) announce(words.nearly(left));
    this.wasNear = isNear;
    this.meter.hidden = phase !== 'listening';
    this.show(this.stop, phase === 'answering' || phase === 'playing');
    this.show(this.discard, phase === 'listening' || phase === 'opening');
    this.talkButton.hint.hidden = phase !== 'idle';
  }

  /**
   * Whoever has the focus on a button that goes finds it on the one to talk.
   *
   * @param {HTMLElement} button
   * @param {boolean} isShown
   */
  show(button, isShown) {
    if (!isShown && document.activeElement === button) this.talkButton.button.focus();
    button.hidden = !isShown;
  }

  /** @param {number} level */
  drawLevel(level) {
    // Loudness is felt by powers.
    const share = Math.round(Math.min(1, Math.sqrt(level) * 1.6) * 100);
    this.bar.style.inlineSize = `${share}%`;
    this.meter.setAttribute('aria-valuenow', String(share));
  }

  /** @param {string | null} kind */
  drawTrouble(kind) {
    if (!kind) {
      fill(this.trouble);
      return;
    }
    const [title, text] = words.trouble[kind];
    fill(this.trouble, h('div', { class: 'notice warn', role: 'alert' }, icon('alert'), h('div', null, h('strong', null, title), h('span', null, text))));
  }
}
