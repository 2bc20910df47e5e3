import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { clock, load } from '../testing/modules.mjs';
import { failureOf, settle } from '../testing/page.mjs';
import { quickApp } from '../testing/sessions.mjs';

const SUCCESS = { code: '000000', message: 'token获取成功', token: 'VMHTTPS998A2F37', userInformation: 'cXVpY2s%3D%3d' };
const FAILURE = { reason: 'app-unknown', advice: 'fix-configuration', title: 'The app is unknown.', titleZh: '应用不存在。' };

/** China Mobile's jssdk for quick apps (quick-app document, chapter 3). */
class JSSDK {
  constructor() {
    this.calls = [];
  }

  getImgSrc(data) {
    this.calls.push(['getImgSrc', data]);
    return 'http://carrier.example/getMobile';
  }

  getSign(...values) {
    this.calls.push(['getSign', ...values]);
    return `${values[0]}0.73205342017218050120261128030000123uuid${values[1]}`;
  }

  getTokenInfo(request) {
    this.calls.push(['getTokenInfo', request.data]);
    this.request = request;
  }

  get names() { return this.calls.map((each) => each[0]); }
}

async function started(options = {}) {
  const client = load('../quick-app/numgate.js');
  const sdk = new JSSDK();
  const images = [];
  const signs = [];
  const promise = client.verify({
    sdk,
    session: quickApp(),
    image: (url) => images.push(url),
    sign: async (body) => { signs.push(body); return { sign: 'signature==' }; },
    ...options,
  });
  promise.catch(() => {});
  await settle();
  return { client, sdk, images, signs, promise };
}

async function acquired(options) {
  const run = await started(options);
  run.client.imageLoaded();
  await settle();
  return run;
}

beforeEach(clock.start);
afterEach(clock.stop);

