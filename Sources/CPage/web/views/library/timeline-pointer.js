/** What pointers do on a timeline: a press goes there, a drag moves it or an edge, two fingers or Ctrl and the wheel zoom. */

const STILL = 4;
const EDGE = 6;
const EDGE_TOUCH = 14;
// A stretch has edges to take hold of only when it is wide enough to be pressed between them.
const WIDE = 20;

/**
 * @typedef {import('./timeline-lanes.js').Stretch} Stretch
 * @typedef {{ stretch: Stretch, side: 'start' | 'end' }} Edge
 * @typedef {{
 *   scale: import('./timeline-scale.js').Scale,
 *   find: (x: number, y: number) => Stretch | null,
 *   onMoved: () => void,
 *   onHover: (x: number, y: number) => void,
 *   onLeave: () => void,
 *   onPress: (x: number, y: number) => void,
 *   onEdge: (edge: Edge, time: number, isDone: boolean) => void,
 * }} Surface
 */

export class Gestures {
  /**
   * @param {HTMLElement} element
   * @param {Surface} surface
   */
  constructor(element, surface) {
    this.element = element;
    this.surface = surface;
    /** @type {Map<number, { x: number, y: number }>} */
    this.pointers = new Map();
    /** @type {Edge | null} */
    this.edge = null;
    this.moved = 0;
    element.addEventListener('pointerdown', (event) => this.down(event));
    element.addEventListener('pointermove', (event) => this.move(event));
    element.addEventListener('pointerup', (event) => this.up(event));
    element.addEventListener('pointercancel', (event) => this.cancel(event));
    element.addEventListener('pointerleave', () => surface.onLeave());
    element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
  }

  /** @param {MouseEvent} event */
  place(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   * @returns {Edge | null}
   */
  edgeAt(x, y, reach) {
    const { scale, find } = this.surface;
    for (const shift of [0, -reach, reach]) {
      const stretch = find(x + shift, y);
      if (!stretch?.span || stretch.isMoment) continue;
      const [left, right] = [scale.x(stretch.start), scale.x(stretch.end)];
      if (right - left < WIDE) continue;
      if (Math.abs(x - left) <= reach) return { stretch, side: 'start' };
      if (Math.abs(x - right) <= reach) return { stretch, side: 'end' };
    }
    return null;
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    const place = this.place(event);
    this.pointers.set(event.pointerId, place);
    this.element.setPointerCapture(event.pointerId);
    this.moved = this.pointers.size > 1 ? STILL + 1 : 0;
    this.edge = this.pointers.size === 1 ? this.edgeAt(place.x, place.y, event.pointerType === 'touch' ? EDGE_TOUCH : EDGE) : null;
    this.surface.onLeave();
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { scale } = this.surface;
    const place = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'touch') return;
      this.element.classList.toggle('on-edge', this.edgeAt(place.x, place.y, EDGE) !== null);
      this.surface.onHover(place.x, place.y);
      return;
    }
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
      const [was, is] = [Math.abs(before.x - other.x), Math.abs(place.x - other.x)];
      scale.pan((before.x - place.x) / 2);
      if (was > 8 && is > 8) scale.zoom(is / was, (place.x + other.x) / 2);
      this.surface.onMoved();
    } else {
      this.moved += Math.abs(place.x - before.x) + Math.abs(place.y - before.y);
      if (this.moved > STILL) {
        if (this.edge) this.surface.onEdge(this.edge, scale.time(place.x), false);
        else {
          scale.pan(before.x - place.x);
          this.surface.onMoved();
        }
      }
    }
    this.pointers.set(event.pointerId, place);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const place = this.place(event);
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.moved <= STILL) this.surface.onPress(place.x, place.y);
    else if (this.edge) this.surface.onEdge(this.edge, this.surface.scale.time(place.x), true);
    this.edge = null;
  }

  /** @param {PointerEvent} event */
  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.edge = null;
    this.surface.onMoved();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const { scale, onMoved } = this.surface;
    const lines = event.deltaMode === 1 ? 18 : 1;
    if (event.ctrlKey || event.metaKey) scale.zoom(Math.exp(-event.deltaY * lines * 0.004), this.place(event).x);
    else if (event.shiftKey) scale.pan((event.deltaX || event.deltaY) * lines);
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) scale.pan(event.deltaX * lines);
    else return;
    event.preventDefault();
    onMoved();
  }
}
