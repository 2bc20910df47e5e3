import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import vm from 'node:vm';

import { load } from '../testing/modules.mjs';
import { settle } from '../testing/page.mjs';
import { quickApp, weChat } from '../testing/sessions.mjs';

const FOLDER = new URL('..', import.meta.url);
const read = (path) => fs.readFileSync(new URL(path, FOLDER), 'utf8');

/** The backend of the examples: the answers by path, and the requests. */
function backend(session, answers) {
  const requests = [];
  return {
    requests,
    answer: (url, body) => {
      const path = new URL(url).pathname.replace('/api', '');
      requests.push([path, body]);
      return path === '/session' ? { code: 200, data: session } : answers[path];
    },
  };
}

function quickAppExample(sdk, server) {
  const numgate = load('../quick-app/numgate.js');
  const script = read('quick-app/example/verify/index.ux').match(/<script>([^]*)<\/script>/)[1]
    .replace(/^import .*$/gm, '').replace('export default', 'page =');
  const context = {
    page: null,
    jssdk: sdk,
    numgate,
    fetch: {
      fetch: ({ url, data, success }) => {
        const answer = server.answer(url, JSON.parse(data));
        setImmediate(() => success({ code: answer.code, data: JSON.stringify(answer.data) }));
      },
    },
  };
  vm.runInNewContext(script, context);
  return Object.assign(context.page, context.page.private);
}

function weChatExample(sdk, server) {
  const numgate = load('../wechat-mini-program/numgate.js');
  const pages = [];
  const opened = [];
  const context = (path) => ({
    console,
    decodeURIComponent,
    encodeURIComponent,
    setTimeout: (run) => run(),
    require: (name) => (name.endsWith('numgate.js') ? numgate : sdk),
    getCurrentPages: () => opened,
    wx: {
      request: ({ url, data, success }) => {
        const answer = server.answer(url, JSON.parse(JSON.stringify(data)));
        setImmediate(() => success({ statusCode: answer.code, data: answer.data }));
      },
      navigateTo: ({ url }) => {
        const page = pages.find((each) => url.startsWith(`/${each.route}?`));
        opened.push(page);
        page.onLoad({ url: url.split('?url=')[1] });
      },
      navigateBack: () => opened.pop().onUnload(),
    },
    Page: (page) => {
      page.route = path;
      page.setData = (data) => Object.assign(page.data, data);
      pages.push(page);
    },
  });
  for (const path of JSON.parse(read('wechat-mini-program/example/app.json')).pages) {
    vm.runInNewContext(read(`wechat-mini-program/example/${path}.js`), context(path));
  }
  opened.push(pages[0]);
  return { login: pages[0], auth: pages[1], opened };
}

describe('The example of a quick app', () => {
  const sdk = (finish) => ({
    getImgSrc: () => 'http://carrier.example/image',
    getSign: () => 'preSign',
    getTokenInfo: finish,
  });

  it('verifies the number with session, signature and token', async () => {
    const server = backend(quickApp(), {
      '/sign': { code: 200, data: { sign: 's==' } }, '/verify': { code: 200, data: { verdict: 'match' } },
    });
    const page = quickAppExample(sdk(({ success }) => success({ token: 't', userInformation: 'u%3D' })), server);
    page.changePhoneNumber({ value: '13800000000' });
    page.verify();
    await settle();
    assert.equal(page.imgSrc, 'http://carrier.example/image');
    page.completeImage();
    await settle();
    assert.equal(page.message, '验证通过');
    assert.equal(page.isRunning, false);
    assert.equal(page.imgSrc, '');
    assert.deepEqual(server.requests.map((each) => each[0]), ['/session', '/sign', '/verify']);
    assert.deepEqual(server.requests[2][1], {
      session: 'session-of-quick-app', token: 't', userInformation: 'u%3D', phoneNumber: '13800000000',
    });
  });

  it('offers SMS if the image fails', async () => {
    const page = quickAppExample(sdk(() => {}), backend(quickApp(), {}));
    page.verify();
    await settle();
    page.failImage();
    await settle();
    assert.equal(page.message, '运营商取号失败。请改用短信验证码。');
  });
});

describe('The example of a mini-program', () => {
  const address = 'https://auth.example/?a=1&b=2';
  const sdk = { getTokenInfo: ({ success }) => success({ authUrl: address }) };

  it('logs in with the message of the authorisation page', async () => {
    const server = backend(weChat(), { '/login': { code: 200, data: { masked: '138****0000' } } });
    const { login, auth, opened } = weChatExample(sdk, server);
    login.login();
    await settle();
    assert.equal(auth.data.url, address);
    auth.receive({ detail: { data: [{ code: '103000', token: 't', userInformation: 'u%40' }] } });
    await settle();
    assert.equal(login.data.message, '已登录：138****0000');
    assert.deepEqual(server.requests[1][1], { session: 'session-of-wechat', token: 't', userInformation: 'u%40' });
    assert.deepEqual(opened, [login]);
  });

  it('shows what the failure of the backend advises', async () => {
    const failure = { reason: 'cellular-required', advice: 'use-cellular', titleZh: '手机未使用移动数据网络。' };
    const server = backend(weChat(), { '/failures': { code: 200, data: { failure } } });
    const { login } = weChatExample({ getTokenInfo: ({ error }) => error({ YDData: { code: '103111' } }) }, server);
    login.login();
    await settle();
    assert.equal(login.data.message, '手机未使用移动数据网络。请关闭 Wi-Fi，使用手机流量后重试。');
    assert.equal(login.data.isRunning, false);
  });
});
