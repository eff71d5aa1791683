/** Paints the regions of a face and the movement of their blocks over a video. */

import { REGIONS } from './regions.js';

const BLOCK = 7;
const LINE = 2;
const HALO = 4;
const DOT = 1.25;
const HEAD = 5;
const SHADE = 'rgb(0 0 0 / 65%)';

/** @typedef {{ left: number, top: number, width: number, height: number }} Area  Where in an element the picture is. */

/**
 * Where a picture lies in an element that shows all of it: beside it, or above and below, is nothing.
 *
 * @param {number} width  Of the element.
 * @param {number} height
 * @param {number} ratio  Width by height of the picture.
 * @returns {Area}
 */
export function pictureArea(width, height, ratio) {
  const [across, down] = width / height > ratio ? [height * ratio, height] : [width, width / ratio];
  return { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
}

/** The colours of the regions over a picture, whatever the theme is. */
export function markColours() {
  const style = getComputedStyle(document.documentElement);
  return REGIONS.map((_, at) => style.getPropertyValue(`--mark-${at}`).trim() || '#fff');
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {{ width: number, height: number }} size  Of the video, in its own pixels.
 * @param {Martlet.Vectors} vectors
 * @param {Martlet.VectorRow} row
 * @param {{ scale: number, colours: string[] }} look
 */
export function paintVectors(context, area, size, { grid, resized }, row, { scale, colours }) {
  const [zoomX, zoomY] = [area.width / size.width, area.height / size.height];
  context.lineCap = context.lineJoin = 'round';
  let first = 0;
  for (const [at, region] of REGIONS.entries()) {
    const [columns, rows] = grid[region];
    const [left, top, right, bottom] = row.boxes[at];
    const [x, y] = [area.left + left * zoomX, area.top + top * zoomY];
    const [stepX, stepY] = [((right - left) / resized[region][0]) * zoomX, ((bottom - top) / resized[region][1]) * zoomY];
    const outline = new Path2D();
    outline.rect(x, y, (right - left) * zoomX, (bottom - top) * zoomY);
    const [arrows, dots] = [new Path2D(), new Path2D()];
    for (let block = 0; block < columns * rows; block += 1) {
      const [dx, dy] = [row.vectors[first + 2 * block], row.vectors[first + 2 * block + 1]];
      const fromX = x + (BLOCK * (block % columns) + BLOCK / 2) * stepX;
      const fromY = y + (BLOCK * Math.floor(block / columns) + BLOCK / 2) * stepY;
      if (dx === 0 && dy === 0) {
        dots.moveTo(fromX + DOT, fromY);
        dots.arc(fromX, fromY, DOT, 0, 2 * Math.PI);
      } else {
        // Upwards is positive in the features, downwards on a screen.
        arrow(arrows, fromX, fromY, fromX + dx * stepX * scale, fromY - dy * stepY * scale);
      }
    }
    first += 2 * columns * rows;
    // Dark around bright: seen on any picture.
    for (const [colour, width] of /** @type {[string, number][]} */ ([[SHADE, HALO], [colours[at], LINE]])) {
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = width;
      context.stroke(outline);
      context.stroke(arrows);
      context.lineWidth = width - LINE;
      if (width > LINE) context.stroke(dots);
      context.fill(dots);
    }
  }
}

/**
 * @param {Path2D} path
 * @param {number} fromX
 * @param {number} fromY
 * @param {number} toX
 * @param {number} toY
 */
function arrow(path, fromX, fromY, toX, toY) {
  const angle = Math.atan2(toY - fromY, toX - fromX);
  const head = Math.min(HEAD, Math.hypot(toX - fromX, toY - fromY) * 0.6);
  path.moveTo(fromX, fromY);
  path.lineTo(toX, toY);
  for (const turn of [2.6, -2.6]) {
    path.moveTo(toX, toY);
    path.lineTo(toX + head * Math.cos(angle + turn), toY + head * Math.sin(angle + turn));
  }
}
