import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Page, failureOf, plain, settle } from '../testing/page.mjs';
import { OK, TOKEN, aliyunSDK, jiGuangSDK } from '../testing/sdks.mjs';
import { aliyun, jiGuang } from '../testing/sessions.mjs';

describe('PhoneNumberServer', () => {
  it('verifies: checkAuthAvailable with the tokens of the session, then getVerifyToken', async () => {
    const calls = [];
    const page = new Page();
    page.window.PhoneNumberServer = aliyunSDK({ checkAuthAvailable: OK, getVerifyToken: TOKEN }, calls);
    const body = await page.client.verify({ session: aliyun(), phoneNumber: '13800000000' });
    assert.deepEqual(plain(body), { session: 'session-of-aliyun', token: 'sp+token/==', phoneNumber: '13800000000' });
    assert.deepEqual(calls, [
      ['checkAuthAvailable', { ...aliyun().client.parameters, phoneNumber: '13800000000' }], ['getVerifyToken', {}],
    ]);
  });

  it('logs in: checkLoginAvailable, then getLoginToken with the options of the page', async () => {
    const calls = [];
    const page = new Page();
    page.window.PhoneNumberServer = aliyunSDK({ checkLoginAvailable: OK, getLoginToken: TOKEN }, calls);
    const authPageOption = { btnText: '立即登录' };
    const body = await page.client.login({ session: aliyun(), sdkOptions: { authPageOption } });
    assert.deepEqual(plain(body), { session: 'session-of-aliyun', token: 'sp+token/==' });
    assert.deepEqual(calls, [['checkLoginAvailable', aliyun().client.parameters], ['getLoginToken', { authPageOption }]]);
  });

  it('is imported from the package and passed as an option', async () => {
    const page = new Page();
    const sdk = aliyunSDK({ checkAuthAvailable: OK, getVerifyToken: TOKEN }, []);
    assert.equal((await page.client.verify({ session: aliyun(), sdk })).token, 'sp+token/==');
    assert.deepEqual(page.loaded, []);
  });

  it('is loaded from the address of the page', async () => {
    const page = new Page({
      serve: (url, window) => { window.PhoneNumberServer = aliyunSDK({ checkAuthAvailable: OK, getVerifyToken: TOKEN }, []); },
    });
    await page.client.verify({ session: aliyun(), scripts: ['/numberAuth-web-sdk.js'] });
    assert.deepEqual(page.loaded, ['/numberAuth-web-sdk.js']);
  });

  it('is unavailable if the page does not load it', async () => {
    assert.equal((await failureOf(new Page().client.verify({ session: aliyun() }))).reason, 'sdk-unavailable');
  });

  it('logs to the console only with the option debug', async () => {
    for (const [debug, expected] of [[true, [['setLoggerEnable', true]]], [false, []], [undefined, []]]) {
      const calls = [];
      const sdk = aliyunSDK({ checkAuthAvailable: OK, getVerifyToken: TOKEN }, calls);
      await new Page().client.verify({ session: aliyun(), sdk, debug });
      assert.deepEqual(calls.filter((each) => each[0] === 'setLoggerEnable'), expected);
    }
  });

  it('does not get a token after a failed check', async () => {
    const calls = [];
    const report = { code: 600025, message: '接入方身份信息校验失败' };
    const sdk = aliyunSDK({ checkAuthAvailable: (request) => request.error(report) }, calls);
    const failure = await failureOf(new Page().client.verify({ session: aliyun(), sdk }));
    assert.deepEqual(plain(failure.report), report);
    assert.deepEqual(calls.map((each) => each[0]), ['checkAuthAvailable']);
  });

  for (const name of ['checkAuthAvailable', 'getVerifyToken']) {
    it(`fails if the success callback of ${name} has another code`, async () => {
      const answers = { checkAuthAvailable: OK, getVerifyToken: TOKEN };
      answers[name] = (request) => request.success({ code: '600015', spToken: 'x' });
      const failure = await failureOf(new Page().client.verify({ session: aliyun(), sdk: aliyunSDK(answers, []) }));
      assert.equal(failure.report.code, '600015');
    });
  }

  it('fails with an empty token', async () => {
    const answers = { checkAuthAvailable: OK, getVerifyToken: (request) => request.success({ code: 600000, spToken: '' }) };
    const failure = await failureOf(new Page().client.verify({ session: aliyun(), sdk: aliyunSDK(answers, []) }));
    assert.equal(failure.reason, 'sdk-failed');
  });

  it('does not get a token if the check succeeds after the time-out', async () => {
    const calls = [];
    let late;
    const page = new Page();
    const sdk = aliyunSDK({ checkLoginAvailable: (request) => { late = request; } }, calls);
    const promise = failureOf(page.client.login({ session: aliyun(), sdk, timeout: 1000 }));
    await settle();
    await page.advance(1000);
    assert.equal((await promise).reason, 'sdk-timeout');
    late.success({ code: 600000 });
    await settle();
    assert.deepEqual(calls.map((each) => each[0]), ['checkLoginAvailable', 'closeLoginPage']);
  });

  it('closes its authorisation page when the page ends the call', async () => {
    const calls = [];
    const page = new Page();
    const promise = failureOf(page.client.login({ session: aliyun(), sdk: aliyunSDK({ checkLoginAvailable: OK }, calls) }));
    await settle();
    page.client.end();
    assert.equal((await promise).reason, 'cancelled');
    assert.deepEqual(calls.map((each) => each[0]), ['checkLoginAvailable', 'getLoginToken', 'closeLoginPage']);
  });

  it('reports the network type', async () => {
    assert.equal(await new Page().client.network({ session: aliyun(), sdk: aliyunSDK({}, []) }), 'wifi');
  });
});

