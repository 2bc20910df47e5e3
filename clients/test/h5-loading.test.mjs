import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import zlib from 'node:zlib';

import { Page, failureOf, plain, settle, source } from '../testing/page.mjs';
import { SUCCESS, YDRZ, started } from '../testing/sdks.mjs';
import { SCRIPT, STYLE, chinaMobile, quickApp } from '../testing/sessions.mjs';

describe('The H5 client', () => {
  it('has at most 8 kB after gzip', () => {
    assert.ok(zlib.gzipSync(source, { level: 9 }).length <= 8192);
  });

  it('uses no syntax after ES2017', () => {
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    for (const syntax of [/\?\./, /\?\?/, /catch \{/, /\.finally\(/, /\{ \.\.\./, /for await/]) assert.doesNotMatch(code, syntax);
  });
});

describe('A session that cannot be used', () => {
  for (const [name, session] of [['is missing', undefined], ['has no client', { session: 's' }], ['has no text', { client: { sdk: {} } }]]) {
    it(`is invalid if it ${name}`, async () => {
      const failure = await failureOf(new Page().client.login({ session }));
      assert.equal(failure.reason, 'session-invalid');
      assert.equal(failure.advice, 'new-session');
    });
  }

  it('is invalid if the options are missing', async () => {
    assert.equal((await failureOf(new Page().client.login())).reason, 'session-invalid');
  });

  it('is unsupported if it belongs to a quick app, whose SDK needs the quick app platform', async () => {
    const page = new Page();
    const failure = await failureOf(page.client.verify({ session: quickApp() }));
    assert.equal(failure.reason, 'sdk-unsupported');
    assert.equal(failure.advice, 'use-sms');
    assert.deepEqual(page.loaded, []);
  });
});

describe('Loading', () => {
  it('loads stylesheet and script of the session once for two calls', async () => {
    const { page, ydrz, promise } = await started();
    ydrz.request.success(SUCCESS);
    await promise;
    const second = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.success(SUCCESS);
    await second;
    assert.deepEqual(page.loaded, [STYLE, SCRIPT]);
  });

  it('loads the scripts of the page before those of the session, each after the one before', async () => {
    const order = [];
    const page = new Page({
      serve: (url, window) => {
        order.push(url);
        if (url === SCRIPT) window.YDRZAuthLogin = new YDRZ().sdk;
      },
    });
    page.client.login({ session: chinaMobile(), scripts: ['/crypto-js.js'] }).catch(() => {});
    await settle();
    assert.deepEqual(order, [STYLE, '/crypto-js.js', SCRIPT]);
  });

  it('uses an SDK that the page has already loaded', async () => {
    const ydrz = new YDRZ();
    const page = new Page();
    page.window.YDRZAuthLogin = ydrz.sdk;
    page.client.login({ session: chinaMobile() }).catch(() => {});
    await settle();
    assert.deepEqual(page.loaded, [STYLE]);
    assert.deepEqual(ydrz.names, ['getTokenInfo']);
  });

  it('continues without a stylesheet that cannot be loaded', async () => {
    const ydrz = new YDRZ();
    const page = new Page({
      serve: (url, window) => {
        if (url === STYLE) return false;
        window.YDRZAuthLogin = ydrz.sdk;
        return true;
      },
    });
    const promise = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('sets the nonce of its own element on scripts and stylesheets', async () => {
    const { page } = await started({}, chinaMobile(), { nonce: 'bm9uY2U' });
    assert.deepEqual(page.elements.map((each) => each.nonce), ['bm9uY2U', 'bm9uY2U']);
  });

  it('prefers the nonce of the options', async () => {
    const { page } = await started({ nonce: 'b3RoZXI' }, chinaMobile(), { nonce: 'bm9uY2U' });
    assert.deepEqual(page.elements.map((each) => each.nonce), ['b3RoZXI', 'b3RoZXI']);
  });

  it('sets no nonce on a page without one', async () => {
    const { page } = await started();
    assert.deepEqual(page.elements.map((each) => each.nonce), [undefined, undefined]);
  });

  it('fails if the script cannot be loaded, and loads it again in the next attempt', async () => {
    const ydrz = new YDRZ();
    let isBlocked = true;
    const page = new Page({
      serve: (url, window) => {
        if (url !== SCRIPT) return true;
        if (isBlocked) return false;
        window.YDRZAuthLogin = ydrz.sdk;
        return true;
      },
    });
    const failure = await failureOf(page.client.login({ session: chinaMobile() }));
    assert.equal(failure.reason, 'sdk-unavailable');
    assert.deepEqual(plain(failure.report), { url: SCRIPT });
    assert.deepEqual(page.elements.map((each) => each.href), [STYLE]);
    isBlocked = false;
    const promise = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
    assert.deepEqual(page.loaded, [STYLE, SCRIPT, SCRIPT]);
  });

  it('fails if the response of the script does not arrive in ten seconds', async () => {
    const page = new Page({ serve: (url) => (url === SCRIPT ? null : true) });
    const promise = failureOf(page.client.login({ session: chinaMobile() }));
    await settle();
    await page.advance(10000);
    assert.equal((await promise).reason, 'sdk-unavailable');
  });

  it('loads a script again that did not define the SDK', async () => {
    const ydrz = new YDRZ();
    let isPortal = true;
    const page = new Page({
      serve: (url, window) => { if (url === SCRIPT && !isPortal) window.YDRZAuthLogin = ydrz.sdk; },
    });
    const failure = await failureOf(page.client.login({ session: chinaMobile() }));
    assert.equal(failure.reason, 'sdk-unavailable');
    assert.deepEqual(plain(failure.report), { global: 'YDRZAuthLogin' });
    isPortal = false;
    page.client.login({ session: chinaMobile() }).catch(() => {});
    await settle();
    assert.deepEqual(ydrz.names, ['getTokenInfo']);
  });
});
