/** The ruler of a timeline: a slider that takes the video along. */

const STEP = 1;
const LEAP = 5;
const PAGE = 10;

/**
 * @param {HTMLElement} ruler
 * @param {import('./timeline.js').TimelineView} timeline
 */
export function listenToRuler(ruler, timeline) {
  const { scale, actions } = timeline;
  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.buttons & 1) actions.seek(scale.time(event.clientX - ruler.getBoundingClientRect().left));
  };
  ruler.addEventListener('pointerdown', (event) => {
    ruler.setPointerCapture(event.pointerId);
    follow(event);
  });
  ruler.addEventListener('pointermove', follow);
  ruler.addEventListener('keydown', (event) => {
    if (timeline.commonKeys(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { time } = timeline;
    const step = event.shiftKey ? LEAP : STEP;
    const to = {
      ArrowLeft: time - step, ArrowDown: time - step, ArrowRight: time + step, ArrowUp: time + step, PageDown: time - PAGE, PageUp: time + PAGE, Home: 0, End: scale.duration,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    actions.seek(Math.min(scale.duration, Math.max(0, to)));
    timeline.reveal(Math.min(scale.duration, Math.max(0, to)));
  });
}
