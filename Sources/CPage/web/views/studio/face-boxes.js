/** Frames over the faces of a picture. Where there are several, each is a button. */

import { fill, h } from '../../lib/dom.js';
import { words } from '../../app/strings-studio.js';

/**
 * @param {HTMLElement} layer  Lies exactly over the picture.
 * @param {HTMLImageElement} image
 * @param {Martlet.FaceBox[]} faces  In pixels of the picture.
 * @param {number} chosen
 * @param {(index: number) => void} onChoice
 */
export function drawFaces(layer, image, faces, chosen, onChoice) {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!width || !height) {
    fill(layer);
    return;
  }
  fill(layer, faces.map((face, index) => {
    const isChosen = index === chosen;
    const box = faces.length > 1
      ? h('button', { type: 'button', class: 'face-box', 'aria-label': words.selfie.face(index + 1), 'aria-pressed': String(isChosen), onclick: () => onChoice(index) })
      : h('span', { class: 'face-box chosen' });
    Object.assign(box.style, {
      insetInlineStart: `${(face.x / width) * 100}%`, insetBlockStart: `${(face.y / height) * 100}%`, inlineSize: `${(face.width / width) * 100}%`, blockSize: `${(face.height / height) * 100}%`,
    });
    return box;
  }));
}
