/** Earlier conversations: the latest few under the drop zone, all of them in a sheet with search, export and deletion. */

import { fill, h } from '../../lib/dom.js';
import { formatTime, formatWhen } from '../../lib/format.js';
import * as history from '../../lib/history.js';
import { icon } from '../../lib/icons.js';
import { confirm, sheet } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';
import { download, toMarkdown } from './export.js';

const words = strings.history;

/**
 * @param {Martlet.Conversation} conversation
 * @param {(() => void) | null} [onDelete]
 */
function entry(conversation, onDelete = null) {
  const { id, video, turns, updated } = conversation;
  return h('li', { class: 'history-entry' },
    h('a', { href: `#/ask/${id}` },
      video.thumbnail ? h('img', { src: video.thumbnail, alt: '', loading: 'lazy' }) : h('span', { class: 'history-blank' }, icon('film')),
      h('span', { class: 'history-text' },
        h('strong', null, turns[0]?.prompt ?? video.name),
        h('span', { class: 'fine' }, [video.name, video.duration ? formatTime(video.duration) : null].filter(Boolean).join(' · ')),
        h('span', { class: 'fine figure' }, [formatWhen(updated), turns.length > 1 ? words.questions(turns.length) : null].filter(Boolean).join(' · ')))),
    onDelete ? h('button', { type: 'button', class: 'button bare small square', 'aria-label': words.deleteOne(turns[0]?.prompt ?? video.name), onclick: onDelete }, icon('trash')) : null);
}

/**
 * The latest conversations, as a list.
 *
 * @param {Martlet.Conversation[]} conversations
 */
export function recentList(conversations) {
  return h('ul', { class: 'history-cards' }, conversations.map((one) => entry(one)));
}

/**
 * Opens the sheet.
 *
 * @param {(ids: string[]) => void} onDeleted
 */
export async function openHistory(onDeleted) {
  let all = await history.list();
  const list = h('ul', { class: 'history-list' });
  const search = h('input', { class: 'input', type: 'search', 'aria-label': words.search, placeholder: words.search, oninput: () => draw() });
  const exportAs = (/** @type {string} */ name, /** @type {string} */ type, /** @type {() => string} */ text) =>
    h('button', { type: 'button', class: 'button small', onclick: () => download(name, type, text()) }, icon('download'), type === 'application/json' ? words.exportJson : words.exportMarkdown);
  const draw = () => {
    const found = search.value.trim() ? all.filter((one) => history.matches(one, search.value.trim())) : all;
    fill(list, found.map((one) => entry(one, () => drop([one.id]))));
    if (found.length === 0) fill(list, h('li', { class: 'fine history-none' }, all.length ? words.nothing : words.empty));
  };
  const drop = async (/** @type {string[]} */ ids) => {
    const dropped = all.filter((one) => ids.includes(one.id));
    await Promise.all(dropped.map((one) => history.remove(one.id)));
    all = all.filter((one) => !ids.includes(one.id));
    draw();
    search.focus();
    toast(words.deleted);
    onDeleted(ids);
  };
  const dialog = sheet(words.title, {
    tools: [h('div', { class: 'search' }, icon('search'), search), h('p', { class: 'fine' }, words.note)],
    body: list,
    foot: [
      exportAs('martlet-history.json', 'application/json', () => JSON.stringify(all, null, 2)),
      exportAs('martlet-history.md', 'text/markdown', () => all.map(toMarkdown).join('\n\n')),
      h('button', {
        type: 'button', class: 'button small danger',
        onclick: async () => {
          if (all.length && (await confirm({ title: words.deleteAllTitle, text: words.deleteAllText, action: words.deleteAll }))) drop(all.map((one) => one.id));
        },
      }, icon('trash'), words.deleteAll),
    ],
  });
  list.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a')) dialog.close();
  });
  draw();
}
