/** Conversations as files. */

import { formatTime } from '../../lib/format.js';
import { saveFile } from '../../lib/download.js';
import { strings } from '../../app/strings.js';

/**
 * @param {Martlet.Conversation} conversation
 * @returns {string}
 */
export function toMarkdown({ video, turns }) {
  const kinds = /** @type {Record<string, string>} */ (strings.answer.kinds);
  const lines = [`# ${video.name}`, ''];
  if (video.url) lines.push(`<${video.url}>`, '');
  for (const turn of turns) {
    lines.push(`## ${turn.prompt.replaceAll('\n', ' ')}`, '', turn.answer || turn.error?.message || strings.answer.stopped, '');
    for (const { kind, text, start, end } of turn.result?.citations ?? []) {
      lines.push(`- ${strings.answer.span(formatTime(start), formatTime(end))}: ${kinds[kind] ?? kind}, ${text}`);
    }
    if (turn.result) lines.push('', `${turn.result.model}, ${new Date(turn.created).toISOString()}`, '');
  }
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}

/**
 * Gives a file to whoever asked for it.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function download(name, type, text) {
  saveFile(name, new Blob([text], { type }));
}