describe('A verification in a quick app', () => {
  it('shows the image, has preSign signed by the backend, and gets the token', async () => {
    const { client, sdk, images, signs, promise } = await started({ phoneNumber: '13800000000' });
    const { parameters } = quickApp().client;
    assert.deepEqual(images, ['http://carrier.example/getMobile']);
    assert.deepEqual(sdk.names, ['getImgSrc']);
    client.imageLoaded();
    await settle();
    assert.deepEqual(signs, [{ session: 'session-of-quick-app', preSign: sdk.getSign('300000000003', '1.2') }]);
    assert.deepEqual(sdk.calls[0], ['getImgSrc', parameters]);
    assert.deepEqual(sdk.calls[1], ['getSign', '300000000003', '1.2']);
    assert.deepEqual(sdk.calls[2], ['getTokenInfo', { ...parameters, sign: 'signature==' }]);
    sdk.request.success(SUCCESS);
    assert.deepEqual(await promise, {
      session: 'session-of-quick-app', token: SUCCESS.token, userInformation: 'cXVpY2s%3D%3d', phoneNumber: '13800000000',
    });
  });

  it('passes the version of the options to getSign', async () => {
    const { sdk } = await acquired({ version: '1.0' });
    assert.deepEqual(sdk.calls[1], ['getSign', '300000000003', '1.0']);
  });

  it('passes the version of the session to getSign only', async () => {
    const session = quickApp();
    const { parameters } = quickApp().client;
    session.client.parameters.version = '1.1';
    const { sdk } = await acquired({ session });
    assert.deepEqual(sdk.calls[0], ['getImgSrc', parameters]);
    assert.deepEqual(sdk.calls[1], ['getSign', '300000000003', '1.1']);
    assert.deepEqual(sdk.calls[2], ['getTokenInfo', { ...parameters, sign: 'signature==' }]);
    const { sdk: other } = await acquired({ session, version: '1.0' });
    assert.deepEqual(other.calls[1], ['getSign', '300000000003', '1.0']);
  });

  it('accepts a signature that is a text', async () => {
    const { sdk } = await acquired({ sign: () => 'text==' });
    assert.equal(sdk.calls[2][1].sign, 'text==');
  });

  it('fails if the image cannot be loaded', async () => {
    const { client, sdk, promise } = await started();
    client.imageFailed();
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'number-not-acquired');
    assert.equal(failure.advice, 'use-sms');
    assert.deepEqual(sdk.names, ['getImgSrc']);
  });

  it('signs once if the image reports its completion twice', async () => {
    const { client, signs } = await acquired();
    client.imageLoaded();
    client.imageFailed();
    await settle();
    assert.equal(signs.length, 1);
  });

  for (const [name, sign] of [
    ['no signature', () => ({})], ['nothing', () => undefined],
  ]) {
    it(`fails if the backend returns ${name}`, async () => {
      const { sdk, promise } = await acquired({ sign });
      assert.equal((await failureOf(promise)).reason, 'sign-failed');
      assert.deepEqual(sdk.names, ['getImgSrc', 'getSign']);
    });
  }

  for (const [name, sign] of [
    ['is rejected', async () => { throw new Error('network'); }], ['throws', () => { throw new Error('network'); }],
  ]) {
    it(`fails with the cause if the call of the backend ${name}`, async () => {
      const { promise } = await acquired({ sign });
      const failure = await failureOf(promise);
      assert.equal(failure.reason, 'sign-failed');
      assert.equal(failure.cause.message, 'network');
    });
  }

  for (const [name, sign] of [['returns', async () => FAILURE], ['throws', async () => { throw FAILURE; }]]) {
    it(`fails with the failure that the call of the backend ${name}`, async () => {
      const { promise } = await acquired({ sign });
      const failure = await failureOf(promise);
      assert.equal(failure.name, 'NumgateError');
      assert.equal(failure.reason, 'app-unknown');
      assert.equal(failure.advice, 'fix-configuration');
    });
  }

  for (const [name, result] of [['an empty token', { ...SUCCESS, token: '' }], ['no token', { code: '000000' }], ['no result', undefined]]) {
    it(`fails with ${name} in the success callback`, async () => {
      const { sdk, promise } = await acquired();
      sdk.request.success(result);
      assert.equal((await failureOf(promise)).reason, 'sdk-failed');
    });
  }

  it('has no effect with a second callback', async () => {
    const { sdk, promise } = await acquired();
    sdk.request.success(SUCCESS);
    sdk.request.success({ ...SUCCESS, token: 'second' });
    sdk.request.error({ code: '999999' });
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('asks the backend for the meaning of a report', async () => {
    const bodies = [];
    const { sdk, promise } = await acquired({ explain: async (body) => { bodies.push(body); return { failure: FAILURE }; } });
    sdk.request.error({ code: '110028', message: 'appId 不存在' });
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'app-unknown');
    assert.equal(failure.advice, 'fix-configuration');
    assert.deepEqual(bodies, [{ session: 'session-of-quick-app', report: { code: '110028', message: 'appId 不存在' } }]);
  });

  for (const [name, explain] of [
    ['fails', () => { throw new Error('network'); }], ['answers without a reason', async () => ({})],
  ]) {
    it(`keeps its own failure if the backend ${name}`, async () => {
      const { sdk, promise } = await acquired({ explain });
      sdk.request.error({ code: '999999' });
      assert.equal((await failureOf(promise)).reason, 'sdk-failed');
    });
  }

  it('keeps its own failure if the backend does not answer in five seconds', async () => {
    const { sdk, promise } = await acquired({ explain: () => new Promise(() => {}) });
    sdk.request.error({ code: '999999' });
    await settle();
    await clock.advance(5000);
    assert.equal((await failureOf(promise)).reason, 'sdk-failed');
  });

  it('fails after a time-out, and late callbacks have no effect on the next call', async () => {
    const { client, sdk, promise } = await acquired({ timeout: 1000 });
    const late = sdk.request;
    await clock.advance(1000);
    assert.equal((await failureOf(promise)).reason, 'sdk-timeout');
    const second = client.verify({ sdk, session: quickApp(), image: () => {}, sign: () => 's' });
    await settle();
    client.imageLoaded();
    await settle();
    late.success({ ...SUCCESS, token: 'late' });
    sdk.request.success(SUCCESS);
    assert.equal((await second).token, SUCCESS.token);
  });

  it('requests no token if the signature arrives after the time-out', async () => {
    let finish;
    const { sdk, promise } = await acquired({ timeout: 1000, sign: () => new Promise((resolve) => { finish = resolve; }) });
    await clock.advance(1000);
    await failureOf(promise);
    finish('late==');
    await settle();
    assert.deepEqual(sdk.names, ['getImgSrc', 'getSign']);
  });

  it('is ended by the page', async () => {
    const { client, promise } = await started();
    client.end();
    assert.equal((await failureOf(promise)).reason, 'cancelled');
    client.end();
    client.imageLoaded();
  });

  it('is refused during another one and without a session', async () => {
    const { client } = await started();
    assert.equal((await failureOf(client.verify({ session: quickApp() }))).reason, 'busy');
    assert.equal((await failureOf(client.verify({}))).reason, 'session-invalid');
    assert.equal((await failureOf(client.verify())).reason, 'session-invalid');
  });
});
