/** Requests to the server: the token, the error envelope, JSON. */

const TOKEN = 'martlet.token';
/** The event by which the document learns that there is a new token. */
export const TOKEN_GIVEN = 'martlet-token';

/** An error as the server tells it, or one of the connection (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {Partial<Martlet.ErrorBody>} body
   */
  constructor(status, body) {
    super(body.message || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code ?? (status ? `http_${status}` : 'connection_failed');
    this.param = body.param ?? null;
    this.details = body.details ?? null;
    this.retryAfter = body.retry_after_ms ?? null;
    this.requestId = body.request_id ?? null;
  }
}

/** @type {() => Promise<boolean>} */
let askForToken = async () => false;
/** @type {Promise<boolean> | null} */
let asking = null;

/**
 * Says how a token is asked for. The promise is true when there is a new one.
 *
 * @param {() => Promise<boolean>} ask
 */
export function whenTokenIsNeeded(ask) {
  askForToken = ask;
}

/** @returns {string | null} */
export function token() {
  try {
    return sessionStorage.getItem(TOKEN) ?? localStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

/**
 * @param {string | null} value
 * @param {boolean} remember  Also after the tab is closed.
 */
export function setToken(value, remember) {
  sessionStorage.removeItem(TOKEN);
  localStorage.removeItem(TOKEN);
  if (value) (remember ? localStorage : sessionStorage).setItem(TOKEN, value);
  document.dispatchEvent(new Event(TOKEN_GIVEN));
}

/** @returns {Record<string, string>} */
export function authorization() {
  const value = token();
  return value ? { Authorization: `Bearer ${value}` } : {};
}

/** Asks for a token, once for all requests that wait for it. */
function newToken() {
  asking ??= askForToken().finally(() => {
    asking = null;
  });
  return asking;
}

/**
 * A response with a good status. A missing token is asked for, and the request sent again.
 *
 * @param {string} path
 * @param {RequestInit & { headers?: Record<string, string> }} [init]
 * @returns {Promise<Response>}
 */
export async function request(path, init = {}) {
  for (;;) {
    const used = token();
    /** @type {Response} */
    let response;
    try {
      response = await fetch(path, { cache: 'no-store', ...init, headers: { ...init.headers, ...authorization() } });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError(0, {});
    }
    if (response.ok) return response;
    if (response.status === 401 && (token() !== used || (await newToken()))) continue;
    throw await errorOf(response);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<ApiError>}
 */
export async function errorOf(response) {
  const text = await response.text().catch(() => '');
  return errorFrom(response.status, text, response.headers.get('X-Request-ID'));
}

/**
 * The error in a body. The Open Inference Protocol says `{"error": "text"}`.
 *
 * @param {number} status
 * @param {string} text
 * @param {string | null} requestId
 */
export function errorFrom(status, text, requestId) {
  try {
    const body = JSON.parse(text);
    if (typeof body.error === 'string') return new ApiError(status, { message: body.error, code: body.code, request_id: requestId });
    if (body.error) return new ApiError(status, body.error);
  } catch {
    // No envelope: a proxy's page, say. The status has to do.
  }
  return new ApiError(status, { request_id: requestId });
}

/**
 * Sends and reads JSON. An answer without a body is null.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {{ signal?: AbortSignal, headers?: Record<string, string> }} [options]
 * @returns {Promise<any>}
 */
export async function json(method, path, body, options = {}) {
  const response = await request(path, {
    method,
    signal: options.signal,
    // Always a JSON content type: the server refuses changes by other pages that way.
    headers: { ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }), ...options.headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/**
 * Whether an error is only that something was stopped on purpose.
 *
 * @param {unknown} error
 */
export function wasAborted(error) {
  return error instanceof DOMException && error.name === 'AbortError';
}
