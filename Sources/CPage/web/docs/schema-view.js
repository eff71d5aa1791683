/** A schema as a list of fields that open into their own. */

import { h } from '../lib/dom.js';
import { formatNumber } from '../lib/format.js';
import { strings } from '../app/strings.js';

const words = strings.docs;
const DEEPEST = 5;

/**
 * @param {import('./document.js').ApiDocument} document
 * @param {any} schema
 * @param {number} [depth]
 * @returns {HTMLElement | null}
 */
export function schemaView(document, schema, depth = 0) {
  let found = document.plain(schema);
  if (found.type === 'array') found = document.plain(found.items ?? {});
  const properties = Object.entries(found.properties ?? {});
  if (properties.length === 0 || depth > DEEPEST) return null;
  const required = new Set(found.required ?? []);
  return h('ul', { class: 'fields' }, properties.map(([name, inner]) => {
    const field = document.plain(inner);
    const nested = schemaView(document, inner, depth + 1);
    return h('li', null,
      h('div', { class: 'field-line' },
        h('code', null, name),
        h('span', { class: 'fine' }, document.typeName(inner)),
        required.has(name) ? h('span', { class: 'badge warn' }, words.required) : null),
      field.description || limits(field) ? h('p', { class: 'fine' }, [field.description, limits(field)].filter(Boolean).join('. ')) : null,
      nested ? h('details', null, h('summary', null, words.schemaOf(name)), nested) : null);
  }));
}

/**
 * The range and default of a field, in words.
 *
 * @param {any} field
 */
function limits(field) {
  const parts = [];
  const number = (/** @type {number} */ value) => formatNumber(value, 4);
  if (field.exclusiveMinimum !== undefined) parts.push(words.above(number(field.exclusiveMinimum)));
  if (field.minimum !== undefined) parts.push(words.from(number(field.minimum)));
  if (field.maximum !== undefined) parts.push(words.to(number(field.maximum)));
  if (field.default !== undefined && field.default !== null) parts.push(words.default(JSON.stringify(field.default)));
  return parts.join(', ');
}
