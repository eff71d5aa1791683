/** The elements of a timeline: tools, ruler, the names of the lanes, and the canvas beside them. */

import { h } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';
import { words } from '../../app/strings-library.js';

const texts = words.timeline;

/**
 * @param {number} duration
 * @param {HTMLElement} tip
 * @param {{ zoomOut: () => void, fit: () => void, zoomIn: () => void }} actions
 */
export function timelineFrame(duration, tip, { zoomOut, fit, zoomIn }) {
  const button = (/** @type {string} */ symbol, /** @type {string} */ label, /** @type {() => void} */ act) =>
    h('button', { type: 'button', class: 'button small square', title: label, 'aria-label': label, onclick: act }, icon(symbol));
  const now = h('span', { class: 'figure muted timeline-now' });
  const toggles = h('div', { class: 'row lane-toggles', role: 'group', 'aria-label': texts.shown });
  const [rulerCanvas, laneCanvas] = [h('canvas'), h('canvas')];
  const [head, grip] = [h('span', { class: 'playhead' }), h('span', { class: 'playhead-grip' })];
  const labels = h('div', { class: 'lane-labels', role: 'group', 'aria-label': texts.lanes });
  const ruler = h('div', {
    class: 'timeline-ruler', role: 'slider', tabIndex: 0, 'aria-label': texts.ruler, 'aria-valuemin': '0', 'aria-valuemax': duration.toFixed(1), 'aria-valuenow': '0',
  }, rulerCanvas, grip);
  const view = h('div', { class: 'timeline-view', role: 'group', tabIndex: 0, 'aria-label': texts.view }, laneCanvas, head);
  const none = h('p', { class: 'muted timeline-none', hidden: true }, texts.none);
  const unknown = h('p', { class: 'fine timeline-unknown', hidden: true }, texts.unknown);
  const element = h('section', { class: 'panel timeline', 'aria-label': texts.title },
    h('div', { class: 'timeline-tools' },
      h('h2', null, texts.title), now, toggles,
      h('div', { class: 'row timeline-zoom' }, button('minus', texts.zoomOut, zoomOut), button('fit', texts.fit, fit), button('plus', texts.zoomIn, zoomIn))),
    h('div', { class: 'timeline-scroll' }, h('div', { class: 'timeline-corner' }), ruler, labels, view),
    none, unknown, h('p', { class: 'fine timeline-hint' }, texts.hint), tip);
  return { element, unknown, now, toggles, rulerCanvas, laneCanvas, head, grip, labels, ruler, view, none };
}
