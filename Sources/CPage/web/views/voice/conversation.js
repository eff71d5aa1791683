/** The conversation: its name at the server and its texts. Kept as long as the tab; sound is kept until a reload. */

const KEY = 'martlet.voice.conversation';
const MOST_KEPT = 50;

/** A name that nobody guesses. `crypto.randomUUID` is missing where the page came over plain HTTP. */
function newName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {Martlet.VoiceInput} input
 * @returns {Martlet.VoiceTurn}
 */
export function newTurn(input) {
  return {
    id: newName(), input, question: input.kind === 'text' ? input.text : '', answer: '', status: 'sending',
    report: null, error: null, sound: [], rate: 0, heardAfter: null,
  };
}

/** @param {Martlet.VoiceTurn} turn */
export function isOver(turn) {
  return ['done', 'failed', 'stopped'].includes(turn.status);
}

export class Conversation {
  constructor() {
    this.name = newName();
    /** @type {Martlet.VoiceTurn[]} */
    this.turns = [];
  }

  /** The tab's conversation, or a new one. */
  static kept() {
    const conversation = new Conversation();
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
      if (kept?.name) {
        conversation.name = kept.name;
        conversation.turns = kept.turns.map((/** @type {Martlet.VoiceTurn} */ turn) => ({ ...turn, input: null, sound: [], rate: 0 }));
      }
    } catch {
      // Storage is closed, or holds what an older page wrote: begin anew.
    }
    return conversation;
  }

  keep() {
    const turns = this.turns.filter((turn) => turn.status === 'done' || turn.status === 'stopped').slice(-MOST_KEPT)
      .map(({ id, question, answer, status, report, error, heardAfter }) => ({ id, question, answer, status, report, error, heardAfter }));
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ name: this.name, turns }));
    } catch {
      // Without storage a reload begins anew.
    }
  }

  /** @param {Martlet.VoiceTurn} turn */
  remove(turn) {
    this.turns = this.turns.filter((one) => one !== turn);
  }
}
