import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { clock, load } from '../testing/modules.mjs';
import { failureOf, settle } from '../testing/page.mjs';
import { weChat } from '../testing/sessions.mjs';

const AUTH_URL = 'https://www.cmpassport.com/h5/onekeylogin/auth?x=1';
const SUCCESS = { code: '103000', message: 'token获取成功', token: 'H5HTTPS998A2F37', userInformation: 'devtools%40%408.0.5%40%40iOS%2010' };
const WIFI = { msgId: 'm', YDData: { code: '103111', message: 'WAP网关IP错误' } };
const FAILURE = { reason: 'cellular-required', advice: 'use-cellular', title: 'The phone is not on mobile data.', titleZh: '手机未使用移动数据网络。' };

/** China Mobile's SDK for mini-programs (mini-program document, chapter 3). */
class YDRZ {
  getTokenInfo(request) { this.request = request; }

  getConnection(request) {
    if (this.networkFails) request.error({ code: '500' });
    else request.success({ netType: this.netType });
  }
}

async function started(options = {}) {
  const client = load('../wechat-mini-program/numgate.js');
  const sdk = new YDRZ();
  const shown = [];
  const promise = client.login({
    sdk,
    session: weChat(),
    show: (url) => shown.push(url),
    hide: () => shown.push('hidden'),
    ...options,
  });
  promise.catch(() => {});
  await settle();
  return { client, sdk, shown, promise };
}

async function opened(options) {
  const run = await started(options);
  run.sdk.request.success({ authUrl: AUTH_URL });
  return run;
}

beforeEach(clock.start);
afterEach(clock.stop);

