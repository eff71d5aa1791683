/** The names of a timeline's lanes. With the keyboard they lead through the lanes' stretches. */

import { fill, h } from '../../lib/dom.js';
import { formatMoment, formatShare } from '../../lib/format.js';
import { announce } from '../../components/toast.js';
import { words } from '../../app/strings-library.js';

const texts = words.timeline;

/** @typedef {import('./timeline-lanes.js').Lane} Lane */

export class LaneList {
  /**
   * @param {HTMLElement} element
   * @param {import('./timeline.js').TimelineView} view
   */
  constructor(element, view) {
    this.element = element;
    this.view = view;
    /** @type {Lane[]} */
    this.lanes = [];
    element.addEventListener('keydown', (event) => this.keys(event));
    // Space plays: it must not press the button as well.
    element.addEventListener('keyup', (event) => event.key === ' ' && event.preventDefault());
  }

  /** @param {Lane[]} lanes */
  show(lanes) {
    const focused = this.focusedLane()?.key;
    const reachable = focused ?? this.lanes[this.reachable()]?.key;
    this.lanes = lanes;
    fill(this.element, lanes.map((lane) => {
      const count = h('span', { class: 'fine figure' }, lane.stretches.length);
      return h('button', {
        type: 'button', class: `lane-label colour-${lane.colour}`, tabIndex: -1, title: lane.name, 'aria-label': texts.lane(lane.name, lane.stretches.length),
        'aria-description': lane.note ?? texts.laneHelp, onclick: () => this.goTo(lane, this.nextAfterPlayhead(lane)),
      }, h('span', { class: 'lane-name' }, lane.name), count);
    }));
    const at = Math.max(0, lanes.findIndex(({ key }) => key === reachable));
    const button = /** @type {HTMLElement | undefined} */ (this.element.children[at]);
    if (button) button.tabIndex = 0;
    if (focused) button?.focus({ preventScroll: true });
  }

  buttons() {
    return /** @type {HTMLElement[]} */ ([...this.element.children]);
  }

  reachable() {
    return this.buttons().findIndex(({ tabIndex }) => tabIndex === 0);
  }

  focusedLane() {
    const at = this.buttons().findIndex((button) => button === document.activeElement);
    return this.lanes[at] ?? null;
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    const lane = this.focusedLane();
    if (!lane || this.view.commonKeys(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const chosen = this.chosenIn(lane);
    if (key === 'ArrowUp' || key === 'ArrowDown') this.walk(key === 'ArrowUp' ? -1 : 1);
    else if (key === 'ArrowRight') this.tell(lane, chosen < 0 ? this.nextAfterPlayhead(lane) : chosen + 1);
    else if (key === 'ArrowLeft') this.tell(lane, chosen < 0 ? this.nextAfterPlayhead(lane) - 1 : chosen - 1);
    else if (key === 'Home') this.tell(lane, 0);
    else if (key === 'End') this.tell(lane, lane.stretches.length - 1);
    else if (key === 'Enter') this.goTo(lane, chosen < 0 ? this.nextAfterPlayhead(lane) : chosen);
    else if (key === 'Delete' && chosen >= 0 && lane.stretches[chosen].span) this.view.actions.remove(/** @type {Martlet.Span} */ (lane.stretches[chosen].span));
    else return;
    event.preventDefault();
  }

  /** @param {number} by */
  walk(by) {
    const buttons = this.buttons();
    const at = this.reachable();
    const to = buttons[at + by];
    if (!to) return;
    buttons[at].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  /** @param {Lane} lane */
  chosenIn({ stretches }) {
    return this.view.chosen ? stretches.indexOf(this.view.chosen) : -1;
  }

  /** @param {Lane} lane */
  nextAfterPlayhead({ stretches }) {
    const at = stretches.findIndex(({ start }) => start >= this.view.time - 0.01);
    return at < 0 ? stretches.length - 1 : at;
  }

  /**
   * Chooses a stretch and says which it is.
   *
   * @param {Lane} lane
   * @param {number} at
   */
  tell(lane, at) {
    const place = Math.min(lane.stretches.length - 1, Math.max(0, at));
    const stretch = lane.stretches[place];
    if (!stretch) {
      if (lane.note) announce(lane.note);
      return;
    }
    this.view.scale.reveal(stretch.start, stretch.end);
    this.view.choose(stretch);
    const when = stretch.isMoment ? formatMoment(stretch.start) : words.spanTimes(formatMoment(stretch.start), formatMoment(stretch.end));
    announce(texts.span(stretch.text, place + 1, lane.stretches.length, when, stretch.confidence === null ? '' : words.confidence(formatShare(stretch.confidence))));
  }

  /**
   * @param {Lane} lane
   * @param {number} at
   */
  goTo(lane, at) {
    const stretch = lane.stretches[at];
    this.tell(lane, at);
    if (stretch) this.view.actions.seek(stretch.start);
  }
}
