/** A form for one operation, and what the server says to it. */

import { authorization, errorOf, request } from '../lib/api.js';
import { fill, h, uniqueId } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { copyText } from '../components/toast.js';
import { strings } from '../app/strings.js';
import { ResponseView } from './response-view.js';
import { curl, python, swift } from './snippets.js';

/** @typedef {import('./document.js').Operation} Operation */

const words = strings.docs;

export class TryIt {
  /**
   * @param {import('./document.js').ApiDocument} document
   * @param {Operation} operation
   */
  constructor(document, operation) {
    this.document = document;
    this.operation = operation;
    /** @type {Map<any, HTMLInputElement>} */
    this.parameters = new Map();
    /** @type {Map<string, HTMLInputElement>} */
    this.formFields = new Map();
    this.wrong = h('p', { class: 'wrong', role: 'alert', hidden: true });
    this.response = new ResponseView();
    this.send = h('button', { class: 'button primary' }, icon('send'), words.send);
    this.stop = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.running?.abort() }, icon('stop'), words.stop);
    this.copies = h('div', { class: 'row', role: 'group', 'aria-label': words.copyAs },
      h('span', { class: 'fine' }, words.copyAs),
      /** @type {[string, (call: import('./snippets.js').Call) => string][]} */ ([[words.curl, curl], [words.python, python], [words.swift, swift]]).map(([name, make]) =>
        h('button', { type: 'button', class: 'button bare small', onclick: () => this.copy(make) }, icon('copy'), name)));
    this.element = h('section', { class: 'panel try', 'aria-label': words.tryIt },
      h('form', { noValidate: true, onsubmit: (/** @type {SubmitEvent} */ event) => this.submit(event) },
        h('h2', null, words.tryIt),
        operation.parameters.length ? h('div', { class: 'settings-grid' }, operation.parameters.map((one) => this.parameter(one))) : null,
        this.body(), this.accept(), this.wrong,
        h('div', { class: 'row try-foot' }, this.send, this.stop, this.copies)),
      this.response.element);
  }

  /** @param {any} parameter */
  parameter(parameter) {
    const id = uniqueId('parameter');
    const input = h('input', { class: 'input', id, type: 'text', autocomplete: 'off', required: parameter.required === true, placeholder: this.document.typeName(parameter.schema ?? {}) });
    this.parameters.set(parameter, input);
    return h('div', { class: 'field' },
      h('label', { htmlFor: id }, parameter.name, parameter.required ? h('span', { class: 'fine' }, ` ${words.required}`) : null), input,
      parameter.description ? h('p', { class: 'hint' }, parameter.description) : null);
  }

  /** The field for the body: JSON as text, a form field by field. */
  body() {
    const content = this.operation.body?.content;
    if (!content) return null;
    if (content['application/json']) {
      const id = uniqueId('body');
      const example = JSON.stringify(this.document.example(content['application/json'].schema), null, 2);
      this.json = h('textarea', { class: 'input try-json', id, spellcheck: false, value: example, rows: Math.min(18, example.split('\n').length + 1) });
      return h('div', { class: 'field' }, h('label', { htmlFor: id }, words.body), this.json);
    }
    if (!content['multipart/form-data']) return null;
    const schema = this.document.plain(content['multipart/form-data'].schema);
    const required = new Set(schema.required ?? []);
    const names = Object.keys(schema.properties ?? {}).sort((a, b) => Number(required.has(b)) - Number(required.has(a)));
    return h('fieldset', { class: 'try-form' }, h('legend', null, words.body), h('div', { class: 'settings-grid' }, names.map((name) => {
      const id = uniqueId('form');
      const type = this.document.typeName(schema.properties[name]);
      const input = h('input', { class: 'input', id, type: type === words.fileType ? 'file' : 'text', autocomplete: 'off', placeholder: type === words.fileType ? '' : type });
      this.formFields.set(name, input);
      return h('div', { class: 'field' }, h('label', { htmlFor: id }, name, required.has(name) ? h('span', { class: 'fine' }, ` ${words.required}`) : null), input);
    })));
  }

  /** Where an operation can answer in several types, one is chosen. */
  accept() {
    const types = Object.keys(this.operation.responses['200']?.content ?? {});
    if (types.length < 2) return null;
    const id = uniqueId('accept');
    this.acceptField = h('select', { class: 'input', id }, types.map((type) => h('option', null, type)));
    return h('div', { class: 'field try-accept' }, h('label', { htmlFor: id }, words.accept), this.acceptField);
  }

  /**
   * The request as the form stands; null when something is missing.
   *
   * @returns {import('./snippets.js').Call | null}
   */
  call() {
    let path = this.operation.path;
    const query = new URLSearchParams();
    /** @type {Record<string, string>} */
    const headers = {};
    for (const [parameter, input] of this.parameters) {
      const value = input.value.trim();
      if (!value && parameter.required) return this.refuse(words.missing(parameter.name), input);
      if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (value && parameter.in === 'query') query.set(parameter.name, value);
      else if (value && parameter.in === 'header') headers[parameter.name] = value;
    }
    if (this.acceptField) headers.Accept = this.acceptField.value;
    const json = this.json ? this.json.value.trim() : null;
    if (json) {
      try {
        JSON.parse(json);
      } catch {
        return this.refuse(words.invalidJson, /** @type {HTMLTextAreaElement} */ (this.json));
      }
    }
    const form = this.formFields.size ? this.formValues() : null;
    if (!form && this.operation.method !== 'GET') headers['Content-Type'] = 'application/json';
    const search = query.toString();
    return { method: this.operation.method, url: `${location.origin}${path}${search ? `?${search}` : ''}`, headers, json: json || null, form, secured: this.operation.secured && !!authorization().Authorization };
  }

  /** @returns {[string, string | File][]} */
  formValues() {
    /** @type {[string, string | File][]} */
    const values = [];
    for (const [name, input] of this.formFields) {
      const value = input.type === 'file' ? input.files?.[0] : input.value.trim();
      if (value) values.push([name, value]);
    }
    return values;
  }

  /**
   * @param {string} message
   * @param {HTMLElement} field
   * @returns {null}
   */
  refuse(message, field) {
    this.wrong.hidden = false;
    this.wrong.textContent = message;
    field.focus();
    return null;
  }

  /** @param {(call: import('./snippets.js').Call) => string} make */
  copy(make) {
    this.wrong.hidden = true;
    const call = this.call();
    if (call) copyText(make(call));
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    this.wrong.hidden = true;
    const call = this.call();
    if (!call || this.running) return;
    this.running = new AbortController();
    this.send.disabled = true;
    this.stop.hidden = false;
    /** @type {BodyInit | undefined} */
    let body = call.json ?? undefined;
    if (call.form) {
      const data = new FormData();
      for (const [name, value] of call.form) data.append(name, value);
      body = data;
    }
    const { signal } = this.running;
    const work = this.exchange(call, body, signal);
    await this.response.show(work, performance.now(), signal);
    this.running = null;
    this.send.disabled = false;
    this.stop.hidden = true;
  }

  /**
   * Errors are answers too: here they are looked at, not thrown. Only a missing token is asked for.
   *
   * @param {import('./snippets.js').Call} call
   * @param {BodyInit | undefined} body
   * @param {AbortSignal} signal
   */
  async exchange(call, body, signal) {
    const init = { method: call.method, headers: call.headers, body, signal };
    if (!this.operation.secured) return fetch(call.url, init);
    const response = await fetch(call.url, { ...init, headers: { ...call.headers, ...authorization() } });
    if (response.status !== 401) return response;
    await errorOf(response);
    return request(call.url, init);
  }

  close() {
    this.running?.abort();
    fill(this.element);
  }
}
