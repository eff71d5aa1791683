/** Models: what can run, what is on disk, what is loaded, and how to change that. */

import { fill, h, loadStyles } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { Meter } from '../components/meter.js';
import { memory, models, pulls } from '../app/live.js';
import { strings } from '../app/strings.js';
import { isRemote, ModelCard } from './models/model-card.js';

const words = strings.models;
const GROUPS = /** @type {('answer' | 'remote' | 'help' | 'other')[]} */ (['answer', 'remote', 'help', 'other']);
const HELPERS = ['transcription', 'voiceActivity', 'objectDetection', 'textReading', 'faceDetection'];

/** @type {import('../app/main.js').Open} */
export async function open(root) {
  await loadStyles('models');
  const until = new AbortController();
  const meter = new Meter();
  const search = h('input', { class: 'input', type: 'search', placeholder: words.search, 'aria-label': words.search });
  const list = h('div', { class: 'model-groups' });
  /** @type {Map<string, ModelCard>} */
  const cards = new Map();
  const sections = new Map(GROUPS.map((group) => [group, section(group)]));
  const nothing = h('p', { class: 'muted' }, words.waiting);
  fill(root,
    h('header', { class: 'view-head' }, h('h1', { tabIndex: -1 }, strings.views.models)),
    h('p', { class: 'lead' }, words.lead),
    h('section', { class: 'panel memory' }, meter),
    h('div', { class: 'search model-search' }, icon('search'), search),
    list);
  fill(list, [...sections.values()].map(({ element }) => element), nothing);

  const draw = () => {
    const all = models.value;
    if (!all) return;
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const [id, card] of cards) if (!all.some((model) => model.id === id)) card.element.remove(), cards.delete(id);
    for (const model of all) {
      const card = cards.get(model.id) ?? new ModelCard(model.id);
      cards.set(model.id, card);
      card.update(model, pulls.value.get(model.id) ?? null);
      const { list: place } = /** @type {{ list: HTMLElement }} */ (sections.get(groupOf(model)));
      if (card.element.parentNode !== place) place.append(card.element);
      const text = [model.id, model.description, model.licence, ...model.capabilities].join(' ').toLowerCase();
      card.element.hidden = !text.includes(wanted);
      if (!card.element.hidden) shown += 1;
    }
    for (const { element, list: place } of sections.values()) element.hidden = ![...place.children].some((child) => !(/** @type {HTMLElement} */ (child).hidden));
    nothing.hidden = shown > 0;
    nothing.textContent = words.nothing;
  };
  search.addEventListener('input', draw);
  memory.watch((value) => meter.show(value), until.signal);
  models.watch(draw, until.signal);
  pulls.watch(draw, until.signal);
  return { close: () => until.abort() };
}

/** @param {'answer' | 'remote' | 'help' | 'other'} group */
function section(group) {
  const list = h('div', { class: 'model-list', role: 'list' });
  const element = h('section', { class: 'section', hidden: true, 'aria-label': words.groups[group] },
    h('div', { class: 'section-head' }, h('h2', null, words.groups[group]), h('span', { class: 'fine' }, words.groupNotes[group])), list);
  return { element, list };
}

/** @param {Martlet.Model} model */
function groupOf(model) {
  if (isRemote(model)) return 'remote';
  if (model.capabilities.includes('chat')) return 'answer';
  return model.capabilities.some((one) => HELPERS.includes(one)) ? 'help' : 'other';
}

