/** Text inside a block: emphasis, code, links. Everything else, HTML too, becomes text nodes. */

import { h } from './dom.js';

const DEEPEST = 8;
// Looking for a bracket's end is bounded, so that a text of brackets alone costs no square of its length.
const LONGEST_LABEL = 1000;
const MARKS = /** @type {[string, keyof HTMLElementTagNameMap][]} */ ([['**', 'strong'], ['__', 'strong'], ['~~', 's'], ['*', 'em'], ['_', 'em']]);
const PLAIN = /^[^\\`*_~[\]!<\nhH]+|^[hH](?!ttps?:\/\/)/;
const BARE_LINK = /^https?:\/\/[^\s<>"'`|\\^{}]+/i;
const SAFE = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a link, if it is one that may be followed: absolute, http, https or mailto.
 *
 * @param {string} address
 * @returns {string | null}
 */
function safeAddress(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} href
 * @param {Node[]} children
 */
function link(href, children) {
  return h('a', { href, rel: 'noopener noreferrer nofollow', target: '_blank', referrerPolicy: 'no-referrer' }, children);
}

/**
 * @param {string} text
 * @param {(text: string) => Node[]} leaf  Makes nodes of plain text.
 * @param {number} [depth]
 * @returns {Node[]}
 */
export function renderInline(text, leaf, depth = 0) {
  /** @type {Node[]} */
  const nodes = [];
  /**
   * Marks that aren't closed any more in this text: looked for once.
   *
   * @type {Set<string>}
   */
  const unclosed = new Set();
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain) nodes.push(...leaf(plain));
    plain = '';
  };
  const push = (/** @type {Node} */ node, /** @type {number} */ next) => {
    flush();
    nodes.push(node);
    at = next;
  };
  while (at < text.length) {
    const run = PLAIN.exec(text.slice(at, at + 4096));
    if (run) {
      plain += run[0];
      at += run[0].length;
      continue;
    }
    const found = at > 0 && /\w/.test(text[at - 1]) && /[hH]/.test(text[at]) ? null : special(text, at, leaf, depth, unclosed);
    if (found) {
      push(found.node, found.next);
      continue;
    }
    if (text[at] === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')) at += 1;
    plain += text[at];
    at += 1;
  }
  flush();
  return nodes;
}

/**
 * What begins at a character with a meaning, if anything does.
 *
 * @param {string} text
 * @param {number} at
 * @param {(text: string) => Node[]} leaf
 * @param {number} depth
 * @param {Set<string>} unclosed
 * @returns {{ node: Node, next: number } | null}
 */
function special(text, at, leaf, depth, unclosed) {
  const character = text[at];
  if (character === '\n') return { node: h('br'), next: at + 1 };
  if (character === '\\' && text[at + 1] === '\n') return { node: h('br'), next: at + 2 };
  if (character === '`') return codeSpan(text, at, unclosed);
  if (depth >= DEEPEST) return null;
  if (character === '[') return bracketed(text, at);
  // A picture isn't fetched: its description stands there, leading to it.
  if (character === '!' && text[at + 1] === '[') return bracketed(text, at + 1);
  if (character === '<') {
    const match = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i.exec(text.slice(at, at + 2048));
    const href = match && safeAddress(match[1]);
    return match && href ? { node: link(href, [document.createTextNode(match[1])]), next: at + match[0].length } : null;
  }
  if (character === 'h' || character === 'H') {
    const match = BARE_LINK.exec(text.slice(at, at + 2048));
    const address = match?.[0].replace(/[.,;:!?*_~)\]]+$/, '');
    const href = address && safeAddress(address);
    return address && href ? { node: link(href, [document.createTextNode(address)]), next: at + address.length } : null;
  }
  return emphasis(text, at, leaf, depth, unclosed);
}

/**
 * @param {string} text
 * @param {number} at
 * @param {Set<string>} unclosed
 */
function codeSpan(text, at, unclosed) {
  const fence = /** @type {RegExpExecArray} */ (/^`+/.exec(text.slice(at, at + 64)))[0];
  if (unclosed.has(fence)) return null;
  let end = text.indexOf(fence, at + fence.length);
  while (end >= 0 && text[end + fence.length] === '`') {
    while (text[end] === '`') end += 1;
    end = text.indexOf(fence, end);
  }
  if (end < 0) {
    unclosed.add(fence);
    return null;
  }
  const inner = text.slice(at + fence.length, end).replaceAll('\n', ' ');
  return { node: h('code', null, inner.length > 2 && inner.startsWith(' ') && inner.endsWith(' ') ? inner.slice(1, -1) : inner), next: end + fence.length };
}

/**
 * @param {string} text
 * @param {number} at
 * @param {(text: string) => Node[]} leaf
 * @param {number} depth
 * @param {Set<string>} unclosed
 */
function emphasis(text, at, leaf, depth, unclosed) {
  for (const [mark, tag] of MARKS) {
    if (!text.startsWith(mark, at) || unclosed.has(mark)) continue;
    const first = at + mark.length;
    if (/\s/.test(text[first] ?? ' ') || (mark[0] === '_' && /\w/.test(text[at - 1] ?? ' '))) continue;
    const end = closing(text, mark, first);
    if (end < 0) {
      unclosed.add(mark);
      continue;
    }
    return { node: h(tag, null, renderInline(text.slice(first, end), leaf, depth + 1)), next: end + mark.length };
  }
  return null;
}

/**
 * Where a mark is closed; -1 if nowhere.
 *
 * @param {string} text
 * @param {string} mark
 * @param {number} from
 */
function closing(text, mark, from) {
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + 1)) {
    if (end === from || /\s/.test(text[end - 1]) || text[end - 1] === '\\') continue;
    if (mark.length === 1 && (text[end + 1] === mark || text[end - 1] === mark)) continue;
    if (mark[0] === '_' && /\w/.test(text[end + mark.length] ?? ' ')) continue;
    return end;
  }
  return -1;
}

/**
 * `[text](address "title")`. Without a safe address only the text is shown.
 *
 * @param {string} text
 * @param {number} at
 */
function bracketed(text, at) {
  let level = 0;
  let end = at;
  for (; end < text.length && end - at < LONGEST_LABEL; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '[') level += 1;
    else if (text[end] === ']') level -= 1;
    if (level === 0) break;
  }
  if (level !== 0) return null;
  const target = /^\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/.exec(text.slice(end + 1, end + 1 + 4096));
  if (!target) return null;
  const label = renderInline(text.slice(at + 1, end), (plain) => [document.createTextNode(plain)], DEEPEST);
  const href = safeAddress(target[1]);
  const node = href ? link(href, label) : h('span', null, label);
  return { node, next: end + 1 + target[0].length };
}
