// The declarations of each client have exactly the names that its module exports.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';

import { load } from '../testing/modules.mjs';

describe('types', () => {
  for (const client of ['h5', 'quick-app', 'wechat-mini-program']) {
    it(`of ${client} declare the exported functions and classes`, () => {
      const text = fs.readFileSync(new URL(`../${client}/numgate.d.ts`, import.meta.url), 'utf8');
      const declared = [...text.matchAll(/^export (?:function|class) (\w+)/gm)].map((match) => match[1]);
      assert.deepEqual(declared.sort(), Object.keys(load(`../${client}/numgate.js`)).sort());
    });
  }
});
