/** Finds places in a video that a text names: `0 s to 3.04 s`, `6.1 s`, `1:23`, `01:02:03`. */

const CLOCK = String.raw`(?:\d{1,2}:)?[0-5]?\d:[0-5]\d(?:\.\d{1,3})?`;
const SECONDS = String.raw`\d{1,5}(?:\.\d{1,3})?\s?s(?:ec)?`;
// "lasts 5 seconds" is a length, "at 5 seconds" a place: words are taken only after such a preposition.
const WORDS = String.raw`(?<=\b(?:at|from|around|about|after|until|till|by|near|to)\s)\d{1,5}(?:\.\d{1,3})?\sseconds?`;
const NUMBER = String.raw`\d{1,5}(?:\.\d{1,3})?(?:\s?s(?:ec)?)?`;
const TIME = new RegExp(
  String.raw`(?<![\w.:/-])(?:(?<from>${CLOCK}|${NUMBER})\s?(?:to|–|—|-)\s?(?<to>${CLOCK}|${SECONDS})|(?<at>${CLOCK}|${SECONDS}|${WORDS}))(?![\w:]|\.\d)`,
  'g',
);

/**
 * @param {string} text
 * @returns {number}
 */
function seconds(text) {
  if (!text.includes(':')) return parseFloat(text);
  return text.split(':').reduce((sum, part) => sum * 60 + parseFloat(part), 0);
}

/**
 * The pieces of a text; those that are places in the video have a start.
 *
 * @param {string} text
 * @param {number} duration  Later times aren't places in this video: a sign may say "open until 18:30".
 * @returns {{ text: string, start?: number, end?: number }[]}
 */
export function splitTimes(text, duration) {
  /** @type {{ text: string, start?: number, end?: number }[]} */
  const pieces = [];
  let after = 0;
  for (const match of text.matchAll(TIME)) {
    const groups = /** @type {Record<string, string | undefined>} */ (match.groups);
    const start = seconds(groups.from ?? groups.at ?? '');
    const end = groups.to === undefined ? undefined : seconds(groups.to);
    if (!(start <= duration + 0.5) || (end !== undefined && !(end >= start && end <= duration + 1))) continue;
    const index = /** @type {number} */ (match.index);
    if (index > after) pieces.push({ text: text.slice(after, index) });
    pieces.push({ text: match[0], start, end });
    after = index + match[0].length;
  }
  if (after < text.length) pieces.push({ text: text.slice(after) });
  return pieces;
}
