/** Shows Markdown that a model writes, as it grows. Builds nodes, never markup: nothing in an answer can become code. */

import { h } from './dom.js';
import { parseBlocks } from './markdown-blocks.js';
import { renderInline } from './markdown-inline.js';

/** @typedef {import('./markdown-blocks.js').Block} Block */

// Beyond this a block is shown as it is: nobody reads it, and formatting it on every token would take its time.
const LONGEST_BLOCK = 30_000;

export class MarkdownView {
  /**
   * @param {HTMLElement} element
   * @param {(text: string) => Node[]} [leaf]  Makes nodes of plain text.
   */
  constructor(element, leaf = (text) => [document.createTextNode(text)]) {
    this.element = element;
    this.leaf = leaf;
    /** @type {string[]} */
    this.shown = [];
  }

  /**
   * Blocks that haven't changed keep their nodes, and so the reader's selection and focus.
   *
   * @param {string} text
   */
  update(text) {
    const blocks = parseBlocks(text);
    let same = 0;
    while (same < blocks.length && same < this.shown.length && this.shown[same] === blocks[same].raw) same += 1;
    while (this.element.childNodes.length > same) this.element.lastChild?.remove();
    for (const block of blocks.slice(same)) this.element.append(this.render(block));
    this.shown = blocks.map((block) => block.raw);
  }

  /**
   * Draws everything anew: what plain text becomes has changed.
   *
   * @param {string} text
   */
  redraw(text) {
    this.shown = [];
    this.update(text);
  }

  /**
   * @param {string} text
   * @returns {Node[]}
   */
  inline(text) {
    return renderInline(text, this.leaf);
  }

  /**
   * @param {Block} block
   * @returns {HTMLElement}
   */
  render(block) {
    if (block.raw.length > LONGEST_BLOCK) return h('pre', { tabIndex: 0 }, h('code', null, block.raw));
    switch (block.kind) {
      case 'heading':
        // An answer stands under a question's heading, so that its own headings begin at the fourth level.
        return h(/** @type {'h4'} */ (`h${Math.min(6, block.level + 3)}`), null, this.inline(block.text));
      case 'code':
        return h('pre', { tabIndex: 0 }, h('code', null, block.text));
      case 'rule':
        return h('hr');
      case 'quote':
        return h('blockquote', null, block.blocks.map((inner) => this.render(inner)));
      case 'list': {
        const list = h(block.ordered ? 'ol' : 'ul', null, block.items.map((item) => h('li', null, item.map((inner) => this.item(inner)))));
        if (list instanceof HTMLOListElement && block.start !== 1) list.start = block.start;
        return list;
      }
      case 'table':
        return this.table(block);
      default:
        return h('p', null, this.inline(block.text));
    }
  }

  /**
   * Text of an item needs no paragraph of its own.
   *
   * @param {Block} block
   * @returns {Node | Node[]}
   */
  item(block) {
    return block.kind === 'paragraph' ? h('span', { class: 'item-text' }, this.inline(block.text)) : this.render(block);
  }

  /** @param {Extract<Block, { kind: 'table' }>} block */
  table(block) {
    const cell = (/** @type {'th' | 'td'} */ tag, /** @type {string} */ text, /** @type {number} */ column) => {
      const element = h(tag, null, this.inline(text ?? ''));
      element.style.textAlign = block.align[column] ?? 'start';
      return element;
    };
    return h('div', { class: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': block.head.join(', ') },
      h('table', null,
        h('thead', null, h('tr', null, block.head.map((text, column) => cell('th', text, column)))),
        h('tbody', null, block.rows.map((row) => h('tr', null, block.head.map((_, column) => cell('td', row[column] ?? '', column)))))));
  }
}
