/** Figures for people. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/**
 * @param {number | null | undefined} bytes
 * @returns {string}
 */
export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return '–';
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)}\u00a0${UNITS[unit]}`;
}

/** @param {number} bytesPerSecond */
export function formatRate(bytesPerSecond) {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/**
 * @param {number} value
 * @param {number} [digits]
 */
export function formatNumber(value, digits = 0) {
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: 0 }).replaceAll(',', '\u202f');
}

/**
 * A place in a video: 0:03, 12:40, 1:02:03.
 *
 * @param {number} seconds
 */
export function formatTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/**
 * A place in a video to the tenth of a second: 0:03.4, 1:02:03.0.
 *
 * @param {number} seconds
 */
export function formatMoment(seconds) {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${formatTime(tenths / 10)}.${tenths % 10}`;
}

/** @param {number} share  From 0 to 1. */
export function formatShare(share) {
  return `${Math.round(share * 100)}\u00a0%`;
}

/**
 * A span of time: 0.26 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.
 *
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  if (seconds < 1) return `${seconds.toFixed(2)}\u00a0s`;
  if (seconds < 10) return `${seconds.toFixed(1)}\u00a0s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  const pairs = /** @type {[number, string, number, string][]} */ ([[86400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']]);
  for (const [large, largeUnit, small, smallUnit] of pairs) {
    if (whole < large) continue;
    const rest = Math.floor((whole % large) / small);
    return `${Math.floor(whole / large)}\u00a0${largeUnit}${rest ? ` ${rest}\u00a0${smallUnit}` : ''}`;
  }
  return `${whole}\u00a0s`;
}

/** @param {number} parameters */
export function formatParameters(parameters) {
  const [value, unit] = parameters >= 1e9 ? [parameters / 1e9, 'B'] : [parameters / 1e6, 'M'];
  return `${value.toFixed(value < 10 ? 1 : 0)}\u00a0${unit}`;
}

/**
 * When something was: the time today, else the day.
 *
 * @param {number | string} when
 */
export function formatWhen(when) {
  const date = new Date(when);
  const sameDay = date.toDateString() === new Date().toDateString();
  return sameDay
    ? date.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false })
    : date.toLocaleDateString('en', { day: 'numeric', month: 'short', year: date.getFullYear() === new Date().getFullYear() ? undefined : 'numeric' });
}

/**
 * The time of day to the second.
 *
 * @param {number | string} when
 */
export function formatClock(when) {
  return new Date(when).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}

/**
 * When something was, of a time that the server gives: UTC, whether it says so or not.
 *
 * @param {string} text
 */
export function fromUtc(text) {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
