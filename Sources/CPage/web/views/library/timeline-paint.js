/** Paints a timeline: the ruler, and the lanes with their stretches at scale. */

import { formatMoment, formatTime } from '../../lib/format.js';

export const LANE = 26;
export const RULER = 26;
const BAR = 16;
const DIAMOND = 5;
// A stretch however short can be seen.
const LEAST_WIDTH = 2;
const LEAST_OPACITY = 0.35;
// So much room a word needs at least inside a stretch.
const TEXT_ROOM = 26;

/** @typedef {import('./timeline-lanes.js').Lane} Lane */
/** @typedef {import('./timeline-lanes.js').Stretch} Stretch */
/** @typedef {{ lanes: string[], inks: string[], text: string, quiet: string, line: string, stripe: string, hatch: string, chosen: string, font: string }} Colours */

/**
 * The theme's colours, as a canvas needs them.
 *
 * @param {Element} element
 * @returns {Colours}
 */
export function coloursOf(element) {
  const probe = document.createElement('span');
  element.append(probe);
  const read = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    lanes: Array.from({ length: 7 }, (_, at) => read(`lane-${at}`)), inks: Array.from({ length: 7 }, (_, at) => read(`lane-ink-${at}`)),
    text: read('text'), quiet: read('quiet'), line: read('line'), stripe: read('lane-stripe'), hatch: read('edge'), chosen: read('text'),
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  probe.remove();
  return colours;
}

/**
 * A canvas of a size in the pixels of the screen.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.inlineSize = `${width}px`;
    canvas.style.blockSize = `${height}px`;
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./timeline-scale.js').Scale} scale
 * @param {Colours} colours
 */
export function paintRuler(context, scale, colours) {
  const { step, times } = scale.ticks();
  context.font = colours.font;
  context.textBaseline = 'middle';
  for (const time of times) {
    const x = Math.round(scale.x(time)) + 0.5;
    context.fillStyle = colours.line;
    context.fillRect(x - 0.5, RULER - 7, 1, 7);
    context.fillStyle = colours.quiet;
    const text = step < 1 ? formatMoment(time) : formatTime(time);
    const { width } = context.measureText(text);
    context.fillText(text, Math.min(Math.max(0, x - width / 2), scale.width - width), RULER / 2 - 3);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./timeline-scale.js').Scale} scale
 * @param {Lane[]} lanes
 * @param {{ unknown: [number, number][], chosen: Stretch | null, hovered: Stretch | null, colours: Colours }} look
 */
export function paintLanes(context, scale, lanes, { unknown, chosen, hovered, colours }) {
  const { width } = scale;
  context.font = colours.font;
  context.textBaseline = 'middle';
  for (const time of scale.ticks().times) {
    context.fillStyle = colours.line;
    context.fillRect(Math.round(scale.x(time)), 0, 1, lanes.length * LANE);
  }
  const hatch = hatching(context, colours);
  for (const [at, lane] of lanes.entries()) {
    const top = at * LANE;
    if (at % 2 === 0) {
      context.fillStyle = colours.stripe;
      context.fillRect(0, top, width, LANE);
    }
    if (lane.kind === 'tag') {
      for (const [start, end] of unknown) {
        if (end < scale.start || start > scale.end) continue;
        context.fillStyle = hatch;
        context.fillRect(scale.x(start), top + 1, Math.max(LEAST_WIDTH, scale.x(end) - scale.x(start)), LANE - 2);
      }
    }
    if (lane.note && lane.stretches.length === 0) {
      context.fillStyle = colours.quiet;
      context.fillText(lane.note, 8, top + LANE / 2 + 1, width - 16);
    }
    for (const stretch of lane.stretches) {
      if (stretch.start > scale.end) break;
      if (stretch.end >= scale.start || stretch.isMoment) paintStretch(context, scale, stretch, lane, top, colours, stretch === chosen, stretch === hovered);
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./timeline-scale.js').Scale} scale
 * @param {Stretch} stretch
 * @param {Lane} lane
 * @param {number} top
 * @param {Colours} colours
 * @param {boolean} isChosen
 * @param {boolean} isHovered
 */
function paintStretch(context, scale, stretch, lane, top, colours, isChosen, isHovered) {
  const middle = top + LANE / 2;
  // What is far to the side is cut: a canvas loses its accuracy there.
  const left = Math.max(-20, scale.x(stretch.start));
  const right = Math.min(scale.width + 20, scale.x(stretch.end));
  context.fillStyle = colours.lanes[lane.colour];
  context.globalAlpha = isHovered ? 1 : Math.max(LEAST_OPACITY, stretch.confidence ?? 0.8);
  context.beginPath();
  if (stretch.isMoment) {
    context.moveTo(left, middle - DIAMOND - 1);
    context.lineTo(left + DIAMOND, middle);
    context.lineTo(left, middle + DIAMOND + 1);
    context.lineTo(left - DIAMOND, middle);
    context.closePath();
  } else {
    context.roundRect(left, middle - BAR / 2, Math.max(LEAST_WIDTH, right - left), BAR, Math.min(3, Math.max(0, (right - left) / 2)));
  }
  context.fill();
  context.globalAlpha = 1;
  if (isChosen) {
    context.strokeStyle = colours.chosen;
    context.lineWidth = 2;
    context.stroke();
  }
  const room = Math.min(right, scale.width) - Math.max(left, 0) - 10;
  if (lane.kind === 'tag' || stretch.isMoment || room < TEXT_ROOM) return;
  context.save();
  context.clip();
  context.fillStyle = colours.inks[lane.colour];
  context.fillText(stretch.text, Math.max(left, 0) + 5, middle + 1);
  context.restore();
}

/**
 * What could not be judged is hatched.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Colours} colours
 */
function hatching(context, colours) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  pen.strokeStyle = colours.hatch;
  pen.globalAlpha = 0.55;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? colours.stripe;
}
