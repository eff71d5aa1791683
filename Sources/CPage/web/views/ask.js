/** Ask: a video, questions about it, answers with times. */

import { fill, h } from '../lib/dom.js';
import * as history from '../lib/history.js';
import { icon } from '../lib/icons.js';
import { FileDrop, takeFromAnywhere, webAddress } from '../components/file-drop.js';
import { toast } from '../components/toast.js';
import { replaceAddress } from '../app/router.js';
import { strings } from '../app/strings.js';
import { Composer } from './ask/composer.js';
import { openHistory, recentList } from './ask/history-list.js';
import { Session } from './ask/session.js';
import { TurnView } from './ask/turn-view.js';
import { VideoPanel } from './ask/video-panel.js';

const words = strings.ask;
const RECENT = 6;

/** The conversation at work: it stays when another view is looked at. */
let session = new Session();

/** @type {import('../app/main.js').Open} */
export async function open(root, route) {
  const view = new AskView(root);
  await view.go(route);
  return { update: (next) => void view.go(next), close: () => view.close() };
}

class AskView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.until = new AbortController();
    this.title = h('h1', { tabIndex: -1 }, words.heading);
    this.fresh = h('button', { type: 'button', class: 'button', hidden: true, 'aria-label': words.newQuestion, onclick: () => this.startNew() }, icon('plus'), h('span', null, words.newQuestion));
    this.body = h('div', { class: 'ask-body' });
    const overlay = h('div', { class: 'drop-overlay', hidden: true }, h('p', null, icon('film'), words.dropNow));
    fill(root,
      h('header', { class: 'view-head' }, this.title, this.fresh,
        h('button', { type: 'button', class: 'button bare', 'aria-label': words.history, onclick: () => openHistory((ids) => this.forget(ids)) }, icon('history'), h('span', null, words.history))),
      this.body, overlay);
    takeFromAnywhere(overlay, { files: ([file]) => this.take(file), url: (url) => this.take(url) }, this.until.signal);
    root.addEventListener('martlet-file', (event) => this.take(/** @type {CustomEvent<File>} */ (event).detail));
    root.addEventListener('martlet-url', (event) => this.take(/** @type {CustomEvent<string>} */ (event).detail));
  }

  /** @param {import('../app/router.js').Route} route */
  async go(route) {
    if (route.rest && route.rest !== session.conversation.id) {
      const kept = await history.get(route.rest);
      if (kept) this.use(new Session(kept)).resume();
      else {
        toast(strings.history.missing, 'info');
        replaceAddress('#/ask');
      }
    } else if (!route.rest && session.conversation.turns.length && this.drawn === session) {
      // The link to Ask while Ask is shown: a new question.
      this.use(new Session());
    } else if (!route.rest && session.conversation.turns.length) {
      replaceAddress(`#/ask/${session.conversation.id}`);
    }
    this.draw();
    const url = route.query.get('url');
    if (url && webAddress(url)) this.share(url, route.query.get('prompt') ?? '');
  }

  /**
   * A shared question is shown, not asked: whoever opens a link decides what the server fetches.
   *
   * @param {string} url
   * @param {string} prompt
   */
  share(url, prompt) {
    if (session.source.value.state !== 'none') this.use(new Session());
    this.sharedPrompt = prompt.slice(0, 16_000);
    this.draw();
    this.drop?.prefill(url);
    this.lead?.replaceChildren(words.shared);
  }

  /** @param {Session} next */
  use(next) {
    session.close();
    session = next;
    return session;
  }

  startNew() {
    this.use(new Session());
    if (location.hash === '#/ask') this.draw();
    else location.hash = '#/ask';
    this.title.focus();
  }

  /** @param {string[]} ids */
  forget(ids) {
    if (ids.includes(session.conversation.id)) {
      session.conversation.turns.length = 0;
      this.startNew();
    } else if (session.source.value.state === 'none') {
      this.draw();
    }
  }

  /** @param {File | string} video */
  take(video) {
    if (video instanceof File && video.size === 0) {
      toast(words.empty, 'alert');
      return;
    }
    const goesOn = session.source.value.state === 'gone';
    if (!goesOn && session.source.value.state !== 'none') this.use(new Session());
    if (typeof video === 'string') session.useUrl(video);
    else session.useFile(video);
    if (!goesOn && location.hash !== '#/ask') replaceAddress('#/ask');
    this.draw();
    this.composer?.text.focus({ preventScroll: true });
  }

  draw() {
    this.parts?.abort();
    this.parts = new AbortController();
    this.drawn = session;
    const idle = session.source.value.state === 'none' && session.conversation.turns.length === 0;
    this.fresh.hidden = idle;
    this.root.classList.toggle('idle', idle);
    if (idle) this.drawIdle();
    else this.drawConversation(this.parts.signal);
  }

  drawIdle() {
    this.composer = null;
    this.drop = new FileDrop();
    this.lead = h('p', { class: 'lead' }, words.lead);
    const recent = h('section', { class: 'recent', 'aria-label': words.recent, hidden: true });
    fill(this.body, h('div', { class: 'ask-idle' }, this.lead, this.drop, recent));
    history.list().then((all) => {
      if (all.length === 0) return;
      recent.hidden = false;
      fill(recent, h('h2', { class: 'label' }, words.recent), recentList(all.slice(0, RECENT)));
    });
  }

  /** @param {AbortSignal} until */
  drawConversation(until) {
    const shown = session;
    this.drop = new FileDrop();
    this.drop.hidden = true;
    const panel = new VideoPanel(session, until, () => this.drop?.browse());
    this.composer = new Composer(session, until, (prompt) => this.ask(prompt));
    if (this.sharedPrompt) this.composer.prefill(this.sharedPrompt);
    this.sharedPrompt = '';
    const turns = h('div', { class: 'turns' });
    fill(this.body, h('div', { class: 'ask-work' },
      h('div', { class: 'ask-video' }, panel.element, this.drop),
      h('section', { class: 'ask-talk', 'aria-label': words.conversation }, h('h2', { class: 'unseen' }, words.conversation), turns, this.composer.element)));
    /** @type {Map<string, TurnView>} */
    const views = new Map();
    const actions = {
      seek: (/** @type {number} */ start, /** @type {number | undefined} */ end) => panel.player.seek(start, end),
      stop: (/** @type {Martlet.Turn} */ turn) => shown.stop(turn),
      retry: (/** @type {Martlet.Turn} */ turn) => void shown.retry(turn),
    };
    session.turns.watch((changed) => {
      if (changed) views.get(changed.id)?.update();
      for (const turn of shown.conversation.turns) {
        if (views.has(turn.id)) continue;
        const view = new TurnView(turn, shown, actions);
        views.set(turn.id, view);
        turns.append(view.element);
      }
    }, until);
    // Times in answers depend on the length of the video, which is known only with the plan.
    session.planning.watch(({ state }) => {
      if (state === 'ready') for (const view of views.values()) view.markdown.redraw(view.turn.answer);
    }, until);
    let before = session.source.value.state;
    session.source.watch(({ state }) => {
      const cancelled = before === 'moving' && (state === 'none' || state === 'gone');
      before = state;
      if (!cancelled) return;
      toast(words.uploadCancelled, 'info');
      if (session !== shown || state !== 'none') return;
      this.use(new Session());
      this.draw();
      this.title.focus();
    }, until);
  }

  /** @param {string} prompt */
  ask(prompt) {
    session.ask(prompt);
    // From now on the conversation has a name, so that a reload finds it.
    replaceAddress(`#/ask/${session.conversation.id}`);
    this.body.querySelector('.turn:last-child')?.scrollIntoView({ block: 'start' });
  }

  close() {
    this.until.abort();
    this.parts?.abort();
    session.keep();
  }
}
