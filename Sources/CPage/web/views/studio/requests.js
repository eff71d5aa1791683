/** What a form asks of the server, and what the answer holds. Pure. */

const CHAT_PATHS = { '1to1': '/v1/chat/1to1/imagegen', shorts: '/v1/chat/shorts/generate', scenes: '/v1/chat/scenes/generate' };

/**
 * @param {Martlet.StudioForm} form
 * @returns {{ path: string, body: Record<string, unknown> }}
 */
export function requestOf(form) {
  const settings = { ...settingsOf(form), response_format: 'url' };
  if (form.kind === 'profile') return { path: '/v1/profile/generate', body: { avatar_features: form.features, ...styleOf(form), ...settings } };
  if (form.kind === 'words') {
    const { prompt, negative, count } = form;
    return { path: '/v1/images/generations', body: { prompt, n: count, ...(negative ? { negative_prompt: negative } : {}), ...settings } };
  }
  const messages = form.messages.map(({ sender, text }) => ({ ...(sender ? { sender_handle: sender } : {}), text }));
  const said = form.scene === '1to1' ? { chat_messages: messages } : { user_message: messages[0] };
  return { path: CHAT_PATHS[form.scene], body: { ...said, participants: form.participants.map((handle) => ({ handle })), ...styleOf(form), ...settings } };
}

/** @param {Martlet.PictureSettings} form */
function settingsOf({ size, seed, steps }) {
  return { ...(size ? { size } : {}), ...(seed ? { seed: Number(seed) } : {}), ...(steps ? { steps: Number(steps) } : {}) };
}

/** @param {{ style: string }} form */
function styleOf({ style }) {
  return style ? { style } : {};
}

/**
 * What a painting is called: the words that it was made from.
 *
 * @param {Martlet.StudioForm} form
 * @param {(handle: string) => string} ofPortrait
 */
export function titleOf(form, ofPortrait) {
  if (form.kind === 'words') return form.prompt;
  if (form.kind === 'chat') return form.messages.at(-1)?.text ?? '';
  return ofPortrait(`@${form.handle}`);
}

/**
 * The pictures of an answer: where they are at this server, and their seeds.
 *
 * @param {any} answer
 * @returns {{ path: string, seed: number | null, covered: boolean, revised: string | null }[]}
 */
export function picturesOf(answer) {
  const items = Array.isArray(answer?.data) ? answer.data : [answer ?? {}];
  return items.map((/** @type {any} */ item) => ({
    path: pathOf(item.image_url ?? item.url ?? ''), seed: item.seed ?? answer.seed ?? null, covered: item.covered === true, revised: item.revised_prompt ?? null,
  }));
}

/**
 * The files are always this server's: under which name it is known elsewhere doesn't matter here.
 *
 * @param {string} address
 */
function pathOf(address) {
  const url = new URL(address, location.href);
  return url.pathname + url.search;
}
