/** `<martlet-meter>`: the memory budget and what takes of it. */

import { fill, h } from '../lib/dom.js';
import { formatBytes } from '../lib/format.js';
import { strings } from '../app/strings.js';

const words = strings.models;

export class Meter extends HTMLElement {
  /** @param {Martlet.Memory | null} memory */
  show(memory) {
    if (!memory) {
      fill(this, h('p', { class: 'fine' }, words.waiting));
      return;
    }
    const { budget_bytes: budget, used_bytes: used, models } = memory;
    const whole = Math.max(budget ?? used, used, 1);
    const amount = budget ? words.memoryOf(formatBytes(used), formatBytes(budget)) : words.memoryUsed(formatBytes(used));
    const bar = h('div', { class: 'meter-bar', role: 'meter', 'aria-label': words.memory, 'aria-valuemin': '0', 'aria-valuemax': String(whole), 'aria-valuenow': String(used), 'aria-valuetext': amount });
    const legend = h('ul', { class: 'meter-legend' });
    for (const [index, model] of models.entries()) {
      const part = h('span', { class: `meter-part part-${index % 4}` });
      part.style.inlineSize = `${(model.bytes / whole) * 100}%`;
      bar.append(part);
      legend.append(h('li', null, h('span', { class: `meter-key part-${index % 4}` }), model.id, h('span', { class: 'fine figure' },
        [formatBytes(model.bytes), model.users ? words.inUse(model.users) : null, model.pinned ? words.pinned : null].filter(Boolean).join(' · '))));
    }
    fill(this,
      h('div', { class: 'meter-head' }, h('h2', null, words.memory), h('span', { class: 'figure muted' }, amount)),
      bar,
      models.length ? legend : h('p', { class: 'fine' }, words.memoryNone));
  }
}

customElements.define('martlet-meter', Meter);
