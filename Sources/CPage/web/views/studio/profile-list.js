/** The stored profiles: open, look at older versions, delete. */

import { fill, h } from '../../lib/dom.js';
import { formatWhen } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { withMenu } from '../../components/menu.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { bare } from './features.js';

const said = words.profiles;

export class ProfileList {
  /**
   * @param {import('./profiles.js').Profiles} profiles
   * @param {{
   *   open: (profile: Martlet.Profile) => void,
   *   versions: (profile: Martlet.Profile) => void,
   *   deleted: (handle: string) => void,
   *   styleName: (id: string | null) => string | null,
   * }} actions
   */
  constructor(profiles, actions) {
    this.profiles = profiles;
    this.actions = actions;
    this.title = h('h2', { tabIndex: -1 }, said.title);
    this.body = h('div');
    this.element = h('section', { class: 'panel profile-list', 'aria-label': said.title }, this.title, this.body);
    /** The bare handle of the one in the form. */
    this.opened = '';
    profiles.list.watch(() => this.draw());
    profiles.error.watch(() => this.draw());
  }

  /** @param {string} handle */
  mark(handle) {
    this.opened = bare(handle);
    this.draw();
  }

  draw() {
    const { list: { value: list }, error: { value: error } } = this.profiles;
    if (error) {
      fill(this.body, errorNotice({ title: said.failed, message: messageOf(error), code: error.code, onretry: () => void this.profiles.load(), role: 'status' }));
      return;
    }
    fill(this.body, list.length ? h('ul', { class: 'profile-rows' }, list.map((profile) => this.row(profile))) : h('p', { class: 'muted' }, said.none));
  }

  /** @param {Martlet.Profile} profile */
  row(profile) {
    const { handle, version, style, updated_at: updated } = profile;
    const isOpen = bare(handle) === this.opened;
    return h('li', { class: 'profile-row' },
      h('button', { type: 'button', class: 'profile-open', 'aria-label': said.open(handle), 'aria-current': isOpen ? 'true' : null, onclick: () => this.actions.open(profile) },
        h('span', { class: 'profile-sign', 'aria-hidden': 'true' }, bare(handle).charAt(0).toUpperCase()),
        h('span', { class: 'profile-words' }, h('span', { class: 'profile-handle' }, handle), h('span', { class: 'fine' }, said.line(this.actions.styleName(style), version, formatWhen(updated * 1000))))),
      withMenu(h('button', { type: 'button', class: 'button bare square', 'aria-label': said.actions(handle) }, icon('more')), () => [
        { symbol: 'edit', text: said.edit, act: () => this.actions.open(profile) },
        { symbol: 'history', text: said.history, act: () => this.actions.versions(profile) },
        { symbol: 'trash', text: said.delete, act: () => void this.delete(profile), danger: true },
      ]));
  }

  /** @param {Martlet.Profile} profile */
  async delete({ handle }) {
    if (!(await confirm({ title: said.deleteTitle(handle), text: said.deleteText, action: words.history.delete }))) return;
    try {
      await this.profiles.delete(handle);
      this.actions.deleted(bare(handle));
      toast(said.deleted(handle));
      this.title.focus();
    } catch (error) {
      toast(messageOf(error), 'alert');
    }
  }
}
