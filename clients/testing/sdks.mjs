// The SDKs of the vendors for pages, imitated from their documents. They record the calls; the tests call back.

import { Page, plain, settle } from './page.mjs';
import { SCRIPT, chinaMobile } from './sessions.mjs';

export const SUCCESS = { code: '103000', message: 'token获取成功', token: 'H5HTTPS998A2F37', userInformation: 'aW51eC%3D%3d%40' };
export const WIFI = {
  msgId: 'm', YDData: { code: '103111', message: 'WAP网关IP错误' }, CTData: { code: '', message: '' }, CUData: { code: '', message: '' },
};
export const FAILURE = { reason: 'cellular-required', advice: 'use-cellular', title: 'The phone is not on mobile data.', titleZh: '手机未使用移动数据网络。' };

/** China Mobile's SDK (H5 document). */
export class YDRZ {
  constructor() {
    this.calls = [];
    const record = (name) => (...values) => { this.calls.push([name, ...values]); };
    this.sdk = {
      getTokenInfo: (request) => { this.calls.push(['getTokenInfo', request.data]); this.request = request; },
      CustomControlsInit: record('CustomControlsInit'),
      authPageInit: record('authPageInit'),
      endGetToken: () => {
        this.calls.push(['endGetToken']);
        this.request.error({ msgId: 'm', code: '503', message: '获取token结束' });
      },
      getConnection: (appid) => ({ appid, msgid: 'm', netType: this.network }),
    };
  }

  get names() { return this.calls.map((each) => each[0]); }
}

export function open(ydrz, options = {}) {
  return new Page({ serve: (url, window) => { if (url === SCRIPT) window.YDRZAuthLogin = ydrz.sdk; }, ...options });
}

export async function started(options = {}, session = chinaMobile(), pageOptions = {}) {
  const ydrz = new YDRZ();
  const page = open(ydrz, pageOptions);
  const promise = page.client.login({ session, ...options });
  promise.catch(() => {});
  await settle();
  return { page, ydrz, promise };
}

/** Aliyun's SDK. `answers` has one function for each function of the SDK. */
export function aliyunSDK(answers, calls) {
  return class PhoneNumberServer {
    setLoggerEnable(isEnabled) { calls.push(['setLoggerEnable', isEnabled]); }
    getConnection() { return 'wifi'; }
    closeLoginPage() { calls.push(['closeLoginPage']); }
    checkAuthAvailable(request) { this.run('checkAuthAvailable', request); }
    getVerifyToken(request) { this.run('getVerifyToken', request); }
    checkLoginAvailable(request) { this.run('checkLoginAvailable', request); }
    getLoginToken(request) { this.run('getLoginToken', request); }

    run(name, request) {
      calls.push([name, plain(request)]);
      if (answers[name]) answers[name](request);
    }
  };
}

export const OK = (request) => request.success({ code: 600000, msg: 'ok', accessToken: 'a', jwtToken: 'j' });
export const TOKEN = (request) => request.success({ code: 600000, spToken: 'sp+token/==', content: '' });

/** JiGuang's SDK. */
export function jiGuangSDK(calls, answers = {}) {
  let isReady = false;
  const run = (name, fallback) => (request) => {
    calls.push([name, plain(request)]);
    (answers[name] || fallback)(request);
  };
  const token = (request) => request.success({ code: 0, message: 'success', operater: 'CM', content: 'jg/token+=' });
  return {
    init: run('init', (request) => { isReady = true; request.success({ code: 0, message: 'success' }); }),
    isInitSuccess: () => isReady,
    isCellular: () => true,
    loginAuth: run('loginAuth', token),
    getToken: run('getToken', token),
  };
}
