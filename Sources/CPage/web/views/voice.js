/** Voice: talk, and hear the answer. */

import { json } from '../lib/api.js';
import { fill, h, loadStyles } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { takeFromAnywhere } from '../components/file-drop.js';
import { announce, toast } from '../components/toast.js';
import { strings } from '../app/strings.js';
import { words } from '../app/strings-voice.js';
import { ChoicesPanel } from './voice/choices-panel.js';
import { Dock } from './voice/dock.js';
import { Talk } from './voice/talk.js';
import { TurnCard } from './voice/turn-card.js';

/** How many pixels below the window the conversation's end may lie to be read along. */
const NEARLY = 60;

/** The conversation stays when another view is looked at. */
const talk = new Talk();

/** @type {import('../app/main.js').Open} */
export async function open(root) {
  await loadStyles('voice');
  const view = new VoiceView(root);
  void learnLimit(view.until.signal);
  return { close: () => view.close() };
}

/**
 * How long a question may be. Whoever may not see the configuration is told by the server when it was too long.
 *
 * @param {AbortSignal} signal
 */
async function learnLimit(signal) {
  const system = /** @type {Martlet.System | null} */ (await json('GET', '/v1/system', undefined, { signal }).catch(() => null));
  const limit = system?.configuration.find((one) => one.key === 'voice.max_seconds')?.value;
  if (Number(limit) > 0) talk.limit = Number(limit);
}

class VoiceView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.until = new AbortController();
    const until = this.until.signal;
    /** @type {Map<string, TurnCard>} */
    this.cards = new Map();
    this.fresh = h('button', { type: 'button', class: 'button', 'aria-label': words.fresh, onclick: () => this.renew() }, icon('plus'), h('span', null, words.fresh));
    this.lead = h('div', { class: 'voice-lead' }, h('p', { class: 'lead' }, words.lead), h('ul', null, words.tips.map((tip) => h('li', null, icon('check'), h('span', null, tip)))));
    this.turns = h('div', { class: 'voice-turns' });
    const dock = new Dock(talk, until);
    this.talkButton = dock.talkButton.button;
    const choices = new ChoicesPanel(talk, until);
    const overlay = h('div', { class: 'drop-overlay', hidden: true }, h('p', null, icon('voice'), words.dropNow));
    fill(root,
      h('header', { class: 'view-head' }, h('h1', { tabIndex: -1 }, strings.views.voice), this.fresh),
      h('div', { class: 'voice-body' },
        h('section', { class: 'voice-talk', 'aria-label': words.conversation }, h('h2', { class: 'unseen' }, words.conversation), choices.missing, this.lead, this.turns),
        h('div', { class: 'voice-side' }, dock.element, choices.element)),
      overlay);
    takeFromAnywhere(overlay, { files: ([file]) => dock.play(file), url: () => toast(words.filesOnly, 'info') }, until);
    talk.changes.watch((turn) => this.draw(turn), until);
  }

  /** @param {Martlet.VoiceTurn | null} changed */
  draw(changed) {
    const { turns } = talk.conversation;
    this.lead.hidden = turns.length > 0;
    this.fresh.hidden = turns.length === 0;
    for (const [id, card] of this.cards) {
      if (turns.some((turn) => turn.id === id)) continue;
      card.element.remove();
      this.cards.delete(id);
    }
    const isFollowed = this.isAtEnd();
    const isNew = turns.some((turn) => !this.cards.has(turn.id));
    for (const turn of turns) if (!this.cards.has(turn.id)) this.append(turn);
    if (changed) this.cards.get(changed.id)?.update();
    else for (const card of this.cards.values()) card.update();
    if (isNew || isFollowed) this.follow(changed);
  }

  /** @param {Martlet.VoiceTurn} turn */
  append(turn) {
    const card = new TurnCard(turn, talk);
    this.cards.set(turn.id, card);
    this.turns.append(card.element);
  }

  /** Whoever has scrolled away isn't pulled back. */
  isAtEnd() {
    const last = this.turns.lastElementChild;
    return !last || last.getBoundingClientRect().bottom < window.innerHeight + NEARLY;
  }

  /**
   * The end of the conversation stays in sight while it is being written.
   *
   * @param {Martlet.VoiceTurn | null} changed
   */
  follow(changed) {
    if (!changed || changed !== talk.conversation.turns.at(-1)) return;
    requestAnimationFrame(() => this.cards.get(changed.id)?.element.scrollIntoView({ block: 'nearest' }));
  }

  renew() {
    talk.renew();
    announce(words.renewed);
    this.talkButton.focus();
  }

  close() {
    talk.rest();
    this.until.abort();
  }
}
