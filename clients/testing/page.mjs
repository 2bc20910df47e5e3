// A small imitation of a browser page for the tests of clients/h5: elements, script loading, fetch and a clock.

import fs from 'node:fs';
import vm from 'node:vm';

const CLIENT = new URL('../h5/numgate.js', import.meta.url);

export const source = fs.readFileSync(CLIENT, 'utf8');

/** Lets all pending promises continue. */
export async function settle() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

class Element {
  constructor(name) {
    this.name = name;
    this.children = [];
    this.parent = null;
  }

  appendChild(child) {
    child.parent = this;
    this.children.push(child);
    if (this.onappend) this.onappend(child);
    return child;
  }

  remove() {
    if (!this.parent) return;
    this.parent.children = this.parent.children.filter((each) => each !== this);
    this.parent = null;
  }
}

/**
 * `serve(url, window)` runs when the page loads a script: it defines the globals of an SDK. It returns false for a
 * script that cannot be loaded, and null for a response that does not arrive.
 */
export class Page {
  constructor({ serve = () => {}, nonce } = {}) {
    this.loaded = [];
    this.fetched = [];
    this.respond = () => ({ ok: false });
    this.now = 0;
    this.timers = new Map();
    this.head = new Element('head');
    this.body = new Element('body');
    this.head.onappend = (element) => {
      const url = element.src || element.href;
      this.loaded.push(url);
      const result = serve(url, this.window);
      if (result === null) return;
      queueMicrotask(() => (result === false ? element.onerror() : element.onload()));
    };
    const find = (element, id) => element.id === id ? element
      : element.children.map((each) => find(each, id)).find(Boolean) || null;
    const document = {
      head: this.head,
      body: this.body,
      currentScript: { nonce },
      createElement: (name) => new Element(name),
      getElementById: (id) => find(this.body, id),
    };
    this.window = {
      document,
      console: { error: () => {} },
      location: { origin: 'https://shop.example.com' },
      setTimeout: (run, milliseconds) => {
        const id = this.timers.size + 1;
        this.timers.set(id, { run, at: this.now + milliseconds });
        return id;
      },
      clearTimeout: (id) => { if (this.timers.has(id)) this.timers.get(id).run = null; },
      fetch: async (url, request) => {
        this.fetched.push({ url, ...request });
        return this.respond(url, request);
      },
    };
    this.window.self = this.window;
    vm.runInContext(source, vm.createContext(this.window), { filename: CLIENT.pathname });
    this.client = this.window.Numgate;
  }

  addElement(id) {
    const element = new Element('div');
    element.id = id;
    return this.body.appendChild(element);
  }

  get elements() { return this.head.children; }

  /** Timers that have not run and are not cancelled. */
  get pendingTimers() { return [...this.timers.values()].filter((timer) => timer.run).length; }

  async advance(milliseconds) {
    this.now += milliseconds;
    for (const timer of this.timers.values()) {
      if (!timer.run || timer.at > this.now) continue;
      const { run } = timer;
      timer.run = null;
      run();
    }
    await settle();
  }
}

/** The failure of a promise; an error if the promise is resolved. */
export async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  throw new Error('The promise was resolved.');
}

/** Objects of the page's context without their prototypes, for comparisons. */
export const plain = (value) => JSON.parse(JSON.stringify(value));
