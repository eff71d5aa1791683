/** Says what came of a wish for several videos, and why some were refused. */

import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-library.js';

const SHOWN = 6;

/**
 * @param {HTMLElement} place  Where refusals are explained.
 * @param {Promise<import('./batch.js').Outcome>} work
 * @param {(count: number) => string} said
 */
export async function tellOutcome(place, work, said) {
  fill(place);
  /** @type {import('./batch.js').Outcome} */
  let outcome;
  try {
    outcome = await work;
  } catch (error) {
    const { code, requestId } = /** @type {any} */ (error);
    fill(place, errorNotice({ message: messageOf(error), code, requestId }));
    return;
  }
  const { done, refused } = outcome;
  if (done.length) toast(said(done.length));
  else if (refused.length === 0) toast(words.done.nothing, 'info');
  if (refused.length === 0) return;
  fill(place, h('div', { class: 'notice warn', role: 'alert' }, icon('alert'),
    h('div', null, h('strong', null, words.refused(refused.length)),
      refused.slice(0, SHOWN).map(({ path, message }) => h('span', null, `${path.split('/').at(-1)}: ${message}`)),
      refused.length > SHOWN ? h('span', null, words.andMore(refused.length - SHOWN)) : null,
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'button small', onclick: () => fill(place) }, words.dismiss)))));
}
