import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Page, failureOf, plain, settle } from '../testing/page.mjs';
import { FAILURE, OK, SUCCESS, TOKEN, WIFI, YDRZ, aliyunSDK, open, started } from '../testing/sdks.mjs';
import { SCRIPT, STYLE, aliyun, chinaMobile, quickApp } from '../testing/sessions.mjs';

describe('The end of a call', () => {
  it('rejects the promise and ends the SDK, whose error callback has no effect', async () => {
    const { page, ydrz, promise } = await started({ explain: () => assert.fail('no report') });
    page.client.end();
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'cancelled');
    assert.equal(failure.advice, 'none');
    assert.deepEqual(ydrz.names, ['getTokenInfo', 'endGetToken']);
  });

  it('is possible while the script loads', async () => {
    const page = new Page({ serve: (url) => (url === SCRIPT ? null : true) });
    const promise = failureOf(page.client.login({ session: chinaMobile() }));
    await settle();
    page.client.end();
    assert.equal((await promise).reason, 'cancelled');
  });

  it('starts no SDK whose script was loaded afterwards', async () => {
    const ydrz = new YDRZ();
    const page = open(ydrz);
    const promise = failureOf(page.client.login({ session: chinaMobile() }));
    page.client.end();
    assert.equal((await promise).reason, 'cancelled');
    await settle();
    assert.deepEqual(ydrz.names, []);
  });

  it('allows the next call at once', async () => {
    const { page, ydrz } = await started();
    page.client.end();
    const second = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.success(SUCCESS);
    assert.equal((await second).token, SUCCESS.token);
  });

  it('removes the temporary element of a pop-up', async () => {
    const { page } = await started({}, chinaMobile({ type: '2' }));
    page.client.end();
    assert.deepEqual(page.body.children, []);
  });

  it('is allowed for an SDK without endGetToken', async () => {
    const page = new Page();
    page.window.YDRZAuthLogin = { getTokenInfo: () => {} };
    const promise = failureOf(page.client.login({ session: chinaMobile() }));
    await settle();
    page.client.end();
    assert.equal((await promise).reason, 'cancelled');
  });

  it('has no effect without a call', () => {
    new Page().client.end();
  });

  it('is the only way to start another call before the first one is settled', async () => {
    const { page } = await started();
    assert.equal((await failureOf(page.client.login({ session: chinaMobile() }))).reason, 'busy');
  });
});

describe('A report of the SDK', () => {
  it('is sent to the address of the backend, whose failure is returned', async () => {
    const { page, ydrz, promise } = await started({ explain: '/api/failures' });
    page.respond = () => ({ ok: true, json: async () => ({ failure: FAILURE }) });
    ydrz.request.error(WIFI);
    const failure = await failureOf(promise);
    assert.equal(failure.name, 'NumgateError');
    assert.ok(failure instanceof page.client.NumgateError);
    assert.equal(failure.message, FAILURE.title);
    for (const member of ['reason', 'advice', 'title', 'titleZh']) assert.equal(failure[member], FAILURE[member]);
    assert.deepEqual(plain(failure.report), WIFI);
    assert.equal(page.fetched[0].url, '/api/failures');
    assert.equal(page.fetched[0].method, 'POST');
    assert.deepEqual(JSON.parse(page.fetched[0].body), { session: 'session-of-china-mobile', report: WIFI });
  });

  it('is passed to a function of the page', async () => {
    const bodies = [];
    const { ydrz, promise } = await started({ explain: async (body) => { bodies.push(plain(body)); return FAILURE; } });
    ydrz.request.error(WIFI);
    assert.equal((await failureOf(promise)).reason, 'cellular-required');
    assert.deepEqual(bodies, [{ session: 'session-of-china-mobile', report: WIFI }]);
  });

  for (const [name, respond] of [
    ['answers with an error', () => ({ ok: false })],
    ['cannot be reached', () => { throw new TypeError('Failed to fetch'); }],
    ['answers without a reason', () => ({ ok: true, json: async () => ({}) })],
    ['answers with HTML', () => ({ ok: true, json: async () => JSON.parse('<html>') })],
  ]) {
    it(`is the failure itself if the backend ${name}`, async () => {
      const { page, ydrz, promise } = await started({ explain: '/api/failures' });
      page.respond = respond;
      ydrz.request.error(WIFI);
      const failure = await failureOf(promise);
      assert.equal(failure.reason, 'sdk-failed');
      assert.equal(failure.advice, 'use-sms');
      assert.deepEqual(plain(failure.report), WIFI);
    });
  }

  it('is the failure itself if the backend does not answer in five seconds', async () => {
    const { page, ydrz, promise } = await started({ explain: () => new Promise(() => {}) });
    ydrz.request.error(WIFI);
    await settle();
    await page.advance(5000);
    assert.equal((await failureOf(promise)).reason, 'sdk-failed');
  });

  it('is not lost if the error callback has no argument', async () => {
    const { ydrz, promise } = await started();
    ydrz.request.error();
    assert.deepEqual(plain((await failureOf(promise)).report), {});
  });
});

