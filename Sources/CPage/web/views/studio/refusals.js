/** What went wrong, in words for people. */

import { h } from '../../lib/dom.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { words } from '../../app/strings-studio.js';

const said = words.errors;
const lists = new Intl.ListFormat('en', { type: 'conjunction' });
const MISSING = ['no_image_model', 'model_not_fetched', 'no_vision_model'];

/**
 * @param {{ code: string | null, status: number, message: string, details: any }} error
 * @returns {{ title: string, message: string }}
 */
export function explain(error) {
  if (error.code === 'policy_blocked') return { title: said.refused, message: refusal(error) };
  if (error.code === 'no_image_model' || error.code === 'model_not_fetched') return { title: words.missing.title, message: error.message };
  if (error.status === 429) return { title: said.busy, message: error.message };
  return { title: said.failed, message: messageOf(error) };
}

/** @param {{ message: string, details: any }} error */
function refusal({ message, details }) {
  const categories = names(details?.categories).map((one) => said.categories[one] ?? one.replaceAll('_', ' '));
  if (!categories.length) return message || said.inPicture;
  const fields = names(details?.fields).map((one) => said.origins[one] ?? one);
  return [
    said.refusedFor(lists.format(categories)), fields.length ? said.fields(lists.format(fields)) : '', details.reason === 'HARD_BLOCK' ? said.hard : said.soft,
  ].filter(Boolean).join(' ');
}

/**
 * @param {unknown} list
 * @returns {string[]}
 */
function names(list) {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/**
 * Whether the same request may have another end. What words were refused for stands in them; another picture may be fine.
 *
 * @param {{ status: number, code: string | null, details: any }} error
 */
function mayHelp({ status, code, details }) {
  if (code === 'policy_blocked') return details?.reason !== 'HARD_BLOCK' && names(details?.fields).length === 0;
  return ![400, 413, 422].includes(status);
}

/**
 * @param {Pick<Martlet.PaintingError, 'code' | 'status' | 'message' | 'details' | 'requestId' | 'retryAt'>} error
 * @param {(() => void) | undefined} onretry
 */
export function refusalNotice(error, onretry) {
  const notice = errorNotice({ ...explain(error), code: error.code, requestId: error.requestId, retryAt: error.retryAt, onretry: mayHelp(error) ? onretry : undefined });
  if (error.code && MISSING.includes(error.code)) notice.lastElementChild?.append(h('div', { class: 'row' }, h('a', { class: 'button small', href: '#/models' }, said.openModels)));
  return notice;
}
