/** What was computed and how, what a model said to it, and the files of it. */

import { request, token } from '../../lib/api.js';
import { h } from '../../lib/dom.js';
import { nameFrom, saveFile } from '../../lib/download.js';
import { formatDuration, formatNumber, formatShare, formatWhen, fromUtc } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-expressions.js';
import { videoAddress } from './addresses.js';

const texts = words.facts;

/** @param {[string, string | Node | null][]} facts */
function factList(facts) {
  return h('dl', { class: 'result-facts' }, facts.filter(([, value]) => value !== null).map(([term, value]) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value))));
}

/** @param {Martlet.Expressions} found */
export function factsPanel({ report, model, created_at: created }) {
  const { frames, warnings } = report;
  return h('section', { class: 'panel expression-facts', 'aria-label': texts.title }, h('h3', null, texts.title),
    factList([
      [texts.estimator, report.estimator], [texts.detection, report.detection],
      [texts.frames, texts.of(formatNumber(frames.used), formatNumber(frames.total))], [texts.skipped, formatNumber(frames.skipped)], [texts.tracked, formatNumber(frames.tracked)],
      [texts.faces, formatNumber(frames.several_faces)], [texts.rows, formatNumber(report.rows)], [texts.model, model], [texts.took, formatDuration(report.seconds)], [texts.computed, formatWhen(fromUtc(created))],
    ]),
    warnings.length
      ? h('div', { class: 'notice warn' }, icon('alert'), h('div', null, h('strong', null, texts.warnings(warnings.length)), h('ul', { class: 'warning-list' }, warnings.map(({ code, message }) => h('li', { dataset: { code } }, message)))))
      : null);
}

/** @param {Martlet.Expressions} found */
export function predictionPanel({ prediction, synthetic, note }) {
  if (!prediction) return null;
  const said = words.prediction;
  return h('section', { class: 'panel expression-prediction', 'aria-label': said.title },
    h('div', { class: 'row' }, h('h3', null, said.title), synthetic ? h('span', { class: 'badge warn' }, icon('alert'), said.synthetic) : null),
    factList([[said.label, h('code', null, prediction.prediction_label)], [said.share, formatShare(prediction.confidence)], [said.mean, prediction.avg_probability.toFixed(3)]]),
    synthetic ? h('p', { class: 'fine' }, said.syntheticNote) : null,
    note ? h('p', { class: 'fine expression-note' }, note) : null);
}

/**
 * @param {string} path
 * @param {Martlet.Expressions} found
 */
export function downloads(path, { overlay }) {
  const said = words.downloads;
  const address = videoAddress(path, '/expressions/overlay');
  const link = overlay ? h('a', { class: 'button small', href: address, target: '_blank', rel: 'noopener' }, icon('film'), said.overlay) : null;
  // A link carries no token: with one, the file is fetched and saved.
  link?.addEventListener('click', (event) => {
    if (token() === null) return;
    event.preventDefault();
    void save(address, 'overlay.mp4');
  });
  return h('div', { class: 'row expression-files', role: 'group', 'aria-label': said.title },
    said.formats.map(([format, text]) =>
      h('button', { type: 'button', class: 'button small', 'aria-label': said.of(text), onclick: () => void save(videoAddress(path, `/expressions/features?format=${format}`), `expressions.${format}`) }, icon('download'), text)),
    link);
}

/**
 * @param {string} address
 * @param {string} name
 */
async function save(address, name) {
  try {
    const response = await request(address);
    saveFile(nameFrom(response, name), await response.blob());
    toast(words.downloads.saved);
  } catch (error) {
    toast(messageOf(error), 'alert');
  }
}
