/** What is to be computed of a video's expressions. */

import { json } from '../../lib/api.js';
import { fill, h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { sheet } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { words } from '../../app/strings-expressions.js';
import { videoAddress } from './addresses.js';
import { field, showFaults } from './fields.js';

const texts = words.form;

export class ExpressionForm {
  /**
   * @param {string} path
   * @param {Martlet.ExpressionOptions} options
   * @param {Martlet.Expressions | null} last  What was computed before: its choices are the first ones.
   * @param {(jobId: number) => void} onBegun
   */
  constructor(path, { estimators, detections, models }, last, onBegun) {
    this.path = path;
    this.onBegun = onBegun;
    const choice = (/** @type {string[]} */ values, /** @type {Record<string, string>} */ names, /** @type {string | null | undefined} */ chosen) =>
      h('select', null, values.map((value) => h('option', { value, selected: value === chosen }, names[value] ?? value)));
    this.estimator = field(texts.estimator, choice(estimators, texts.estimators, last?.report.estimator), texts.estimatorHint);
    this.detection = field(texts.detection, choice(detections, texts.detections, last?.report.detection), texts.detectionHint);
    this.model = field(texts.model, choice(['', ...models], { '': texts.noModel }, last?.model), models.length ? texts.modelHint : texts.noModels);
    this.flow = h('input', { type: 'checkbox' });
    this.overlay = h('input', { type: 'checkbox', checked: last?.overlay ?? false });
    this.trouble = h('div', { class: 'expression-trouble' });
    this.go = h('button', { class: 'button primary' }, icon('analyze'), texts.go);
    this.fields = h('div', { class: 'expression-fields' }, this.estimator.element, this.detection.element, this.model.element);
    this.checks = h('div', { class: 'row expression-checks' }, h('label', { class: 'check' }, this.flow, texts.flow), h('label', { class: 'check' }, this.overlay, texts.overlay));
    this.element = h('form', { class: 'expression-form', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => (event.preventDefault(), void this.send()) },
      this.trouble, this.fields, this.checks, h('div', { class: 'row' }, this.go));
  }

  async send() {
    if (this.go.disabled) return;
    fill(this.trouble);
    this.go.disabled = true;
    try {
      const { job_id: id } = await json('POST', videoAddress(this.path, '/expressions'), {
        estimator: this.estimator.input.value, detection: this.detection.input.value, flow: this.flow.checked, model: this.model.input.value || null, overlay: this.overlay.checked,
      });
      toast(texts.begun);
      this.onBegun(id);
    } catch (error) {
      const { code, requestId } = /** @type {any} */ (error);
      const isPlaced = showFaults(error, (param) => ({ estimator: this.estimator, detection: this.detection, model: this.model }[param] ?? null));
      if (!isPlaced) fill(this.trouble, errorNotice({ message: messageOf(error), code, requestId }));
    } finally {
      this.go.disabled = false;
    }
  }
}

/**
 * The same in a sheet, where there is a result already.
 *
 * @param {string} path
 * @param {Martlet.ExpressionOptions} options
 * @param {Martlet.Expressions} last
 * @param {(jobId: number) => void} onBegun
 */
export function openAgain(path, options, last, onBegun) {
  const form = new ExpressionForm(path, options, last, (id) => {
    dialog.close();
    onBegun(id);
  });
  const dialog = sheet(texts.againTitle, {
    body: h('div', { class: 'settings-sheet expression-sheet' }, h('p', { class: 'muted' }, texts.replaces), form.element),
    foot: [h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, strings.common.cancel)],
  });
}
