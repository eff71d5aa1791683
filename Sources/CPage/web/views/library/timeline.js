/** The timeline under a video: a lane for each tag and each kind of evidence, at scale. By pointer, touch and keyboard. */

import { fill, h, onceAFrame, setText } from '../../lib/dom.js';
import { formatMoment } from '../../lib/format.js';
import { words } from '../../app/strings-library.js';
import { remember, remembered } from './remembered.js';
import { timelineFrame } from './timeline-frame.js';
import { LaneList } from './timeline-keys.js';
import { EVIDENCE, lanesOf, stretchAt } from './timeline-lanes.js';
import { coloursOf, LANE, paintLanes, paintRuler, prepare, RULER } from './timeline-paint.js';
import { Gestures } from './timeline-pointer.js';
import { listenToRuler } from './timeline-ruler.js';
import { Scale } from './timeline-scale.js';
import { Tip } from './timeline-tip.js';

const texts = words.timeline;
const LEAST_LENGTH = 0.05;
const GRACE = 5;
const ZOOM = 1.5;
// A still differs from the next one only after so many seconds.
const LEAST_STEP = 0.5;

/** @typedef {import('./timeline-lanes.js').Stretch} Stretch */
/** @typedef {import('./timeline-lanes.js').Lane} Lane */
/**
 * @typedef {{
 *   seek: (time: number) => void,
 *   toggle: () => void,
 *   choose: (span: Martlet.Span | null) => void,
 *   change: (span: Martlet.Span, start: number, end: number) => void,
 *   remove: (span: Martlet.Span) => void,
 * }} Actions
 */

export class TimelineView {
  /**
   * @param {string} path
   * @param {number} duration
   * @param {Actions} actions
   * @param {AbortSignal} until
   */
  constructor(path, duration, actions, until) {
    this.actions = actions;
    this.scale = new Scale(duration);
    /** @type {Lane[]} */
    this.lanes = [];
    /** @type {Martlet.Span[]} */
    this.spans = [];
    /** @type {Martlet.Timeline | null} */
    this.timeline = null;
    /** @type {Stretch | null} */
    this.chosen = null;
    /** @type {Stretch | null} */
    this.hovered = null;
    this.time = 0;
    this.shown = new Set(/** @type {string[]} */ (remembered('lanes', EVIDENCE)));
    this.draw = onceAFrame(() => this.paint());
    /** @type {import('./timeline-paint.js').Colours | null} */
    this.colours = null;
    this.tip = new Tip(path);
    this.parts = timelineFrame(duration, this.tip.element, { zoomOut: () => this.zoom(1 / ZOOM), fit: () => this.fit(), zoomIn: () => this.zoom(ZOOM) });
    this.element = this.parts.element;
    this.laneList = new LaneList(this.parts.labels, this);
    this.listen();
    this.watchSize(until);
    until.addEventListener('abort', () => this.tip.close());
  }

  listen() {
    const { view } = this.parts;
    new Gestures(view, {
      scale: this.scale,
      find: (x, y) => this.find(x, y),
      onMoved: () => this.draw(),
      onHover: (x, y) => this.hover(x, y),
      onLeave: () => this.leave(),
      onPress: (x, y) => this.press(x, y),
      onEdge: (edge, time, isDone) => this.dragEdge(edge, time, isDone),
    });
    view.addEventListener('keydown', (event) => this.keys(event));
    listenToRuler(this.parts.ruler, this);
  }

