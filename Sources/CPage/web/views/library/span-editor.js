/** Adds a tag to the video, or changes one: from the playhead, from the keyboard, or typed. */

import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatMoment } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-library.js';
import { field, parseNumber, parseTime, showFaults } from './fields.js';
import { bodyOf } from './spans.js';

const texts = words.editor;

export class SpanEditor {
  /**
   * @param {import('./spans.js').Spans} spans
   * @param {number} duration
   * @param {{ time: () => number, chosen: (span: Martlet.Span | null) => void }} page
   */
  constructor(spans, duration, page) {
    this.spans = spans;
    this.duration = duration;
    this.page = page;
    /** @type {Martlet.Span | null} */
    this.span = null;
    /**
     * Takes the last deletion back.
     *
     * @type {(() => Promise<void>) | null}
     */
    this.undo = null;
    this.names = h('datalist', { id: uniqueId('tags') });
    const input = (/** @type {Record<string, any>} */ properties) => h('input', { autocomplete: 'off', spellcheck: false, ...properties });
    this.tag = field(texts.tag, input({ list: this.names.id }));
    this.start = field(texts.start, input({ inputMode: 'decimal', placeholder: '0:00.0' }));
    this.end = field(texts.end, input({ inputMode: 'decimal' }), texts.endHint);
    this.confidence = field(texts.confidence, input({ inputMode: 'decimal', value: '1' }));
    this.fields = { tag_name: this.tag, start_time: this.start, end_time: this.end, confidence: this.confidence };
    this.title = h('h3', null, texts.add);
    this.save = h('button', { class: 'button primary' }, texts.create);
    this.stop = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.edit(null) }, texts.stop);
    this.remove = h('button', { type: 'button', class: 'button danger', hidden: true, onclick: () => this.span && this.drop(this.span) }, icon('trash'), words.remove);
    this.element = h('form', { class: 'span-editor', noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => void this.submit(event) },
      this.title, this.names,
      h('div', { class: 'span-fields' }, this.tag.element, this.start.element, this.end.element, this.confidence.element),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button', onclick: () => this.mark('start') }, icon('markIn'), texts.markIn),
        h('button', { type: 'button', class: 'button', onclick: () => this.mark('end') }, icon('markOut'), texts.markOut),
        h('span', { class: 'fine span-keys' }, texts.keys),
        this.remove, this.stop, this.save));
    spans.list.watch((list) => fill(this.names, [...new Set((list ?? []).map(({ tag_name: name }) => name))].sort().map((name) => h('option', { value: name }))));
  }

  /**
   * A mark at the playhead.
   *
   * @param {'start' | 'end'} side
   */
  mark(side) {
    const { input, fail } = this[side];
    input.value = formatMoment(this.page.time());
    fail('');
    if (side === 'end' && !this.tag.input.value) this.tag.input.focus();
  }

  /**
   * Shows a tag to be changed; null: a new one.
   *
   * @param {Martlet.Span | null} span
   */
  edit(span) {
    if (span === null && this.span === null) return;
    this.show(span);
    this.page.chosen(span);
  }

  /** @param {Martlet.Span | null} span */
  show(span) {
    this.span = span;
    setText(this.title, span ? texts.change : texts.add);
    setText(this.save, span ? texts.save : texts.create);
    this.stop.hidden = span === null;
    this.remove.hidden = span === null;
    this.tag.input.value = span?.tag_name ?? '';
    this.start.input.value = span ? formatMoment(span.start_time) : '';
    this.end.input.value = span && span.end_time !== null ? formatMoment(span.end_time) : '';
    this.confidence.input.value = span ? String(Math.round(span.confidence * 1000) / 1000) : '1';
    for (const one of Object.values(this.fields)) one.fail('');
  }

  /** What the fields say; null when one of them is wrong. */
  read() {
    const name = this.tag.input.value.trim();
    // What is shown rounded is kept exact unless it was changed.
    const exact = (/** @type {number | null | undefined} */ kept, /** @type {number} */ typed) => (kept !== null && kept !== undefined && formatMoment(kept) === formatMoment(typed) ? kept : typed);
    const start = parseTime(this.start.input.value);
    const hasEnd = this.end.input.value.trim() !== '';
    const end = hasEnd ? parseTime(this.end.input.value) : null;
    const confidence = parseNumber(this.confidence.input.value);
    const last = this.duration > 0 ? this.duration + 0.1 : Infinity;
    const faults = /** @type {[import('./fields.js').Field, string][]} */ ([
      [this.tag, name ? '' : texts.noTag],
      [this.start, start === null ? texts.noTime : start > last ? texts.beyond : ''],
      [this.end, hasEnd && end === null ? texts.noTime : end !== null && start !== null && end <= start ? texts.order : end !== null && end > last ? texts.beyond : ''],
      [this.confidence, confidence === null || confidence < 0 || confidence > 1 ? texts.noConfidence : ''],
    ]);
    for (const [one, text] of faults) one.fail(text);
    const [wrong] = faults.filter(([, text]) => text);
    wrong?.[0].input.focus();
    if (wrong || start === null || confidence === null) return null;
    return { tag_name: name, start_time: exact(this.span?.start_time, start), end_time: end === null ? null : exact(this.span?.end_time, end), confidence };
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const body = this.read();
    if (!body) return;
    this.save.disabled = true;
    try {
      const { span } = this;
      if (span) await this.spans.change(span, body);
      else await this.spans.add(body);
      toast(span ? texts.changed : texts.added);
      this.show(null);
      this.page.chosen(null);
      this.tag.input.focus();
    } catch (error) {
      if (!showFaults(error, (param) => this.fields[/** @type {'tag_name'} */ (param)])) toast(messageOf(error), 'alert');
    }
    this.save.disabled = false;
  }

  /**
   * Deletes a tag, with a way back.
   *
   * @param {Martlet.Span} span
   */
  async drop(span) {
    try {
      await this.spans.remove(span);
    } catch (error) {
      toast(messageOf(error), 'alert');
      return;
    }
    if (this.span?.id === span.id) this.edit(null);
    this.undo = async () => {
      this.undo = null;
      await this.spans.add(bodyOf(span)).then(() => toast(texts.restored), (error) => toast(messageOf(error), 'alert'));
    };
    toast(texts.deleted(span.tag_name), 'check', { label: texts.undo, act: () => void this.undo?.() });
  }
}
