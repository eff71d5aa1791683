/** What the voice view says, in English. Loaded with it. */

export const words = {
  lead: 'Talk, and hear the answer while it is still being written. All of it stays between this page and your server.',
  tips: [
    'Hold the button while you speak, or press it once to begin and once more to send.',
    'Speak whenever you like: the answer falls silent at once.',
    'A recording can be dropped anywhere on this page.',
  ],
  fresh: 'New conversation', renewed: 'A new conversation. What was said before is no longer thought of.',
  conversation: 'Conversation', you: 'You', name: 'Martlet', dock: 'Talk',
  button: /** @type {Record<string, string>} */ ({
    idle: 'Hold to talk', opening: 'Opening the microphone', held: 'Release to send', listening: 'Press to send', answering: 'Hold to interrupt', playing: 'Hold to interrupt',
  }),
  hint: 'Hold it, or press once to begin and once more to send. Space and Enter too; Escape discards.',
  phases: /** @type {Record<string, string>} */ ({
    idle: 'Ready', opening: 'One moment', listening: 'Listening', answering: 'Answering', playing: 'Speaking',
  }),
  level: 'Loudness', recorded: (/** @type {string} */ time) => time,
  left: (/** @type {number} */ seconds) => `${seconds} s left`,
  nearly: (/** @type {number} */ seconds) => `${seconds} seconds left, then it is sent.`,
  stop: 'Stop', discard: 'Discard', discarded: 'Recording discarded.',
  write: 'Or write', placeholder: 'Write instead', send: 'Send', attach: 'Send a recording', dropNow: 'Drop to send this recording', filesOnly: 'A recording has to be a file.', empty: 'This file is empty.',
  trouble: /** @type {Record<string, [string, string]>} */ ({
    refused: ['The microphone is not allowed', 'Allow it for this page in the browser’s site settings (the sign beside the address), then press the button again. You can also write, or send a recording.'],
    missing: ['No microphone was found', 'Plug one in, or choose one in the system’s sound settings, then press the button again.'],
    busy: ['The microphone could not be opened', 'Another program may be using it. Close that and press the button again.'],
    insecure: ['Browsers keep microphones from this address', 'Open the page as http://localhost or over https. Writing and recordings work here too.'],
    short: ['That was too short', 'Hold the button while you speak, or press it once to begin and once more to send.'],
  }),
  noModels: {
    title: 'Speech models are missing', text: 'This server can’t hear or can’t speak yet. Fetch the models in the Models view, or with:',
    command: 'martlet models pull moonshine-tiny-en silero-vad piper-en-us-joe', go: 'Open Models',
  },
  statuses: /** @type {Record<string, string>} */ ({
    listening: 'Listening', sending: 'Sending', decode: 'Reading the recording', transcribe: 'Writing down what was said', think: 'Thinking', speak: 'Speaking', done: 'Done', failed: 'Failed', stopped: 'Stopped',
  }),
  unheard: '…', recording: 'Recording',
  failed: 'No answer', stopped: 'Stopped.', again: 'Press the button and say it again.',
  replay: 'Play again', stopReplay: 'Stop playing', download: 'Download sound', fileName: (/** @type {number} */ number) => `martlet-answer-${number}.wav`,
  said: (/** @type {string} */ text) => `You said: ${text}`, answered: (/** @type {string} */ text) => `Martlet: ${text}`, announceFailed: (/** @type {string} */ text) => `No answer. ${text}`,
  times: {
    title: 'Times', summary: (/** @type {string} */ first) => `first sound after ${first}`, caption: 'How long each part of the answer took', total: (/** @type {string} */ time) => `${time} in all`,
    part: 'Part', when: 'When', took: 'Took', from: 'From',
    rows: /** @type {Record<string, string>} */ ({ decode: 'Decode', transcribe: 'Transcribe', think: 'Think', speak: 'Speak', text: 'First word', audio: 'First sound', here: 'Heard here' }),
    note: 'Heard here: from the end of your question to the first sound in this browser. All else is the server’s time.',
  },
  choices: {
    title: 'Voice and language', voice: 'Voice', transcriber: 'Heard by', language: 'Language', speed: 'Speed', speaks: 'Speak answers',
    standard: 'Default', heard: 'As heard', failed: 'The voices could not be loaded.',
    speedOf: (/** @type {string} */ factor) => `${factor}×`, voiceOf: (/** @type {string} */ voice, /** @type {string} */ model) => `${voice} (${model})`,
  },
};
