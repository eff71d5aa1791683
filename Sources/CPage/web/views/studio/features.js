/** Features of faces: compared, and named for people. Pure. */

import { words } from '../../app/strings-studio.js';

/** @type {Martlet.FeatureGroup[]} */
const GROUPS = ['observed', 'dress', 'accessories'];

/** @returns {Martlet.FaceFeatures} */
export const noFeatures = () => ({ observed: {}, dress: {}, accessories: {} });

/** @param {string} name */
export function featureName(name) {
  return words.features.names[name] ?? capitalised(name);
}

/** @param {string} value */
export function valueName(value) {
  return capitalised(value);
}

/** @param {string} text */
function capitalised(text) {
  const plain = text.replaceAll(/[-_]/g, ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/**
 * A merge patch (RFC 7396) that makes the one of the other: only what differs.
 *
 * @param {Martlet.FaceFeatures} from
 * @param {Martlet.FaceFeatures} to
 * @returns {Partial<Record<Martlet.FeatureGroup, Martlet.FeatureValues>>}
 */
export function patchBetween(from, to) {
  /** @type {Partial<Record<Martlet.FeatureGroup, Martlet.FeatureValues>>} */
  const patch = {};
  for (const group of GROUPS) {
    const [before, after] = [from[group] ?? {}, to[group] ?? {}];
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const changed = [...names].filter((name) => (before[name] ?? null) !== (after[name] ?? null));
    if (changed.length) patch[group] = Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
  }
  return patch;
}

/**
 * @param {Martlet.FaceFeatures} features
 * @param {ReturnType<typeof patchBetween>} patch
 * @returns {Martlet.FaceFeatures}
 */
export function patched(features, patch) {
  const result = structuredClone(features);
  for (const group of GROUPS) result[group] = { ...result[group], ...patch[group] };
  return result;
}

/**
 * What is known, as names and words for people.
 *
 * @param {Martlet.FaceFeatures} features
 * @returns {[string, string][]}
 */
export function known(features) {
  return GROUPS.flatMap((group) => Object.entries(features[group] ?? {}).flatMap(([name, value]) => (value && !HIDDEN.has(name) ? [/** @type {[string, string]} */ ([featureName(name), valueName(value)])] : [])));
}

/** The server fills these in from others. */
export const HIDDEN = new Set(['facial_hair']);

/**
 * How a handle is written without its sign.
 *
 * @param {string} handle
 */
export const bare = (handle) => handle.replace(/^@/, '').toLowerCase();

/** @param {string} name */
export const isHandle = (name) => /^[a-z0-9_.]{1,32}$/.test(name) && /[^.]/.test(name);