describe('JVerificationInterface', () => {
  it('is chosen by the provider if the session has no name of the global', async () => {
    const calls = [];
    const page = new Page();
    page.window.JVerificationInterface = jiGuangSDK(calls);
    const body = await page.client.login({ session: jiGuang(), sdkOptions: { type: 'dialog', operater: 'CM' } });
    assert.deepEqual(plain(body), { session: 'session-of-jiguang', token: 'jg/token+=', carrier: 'YD' });
    assert.deepEqual(calls, [
      ['init', { appkey: 'sandbox00000000000000001', debugMode: false, domainName: 'https://shop.example.com' }],
      ['loginAuth', { type: 'dialog', operater: 'CM' }],
    ]);
  });

  it('verifies with getToken and is initialised once for an appkey', async () => {
    const calls = [];
    const page = new Page();
    const sdk = jiGuangSDK(calls);
    await page.client.verify({ session: jiGuang(), sdk });
    const body = await page.client.verify({ session: jiGuang(), sdk, phoneNumber: '13800000000' });
    assert.equal(body.phoneNumber, '13800000000');
    assert.deepEqual(calls.map((each) => each[0]), ['init', 'getToken', 'getToken']);
    const other = jiGuang();
    other.client.parameters.appkey = 'another';
    await page.client.verify({ session: other, sdk });
    assert.equal(calls.filter((each) => each[0] === 'init').length, 2);
  });

  for (const name of ['init', 'getToken']) {
    it(`fails with the report of ${name}`, async () => {
      const report = { code: 2002, message: 'getToken faild', content: { CM: '500|取号失败' } };
      const sdk = jiGuangSDK([], { [name]: (request) => request.fail(report) });
      const failure = await failureOf(new Page().client.verify({ session: jiGuang(), sdk }));
      assert.deepEqual(plain(failure.report), report);
    });
  }

  it('fails if the success callback has another code than 0', async () => {
    const sdk = jiGuangSDK([], { getToken: (request) => request.success({ code: 2003, content: 'x' }) });
    assert.equal((await failureOf(new Page().client.verify({ session: jiGuang(), sdk }))).report.code, 2003);
  });

  it('reports the network type', async () => {
    assert.equal(await new Page().client.network({ session: jiGuang(), sdk: jiGuangSDK([]) }), 'cellular');
  });
});
