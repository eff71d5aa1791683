/** What stands in each lane of a timeline. */

import { words } from '../../app/strings-library.js';

/** @type {Martlet.EvidenceKind[]} */
export const EVIDENCE = ['transcript', 'screen_text', 'objects', 'scenes'];

/**
 * A stretch of a lane, or a moment (then the end is the start).
 *
 * @typedef {{ start: number, end: number, isMoment: boolean, confidence: number | null, text: string, span: Martlet.Span | null }} Stretch
 * @typedef {{ key: string, name: string, kind: 'tag' | Martlet.EvidenceKind, colour: number, stretches: Stretch[], note: string | null }} Lane
 */

/**
 * One lane for each tag, in the order of their names, then the evidence.
 *
 * @param {Martlet.Span[]} spans
 * @param {Martlet.Timeline | null} timeline
 * @param {Set<string>} shown  Which kinds of evidence.
 * @returns {Lane[]}
 */
export function lanesOf(spans, timeline, shown) {
  /** @type {Map<string, Stretch[]>} */
  const tags = new Map();
  for (const span of spans) {
    const stretches = tags.get(span.tag_name) ?? [];
    tags.set(span.tag_name, stretches);
    const end = span.end_time ?? span.start_time;
    stretches.push({ start: span.start_time, end, isMoment: span.end_time === null, confidence: span.confidence, text: span.tag_name, span });
  }
  /** @type {Lane[]} */
  const lanes = [...tags].sort(([a], [b]) => a.localeCompare(b)).map(([name, stretches], at) => ({
    key: `tag ${name}`, name, kind: 'tag', colour: at % 6, stretches: stretches.sort((a, b) => a.start - b.start), note: null,
  }));
  for (const kind of EVIDENCE) {
    if (!timeline || !shown.has(kind)) continue;
    const stretches = timeline[kind].map(({ start, end, text, confidence }) =>
      ({ start, end, isMoment: end <= start, confidence: confidence ?? null, text, span: null })).sort((a, b) => a.start - b.start);
    lanes.push({ key: kind, name: words.timeline.kinds[kind], kind, colour: 6, stretches, note: timeline.missing[kind] ?? null });
  }
  return lanes;
}

/**
 * The stretch of a lane that a time lies in, with so much grace at either side; of several, the shortest.
 *
 * @param {Lane} lane
 * @param {number} time
 * @param {number} grace
 */
export function stretchAt({ stretches }, time, grace) {
  /** @type {Stretch | null} */
  let best = null;
  for (const stretch of stretches) {
    if (stretch.start - grace > time) break;
    if (time <= stretch.end + grace && (!best || stretch.end - stretch.start < best.end - best.start)) best = stretch;
  }
  return best;
}
