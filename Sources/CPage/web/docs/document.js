/** Reads an OpenAPI document: its operations, references, and examples made of schemas. */

import { strings } from '../app/strings.js';

const words = strings.docs;

/**
 * @typedef {object} Operation
 * @property {string} id
 * @property {string} method
 * @property {string} path
 * @property {string} summary
 * @property {string} description
 * @property {string} tag
 * @property {boolean} secured
 * @property {boolean} deprecated
 * @property {any[]} parameters
 * @property {any} body  The request body, or undefined.
 * @property {Record<string, any>} responses
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DEEPEST = 6;

export class ApiDocument {
  /** @param {any} source */
  constructor(source) {
    this.source = source;
    /** @type {Operation[]} */
    this.operations = [];
    for (const [path, item] of Object.entries(source.paths ?? {})) {
      for (const method of METHODS) if (item[method]) this.operations.push(this.operation(path, method, item[method], item.parameters ?? []));
    }
  }

  /**
   * @param {string} path
   * @param {string} method
   * @param {any} source
   * @param {any[]} shared
   * @returns {Operation}
   */
  operation(path, method, source, shared) {
    return {
      id: source.operationId ?? `${method}${path}`, method: method.toUpperCase(), path, summary: source.summary ?? path, description: source.description ?? '',
      tag: source.tags?.[0] ?? '', secured: (source.security ?? this.source.security ?? []).length > 0, deprecated: source.deprecated === true,
      parameters: [...shared, ...(source.parameters ?? [])].map((one) => this.resolve(one)), body: this.resolve(source.requestBody), responses: source.responses ?? {},
    };
  }

  /** Operations by tag, in the document's order. */
  get groups() {
    /** @type {Map<string, Operation[]>} */
    const groups = new Map((this.source.tags ?? []).map((/** @type {{ name: string }} */ tag) => [tag.name, []]));
    for (const operation of this.operations) groups.set(operation.tag, [...(groups.get(operation.tag) ?? []), operation]);
    return [...groups].filter(([, operations]) => operations.length > 0);
  }

  /**
   * @param {any} value
   * @returns {any}
   */
  resolve(value) {
    let found = value;
    for (let hops = 0; found?.$ref && hops < 16; hops += 1) {
      found = found.$ref.slice(2).split('/').reduce((/** @type {any} */ at, /** @type {string} */ key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.source);
    }
    return found;
  }

  /**
   * A schema without the choice of null, which says only that a field may be left out.
   *
   * @param {any} schema
   * @returns {any}
   */
  plain(schema) {
    const found = this.resolve(schema) ?? {};
    const choices = (found.anyOf ?? found.oneOf ?? []).filter((/** @type {any} */ one) => this.resolve(one)?.type !== 'null');
    return choices.length === 1 ? { ...this.plain(choices[0]), ...(found.description ? { description: found.description } : {}), ...('default' in found ? { default: found.default } : {}) } : found;
  }

  /**
   * What a schema is called.
   *
   * @param {any} schema
   * @returns {string}
   */
  typeName(schema) {
    const found = this.plain(schema);
    const choices = found.anyOf ?? found.oneOf;
    if (choices) return choices.map((/** @type {any} */ one) => this.typeName(one)).join(words.or);
    if (found.enum) return found.enum.map((/** @type {unknown} */ one) => JSON.stringify(one)).join(', ');
    if (found.type === 'array') return words.listOf(this.typeName(found.items ?? {}));
    if (found.contentMediaType || found.format === 'binary') return words.fileType;
    const type = Array.isArray(found.type) ? found.type.filter((/** @type {string} */ one) => one !== 'null').join(words.or) : found.type;
    return (type === 'object' && found.title) || type || words.anyType;
  }

  /**
   * An example that a request can begin with: its required fields, and those with a default that isn't null.
   *
   * @param {any} schema
   * @param {number} [depth]
   * @returns {any}
   */
  example(schema, depth = 0) {
    const found = this.plain(schema);
    if ('example' in found) return found.example;
    if (found.examples?.length) return found.examples[0];
    if (found.enum) return found.enum[0];
    const choices = found.anyOf ?? found.oneOf;
    if (choices) return this.example(choices[0], depth + 1);
    switch (Array.isArray(found.type) ? found.type[0] : found.type) {
      case 'object': {
        const required = new Set(found.required ?? []);
        const entries = depth > DEEPEST ? [] : Object.entries(found.properties ?? {}).filter(([name]) => required.has(name));
        return Object.fromEntries(entries.map(([name, inner]) => [name, this.example(inner, depth + 1)]));
      }
      case 'array':
        return depth > DEEPEST || !found.items ? [] : [this.example(found.items, depth + 1)];
      case 'integer':
      case 'number':
        return found.default ?? found.minimum ?? 0;
      case 'boolean':
        return found.default ?? false;
      default:
        return found.default ?? '';
    }
  }
}
