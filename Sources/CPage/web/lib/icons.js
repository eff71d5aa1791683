/** Line icons of our own, 20 by 20, drawn in the text's colour. */

const SVG = 'http://www.w3.org/2000/svg';

/** @type {Record<string, string>} */
const PATHS = {
  martlet: 'M1.6 9.2C8.4 8.3 13.6 10.3 16.6 14.3 19.4 10.2 24.3 8 30.7 8.7 26 10.8 22.7 13.9 20.9 18.1L25 28.3 19.4 23.2 13.2 27.6 16.3 20.4C13.3 15.7 8.3 11.7 1.6 9.2Z',
  ask: 'M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9.5L6 16.5v-3h-.5a2 2 0 0 1-2-2zM8.6 6.6v3.8l3.4-1.9z',
  library: 'M3.5 4.5h4v11h-4zM7.5 4.5h3.5v11H7.5zM11.6 5.2l3-.9 2.9 10.3-3 .9z',
  voice: 'M10 2.8a2.4 2.4 0 0 1 2.4 2.4v4.3a2.4 2.4 0 0 1-4.8 0V5.2A2.4 2.4 0 0 1 10 2.8zM4.8 9.3a5.2 5.2 0 0 0 10.4 0M10 14.6v2.7M7.6 17.3h4.8',
  studio: 'M4.5 3.8h11a1 1 0 0 1 1 1v10.4a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V4.8a1 1 0 0 1 1-1zM3.7 13.5l3.6-3.6 3 3 2.3-2.2 3.7 3.5M12.6 7.3h.01',
  agents: 'M10 3.2v2.6M5.5 5.8h9a1.5 1.5 0 0 1 1.5 1.5v6.5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 13.8V7.3a1.5 1.5 0 0 1 1.5-1.5zM7.7 9.3v1.6M12.3 9.3v1.6M2.4 9.5v2M17.6 9.5v2',
  models: 'M10 3l6.3 3.5v7L10 17l-6.3-3.5v-7zM3.9 6.6L10 10l6.1-3.4M10 10v6.8',
  system: 'M2.8 10.5h3.4l2-5.7 3.6 10.4 2-4.7h3.4',
  plus: 'M10 4.5v11M4.5 10h11',
  close: 'M5.3 5.3l9.4 9.4M14.7 5.3l-9.4 9.4',
  upload: 'M10 13V4M6.3 7.5L10 3.8l3.7 3.7M4 13.5v1.7a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-1.7',
  download: 'M10 4v9M6.3 9.6l3.7 3.7 3.7-3.7M4 14v1.2a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V14',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.6 2.6a3 3 0 0 0 4.3 4.3l1-1',
  history: 'M3.6 10a6.4 6.4 0 1 0 2-4.6L3.6 7.2M3.6 3.7v3.5h3.5M10 6.5V10l2.6 1.7',
  copy: 'M7.5 7.5h8v8.5h-8zM12.5 7.5V4H4.5v8.5h3',
  stop: 'M6 6h8v8H6z',
  send: 'M10 16V4.5M5.2 9.2L10 4.4l4.8 4.8',
  retry: 'M16.4 10a6.4 6.4 0 1 1-2-4.6l2 1.8M16.4 3.7v3.5h-3.5',
  trash: 'M4 5.8h12M8 5.8V4.2h4v1.6M5.5 5.8l.7 10.2h7.6l.7-10.2M8.5 8.8v4.4M11.5 8.8v4.4',
  sliders: 'M3.5 6.5h7M14.5 6.5h2M3.5 13.5h2M9.5 13.5h7M12.5 4.5v4M7.5 11.5v4',
  check: 'M4.5 10.5l3.7 3.7 7.3-8',
  alert: 'M10 3.5l7.3 12.7H2.7zM10 8.3v3.5M10 13.9h.01',
  info: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM10 9.3v4M10 6.7h.01',
  sun: 'M10 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M15.3 4.7l-1.1 1.1M5.8 14.2l-1.1 1.1',
  moon: 'M16 12.2A6.5 6.5 0 0 1 7.8 4a6.5 6.5 0 1 0 8.2 8.2z',
  auto: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM10 3.3v13.4M12.5 4.5v11M14.6 6.2v7.6',
  search: 'M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM12.7 12.7L16.5 16.5',
  film: 'M3.5 4.5h13v11h-13zM6.5 4.5v11M13.5 4.5v11M3.5 8.2h3M3.5 11.8h3M13.5 8.2h3M13.5 11.8h3',
  pause: 'M7.5 5v10M12.5 5v10',
  play: 'M7 4.8v10.4l8-5.2z',
  more: 'M4.4 10a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0zM9.4 10a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0zM14.4 10a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0z',
  clock: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM10 6.3V10l2.5 1.6',
  circle: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4z',
  spinner: 'M10 3.3a6.7 6.7 0 0 1 6.7 6.7',
  failed: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6',
  cancelled: 'M10 3.3a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM5.4 14.6l9.2-9.2',
  analyze: 'M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM12.7 12.7L16.5 16.5M6.8 9.4l1.7-2 1.4 2.6 1.4-1.7',
  grid: 'M3.8 3.8h5v5h-5zM11.2 3.8h5v5h-5zM3.8 11.2h5v5h-5zM11.2 11.2h5v5h-5z',
  rows: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  folder: 'M3.3 6a1.2 1.2 0 0 1 1.2-1.2h3.4l1.7 1.9h6a1.2 1.2 0 0 1 1.2 1.2v6.3a1.2 1.2 0 0 1-1.2 1.2h-11A1.2 1.2 0 0 1 3.3 14.2z',
  back: 'M11.8 4.8L6.6 10l5.2 5.2',
  edit: 'M4 16l.8-3.4L13 4.4a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2zM11.7 5.7l2.6 2.6',
  top: 'M4.5 4h11M10 16V7.5M6.3 11.2L10 7.5l3.7 3.7',
  minus: 'M4.5 10h11',
  fit: 'M3.5 5v10M16.5 5v10M6 10h8M8 7.8L5.8 10 8 12.2M12 7.8l2.2 2.2-2.2 2.2',
  tag: 'M3.8 4.8a1 1 0 0 1 1-1h5l6.4 6.4a1.4 1.4 0 0 1 0 2l-4 4a1.4 1.4 0 0 1-2 0L3.8 9.8zM7 7h.01',
  markIn: 'M12.5 4.5h-5v11h5M10.5 10h6',
  markOut: 'M7.5 4.5h5v11h-5M3.5 10h6',
  book: 'M4.5 4.2h4a1.5 1.5 0 0 1 1.5 1.5V16a1.5 1.5 0 0 0-1.5-1.3h-4zM15.5 4.2h-4A1.5 1.5 0 0 0 10 5.7V16a1.5 1.5 0 0 1 1.5-1.3h4z',
};

/**
 * An icon that screen readers pass over: the text beside it, or its button's name, says what it means.
 *
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * The martlet.
 *
 * @returns {SVGSVGElement}
 */
export function mark() {
  const svg = icon('martlet');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('class', 'mark');
  return svg;
}
