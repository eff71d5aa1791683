/** Studio: pictures of people, of chats and of words. */

import { fill, h, loadStyles } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { takeFromAnywhere } from '../components/file-drop.js';
import { Tabs } from '../components/tabs.js';
import { toast } from '../components/toast.js';
import { replaceAddress } from '../app/router.js';
import { strings } from '../app/strings.js';
import { words } from '../app/strings-studio.js';
import { ChatForm } from './studio/chat-form.js';
import { HistoryGrid } from './studio/history-grid.js';
import { Paintings } from './studio/paintings.js';
import { ProfileForm } from './studio/profile-form.js';
import { Profiles } from './studio/profiles.js';
import { WordsForm } from './studio/words-form.js';

const NO_MODEL = ['no_image_model', 'model_not_fetched'];

/** @type {Studio | null} */
let studio = null;

/** @type {import('../app/main.js').Open} */
export async function open(root, route) {
  await loadStyles('studio');
  // What is written and painted stays when another view is looked at.
  const shown = (studio ??= new Studio());
  await shown.paintings.ready;
  const until = new AbortController();
  shown.open(root, route, until.signal);
  return { update: (next) => shown.go(next), close: () => until.abort() };
}

class Studio {
  constructor() {
    this.paintings = new Paintings();
    this.profiles = new Profiles();
    this.profile = new ProfileForm(this.paintings, this.profiles);
    this.chat = new ChatForm(this.paintings, this.profiles);
    this.words = new WordsForm(this.paintings);
    const history = new HistoryGrid(this.paintings, { use: (painting) => this.use(painting), show: ({ form }) => this.choose(form.kind) });
    const panels = { profile: this.profile.element, chat: this.chat.element, words: this.words.element, history: history.element };
    this.tabs = new Tabs(words.parts, Object.entries(panels).map(([name, panel]) => ({ name, text: /** @type {Record<string, string>} */ (words.tabs)[name], panel: h('div', { class: 'studio-panel' }, panel) })), (name) => this.named(name));
    this.panels = this.tabs.tabs.map(({ panel }) => panel);
    this.missing = h('div', { class: 'studio-missing' });
    this.overlay = h('div', { class: 'drop-overlay', hidden: true }, h('p', null, icon('studio'), words.selfie.dropNow));
    this.profiles.error.watch((error) => fill(this.missing, NO_MODEL.includes(error?.code) ? missingNotice(error.message) : null));
  }

  /**
   * @param {HTMLElement} root
   * @param {import('../app/router.js').Route} route
   * @param {AbortSignal} until
   */
  open(root, route, until) {
    fill(root,
      h('header', { class: 'view-head' }, h('h1', { tabIndex: -1 }, strings.views.studio)),
      h('p', { class: 'lead' }, words.lead), this.missing, this.tabs.element, this.panels, this.overlay);
    this.go(route);
    void this.profiles.load();
    this.profile.load();
    this.chat.load();
    takeFromAnywhere(this.overlay, { files: (files) => this.take(files), url: () => {} }, until);
  }

  /** @param {File[]} files */
  take(files) {
    if (!files.some(({ type }) => type.startsWith('image/'))) {
      toast(words.selfie.onlyPictures, 'alert');
      return;
    }
    this.choose('profile');
    this.profile.selfie.take(files);
  }

  /** @param {import('../app/router.js').Route} route */
  go({ rest }) {
    if (rest in words.tabs) this.tabs.show(rest);
  }

  /** @param {string} name */
  choose(name) {
    this.tabs.show(name);
    this.named(name);
  }

  /** @param {string} name */
  named(name) {
    replaceAddress(`#/studio/${name}`);
  }

  /** @param {Martlet.Painting} painting */
  use({ form }) {
    this.choose(form.kind);
    if (form.kind === 'profile') void this.profile.set(form);
    else if (form.kind === 'chat') this.chat.set(form);
    else this.words.set(form);
    toast(words.history.used);
  }
}

/** @param {string} message */
function missingNotice(message) {
  return h('div', { class: 'notice warn', role: 'status' }, icon('alert'),
    h('div', null, h('strong', null, words.missing.title), h('span', null, message), h('div', { class: 'row' }, h('a', { class: 'button small', href: '#/models' }, words.missing.go))));
}
