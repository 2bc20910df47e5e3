// A fresh instance of a client that is a CommonJS module, and a clock for its timers.

import { createRequire } from 'node:module';
import { mock } from 'node:test';

import { settle } from './page.mjs';

const require = createRequire(import.meta.url);

export function load(path) {
  const file = require.resolve(path);
  delete require.cache[file];
  return require(file);
}

/** For beforeEach and afterEach of a suite. */
export const clock = {
  start: () => mock.timers.enable({ apis: ['setTimeout'] }),
  stop: () => mock.timers.reset(),
  advance: async (milliseconds) => {
    mock.timers.tick(milliseconds);
    await settle();
  },
};
