/** What the studio says, in English. Loaded with it. */

import { plural } from './strings.js';

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS = /** @type {Record<string, string>} */ ({ one: 'st', two: 'nd', few: 'rd', other: 'th' });
const nth = (/** @type {number} */ place) => `${place}${ENDINGS[ordinals.select(place)]}`;

export const words = {
  lead: 'Pictures of you, of your chats and of your own words, painted on your server.',
  parts: 'What is painted', tabs: { profile: 'Profile', chat: 'Chat picture', words: 'From words', history: 'History' },
  paint: 'Paint', painting: 'Picture', style: 'Style', styleFailed: 'The styles could not be loaded.',
  missing: { title: 'No model makes pictures here yet', go: 'Open Models' },

  settings: {
    title: 'More settings', size: 'Size', sizeStandard: 'As the server has it', sizes: /** @type {Record<string, string>} */ ({
      '512x512': '512 × 512', '768x768': '768 × 768', '1024x1024': '1024 × 1024', '768x1024': '768 × 1024, upright', '1024x768': '1024 × 768, wide',
    }),
    seed: 'Seed', seedHint: 'The same words, settings and seed make the same picture. Empty: a new one.', seedWrong: 'A whole number from 0 to 4294967295.',
    steps: 'Steps', stepsHint: 'More are slower and often finer. Empty: the model’s own.', stepsWrong: 'A whole number of at least 1.', any: 'Any',
  },

  progress: {
    sending: 'Sending', waiting: 'In line', fetching: 'Fetching the picture', working: 'At work',
    stages: /** @type {Record<string, string>} */ ({ prompt: 'Writing the prompt', paint: 'Painting', check: 'Checking the picture', caption: 'Writing the caption' }),
    place: (/** @type {number} */ place) => (place <= 1 ? 'You are next' : `You are ${nth(place)} in line`),
    retrying: 'That went wrong once; the server tries again',
    steps: (/** @type {number} */ done, /** @type {number} */ total) => `step ${done} of ${total}`,
    pictures: (/** @type {number} */ done, /** @type {number} */ total) => `${done} of ${plural(total, 'picture')}`,
    left: (/** @type {string} */ time) => `about ${time} left`,
    bar: 'Progress', cancel: 'Cancel',
  },
  result: {
    none: 'The picture appears here.', noneNote: 'Painting goes on when you look at something else, and is found again after a reload.',
    stopped: 'Cancelled.', announceStopped: 'Painting cancelled.', again: 'Paint again',
    announceDone: (/** @type {string} */ text) => `The picture is there. ${text}`,
    alt: (/** @type {string} */ text) => `Painted picture: ${text}`, altNumber: (/** @type {number} */ number, /** @type {number} */ count, /** @type {string} */ text) => `Painted picture ${number} of ${count}: ${text}`,
    prompt: 'Prompt that was used', seed: 'Seed', copySeed: 'Copy seed', seedCopied: 'Seed copied.', sameSeed: 'Again with this seed', newSeed: 'New seed', download: 'Download',
    covered: 'Parts were made unrecognisable', softened: 'Painted in a tamer way than asked for', model: 'Model', made: 'Made',
    facts: (/** @type {(string | null)[]} */ parts) => parts.filter(Boolean).join(' · '),
  },
  errors: {
    failed: 'No picture', busy: 'The server has too much to do', lost: 'The server no longer knows this picture. Paint it again.',
    gone: 'The picture’s time on the server was up before it could be fetched. Paint it again.', closed: 'The page was closed before the server had answered. Paint it again.',
    failedBare: 'The painting failed.', openModels: 'Open Models',
    refused: 'This is not painted here',
    categories: /** @type {Record<string, string>} */ ({
      minors: 'sexual content with minors or people of unclear age', sexual_violence: 'sexual violence', non_consent: 'sexual content without consent',
      animals: 'sexual content with animals', likeness: 'sexual content with a real person’s likeness', explicit: 'explicit sexual content', nudity: 'nudity', suggestive: 'suggestive content',
    }),
    refusedFor: (/** @type {string} */ list) => `It reads like ${list}.`,
    hard: 'That is never painted, whatever the words around it.', soft: 'Say it in other words, then try again.',
    inPicture: 'The finished picture showed something that isn’t given out. Other words or a new seed may help.',
    origins: /** @type {Record<string, string>} */ ({
      message: 'your words', history: 'what was said before', handle: 'a handle', feature: 'the features of somebody', style: 'the style', prompt: 'the prompt', caption: 'the caption', other: 'the request',
    }),
    fields: (/** @type {string} */ list) => `It stands in ${list}.`,
  },

  selfie: {
    title: 'A picture of you', drop: 'Drop a selfie here', or: 'or', choose: 'Choose a picture', take: 'Take a picture', describe: 'Describe yourself instead',
    note: 'Only features such as hair and glasses are read from it. The picture itself isn’t kept.', dropNow: 'Drop to use this picture',
    onlyPictures: 'This is not a picture.', empty: 'This file is empty.', preview: 'Your picture',
    working: 'Reading your features…', done: 'Features read. Look through them and change what is wrong.', another: 'Another picture', remove: 'Remove the picture',
    tips: 'For an even better result', faces: (/** @type {number} */ count) => `${count} faces were found. Choose yours.`, face: (/** @type {number} */ number) => `Face ${number}`,
    failed: 'The features could not be read', bad: 'This picture can’t be used',
    reasons: /** @type {Record<string, string>} */ ({
      NO_FACE_DETECTED: 'No face was found in it.', INVALID_IMAGE: 'It isn’t a picture that can be read. JPEG, PNG and WebP can.', VERY_LOW_QUALITY: 'The face can’t be made out well enough.',
      INSUFFICIENT_FEATURES: 'Too much of the face is hidden.', UNDER_AGE: 'It seems to show somebody who isn’t an adult. Such pictures aren’t used.', FACE_NOT_THERE: 'There is no such face in it.',
    }),
    noVision: 'No model here can look at pictures', noVisionText: 'You can describe yourself instead.',
  },
  profile: {
    fresh: 'New profile', features: 'Features', handle: 'Handle', handleHint: 'How you are called in chats: letters, digits, “_” and “.”, 32 at most.',
    handleMissing: 'Choose a handle first.', handleWrong: 'Letters, digits, “_” and “.” only, 32 at most.',
    likeness: 'This is a real person', likenessHint: 'Then pictures are checked more strictly.',
    save: 'Save', saveAndPaint: 'Save and paint', saved: (/** @type {string} */ handle) => `${handle} is saved.`, unchanged: 'Nothing was changed.', failed: 'Not saved',
    editing: (/** @type {string} */ handle, /** @type {number} */ version) => `${handle}, version ${version}`,
    replaceTitle: (/** @type {string} */ handle) => `Replace ${handle}?`, replaceText: 'There is a profile of this name already. The features it has now stay in its version history.', replace: 'Replace',
    conflict: 'It was changed elsewhere', conflictText: 'Somebody, or you in another window, saved this profile after you had opened it.', reload: 'Reload', keep: 'Keep my changes', reloaded: 'This is the newest version.',
    rebased: 'Your changes lie over the newest version. Save them now.', discardTitle: 'Discard your changes?', discardText: 'What you changed here isn’t saved.', discard: 'Discard',
    title: (/** @type {string} */ handle) => `Portrait of ${handle}`,
  },
  profiles: {
    title: 'Stored profiles', none: 'None yet. A stored profile can appear in chat pictures by its handle.', failed: 'The profiles could not be loaded.',
    open: (/** @type {string} */ handle) => `Open ${handle}`, actions: (/** @type {string} */ handle) => `Actions for ${handle}`, edit: 'Open', history: 'Version history', delete: 'Delete…',
    line: (/** @type {string | null} */ style, /** @type {number} */ version, /** @type {string} */ when) => [style, `version ${version}`, when].filter(Boolean).join(' · '),
    deleteTitle: (/** @type {string} */ handle) => `Delete ${handle}?`, deleteText: 'Your face’s features are deleted, with all versions. Pictures already made stay in this browser’s history until you delete them there.',
    deleted: (/** @type {string} */ handle) => `${handle} is deleted.`, chat: 'Paint a chat',
  },
  versions: {
    title: (/** @type {string} */ handle) => `Versions of ${handle}`, name: (/** @type {number} */ version) => `Version ${version}`, now: 'now', changed: '(differs from the newest)', restore: 'Restore', restored: (/** @type {number} */ version) => `Version ${version} is restored as the newest one.`,
    restoreOne: (/** @type {number} */ version) => `Restore version ${version}`, same: 'Nothing is known in this version.', failed: 'The versions could not be loaded.', unchanged: 'It is the same as the newest one.', notRestored: 'Not restored.',
  },
  features: {
    unknown: 'Not known', sure: (/** @type {string} */ share) => `${share} sure`, unsure: (/** @type {string} */ share) => `${share} sure: look again`,
    failed: 'The words for features could not be loaded.',
    groups: /** @type {[string, string, string[]][]} */ ([
      ['Face', 'observed', ['gender', 'age_appearance', 'face_shape', 'face_fullness', 'jawline_definition', 'expression']],
      ['Hair', 'observed', ['hair_color', 'hair_type', 'hair_style', 'hair_length', 'hairline_type', 'balding_pattern']],
      ['Eyes and skin', 'observed', ['eye_color', 'eye_shape', 'skin_tone', 'skin_undertone', 'facial_marks', 'facial_mark_position']],
      ['Beard', 'observed', ['beard_style', 'mustache_style', 'facial_hair_density']],
      ['Dress', 'dress', []],
      ['Accessories', 'accessories', []],
    ]),
    names: /** @type {Record<string, string>} */ ({
      age_appearance: 'Looks', jawline_definition: 'Jawline', hairline_type: 'Hairline', balding_pattern: 'Balding', facial_hair_density: 'Density', beard_style: 'Beard', mustache_style: 'Moustache',
      facial_marks: 'Marks', facial_mark_position: 'Where the mark is', hair_color: 'Hair colour', eye_color: 'Eye colour', dress_type: 'Garment', dress_color: 'Colour',
      hat_present: 'Hat', glasses_present: 'Glasses', mask_present: 'Mask', hat_style: 'Kind of hat', hat_color: 'Colour of the hat', glasses_type: 'Kind of glasses', glasses_color: 'Colour of the glasses',
      mask_type: 'Kind of mask', mask_color: 'Colour of the mask',
    }),
  },
  chat: {
    kind: 'What for', kinds: /** @type {[string, string, string][]} */ ([
      ['1to1', 'Chat of two', 'The newest message of a chat, with what was said before.'], ['shorts', 'Short', 'One message as a lively close-up.'], ['scenes', 'Scene', 'One message as a wide scene.'],
    ]),
    who: 'Who is in it', add: 'Add', addLabel: 'Handle of somebody', addPlaceholder: '@handle', addStored: (/** @type {string} */ handle) => `Add ${handle}`, remove: (/** @type {string} */ handle) => `Remove ${handle}`,
    stored: 'profile', known: 'Already in it.', few: 'A chat needs two people or more.', none: 'Add somebody first.', whoHint: 'Those with a stored profile are drawn from it; others as the words allow.',
    chat: 'Chat', message: 'Message', sender: (/** @type {number} */ number) => `Sender of message ${number}`, text: (/** @type {number} */ number) => `Message ${number}`, placeholder: 'Write a message',
    nobody: 'Nobody', another: 'Add a message', removeMessage: (/** @type {number} */ number) => `Remove message ${number}`, noText: 'Write a message first.',
  },
  words: {
    prompt: 'What is to be seen', placeholder: 'A lighthouse at dawn, watercolour, mist over the water', promptMissing: 'Write what is to be seen.', negative: 'What is not to be seen', count: 'Pictures',
  },
  history: {
    title: 'History', note: 'Kept in this browser only: the last 60 pictures.', empty: 'No pictures yet.', emptyNote: 'What you have painted is found here again.',
    open: (/** @type {string} */ title) => `Open ${title}`, deleteAll: 'Delete all', deleteAllTitle: 'Delete all pictures?', deleteAllText: 'The pictures in this browser are deleted. This can’t be undone.',
    use: 'Use these settings', delete: 'Delete', deleted: 'Deleted.', seed: (/** @type {number} */ seed) => `seed ${seed}`, active: 'Painting',
    used: 'The form has these settings now.', settingsGone: 'Its profile was deleted, so that its settings are gone.',
  },
  kinds: /** @type {Record<string, string>} */ ({ profile: 'Profile', chat: 'Chat picture', words: 'From words' }),
  fileName: (/** @type {string} */ kind, /** @type {number | null} */ seed, /** @type {string} */ ending) => `martlet-${kind}${seed === null ? '' : `-${seed}`}.${ending}`,
};