describe('A login in a mini-program', () => {
  it('shows the authorisation page in the web-view and returns its first message byte for byte', async () => {
    const { client, sdk, shown, promise } = await opened();
    assert.deepEqual(sdk.request.data, weChat().client.parameters);
    assert.deepEqual(shown, [AUTH_URL]);
    client.message({ detail: { data: [SUCCESS, { code: 'other' }] } });
    assert.deepEqual(await promise, {
      session: 'session-of-wechat', token: SUCCESS.token, userInformation: 'devtools%40%408.0.5%40%40iOS%2010',
    });
    assert.deepEqual(shown, [AUTH_URL, 'hidden']);
  });

  it('accepts a message that is a JSON text', async () => {
    const { client, promise } = await opened();
    client.message({ detail: { data: [JSON.stringify(SUCCESS)] } });
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('accepts a token without an authorisation page', async () => {
    const { sdk, shown, promise } = await started();
    sdk.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
    assert.deepEqual(shown, []);
  });

  it('ignores messages without data and waits for the result', async () => {
    const { client, promise } = await opened();
    for (const event of [undefined, {}, { detail: {} }, { detail: { data: [] } }]) client.message(event);
    client.message({ detail: { data: [SUCCESS] } });
    assert.equal((await promise).token, SUCCESS.token);
  });

  for (const [name, result] of [
    ['the user cancels', { msgId: 'm', code: '501', message: '用户取消授权' }], ['the token is empty', { ...SUCCESS, token: '' }],
  ]) {
    it(`fails with the message if ${name}`, async () => {
      const { client, promise } = await opened();
      client.message({ detail: { data: [result] } });
      const failure = await failureOf(promise);
      assert.equal(failure.reason, 'sdk-failed');
      assert.deepEqual(failure.report, result);
    });
  }

  it('fails with the text of a message that is not JSON', async () => {
    const { client, promise } = await opened();
    client.message({ detail: { data: ['timeout'] } });
    assert.deepEqual((await failureOf(promise)).report, { message: 'timeout' });
  });

  it('fails with the report of the SDK, explained by the backend', async () => {
    const bodies = [];
    const { sdk, shown, promise } = await started({ explain: async (body) => { bodies.push(body); return { failure: FAILURE }; } });
    sdk.request.error(WIFI);
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'cellular-required');
    assert.deepEqual(failure.report, WIFI);
    assert.deepEqual(bodies, [{ session: 'session-of-wechat', report: WIFI }]);
    assert.deepEqual(shown, []);
  });

  it('keeps its own failure if the backend fails or does not answer in five seconds', async () => {
    for (const explain of [() => { throw new Error('network'); }, () => new Promise(() => {})]) {
      const { sdk, promise } = await started({ explain });
      sdk.request.error(WIFI);
      await settle();
      await clock.advance(5000);
      assert.equal((await failureOf(promise)).reason, 'sdk-failed');
    }
  });

  it('fails if the SDK returns neither address nor token', async () => {
    const { sdk, promise } = await started();
    sdk.request.success({ code: '103000' });
    assert.equal((await failureOf(promise)).reason, 'sdk-failed');
  });

  it('fails with an exception of the SDK, which is the cause', async () => {
    const { promise } = await started({ sdk: {} });
    assert.equal((await failureOf(promise)).cause.name, 'TypeError');
  });

  it('shows the page once for two callbacks of the SDK', async () => {
    const { sdk, shown } = await opened();
    sdk.request.success({ authUrl: 'https://other.example' });
    sdk.request.error(WIFI);
    await settle();
    assert.deepEqual(shown, [AUTH_URL]);
  });

  it('is a cancellation of the user if the web-view is closed without a message', async () => {
    const { client, promise } = await opened();
    client.closed();
    await clock.advance(1000);
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'user-cancelled');
    assert.equal(failure.advice, 'use-sms');
  });

  it('accepts a message that arrives after the web-view is closed', async () => {
    const { client, promise } = await opened();
    client.closed();
    await clock.advance(500);
    client.message({ detail: { data: [SUCCESS] } });
    await clock.advance(1000);
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('does not end the next call when the web-view of the first is closed', async () => {
    const { client, sdk, promise } = await opened();
    client.closed();
    client.message({ detail: { data: [SUCCESS] } });
    await promise;
    const second = client.login({ sdk, session: weChat(), show: () => {} });
    sdk.request.success({ authUrl: AUTH_URL });
    await clock.advance(1000);
    client.message({ detail: { data: [SUCCESS] } });
    assert.equal((await second).token, SUCCESS.token);
  });

  it('hides the page after a time-out, and a late message has no effect on the next call', async () => {
    const { client, sdk, shown, promise } = await opened({ timeout: 1000 });
    await clock.advance(1000);
    assert.equal((await failureOf(promise)).reason, 'sdk-timeout');
    assert.deepEqual(shown, [AUTH_URL, 'hidden']);
    const second = client.login({ sdk, session: weChat(), show: () => {} });
    client.message({ detail: { data: [{ ...SUCCESS, token: 'late' }] } });
    sdk.request.success({ authUrl: AUTH_URL });
    client.message({ detail: { data: [SUCCESS] } });
    assert.equal((await second).token, SUCCESS.token);
  });

  it('shows no page if the SDK answers after the time-out', async () => {
    const { sdk, shown, promise } = await started({ timeout: 1000 });
    await clock.advance(1000);
    await failureOf(promise);
    sdk.request.success({ authUrl: AUTH_URL });
    assert.deepEqual(shown, []);
  });

  it('is ended by the page', async () => {
    const { client, shown, promise } = await opened();
    client.end();
    client.end();
    assert.equal((await failureOf(promise)).reason, 'cancelled');
    assert.deepEqual(shown, [AUTH_URL, 'hidden']);
  });

  it('is refused during another one and without a session', async () => {
    const { client } = await started();
    assert.equal((await failureOf(client.login({ session: weChat() }))).reason, 'busy');
    assert.equal((await failureOf(client.login())).reason, 'session-invalid');
  });
});

describe('The network type in a mini-program', () => {
  it('is reported by the SDK', async () => {
    const client = load('../wechat-mini-program/numgate.js');
    const sdk = new YDRZ();
    for (const [reported, expected] of [['cellular', 'cellular'], ['wifi', 'wifi'], ['2g', 'unknown']]) {
      sdk.netType = reported;
      assert.equal(await client.network({ sdk, session: weChat() }), expected);
    }
  });

  it('is unknown if the SDK fails', async () => {
    const client = load('../wechat-mini-program/numgate.js');
    const sdk = new YDRZ();
    sdk.networkFails = true;
    assert.equal(await client.network({ sdk, session: weChat() }), 'unknown');
    assert.equal(await client.network({ sdk: {}, session: weChat() }), 'unknown');
  });
});
