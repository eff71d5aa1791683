/** Conversations, kept in this browser alone. */

import { RecordStore } from './record-store.js';

/** @type {RecordStore<Martlet.Conversation>} */
const store = new RecordStore('martlet', 'conversations');

/**
 * All conversations, the latest first.
 *
 * @returns {Promise<Martlet.Conversation[]>}
 */
export async function list() {
  return (await store.list()).sort((a, b) => b.updated - a.updated);
}

/** @param {string} id */
export const get = (id) => store.get(id);

/** @param {Martlet.Conversation} conversation */
export const put = (conversation) => store.put(conversation);

/** @param {string} id */
export const remove = (id) => store.remove(id);

/**
 * Whether all words stand in a conversation: its questions, answers and the video's name.
 *
 * @param {Martlet.Conversation} conversation
 * @param {string} words
 */
export function matches(conversation, words) {
  const text = [conversation.video.name, ...conversation.turns.flatMap((turn) => [turn.prompt, turn.answer])].join('\n').toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
