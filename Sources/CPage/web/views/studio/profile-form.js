/** A profile: a picture of somebody or the features by hand, handle and style, saved and painted. */

import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-studio.js';
import { field, showFaults } from '../library/fields.js';
import { StyleField } from './catalogue.js';
import { FeatureForm } from './feature-form.js';
import { bare, isHandle, noFeatures, patchBetween, patched } from './features.js';
import { ProfileList } from './profile-list.js';
import { ResultPanel } from './result-panel.js';
import { SelfiePanel } from './selfie-panel.js';
import { SettingsFields } from './settings-fields.js';
import { openVersions } from './versions-sheet.js';

const said = words.profile;

export class ProfileForm {
  /**
   * @param {import('./paintings.js').Paintings} paintings
   * @param {import('./profiles.js').Profiles} profiles
   */
  constructor(paintings, profiles) {
    this.paintings = paintings;
    this.profiles = profiles;
    /**
     * The stored profile in the form, as it was opened.
     *
     * @type {Martlet.Profile | null}
     */
    this.base = null;
    this.isBusy = false;
    this.result = new ResultPanel('profile', paintings);
    this.selfie = new SelfiePanel({ onfeatures: (analysis) => this.analysed(analysis), ondescribe: () => this.describe() });
    this.features = new FeatureForm();
    this.style = new StyleField();
    this.settings = new SettingsFields();
    this.handle = field(said.handle, h('input', { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false, placeholder: words.chat.addPlaceholder }), said.handleHint);
    this.likeness = h('input', { type: 'checkbox' });
    this.list = new ProfileList(profiles, {
      open: (profile) => void this.open(profile), deleted: (handle) => this.deleted(handle), styleName: (id) => this.style.nameOf(id),
      versions: (profile) => openVersions(profile, profiles, (restored) => this.restored(restored), (id) => this.style.nameOf(id)),
    });
    this.heading = h('h2', { tabIndex: -1 }, said.features);
    this.fresh = h('button', { type: 'button', class: 'button small', onclick: () => void this.renew() }, icon('plus'), said.fresh);
    this.trouble = h('div', { class: 'studio-trouble' });
    this.save = h('button', { type: 'button', class: 'button', onclick: () => void this.submit(false) }, said.save);
    this.paint = h('button', { class: 'button primary' }, icon('studio'), said.saveAndPaint);
    this.form = h('form', { class: 'panel studio-form', hidden: true, noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); void this.submit(true); } },
      h('div', { class: 'studio-form-head' }, this.heading, this.fresh),
      h('div', { class: 'studio-pair' }, this.handle.element, this.style.element),
      this.features.element,
      h('label', { class: 'check' }, this.likeness, h('span', null, said.likeness, ' ', h('span', { class: 'fine' }, said.likenessHint))),
      this.settings.element,
      h('div', { class: 'studio-act' }, this.trouble, h('div', { class: 'row' }, this.paint, this.save)));
    this.element = h('div', { class: 'studio-body' },
      h('div', { class: 'studio-main' }, this.selfie.element, this.form),
      h('div', { class: 'studio-side' }, this.result.element, this.list.element));
  }

  load() {
    void this.features.load();
    void this.style.load().then(() => this.list.draw());
  }

  /** @param {Martlet.SelfieAnalysis} analysis */
  analysed({ avatar_features: features }) {
    this.features.set(this.base ? { ...patched(this.base.avatar_features, features), meta: features.meta } : features);
    this.likeness.checked = true;
    this.reveal();
  }

  describe() {
    if (this.form.hidden) this.fill(null);
    this.reveal();
    this.features.focus();
  }

  reveal() {
    this.form.hidden = false;
  }

  isChanged() {
    if (this.form.hidden) return false;
    if (!this.base) return Object.values(patchBetween(noFeatures(), this.features.read())).some((group) => Object.values(group ?? {}).some(Boolean));
    const { avatar_features: features, style, likeness } = this.base;
    return Object.keys(patchBetween(features, this.features.read())).length > 0 || (style ?? '') !== this.style.value || likeness !== this.likeness.checked;
  }

  async mayLeave() {
    return !this.isChanged() || confirm({ title: said.discardTitle, text: said.discardText, action: said.discard });
  }

  /** @param {Martlet.Profile} profile */
  async open(profile) {
    if (!(await this.mayLeave())) return;
    this.selfie.remove(false);
    this.fill(profile);
    this.reveal();
    this.heading.focus();
    this.form.scrollIntoView({ block: 'nearest' });
  }

  async renew() {
    if (!(await this.mayLeave())) return;
    this.fill(null);
    this.form.hidden = true;
    this.selfie.remove();
  }

  /** @param {Martlet.Profile | null} profile */
  fill(profile) {
    this.base = profile;
    this.handle.input.value = profile?.handle ?? '';
    /** @type {HTMLInputElement} */ (this.handle.input).readOnly = profile !== null;
    this.style.value = profile?.style ?? '';
    this.likeness.checked = profile?.likeness ?? false;
    this.features.set(profile?.avatar_features ?? noFeatures());
    this.handle.fail('');
    this.named();
    fill(this.trouble);
  }

  named() {
    this.heading.textContent = this.base ? said.editing(this.base.handle, this.base.version) : said.features;
    this.list.mark(this.base?.handle ?? '');
  }

  /** @param {string} handle */
  deleted(handle) {
    this.paintings.forgetFeatures(handle);
    if (this.base && bare(this.base.handle) === handle) {
      this.fill(null);
      this.form.hidden = true;
      this.selfie.remove(false);
    }
  }

  /** @param {Martlet.Profile} profile */
  restored(profile) {
    if (this.base && bare(this.base.handle) === bare(profile.handle)) this.fill(profile);
  }

  /** @param {Martlet.ProfileForm} form */
  async set(form) {
    const stored = this.profiles.find(form.handle);
    this.selfie.remove(false);
    this.fill(stored);
    if (!stored) this.handle.input.value = `@${form.handle}`;
    this.style.value = form.style;
    if (form.features) this.features.set(form.features);
    this.settings.set(form);
    this.reveal();
    this.heading.focus();
  }

  /** @param {boolean} isPainted */
  async submit(isPainted) {
    if (this.isBusy) return;
    fill(this.trouble);
    const handle = bare(this.handle.input.value.trim());
    this.handle.fail(handle === '' ? said.handleMissing : isHandle(handle) ? '' : said.handleWrong);
    if (!isHandle(handle)) {
      this.handle.input.focus();
      return;
    }
    const settings = isPainted ? this.settings.read() : null;
    if (isPainted && !settings) return;
    if (!this.base && this.profiles.find(handle) && !(await confirm({ title: said.replaceTitle(`@${handle}`), text: said.replaceText, action: said.replace, danger: false }))) return;
    this.busy(true);
    try {
      const saved = await this.store(handle);
      this.fill(saved);
      if (!settings) return;
      const { avatar_features: features, style } = saved;
      this.paintings.begin({ kind: 'profile', handle, style: style ?? this.style.value, features, ...settings });
      this.result.come();
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy(false);
    }
  }

  /**
   * @param {string} handle
   * @returns {Promise<Martlet.Profile>}
   */
  async store(handle) {
    const features = this.features.read();
    const { base, style: { value: style }, likeness: { checked: likeness } } = this;
    const hasOther = base !== null && ((base.style ?? '') !== style || base.likeness !== likeness);
    if (base && !hasOther) {
      const patch = patchBetween(base.avatar_features, features);
      if (!Object.keys(patch).length) {
        toast(said.unchanged, 'info');
        return base;
      }
      const saved = await this.profiles.patch(handle, patch, base.version);
      toast(said.saved(saved.handle));
      return saved;
    }
    const meta = this.features.meta();
    const whole = { avatar_features: meta ? { ...features, meta } : features, ...(style ? { style } : {}), likeness };
    const saved = await this.profiles.put(handle, whole, base?.version ?? null);
    toast(said.saved(saved.handle));
    return saved;
  }

  /** @param {boolean} isBusy */
  busy(isBusy) {
    this.isBusy = isBusy;
    // Not disabled: the focus would be lost.
    for (const button of [this.save, this.paint]) button.setAttribute('aria-disabled', String(isBusy));
    this.form.setAttribute('aria-busy', String(isBusy));
  }

  /** @param {any} error */
  fail(error) {
    if (error.code === 'version_conflict') {
      this.conflict();
      return;
    }
    if (error.param === 'handle' && showFaults(error, () => this.handle)) return;
    fill(this.trouble, errorNotice({ title: said.failed, message: messageOf(error), code: error.code, requestId: error.requestId }));
    if (!(error instanceof Error) || error.name !== 'ApiError') console.error(error);
  }

  conflict() {
    const button = (/** @type {string} */ text, /** @type {boolean} */ isKept) => h('button', { type: 'button', class: 'button small', onclick: () => void this.reload(isKept) }, text);
    const notice = h('div', { class: 'notice warn', role: 'alert' }, icon('alert'),
      h('div', null, h('strong', null, said.conflict), h('span', null, said.conflictText), h('div', { class: 'row' }, button(said.reload, false), button(said.keep, true))));
    fill(this.trouble, notice);
  }

  /** @param {boolean} isKept  Whether what was changed here goes over the newest version. */
  async reload(isKept) {
    if (!this.base) return;
    const mine = patchBetween(this.base.avatar_features, this.features.read());
    const [style, likeness] = [this.style.value, this.likeness.checked];
    try {
      const newest = await this.profiles.get(this.base.handle);
      this.fill(newest);
      if (isKept) {
        this.features.set(patched(newest.avatar_features, mine));
        this.style.value = style;
        this.likeness.checked = likeness;
      }
      toast(isKept ? said.rebased : said.reloaded, 'info');
      this.heading.focus();
    } catch (error) {
      this.fail(error);
    }
  }
}
