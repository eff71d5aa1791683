/** What a profile was before: look, and take back. */

import { fill, h } from '../../lib/dom.js';
import { formatWhen } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { sheet } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { known, patchBetween } from './features.js';

const said = words.versions;

/**
 * @param {Martlet.Profile} profile
 * @param {import('./profiles.js').Profiles} profiles
 * @param {(profile: Martlet.Profile) => void} onrestored
 * @param {(style: string | null) => string | null} styleName
 */
export function openVersions(profile, profiles, onrestored, styleName) {
  const body = h('div', { class: 'versions' }, h('div', { class: 'progress unknown', role: 'progressbar', 'aria-label': words.progress.bar }, h('span')));
  const dialog = sheet(said.title(profile.handle), { body });
  const load = async () => {
    try {
      show(await profiles.versions(profile.handle));
    } catch (error) {
      fill(body, errorNotice({ title: said.failed, message: messageOf(error), onretry: () => void load() }));
    }
  };
  void load();

  /** @param {Martlet.ProfileVersion[]} versions  The newest first. */
  function show(versions) {
    const [newest] = versions;
    const now = new Map(known(newest.avatar_features));
    fill(body, versions.map((one) => {
      const features = known(one.avatar_features);
      const isNewest = one === newest;
      return h('details', { class: 'version', open: isNewest },
        h('summary', null, h('span', { class: 'version-name' }, said.name(one.version), isNewest ? h('span', { class: 'badge accent' }, said.now) : null), h('span', { class: 'fine' }, [styleName(one.style), formatWhen(one.created_at * 1000)].filter(Boolean).join(' · '))),
        features.length ? h('dl', { class: 'version-facts' }, features.map(([name, value]) => h('div', { class: now.get(name) === value ? null : 'changed' }, h('dt', null, name), h('dd', null, value, now.get(name) === value ? null : h('span', { class: 'unseen' }, ` ${said.changed}`))))) : h('p', { class: 'muted' }, said.same),
        isNewest ? null : h('div', { class: 'row' }, h('button', { type: 'button', class: 'button small', 'aria-label': said.restoreOne(one.version), onclick: () => void restore(one, newest) }, icon('history'), said.restore)));
    }));
  }

  /**
   * @param {Martlet.ProfileVersion} wanted
   * @param {Martlet.ProfileVersion} newest
   */
  async function restore(wanted, newest) {
    const patch = patchBetween(newest.avatar_features, wanted.avatar_features);
    if (!Object.keys(patch).length) {
      toast(said.unchanged, 'info');
      return;
    }
    try {
      const restored = await profiles.patch(profile.handle, patch, newest.version);
      dialog.close();
      onrestored(restored);
      toast(said.restored(wanted.version));
    } catch (error) {
      const isConflict = /** @type {any} */ (error).code === 'version_conflict';
      if (isConflict) await load();
      toast(`${said.notRestored} ${isConflict ? words.profile.conflict : messageOf(error)}.`, 'alert');
    }
  }
}