describe('Progress', () => {
  it('is reported as loading, authorising and done', async () => {
    const states = [];
    const { ydrz, promise } = await started({ onProgress: (state) => states.push(state) });
    ydrz.request.success(SUCCESS);
    await promise;
    assert.deepEqual(states, ['loading', 'authorising', 'done']);
  });

  it('has no influence on the result if the function of the page fails', async () => {
    const { ydrz, promise } = await started({ onProgress: () => { throw new Error('page'); } });
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
  });
});

describe('Inputs', () => {
  it('are the values of the result that the session names', async () => {
    const session = chinaMobile();
    session.client.inputs = ['accessToken', 'operator', 'processId'];
    const { ydrz, promise } = await started({}, session);
    ydrz.request.success({ ...SUCCESS, accessToken: 'a+/=%3D', operator: 'CMCC', processId: null, other: 'x' });
    assert.deepEqual(plain((await promise).inputs), { accessToken: 'a+/=%3D', operator: 'CMCC' });
  });

  it('are absent if the result has none of them', async () => {
    const session = chinaMobile();
    session.client.inputs = ['gyuid'];
    const { ydrz, promise } = await started({}, session);
    ydrz.request.success(SUCCESS);
    assert.equal('inputs' in (await promise), false);
  });
});

describe('Two SDKs on one page', () => {
  it('are used one after the other', async () => {
    const ydrz = new YDRZ();
    const page = open(ydrz);
    page.window.PhoneNumberServer = aliyunSDK({ checkLoginAvailable: OK, getLoginToken: TOKEN }, []);
    const first = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.error(WIFI);
    assert.equal((await failureOf(first)).reason, 'sdk-failed');
    assert.equal((await page.client.login({ session: aliyun() })).token, 'sp+token/==');
    const third = page.client.login({ session: chinaMobile() });
    await settle();
    ydrz.request.success(SUCCESS);
    assert.equal((await third).session, 'session-of-china-mobile');
    assert.deepEqual(page.loaded, [STYLE, SCRIPT]);
  });

  it('are not mixed by a late callback of the first', async () => {
    const ydrz = new YDRZ();
    const page = open(ydrz);
    let check;
    const sdk = aliyunSDK({ checkLoginAvailable: (request) => { check = request; }, getLoginToken: TOKEN }, []);
    const first = failureOf(page.client.login({ session: chinaMobile(), timeout: 1000 }));
    await settle();
    await page.advance(1000);
    await first;
    const second = page.client.login({ session: aliyun(), sdk });
    await settle();
    ydrz.request.success(SUCCESS);
    check.success({ code: 600000 });
    assert.equal((await second).session, 'session-of-aliyun');
  });
});

describe('The network type', () => {
  it('is unknown if the SDK cannot be loaded or is not supported', async () => {
    const page = new Page({ serve: () => false });
    assert.equal(await page.client.network({ session: chinaMobile() }), 'unknown');
    assert.equal(await page.client.network({ session: quickApp() }), 'unknown');
  });
});
