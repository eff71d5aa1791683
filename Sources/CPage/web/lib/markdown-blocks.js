/**
 * The blocks of a Markdown text: the part of CommonMark and GitHub's tables that models write. HTML isn't among them: it stays text.
 *
 * @typedef {{ raw: string } & (
 *   | { kind: 'paragraph', text: string }
 *   | { kind: 'heading', level: number, text: string }
 *   | { kind: 'code', text: string, language: string }
 *   | { kind: 'rule' }
 *   | { kind: 'quote', blocks: Block[] }
 *   | { kind: 'list', ordered: boolean, start: number, items: Block[][] }
 *   | { kind: 'table', head: string[], align: string[], rows: string[][] }
 * )} Block
 */

const DEEPEST = 8;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(\s+|$)/;
const DELIMITERS = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  return blocksOf(text.replaceAll('\t', '    ').split(/\r\n|\r|\n/), 0);
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Block[]}
 */
function blocksOf(lines, depth) {
  /** @type {Block[]} */
  const blocks = [];
  let index = 0;
  while (index < lines.length) {
    if (lines[index].trim() === '') {
      index += 1;
      continue;
    }
    const first = index;
    const [block, next] = blockAt(lines, index, depth);
    index = next;
    block.raw = lines.slice(first, next).join('\n');
    blocks.push(block);
  }
  return blocks;
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @param {number} depth
 * @returns {[Block, number]}
 */
function blockAt(lines, index, depth) {
  const line = lines[index];
  const fence = FENCE.exec(line);
  if (fence) return codeAt(lines, index, fence[1], fence[2]);
  const heading = HEADING.exec(line);
  if (heading) return [{ raw: '', kind: 'heading', level: heading[1].length, text: heading[2] }, index + 1];
  if (RULE.test(line)) return [{ raw: '', kind: 'rule' }, index + 1];
  if (depth < DEEPEST && QUOTE.test(line)) {
    let end = index;
    while (end < lines.length && QUOTE.test(lines[end])) end += 1;
    const inner = lines.slice(index, end).map((one) => one.replace(QUOTE, ''));
    return [{ raw: '', kind: 'quote', blocks: blocksOf(inner, depth + 1) }, end];
  }
  if (depth < DEEPEST && ITEM.test(line)) return listAt(lines, index, depth);
  if (isTable(lines, index)) return tableAt(lines, index);
  let end = index + 1;
  while (end < lines.length && lines[end].trim() !== '' && !startsBlock(lines, end, depth)) end += 1;
  return [{ raw: '', kind: 'paragraph', text: lines.slice(index, end).map((one) => one.trimStart()).join('\n') }, end];
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @param {number} depth
 */
function startsBlock(lines, index, depth) {
  const line = lines[index];
  return (
    FENCE.test(line) || HEADING.test(line) || RULE.test(line) || isTable(lines, index) ||
    (depth < DEEPEST && (QUOTE.test(line) || /^ {0,3}(?:[-*+]|1[.)])\s+\S/.test(line)))
  );
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @param {string} fence
 * @param {string} language
 * @returns {[Block, number]}
 */
function codeAt(lines, index, fence, language) {
  let end = index + 1;
  const closes = (/** @type {string} */ one) => one.trim().startsWith(fence) && one.trim().replaceAll(fence[0], '') === '';
  while (end < lines.length && !closes(lines[end])) end += 1;
  return [{ raw: '', kind: 'code', language, text: lines.slice(index + 1, end).join('\n') }, Math.min(end + 1, lines.length)];
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @param {number} depth
 * @returns {[Block, number]}
 */
function listAt(lines, index, depth) {
  const marker = /** @type {RegExpExecArray} */ (ITEM.exec(lines[index]))[2];
  const ordered = /\d/.test(marker);
  /** @type {Block[][]} */
  const items = [];
  let at = index;
  while (at < lines.length) {
    const match = ITEM.exec(lines[at]);
    if (!match || /\d/.test(match[2]) !== ordered || RULE.test(lines[at])) break;
    const width = match[0].trimEnd().length + 1;
    const inner = [lines[at].slice(Math.min(match[0].length, width))];
    at += 1;
    // What is indented as far as the item's text belongs to it, empty lines between too.
    while (at < lines.length) {
      const blank = lines[at].trim() === '';
      const indent = lines[at].length - lines[at].trimStart().length;
      if (blank ? !continues(lines, at, 2) : indent < 2 && (ITEM.test(lines[at]) || startsBlock(lines, at, depth) || lines[at - 1].trim() === '')) break;
      if (!blank && indent >= 2) inner.push(lines[at].slice(Math.min(indent, width)));
      else inner.push(lines[at]);
      at += 1;
    }
    items.push(blocksOf(inner, depth + 1));
    let next = at;
    while (next < lines.length && lines[next].trim() === '') next += 1;
    if (next < lines.length && next > at && ITEM.test(lines[next])) at = next;
  }
  return [{ raw: '', kind: 'list', ordered, start: ordered ? parseInt(marker, 10) : 1, items }, at];
}

/**
 * Whether indented text follows the empty lines.
 *
 * @param {string[]} lines
 * @param {number} index
 * @param {number} width
 */
function continues(lines, index, width) {
  let next = index;
  while (next < lines.length && lines[next].trim() === '') next += 1;
  return next < lines.length && lines[next].length - lines[next].trimStart().length >= width;
}

/**
 * @param {string[]} lines
 * @param {number} index
 */
function isTable(lines, index) {
  return (
    index + 1 < lines.length && lines[index].includes('|') && lines[index + 1].includes('-') && DELIMITERS.test(lines[index + 1]) &&
    cells(lines[index]).length === cells(lines[index + 1]).length
  );
}

/** @param {string} line */
function cells(line) {
  return line.trim().replace(/^\||(?<!\\)\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @returns {[Block, number]}
 */
function tableAt(lines, index) {
  const head = cells(lines[index]);
  const align = cells(lines[index + 1]).map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'end') : 'start'));
  let end = index + 2;
  /** @type {string[][]} */
  const rows = [];
  while (end < lines.length && lines[end].trim() !== '' && lines[end].includes('|')) {
    rows.push(cells(lines[end]));
    end += 1;
  }
  return [{ raw: '', kind: 'table', head, align, rows }, end];
}