  /** @param {AbortSignal} until */
  watchSize(until) {
    const size = new ResizeObserver(() => {
      this.scale.width = Math.max(1, this.parts.view.clientWidth);
      this.draw();
    });
    size.observe(this.parts.view);
    const recolour = () => {
      this.colours = null;
      this.draw();
    };
    const theme = new MutationObserver(recolour);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour, { signal: until });
    until.addEventListener('abort', () => (size.disconnect(), theme.disconnect()));
  }

  /**
   * @param {Martlet.Span[]} spans
   * @param {Martlet.Timeline | null} timeline
   */
  show(spans, timeline) {
    this.spans = spans;
    this.timeline = timeline;
    const chosen = this.chosen;
    this.lanes = lanesOf(spans, timeline, this.shown);
    const all = this.lanes.flatMap(({ stretches }) => stretches);
    this.chosen = chosen && (all.find((one) => (chosen.span ? one.span?.id === chosen.span.id : one.start === chosen.start && one.text === chosen.text)) ?? null);
    this.hovered = null;
    this.laneList.show(this.lanes);
    this.drawToggles();
    this.parts.none.hidden = spans.length > 0;
    this.parts.unknown.hidden = !timeline?.unknown.length;
    this.at(this.time, false);
    this.draw();
  }

  drawToggles() {
    if (this.parts.toggles.childElementCount) return;
    fill(this.parts.toggles, EVIDENCE.map((kind) => {
      const toggle = h('button', {
        type: 'button', class: 'chip', 'aria-pressed': String(this.shown.has(kind)),
        onclick: () => {
          if (!this.shown.delete(kind)) this.shown.add(kind);
          toggle.setAttribute('aria-pressed', String(this.shown.has(kind)));
          remember('lanes', [...this.shown]);
          this.show(this.spans, this.timeline);
        },
      }, texts.kinds[kind]);
      return toggle;
    }));
  }

  paint() {
    const { scale, lanes } = this;
    if (!this.element.isConnected || scale.width <= 1) return;
    const colours = (this.colours ??= coloursOf(this.element));
    paintRuler(prepare(this.parts.rulerCanvas, scale.width, RULER), scale, colours);
    paintLanes(prepare(this.parts.laneCanvas, scale.width, Math.max(LANE, lanes.length * LANE)), scale, lanes, {
      unknown: this.timeline?.unknown ?? [], chosen: this.chosen, hovered: this.hovered, colours,
    });
    this.placeHead();
  }

  placeHead() {
    const x = this.scale.x(this.time);
    const isOut = x < -1 || x > this.scale.width + 1;
    for (const mark of [this.parts.head, this.parts.grip]) {
      mark.hidden = isOut;
      mark.style.transform = `translateX(${x.toFixed(1)}px)`;
    }
  }

  /**
   * The video is at a time.
   *
   * @param {number} time
   * @param {boolean} isPlaying
   */
  at(time, isPlaying) {
    const { scale } = this;
    this.time = time;
    if (isPlaying && !scale.isWhole && (time > scale.end || time < scale.start)) {
      scale.show(time - scale.seconds * 0.1, scale.seconds);
      this.draw();
    }
    setText(this.parts.now, texts.now(formatMoment(time), formatMoment(scale.duration)));
    this.parts.ruler.setAttribute('aria-valuenow', time.toFixed(1));
    this.parts.ruler.setAttribute('aria-valuetext', formatMoment(time));
    this.placeHead();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  find(x, y) {
    const lane = this.lanes[Math.floor(y / LANE)];
    return lane ? stretchAt(lane, this.scale.start + (x / this.scale.width) * this.scale.seconds, (GRACE / this.scale.width) * this.scale.seconds) : null;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  hover(x, y) {
    const stretch = this.find(x, y);
    if (stretch !== this.hovered) this.draw();
    this.hovered = stretch;
    const [panel, view] = [this.element.getBoundingClientRect(), this.parts.view.getBoundingClientRect()];
    const lane = Math.floor(y / LANE) + 1;
    this.tip.show({
      x: view.left - panel.left + x, y: view.top - panel.top + lane * LANE + 6, room: panel.width, time: this.scale.time(x), stretch,
      step: Math.max(LEAST_STEP, this.scale.seconds / 120),
    });
  }

  leave() {
    this.tip.hide();
    if (this.hovered) this.draw();
    this.hovered = null;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  press(x, y) {
    this.actions.seek(this.scale.time(x));
    this.choose(this.find(x, y));
  }

  /** @param {Stretch | null} stretch */
  choose(stretch) {
    this.chosen = stretch;
    this.actions.choose(stretch?.span ?? null);
    this.draw();
  }

  /**
   * Shows where a tag is that was chosen elsewhere.
   *
   * @param {Martlet.Span | null} span
   */
  chooseSpan(span) {
    this.chosen = span && (this.lanes.flatMap(({ stretches }) => stretches).find((one) => one.span?.id === span.id) ?? null);
    if (this.chosen) this.scale.reveal(this.chosen.start, this.chosen.end);
    this.draw();
  }

  /**
   * @param {import('./timeline-pointer.js').Edge} edge
   * @param {number} time
   * @param {boolean} isDone
   */
  dragEdge({ stretch, side }, time, isDone) {
    this.chosen = stretch;
    if (side === 'start') stretch.start = Math.min(time, stretch.end - LEAST_LENGTH);
    else stretch.end = Math.max(time, stretch.start + LEAST_LENGTH);
    this.actions.seek(stretch[side]);
    this.draw();
    if (isDone && stretch.span) this.actions.change(stretch.span, stretch.start, stretch.end);
  }

  /**
   * Shows a time to which somebody went elsewhere.
   *
   * @param {number} time
   */
  reveal(time) {
    const { start } = this.scale;
    if (time < start || time > this.scale.end) this.scale.reveal(time, time);
    if (this.scale.start !== start) this.draw();
  }

  /** @param {number} factor */
  zoom(factor) {
    const x = this.scale.x(this.time);
    this.scale.zoom(factor, x >= 0 && x <= this.scale.width ? x : this.scale.width / 2);
    this.draw();
  }

  fit() {
    this.scale.fit();
    this.draw();
  }

  /**
   * The keys that mean the same in all parts of the timeline.
   *
   * @param {KeyboardEvent} event
   * @returns {boolean}
   */
  commonKeys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const act = { '+': () => this.zoom(ZOOM), '=': () => this.zoom(ZOOM), '-': () => this.zoom(1 / ZOOM), 0: () => this.fit(), ' ': () => this.actions.toggle() }[event.key];
    if (!act) return false;
    event.preventDefault();
    event.stopPropagation();
    act();
    return true;
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (this.commonKeys(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const share = (event.shiftKey ? 0.5 : 0.1) * this.scale.width;
    if (event.key === 'ArrowLeft') this.scale.pan(-share);
    else if (event.key === 'ArrowRight') this.scale.pan(share);
    else return;
    event.preventDefault();
    this.draw();
  }
}
