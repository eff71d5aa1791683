/** One analysis in its own way: other tags, other rules, a closer look. */

import { json } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { sheet } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-library.js';
import { videoAddress } from './addresses.js';
import { AnalysisForm } from './analysis-form.js';
import { field, parseNumber, showFaults } from './fields.js';

const texts = words.options;

/**
 * @param {string} path
 * @param {() => void} onBegun
 */
export function openAnalyze(path, onBegun) {
  const trouble = h('div');
  const body = h('div', { class: 'settings-sheet' }, h('p', { class: 'muted' }, words.config.loading));
  const go = h('button', { type: 'button', class: 'button primary', disabled: true }, icon('analyze'), texts.go);
  const dialog = sheet(texts.title, { body, foot: [h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel), go] });
  dialog.classList.add('wide-sheet');
  const fail = (/** @type {any} */ error, /** @type {Element} */ place, /** @type {(() => void) | undefined} */ onretry) =>
    fill(place, errorNotice({ message: messageOf(error), code: error?.code, requestId: error?.requestId, onretry }));
  const load = async () => {
    /** @type {Martlet.AnalysisConfig} */
    let config;
    try {
      config = await json('GET', '/api/config/');
    } catch (error) {
      fail(error, body, load);
      return;
    }
    const form = new AnalysisForm(config);
    const priority = field(texts.priority, h('input', { inputMode: 'numeric', autocomplete: 'off', value: '0' }), texts.priorityHint);
    const send = async () => {
      const read = form.read();
      const rank = parseNumber(priority.input.value);
      priority.fail(rank === null || !Number.isInteger(rank) ? words.config.whole : '');
      if (!read || rank === null || !Number.isInteger(rank)) return;
      go.disabled = true;
      try {
        await json('POST', videoAddress(path, '/analyze'), { tags: read.tags, rules: read.rules, frame_interval: read.interval, tolerance: read.tolerance, evidence: read.evidence, priority: rank });
        toast(words.done.analyze);
        dialog.close();
        onBegun();
      } catch (error) {
        if (!showFaults(error, (param) => (param === 'priority' ? priority : form.place(param)))) fail(error, trouble);
        go.disabled = false;
      }
    };
    fill(body, h('form', { class: 'settings-form', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => (event.preventDefault(), void send()) },
      h('p', { class: 'muted' }, texts.lead), trouble, form.tags.element, form.chips,
      h('div', { class: 'settings-pair' }, form.interval.element, form.tolerance.element), form.rules.element, priority.element, form.evidenceField,
      h('button', { class: 'unseen', tabIndex: -1, 'aria-hidden': 'true' }, texts.go)));
    go.disabled = false;
    go.addEventListener('click', send);
  };
  load();
}
