// Sessions as the gateway returns them (docs/api.md), one for each SDK.

export const SCRIPT = 'https://www.cmpassport.com/h5/js/jssdk_auth/jssdk-1.0.0.min.js';
export const STYLE = 'https://www.cmpassport.com/h5/js/jssdk_auth/css/ydrz-layer.css';

const PAGES = {
  0: undefined,
  1: undefined,
  2: { type: '2', function: 'CustomControlsInit', element: 'ydrzCustomControls', options: { layerStyle: { height: '240px' } } },
  3: { type: '3', function: 'authPageInit', options: { bgColor: '#FFFFFF' } },
};

export function chinaMobile({ type = '1', mask = true } = {}) {
  const authPage = PAGES[type] && JSON.parse(JSON.stringify(PAGES[type]));
  if (type === '2' && mask) authPage.options.maskStyle = { ifShowMask: true };
  return {
    session: 'session-of-china-mobile',
    provider: 'china-mobile-h5',
    client: {
      sdk: { scripts: [SCRIPT], styles: [STYLE], global: 'YDRZAuthLogin', entry: 'getTokenInfo' },
      parameters: {
        version: '2.0', appId: '300000000001', sign: '2900671AC22EDE989A420030017971D0',
        traceId: '55fb495856eb433337740b0e83882059', timestamp: '20261121123257343', openType: '1', expandParams: '',
        authPageType: type,
      },
      ...(authPage && { authPage }),
      tokenLifeSeconds: 120,
    },
  };
}

export function aliyun() {
  return {
    session: 'session-of-aliyun',
    provider: 'aliyun',
    client: {
      sdk: { scripts: [], styles: [], package: 'aliyun_numberauthsdk_web', global: 'PhoneNumberServer', entry: 'checkAuthAvailable' },
      parameters: { accessToken: 'access/token+==', jwtToken: 'header.body.signature' },
      tokenLifeSeconds: 120,
    },
  };
}

export function jiGuang() {
  return {
    session: 'session-of-jiguang',
    provider: 'jiguang',
    client: {
      sdk: { scripts: [], styles: [], package: 'JVerification Web SDK' },
      parameters: { appkey: 'sandbox00000000000000001' },
      tokenLifeSeconds: 120,
    },
  };
}

export function quickApp() {
  return {
    session: 'session-of-quick-app',
    provider: 'china-mobile-quick-app',
    client: {
      sdk: {
        scripts: ['https://www.cmpassport.com/NumberAbility/jssdkVlm_Quick/jssdk.min.js'], styles: [], global: 'jssdk',
        entry: 'getTokenInfo',
      },
      parameters: { appId: '300000000003', openType: '1', expandParams: '', isTest: '' },
      tokenLifeSeconds: 60,
    },
  };
}

export function weChat() {
  return {
    session: 'session-of-wechat',
    provider: 'china-mobile-wechat',
    client: {
      sdk: {
        scripts: ['https://www.cmpassport.com/h5/js/jssdkAuth_MiniProg/jssdk.js'], styles: [], global: 'YDRZ',
        entry: 'getTokenInfo',
      },
      parameters: {
        version: '2.0', appId: '300000000002', sign: 'CED34F94165C3BA9B026F887D81422E8',
        traceId: '90a2826169593abeaaabd38067bfe21c', timestamp: '20261121123257344', openType: '1', expandParams: '',
        isTest: '', wxappid: 'wx00000000000000aa',
      },
      tokenLifeSeconds: 120,
    },
  };
}
