/** Adds videos that lie in the server's own folders. */

import { json } from '../../lib/api.js';
import { fill, h, setText, uniqueId } from '../../lib/dom.js';
import { formatBytes } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { sheet } from '../../components/dialog.js';
import { errorNotice, messageOf } from '../../components/error-notice.js';
import { toast } from '../../components/toast.js';
import { words } from '../../app/strings-library.js';
import { forEach } from './batch.js';

const texts = words.server;

/** @param {() => void} onAdded */
export function openServer(onAdded) {
  new ServerSheet(onAdded).start();
}

class ServerSheet {
  /** @param {() => void} onAdded */
  constructor(onAdded) {
    this.onAdded = onAdded;
    /** @type {Set<string>} */
    this.chosen = new Set();
    /** @type {{ path: string, name: string }[]} */
    this.roots = [];
    this.place = h('nav', { class: 'crumbs', 'aria-label': texts.path });
    this.list = h('ul', { class: 'folder-list' });
    this.trouble = h('div');
    this.all = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => this.chooseAll() }, texts.all);
    this.go = h('button', { type: 'button', class: 'button small primary', disabled: true, onclick: () => this.add() }, texts.go(0));
    this.dialog = sheet(texts.title, { tools: [this.place], body: h('div', { class: 'folder' }, this.trouble, this.list), foot: [this.all, this.go] });
  }

  async start() {
    try {
      this.roots = (await json('GET', '/api/roots')).roots;
    } catch (error) {
      this.fail(error, () => this.start());
      return;
    }
    if (this.roots.length === 1) await this.enter(this.roots[0].path);
    else this.showRoots();
  }

  showRoots() {
    fill(this.trouble);
    this.all.hidden = true;
    this.crumbs(null);
    fill(this.list, this.roots.map(({ path, name }) => this.folder(name, path, path)));
    if (this.roots.length === 0) fill(this.list, h('li', { class: 'muted' }, texts.none));
  }

  /** @param {string} path */
  async enter(path) {
    fill(this.trouble);
    fill(this.list, h('li', { class: 'fine' }, texts.loading));
    this.crumbs(path);
    try {
      /** @type {Martlet.ServerFolder} */
      const { folders, files } = await json('GET', `/api/roots/files?path=${encodeURIComponent(path)}`);
      this.here = files.filter(({ registered }) => !registered).map((file) => file.path);
      this.all.hidden = this.here.length === 0;
      fill(this.list, folders.map((name) => this.folder(name, `${path.replace(/\/$/, '')}/${name}`)), files.map((file) => this.file(file)));
      if (folders.length + files.length === 0) fill(this.list, h('li', { class: 'muted' }, texts.empty));
    } catch (error) {
      fill(this.list);
      this.fail(error, () => this.enter(path));
    }
  }

  /**
   * Where one is: the way back up.
   *
   * @param {string | null} path
   */
  crumbs(path) {
    const root = this.roots.find((one) => path === one.path || path?.startsWith(`${one.path.replace(/\/$/, '')}/`));
    const parts = root && path ? path.slice(root.path.length).split('/').filter(Boolean) : [];
    const link = (/** @type {string} */ text, /** @type {() => void} */ act, isLast = false) =>
      h('button', { type: 'button', class: 'crumb', 'aria-current': isLast ? 'true' : null, disabled: isLast, onclick: act }, text);
    fill(this.place,
      this.roots.length === 1 ? null : link(texts.folders, () => this.showRoots(), path === null),
      root ? link(root.name, () => this.enter(root.path), parts.length === 0) : null,
      parts.map((part, at) => link(part, () => this.enter([root?.path.replace(/\/$/, ''), ...parts.slice(0, at + 1)].join('/')), at === parts.length - 1)));
  }

  /**
   * @param {string} name
   * @param {string} path
   * @param {string} [note]
   */
  folder(name, path, note = '') {
    return h('li', null, h('button', { type: 'button', class: 'folder-row', onclick: () => this.enter(path) }, icon('folder'), h('span', null, name), h('span', { class: 'fine' }, note)));
  }

  /** @param {Martlet.ServerFolder['files'][number]} file */
  file({ name, path, size, registered }) {
    const id = uniqueId('file');
    const box = h('input', {
      type: 'checkbox', id, disabled: registered, checked: registered || this.chosen.has(path), dataset: { path },
      onchange: () => {
        if (box.checked) this.chosen.add(path);
        else this.chosen.delete(path);
        this.count();
      },
    });
    return h('li', null, h('label', { class: `folder-row check${registered ? ' muted' : ''}`, htmlFor: id }, box, h('span', null, name), h('span', { class: 'fine figure' }, registered ? texts.registered : formatBytes(size))));
  }

  chooseAll() {
    for (const path of this.here ?? []) this.chosen.add(path);
    for (const box of this.list.querySelectorAll('input')) box.checked = true;
    this.count();
  }

  count() {
    setText(this.go, texts.go(this.chosen.size));
    this.go.disabled = this.chosen.size === 0;
  }

  async add() {
    const paths = [...this.chosen];
    this.go.disabled = true;
    let tried = 0;
    const { done, refused } = await forEach(paths, (path) => path, async (path) => {
      await json('POST', '/api/videos/', { path }).finally(() => setText(this.go, texts.adding((tried += 1), paths.length)));
    });
    if (done.length) {
      toast(words.done.added(done.length));
      this.onAdded();
    }
    this.chosen.clear();
    this.count();
    if (refused.length === 0) {
      this.dialog.close();
      return;
    }
    fill(this.trouble, h('div', { class: 'notice bad', role: 'alert' }, icon('alert'),
      h('div', null, h('strong', null, words.refused(refused.length)), refused.map(({ path, message }) => h('span', null, `${path.split('/').at(-1)}: ${message}`)))));
    for (const box of this.list.querySelectorAll('input')) {
      if (done.includes(box.dataset.path ?? '')) box.disabled = true;
      else if (!box.disabled) box.checked = false;
    }
  }

  /**
   * @param {any} error
   * @param {() => void} onretry
   */
  fail(error, onretry) {
    fill(this.trouble, errorNotice({ message: messageOf(error), code: error?.code, requestId: error?.requestId, onretry }));
  }
}
