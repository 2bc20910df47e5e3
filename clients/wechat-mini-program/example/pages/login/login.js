const numgate = require('../../numgate.js');
// China Mobile's SDK, saved in the mini-program: client.sdk.scripts of a session is its address. It needs aes.js.
const YDRZ = require('../../vendor/jssdk.js');

const BACKEND = 'https://shop.example.com/api';
const AUTH_PAGE = 'pages/auth/auth';

const HINTS = {
  'use-cellular': '请关闭 Wi-Fi，使用手机流量后重试。',
  'new-session': '请再试一次。',
  'ask-again': '请核对手机号后重试。',
  'retry-later': '请稍后重试。',
};

function post(path, data) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: BACKEND + path,
      method: 'POST',
      data,
      success: (response) => {
        if (response.statusCode === 200) resolve(response.data);
        else reject(response.data);
      },
      fail: reject,
    });
  });
}

function isAuthPageOpen() {
  const pages = getCurrentPages();
  return pages[pages.length - 1].route === AUTH_PAGE;
}

Page({
  data: { message: '', isRunning: false },

  login() {
    this.setData({ isRunning: true, message: '正在打开认证…' });
    post('/session', {})
      .then((session) => numgate.login({
        sdk: YDRZ,
        session,
        show: (url) => wx.navigateTo({ url: `/${AUTH_PAGE}?url=${encodeURIComponent(url)}` }),
        // After a message the page usually closes itself.
        hide: () => setTimeout(() => { if (isAuthPageOpen()) wx.navigateBack(); }, 300),
        explain: (body) => post('/failures', body),
      }))
      .then((body) => post('/login', body))
      .then((user) => this.setData({ message: `已登录：${user.masked}` }))
      .catch((failure) => {
        const hint = HINTS[failure.advice] || '请改用短信验证码登录。';
        this.setData({ message: `${failure.titleZh || ''}${hint}` });
      })
      .then(() => this.setData({ isRunning: false }));
  },
});
