/** The stored profiles of whoever has the token. */

import { json } from '../../lib/api.js';
import { Signal } from '../../lib/signal.js';
import { bare } from './features.js';

const ROOT = '/v1/profiles';

/** @param {string} handle */
const pathOf = (handle, tail = '') => `${ROOT}/${encodeURIComponent(bare(handle))}${tail}`;

export class Profiles {
  constructor() {
    /** @type {Signal<Martlet.Profile[]>} */
    this.list = new Signal(/** @type {Martlet.Profile[]} */ ([]));
    /** @type {Signal<any>} */
    this.error = new Signal(null);
  }

  async load() {
    try {
      this.list.value = (await json('GET', ROOT)).profiles;
      this.error.value = null;
    } catch (error) {
      this.error.value = error;
    }
  }

  /** @param {string} handle */
  find(handle) {
    return this.list.value.find((one) => bare(one.handle) === bare(handle)) ?? null;
  }

  /**
   * @param {string} handle
   * @returns {Promise<Martlet.Profile>}
   */
  async get(handle) {
    return this.remember(await json('GET', pathOf(handle)));
  }

  /**
   * @param {string} handle
   * @param {{ avatar_features: Martlet.FaceFeatures, style?: string, likeness: boolean }} profile
   * @param {number | null} version  The one that is replaced.
   */
  async put(handle, profile, version) {
    return this.remember(await json('PUT', pathOf(handle), profile, { headers: ifMatch(version) }));
  }

  /**
   * @param {string} handle
   * @param {object} patch
   * @param {number} version
   */
  async patch(handle, patch, version) {
    return this.remember(await json('PATCH', pathOf(handle), patch, { headers: ifMatch(version) }));
  }

  /**
   * @param {string} handle
   * @returns {Promise<Martlet.ProfileVersion[]>}
   */
  async versions(handle) {
    return (await json('GET', pathOf(handle, '/versions'))).versions;
  }

  /** @param {string} handle */
  async delete(handle) {
    await json('DELETE', pathOf(handle));
    this.list.value = this.list.value.filter((one) => bare(one.handle) !== bare(handle));
  }

  /**
   * @param {Martlet.Profile} profile
   * @returns {Martlet.Profile}
   */
  remember(profile) {
    const others = this.list.value.filter((one) => bare(one.handle) !== bare(profile.handle));
    this.list.value = [...others, profile].sort((a, b) => bare(a.handle).localeCompare(bare(b.handle)));
    return profile;
  }
}

/**
 * @param {number | null} version
 * @returns {Record<string, string>}
 */
function ifMatch(version) {
  return version === null ? {} : { 'If-Match': `"${version}"` };
}
