/** What the view of a video's expression features says, in English. Loaded with it. */

import { plural } from './strings.js';

export const words = {
  title: 'Expressions',
  lead: 'Measures how small blocks around both eyes and the mouth move in every frame, beside the first frame in which a face is found.',
  honest: 'Martlet computes features and, with a model, predictions of whatever model it is given. It makes no claim to detect emotions or anxiety; the published model this format comes from did not generalise to new people (45 % on unseen subjects).',
  loading: 'Loading the features…', failed: 'The features could not be loaded.', unavailable: 'Can’t be computed on this server.',
  regions: /** @type {Record<string, string>} */ ({ mata_kiri: 'Left eye (image left)', mata_kanan: 'Right eye (image right)', mulut: 'Mouth' }),
  shortRegions: /** @type {Record<string, string>} */ ({ mata_kiri: 'left eye', mata_kanan: 'right eye', mulut: 'mouth' }),
  form: {
    estimator: 'Estimator', estimators: /** @type {Record<string, string>} */ ({ hann2d: 'hann2d: as served originally', none: 'none: as its training saw it', improved: 'improved: sub-pixel, Martlet’s own' }),
    estimatorHint: 'How the movement of a block is found.',
    detection: 'Detection', detections: /** @type {Record<string, string>} */ ({ exact: 'exact: every frame is searched', tracked: 'tracked: the face is followed, faster' }),
    detectionHint: 'How the face is found.',
    model: 'Model', noModel: 'None', modelHint: 'For a prediction for each frame.', noModels: 'This server has no model for it.',
    flow: 'Dense flow too', overlay: 'Overlay video too',
    go: 'Compute', again: 'Compute again…', againTitle: 'Compute again', replaces: 'What is there is replaced once this is done.',
    begun: 'Begun.', options: 'What can be chosen could not be loaded.',
  },
  job: { computing: 'Computing', failed: 'The features could not be computed.', cancelled: 'Cancelled.', retried: 'Tried again.', done: 'The expression features are there.' },
  overlay: {
    title: 'Over the video', show: 'Boxes and arrows', scale: 'Length of arrows', times: (/** @type {number} */ scale) => `×${scale}`,
    frame: (/** @type {number} */ number) => `Frame ${number}`,
    noFace: 'No face was found at this time.', baseline: 'The first frame with a face: all others are compared with it.', loading: 'Loading…', failed: 'The vectors could not be loaded.',
  },
  chart: {
    magnitude: 'Mean magnitude over time', magnitudeAxis: 'px of the resized region', probability: 'Probability over time', probabilityAxis: 'probability of label 1, by the model',
    lines: 'Shown lines', threshold: (/** @type {string} */ value) => `threshold ${value}`,
    keys: 'Click to go there. Arrow keys go from frame to frame, with Shift by a second.',
    at: (/** @type {string} */ time) => `at ${time}`, value: (/** @type {string} */ value) => `${value} px`, none: '–',
    told: (/** @type {string} */ name, /** @type {string} */ value) => `${name} ${value}`,
    thinned: (/** @type {number} */ every) => `Every ${every}th row is drawn.`,
  },
  facts: {
    title: 'Facts', estimator: 'Estimator', detection: 'Detection', frames: 'Frames used', skipped: 'Skipped', tracked: 'Tracked', faces: 'With several faces', rows: 'Rows', took: 'Time taken', computed: 'Computed', model: 'Model',
    of: (/** @type {string} */ used, /** @type {string} */ total) => `${used} of ${total}`,
    warnings: (/** @type {number} */ count) => plural(count, 'warning'),
  },
  prediction: {
    title: 'Prediction', label: 'Label', share: 'Share of rows', mean: 'Mean probability of label 1', synthetic: 'synthetic model',
    syntheticNote: 'Made up for tests: its predictions mean nothing.',
  },
  downloads: {
    title: 'Download the features', formats: /** @type {[string, string][]} */ ([['csv', 'CSV'], ['parquet', 'Parquet'], ['json', 'JSON']]), of: (/** @type {string} */ format) => `Download as ${format}`, overlay: 'Overlay video', saved: 'Saved.',
  },
  remove: { action: 'Delete', title: 'Delete the expression features?', text: 'Features, prediction and overlay video of this video are deleted. They can be computed again.', done: 'Deleted.' },
};
