/** One model: what it is, what it needs, how it is, and what can be done with it. */

import { json } from '../../lib/api.js';
import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatBytes, formatDuration, formatNumber, formatParameters, formatRate } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { confirm } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { strings } from '../../app/strings.js';

const words = strings.models;
const TONES = /** @type {Record<string, string>} */ ({ ready: 'good', fetching: 'accent', loading: 'accent', draining: 'accent', failed: 'bad' });

/**
 * Whether another machine runs it: this one can neither load nor fetch it.
 *
 * @param {Martlet.Model} model
 */
export function isRemote(model) {
  return model.licence === 'remote';
}

/** @typedef {'pull' | 'resume' | 'stop' | 'load' | 'unload' | 'switch' | 'delete'} Action */

export class ModelCard {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    const titleId = uniqueId('model');
    this.badges = h('div', { class: 'row model-badges' });
    this.description = h('p', { class: 'muted' });
    this.facts = h('dl', { class: 'model-facts' });
    this.progress = h('div', { class: 'model-progress', hidden: true });
    this.trouble = h('div', { class: 'model-trouble' });
    this.actions = h('div', { class: 'row model-actions', role: 'group', 'aria-label': words.actions(id) });
    this.element = h('article', { class: 'panel model', role: 'listitem', 'aria-labelledby': titleId },
      h('div', { class: 'model-head' }, h('h3', { id: titleId }, id), this.badges),
      this.description, this.facts, this.progress, this.trouble, this.actions);
    /** @type {Action | null} */
    this.busy = null;
    /** @type {any} */
    this.error = null;
    this.drawn = '';
  }

  /**
   * @param {Martlet.Model} model
   * @param {Martlet.Pull | null} pull
   */
  update(model, pull) {
    this.model = model;
    this.pull = pull;
    this.drawProgress();
    // Progress comes several times a second: what is around it, and may have the focus, is drawn only when it has changed.
    const drawing = JSON.stringify([model, pull?.state, pull?.message, this.busy, this.error?.message]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.drawHead(model);
    this.drawFacts(model);
    this.drawTrouble(model);
    this.drawActions(model);
  }

  redraw() {
    if (this.model) this.update(this.model, this.pull ?? null);
  }

  /** @param {Martlet.Model} model */
  drawHead(model) {
    const capabilities = /** @type {Record<string, string>} */ (words.capabilities);
    fill(this.badges,
      h('span', { class: `badge ${TONES[model.state] ?? ''}` }, h('span', { class: `dot ${TONES[model.state] ?? ''}` }), isRemote(model) ? words.remoteReady : words.states[model.state]),
      model.default ? h('span', { class: 'badge accent' }, words.default) : null,
      model.pinned ? h('span', { class: 'badge' }, words.pinned) : null,
      model.capabilities.map((one) => h('span', { class: 'badge' }, capabilities[one] ?? one)));
    this.description.hidden = !model.description;
    setText(this.description, model.description ?? '');
  }

  /** @param {Martlet.Model} model */
  drawFacts(model) {
    const { needs } = model;
    const facts = /** @type {[string, string | null][]} */ ([
      [words.size, model.bytes ? formatBytes(model.bytes) : null],
      [words.needs, model.memory_bytes ? formatBytes(model.memory_bytes) : needs?.memory_bytes ? `~ ${formatBytes(needs.memory_bytes)}${needs.gpu ? `, ${words.gpu}` : ''}` : needs?.gpu ? words.gpu : null],
      [words.licence, isRemote(model) ? null : model.licence],
      [words.parameters, model.parameters ? formatParameters(model.parameters) : null],
      [words.context, model.context_length ? formatNumber(model.context_length) : null],
    ]);
    fill(this.facts, facts.filter(([, value]) => value).map(([term, value]) => h('div', null, h('dt', null, term), h('dd', { class: 'figure' }, value))));
  }

  drawProgress() {
    const { pull } = this;
    const running = pull?.state === 'running';
    this.progress.hidden = !running;
    if (!running || !pull) {
      fill(this.progress);
      this.bar = null;
      return;
    }
    if (!this.bar) {
      this.bar = h('span');
      this.track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': `${words.pulling} ${this.id}` }, this.bar);
      this.amount = h('span', { class: 'fine figure' });
      fill(this.progress, this.track, this.amount);
    }
    const { done, total, rate, eta } = pull;
    const share = total && done !== null ? done / total : null;
    this.track?.classList.toggle('unknown', share === null);
    if (share !== null) {
      this.bar.style.inlineSize = `${share * 100}%`;
      this.track?.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    }
    if (this.amount) {
      setText(this.amount, [
        total ? strings.ask.transferred(formatBytes(done), formatBytes(total)) : formatBytes(done), rate ? formatRate(rate) : null, eta ? words.left(formatDuration(eta)) : null,
      ].filter(Boolean).join(' · '));
    }
  }

  /** @param {Martlet.Model} model */
  drawTrouble(model) {
    const { pull, error } = this;
    const parts = [];
    if (error) parts.push(errorNotice({ message: messageOf(error), code: error.code, requestId: error.requestId }));
    else if (pull?.state === 'failed') parts.push(errorNotice({ message: pull.message ?? words.states.failed, role: 'status' }));
    else if (pull?.state === 'stopped' && model.state === 'absent') parts.push(h('p', { class: 'fine' }, words.pullStopped));
    if (model.state === 'failed' && model.reason) parts.push(h('div', { class: 'notice bad' }, icon('alert'), h('div', null, model.reason)));
    if (model.obstacle) parts.push(h('div', { class: 'notice warn' }, icon('alert'), h('div', null, model.obstacle)));
    fill(this.trouble, parts);
  }

  /** @param {Martlet.Model} model */
  drawActions(model) {
    const focused = this.actions.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.action : null;
    fill(this.actions, this.possible(model).map(([action, symbol, primary]) =>
      h('button', {
        type: 'button', class: `button small${primary ? ' primary' : ''}${action === 'delete' ? ' bare' : ''}`, dataset: { action }, disabled: this.busy !== null,
        'aria-busy': this.busy === action ? 'true' : null, onclick: () => this.act(action),
      }, symbol ? icon(symbol) : null, words[action])));
    this.actions.hidden = this.actions.childElementCount === 0;
    // A button that has become another one keeps the place of whoever pressed it.
    if (focused) (/** @type {HTMLElement | null} */ (this.actions.querySelector(`[data-action="${focused}"]`) ?? this.actions.querySelector('button')))?.focus();
  }

  /**
   * @param {Martlet.Model} model
   * @returns {[Action, string | null, boolean][]}
   */
  possible(model) {
    const { pull } = this;
    const controllable = !isRemote(model) && model.engine === 'llama' && model.capabilities.includes('chat');
    if (pull?.state === 'running' || model.state === 'fetching') return [['stop', 'pause', false]];
    switch (model.state) {
      case 'absent':
        return [[pull && ['stopped', 'failed'].includes(pull.state) ? 'resume' : 'pull', 'download', !model.obstacle]];
      case 'onDisk':
      case 'failed':
        return /** @type {[Action, string | null, boolean][]} */ ([
          ...(controllable && !model.obstacle ? [['load', null, false], ...(model.default ? [] : [['switch', null, false]])] : []), ['delete', 'trash', false],
        ]);
      case 'ready':
        return controllable ? /** @type {[Action, string | null, boolean][]} */ ([...(model.default ? [] : [['switch', null, false]]), ['unload', null, false]]) : [];
      default:
        return [];
    }
  }

  /** @param {Action} action */
  async act(action) {
    const path = `/v1/models/${encodeURIComponent(this.id)}`;
    const repository = `/v2/repository/models/${encodeURIComponent(this.id)}`;
    if (action === 'delete' && !(await confirm({ title: words.deleteTitle(this.id), text: words.deleteText(formatBytes(this.model?.bytes)), action: words.delete }))) return;
    this.busy = action;
    this.error = null;
    this.redraw();
    try {
      if (action === 'pull' || action === 'resume') await json('POST', '/v1/pulls', { id: this.id });
      else if (action === 'stop') await json('DELETE', `/v1/pulls/${encodeURIComponent(this.id)}`);
      else if (action === 'delete') await json('DELETE', path);
      else if (action === 'switch') await json('POST', '/v1/models/switch', { to: this.id });
      else await json('POST', `${repository}/${action}`, {});
      const done = words.done[action];
      toast(typeof done === 'function' ? done(this.id) : done);
    } catch (error) {
      this.error = error;
    }
    this.busy = null;
    this.redraw();
  }
}
