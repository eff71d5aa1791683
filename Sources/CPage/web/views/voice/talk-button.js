/**
 * The button that is held while one speaks. A short press begins, and the next one ends: for those who can't hold, and for long questions.
 */

import { h, setText, uniqueId } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-voice.js';

/** Milliseconds up to which a press is a tap. */
const TAP = 350;

export class TalkButton {
  /**
   * @param {import('./talk.js').Talk} talk
   * @param {AbortSignal} until
   */
  constructor(talk, until) {
    this.talk = talk;
    /** When it was pressed to begin a recording; null while it isn't held. */
    this.heldSince = /** @type {number | null} */ (null);
    this.hint = h('p', { class: 'fine dock-hint', id: uniqueId('talk-hint') }, words.hint);
    this.label = h('span', { class: 'talk-label' });
    this.button = h('button', {
      type: 'button', class: 'talk-button', 'aria-describedby': this.hint.id,
      onpointerdown: (/** @type {PointerEvent} */ event) => this.pointerDown(event),
      onpointerup: () => this.release(), onpointercancel: () => this.letGo(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.keyDown(event), onkeyup: (/** @type {KeyboardEvent} */ event) => this.keyUp(event),
      onclick: (/** @type {MouseEvent} */ event) => this.click(event),
      oncontextmenu: (/** @type {Event} */ event) => event.preventDefault(),
    }, h('span', { class: 'talk-disc' }, icon('voice')), this.label);
    talk.changes.watch(() => this.draw(), until);
    talk.level.watch((level) => this.button.style.setProperty('--level', Math.min(1, Math.sqrt(level) * 1.6).toFixed(3)), until);
    // A key that is let go of in another window is never seen to be.
    window.addEventListener('blur', () => this.letGo(), { signal: until });
  }

  draw() {
    const { phase } = this.talk;
    const isHeld = phase === 'listening' && this.heldSince !== null;
    setText(this.label, words.button[isHeld ? 'held' : phase]);
    this.button.dataset.phase = phase;
    this.button.setAttribute('aria-pressed', String(this.talk.recording !== null));
  }

  press() {
    if (this.talk.recording) {
      void this.talk.send();
      return;
    }
    this.heldSince = performance.now();
    void this.talk.listen();
  }

  /** A tap, or a press that ended before the microphone was open, leaves the recording to the next press. */
  release() {
    const { heldSince } = this;
    if (heldSince === null) return;
    this.heldSince = null;
    if (this.talk.phase === 'listening' && performance.now() - heldSince > TAP) void this.talk.send();
    else this.draw();
  }

  /** It is no longer known whether it is held. */
  letGo() {
    this.heldSince = null;
    this.draw();
  }

  /** @param {PointerEvent} event */
  pointerDown(event) {
    if (event.button !== 0) return;
    this.button.setPointerCapture(event.pointerId);
    this.press();
  }

  /** @param {KeyboardEvent} event */
  keyDown(event) {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) this.press();
  }

  /** @param {KeyboardEvent} event */
  keyUp(event) {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    this.release();
  }

  /**
   * Screen readers and voice control click without a pointer.
   *
   * @param {MouseEvent} event
   */
  click(event) {
    if (event.detail !== 0) return;
    this.press();
    this.letGo();
  }
}
