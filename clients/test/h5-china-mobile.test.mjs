import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Page, failureOf, plain, settle } from '../testing/page.mjs';
import { SUCCESS, WIFI, YDRZ, open, started } from '../testing/sdks.mjs';
import { chinaMobile } from '../testing/sessions.mjs';

describe('YDRZAuthLogin', () => {
  it('gets the parameters unchanged and its token and userInformation are returned byte for byte', async () => {
    const session = chinaMobile();
    const { ydrz, promise } = await started({}, session);
    assert.equal(ydrz.request.data, session.client.parameters);
    ydrz.request.success(SUCCESS);
    assert.deepEqual(plain(await promise), {
      session: 'session-of-china-mobile', token: SUCCESS.token, userInformation: 'aW51eC%3D%3d%40',
    });
  });

  for (const [type, name] of [['0', 'the standard page'], ['1', 'the standard pop-up']]) {
    it(`gets no options for ${name}`, async () => {
      const { ydrz } = await started({}, chinaMobile({ type }));
      assert.deepEqual(ydrz.names, ['getTokenInfo']);
    });
  }

  it('gets the options of a custom page before getTokenInfo', async () => {
    const { ydrz } = await started({}, chinaMobile({ type: '3' }));
    assert.deepEqual(ydrz.names, ['authPageInit', 'getTokenInfo']);
    assert.deepEqual(plain(ydrz.calls[0].slice(1)), [{ bgColor: '#FFFFFF' }]);
  });

  it('gets element and options of a custom pop-up with a mask', async () => {
    const session = chinaMobile({ type: '2' });
    const { page, ydrz, promise } = await started({}, session);
    assert.deepEqual(ydrz.names, ['CustomControlsInit', 'getTokenInfo']);
    assert.deepEqual(ydrz.calls[0].slice(1), ['ydrzCustomControls', session.client.authPage.options]);
    assert.equal(page.client.submit(), false);
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('gets a temporary element for the pop-up if the page has none', async () => {
    const { page, ydrz, promise } = await started({}, chinaMobile({ type: '2' }));
    assert.deepEqual(page.body.children.map((each) => each.id), ['ydrzCustomControls']);
    ydrz.request.success(SUCCESS);
    await promise;
    assert.deepEqual(page.body.children, []);
  });

  it('keeps the element of the page', async () => {
    const ydrz = new YDRZ();
    const page = open(ydrz);
    const element = page.addElement('ydrzCustomControls');
    const promise = page.client.login({ session: chinaMobile({ type: '2' }) });
    await settle();
    ydrz.request.success(SUCCESS);
    await promise;
    assert.deepEqual(page.body.children, [element]);
  });

  it('has a time-out that includes the authorisation page', async () => {
    const { page, ydrz, promise } = await started();
    await page.advance(119999);
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
    assert.equal(page.pendingTimers, 0);
  });

  it('is ended after a time-out, so that the next call is not dropped', async () => {
    const { page, ydrz, promise } = await started({ timeout: 3000 });
    await page.advance(3000);
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'sdk-timeout');
    assert.equal(failure.advice, 'new-session');
    assert.deepEqual(ydrz.names, ['getTokenInfo', 'endGetToken']);
  });

  it('has no effect with a callback after the time-out', async () => {
    const { page, ydrz, promise } = await started({ timeout: 3000 });
    const late = ydrz.request;
    await page.advance(3000);
    await failureOf(promise);
    const second = page.client.login({ session: chinaMobile() });
    await settle();
    late.success({ ...SUCCESS, token: 'late' });
    ydrz.request.success(SUCCESS);
    assert.equal((await second).token, SUCCESS.token);
  });

  it('has no effect with a second callback', async () => {
    const { ydrz, promise } = await started();
    ydrz.request.success(SUCCESS);
    ydrz.request.success({ ...SUCCESS, token: 'second' });
    ydrz.request.error(WIFI);
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('has no effect with a success after an error', async () => {
    const { ydrz, promise } = await started();
    ydrz.request.error(WIFI);
    ydrz.request.success(SUCCESS);
    assert.equal((await failureOf(promise)).reason, 'sdk-failed');
  });

  for (const [name, result] of [['an empty token', { ...SUCCESS, token: '' }], ['no token', { code: '103000' }], ['no result', undefined]]) {
    it(`fails with ${name}`, async () => {
      const { ydrz, promise } = await started();
      ydrz.request.success(result);
      assert.equal((await failureOf(promise)).reason, 'sdk-failed');
    });
  }

  it('fails with an exception of the SDK, which is the cause', async () => {
    const page = new Page();
    page.window.YDRZAuthLogin = { getTokenInfo: () => { throw new TypeError('CryptoJS is not defined'); } };
    const failure = await failureOf(page.client.login({ session: chinaMobile(), explain: '/api/failures' }));
    assert.equal(failure.reason, 'sdk-failed');
    assert.equal(failure.cause.message, 'CryptoJS is not defined');
    assert.deepEqual(page.fetched, []);
  });

  it('reports the network type', async () => {
    const ydrz = new YDRZ();
    const page = open(ydrz);
    for (const [reported, expected] of [['cellular', 'cellular'], ['wifi', 'wifi'], ['unknown', 'unknown'], [undefined, 'unknown']]) {
      ydrz.network = reported;
      assert.equal(await page.client.network({ session: chinaMobile() }), expected);
    }
  });
});

describe('A custom pop-up without a mask', () => {
  const session = () => chinaMobile({ type: '2', mask: false });

  it('waits for the button of the page, then gets the token with authGetTokenByLayer', async () => {
    const states = [];
    const { page, ydrz, promise } = await started({ onProgress: (state) => states.push(state) }, session());
    ydrz.sdk.authGetTokenByLayer = (success) => { ydrz.calls.push(['authGetTokenByLayer']); success(SUCCESS); };
    ydrz.request.success({ code: '103000', maskPhone: '138****0000' });
    await settle();
    assert.deepEqual(states, ['loading', 'authorising', 'input']);
    assert.equal(page.client.submit(), true);
    assert.equal((await promise).userInformation, SUCCESS.userInformation);
    assert.deepEqual(ydrz.names, ['CustomControlsInit', 'getTokenInfo', 'authGetTokenByLayer']);
    assert.equal(states.at(-1), 'done');
  });

  it('also supports authGetTokenByLayer with an object of callbacks', async () => {
    const { page, ydrz, promise } = await started({}, session());
    ydrz.sdk.authGetTokenByLayer = (request) => request.success(SUCCESS);
    page.client.submit();
    assert.equal((await promise).token, SUCCESS.token);
  });

  for (const [name, report] of [['two functions', (success, error) => error({ code: '104012' })], ['an object', (request) => request.error({ code: '104012' })]]) {
    it(`fails with the report of authGetTokenByLayer that is called with ${name}`, async () => {
      const { page, ydrz, promise } = await started({}, session());
      ydrz.sdk.authGetTokenByLayer = report;
      page.client.submit();
      assert.deepEqual(plain((await failureOf(promise)).report), { code: '104012' });
    });
  }

  it('sends the number once if the button is pressed twice', async () => {
    const { page, ydrz, promise } = await started({}, session());
    ydrz.sdk.authGetTokenByLayer = (success) => { ydrz.calls.push(['authGetTokenByLayer']); ydrz.done = success; };
    assert.equal(page.client.submit(), true);
    assert.equal(page.client.submit(), false);
    ydrz.done(SUCCESS);
    await promise;
    assert.equal(ydrz.names.filter((each) => each === 'authGetTokenByLayer').length, 1);
  });

  it('calls the function that the session names, and no other', async () => {
    const named = session();
    named.client.authPage.submitFunction = 'tokenOfLayer';
    const { page, ydrz, promise } = await started({}, named);
    ydrz.sdk.tokenOfLayer = (success) => success(SUCCESS);
    page.client.submit();
    assert.equal((await promise).token, SUCCESS.token);
  });

  for (const code of ['507', 508]) {
    it(`continues after an incomplete entry (${code})`, async () => {
      const states = [];
      const { page, ydrz, promise } = await started({ onProgress: (state) => states.push(state) }, session());
      ydrz.sdk.authGetTokenByLayer = (success, error) => error({ code });
      ydrz.request.success({ code: '103000' });
      await settle();
      assert.equal(page.client.submit(), true);
      await settle();
      assert.deepEqual(states, ['loading', 'authorising', 'input', 'input']);
      ydrz.sdk.authGetTokenByLayer = (success) => success(SUCCESS);
      assert.equal(page.client.submit(), true);
      assert.equal((await promise).token, SUCCESS.token);
    });
  }

  it('fails if the user closes the pop-up', async () => {
    const { page, ydrz, promise } = await started({}, session());
    ydrz.request.success({ code: '103000' });
    await settle();
    ydrz.request.error({ code: '501' });
    assert.deepEqual(plain((await failureOf(promise)).report), { code: '501' });
    assert.equal(page.client.submit(), false);
  });

  it('returns the token of getTokenInfo if the SDK has its own button', async () => {
    const { ydrz, promise } = await started({}, session());
    ydrz.request.success(SUCCESS);
    assert.equal((await promise).token, SUCCESS.token);
  });

  it('fails with the report of getTokenInfo', async () => {
    const { ydrz, promise } = await started({}, session());
    ydrz.request.error(WIFI);
    assert.deepEqual(plain((await failureOf(promise)).report), WIFI);
  });

  it('fails with an empty token of getTokenInfo', async () => {
    const { ydrz, promise } = await started({}, session());
    ydrz.request.success({ ...SUCCESS, token: '' });
    assert.equal((await failureOf(promise)).reason, 'sdk-failed');
  });

  it('fails if the SDK has no authGetTokenByLayer', async () => {
    const { page, promise } = await started({}, session());
    page.client.submit();
    const failure = await failureOf(promise);
    assert.equal(failure.reason, 'sdk-failed');
    assert.equal(failure.cause.name, 'TypeError');
  });
});
