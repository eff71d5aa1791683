/** How long each part of an answer took: a table with a bar in each row, all on one scale. */

import { h } from '../../lib/dom.js';
import { formatDuration } from '../../lib/format.js';
import { words as all } from '../../app/strings-voice.js';

const words = all.times;

/** @typedef {{ name: string, start: number, end: number | null }} Row  In milliseconds; a moment has no end. */

/**
 * @param {Martlet.VoiceReport} report
 * @param {number | null} heardAfter
 * @returns {Row[]}
 */
function rowsOf(report, heardAfter) {
  /** @type {Row[]} */
  const rows = report.stages.map(({ stage, start_ms: start, end_ms: end }) => ({ name: stage, start, end }));
  if (report.first_text_ms !== null) rows.push({ name: 'text', start: report.first_text_ms, end: null });
  if (report.first_audio_ms !== null) rows.push({ name: 'audio', start: report.first_audio_ms, end: null });
  if (heardAfter !== null) rows.push({ name: 'here', start: heardAfter, end: null });
  return rows;
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return formatDuration(milliseconds / 1000);
}

/**
 * @param {Row} row
 * @param {number} whole
 */
function bar({ name, start, end }, whole) {
  const mark = h('span', { class: `fall-bar fall-${name}${end === null ? ' moment' : ''}` });
  // Three pixels are left for a mark at the very end.
  mark.style.insetInlineStart = `calc(${start / whole} * (100% - 3px))`;
  if (end !== null) mark.style.inlineSize = `${((end - start) / whole) * 100}%`;
  return h('span', { class: 'fall-track', 'aria-hidden': 'true' }, mark);
}

/**
 * @param {Martlet.VoiceReport} report
 * @param {number | null} heardAfter
 */
export function waterfall(report, heardAfter) {
  const rows = rowsOf(report, heardAfter);
  const whole = Math.max(report.total_ms, heardAfter ?? 0, 1);
  const first = heardAfter ?? report.first_audio_ms;
  const summary = [first === null ? null : words.summary(seconds(first)), words.total(seconds(report.total_ms))].filter(Boolean).join(' · ');
  return h('details', { class: 'fall' },
    h('summary', null, h('span', null, words.title), h('span', { class: 'fine figure' }, summary)),
    h('table', { class: 'fall-table' },
      h('caption', { class: 'unseen' }, words.caption),
      h('thead', { class: 'unseen' }, h('tr', null, [words.part, words.when, words.from, words.took].map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', null, rows.map((row) => h('tr', null,
        h('th', { scope: 'row' }, words.rows[row.name]),
        h('td', { class: 'fall-place' }, bar(row, whole)),
        h('td', { class: 'number fine' }, seconds(row.start)),
        h('td', { class: 'number' }, row.end === null ? '' : seconds(row.end - row.start)))))),
    heardAfter === null ? null : h('p', { class: 'fine' }, words.note));
}
