/** System: how every part is, the lanes, what is being asked, the figures, and the configuration. */

import { json } from '../lib/api.js';
import { fill, h, loadStyles } from '../lib/dom.js';
import { formatBytes, formatDuration, formatNumber } from '../lib/format.js';
import { errorNotice, messageOf } from '../components/error-notice.js';
import { Sparkline } from '../components/sparkline.js';
import { figures, health, pools } from '../app/live.js';
import { strings } from '../app/strings.js';
import { configurationTable } from './system/configuration.js';
import { healthList, findingsList } from './system/health.js';
import { poolList } from './system/pools.js';
import { RequestLog } from './system/request-log.js';

const words = strings.system;
const FIGURES_SHOWN = 150;
const SERIES = /** @type {[keyof typeof words.series, (value: number) => string][]} */ ([
  ['requests_per_second', (value) => formatNumber(value, 1)],
  ['tokens_per_second', (value) => formatNumber(value, 1)],
  ['running', (value) => formatNumber(value)],
  ['waiting', (value) => formatNumber(value)],
  ['errors_per_second', (value) => formatNumber(value, 1)],
  ['memory_bytes', (value) => formatBytes(value)],
  ['cpu', (value) => formatNumber(value, 1)],
]);

/** @type {import('../app/main.js').Open} */
export async function open(root) {
  await loadStyles('system');
  const until = new AbortController();
  const healthPlace = h('div');
  const figuresPlace = h('div', { class: 'sparks' });
  const poolsPlace = h('div', { class: 'pools' });
  const aboutPlace = h('dl', { class: 'about panel' });
  const findingsPlace = h('div');
  const configurationPlace = h('div');
  const log = new RequestLog(until.signal);
  fill(root,
    h('header', { class: 'view-head' }, h('h1', { tabIndex: -1 }, strings.views.system)),
    h('div', { class: 'system-top' },
      part(words.health, healthPlace),
      part(words.about, aboutPlace)),
    part(words.figures, figuresPlace, words.figureNote),
    part(words.lanes, poolsPlace),
    log.element,
    findingsPlace,
    configurationPlace);

  const lines = new Map(SERIES.map(([name]) => {
    const line = new Sparkline();
    line.label(words.series[name]);
    return [name, line];
  }));
  fill(figuresPlace, [...lines.values()].map((line) => h('div', { class: 'panel spark' }, line)));
  figures.watch((rows) => {
    for (const [name, format] of SERIES) lines.get(name)?.show(rows.map((row) => row[name] ?? 0), FIGURES_SHOWN, format, words.peak);
  }, until.signal);
  health.watch((value) => fill(healthPlace, healthList(value)), until.signal);
  pools.watch((list) => fill(poolsPlace, poolList(list)), until.signal);

  const load = async () => {
    try {
      /** @type {Martlet.System} */
      const system = await json('GET', '/v1/system', undefined, { signal: until.signal });
      fill(aboutPlace, about(system));
      fill(findingsPlace, system.findings.length ? part(words.findings, findingsList(system.findings)) : null);
      fill(configurationPlace, configurationTable(system.configuration));
    } catch (error) {
      if (until.signal.aborted) return;
      const { code, requestId } = /** @type {any} */ (error);
      fill(aboutPlace, errorNotice({ message: messageOf(error), code, requestId, onretry: load }));
    }
  };
  load();
  return { close: () => until.abort() };
}

/**
 * @param {string} title
 * @param {Node} body
 * @param {string} [note]
 */
function part(title, body, note) {
  return h('section', { class: 'section', 'aria-label': title },
    h('div', { class: 'section-head' }, h('h2', null, title), note ? h('span', { class: 'fine' }, note) : null), body);
}

/** @param {Martlet.System} system */
function about({ version, started, uptime_seconds: uptime, address, machine }) {
  const gpus = machine.gpus.map((gpu) => (typeof gpu === 'string' ? gpu : gpu.name ?? JSON.stringify(gpu))).join(', ');
  const facts = [
    [words.version, version],
    [words.address, address],
    [words.uptime, formatDuration(uptime)],
    [words.started, new Date(started).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })],
    [words.cores, String(machine.cores)],
    [words.memory, formatBytes(machine.memory_bytes)],
    [words.gpus, gpus || words.noGpu],
  ];
  return facts.map(([term, value]) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value)));
}
