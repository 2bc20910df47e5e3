/*
 * The sandbox's stand-in for China Mobile's jssdk for one-click login (H5 document, chapter 3): the global, the functions,
 * the authorisation page and the callbacks that the document defines. The phone is the one chosen at GET /sandbox.
 */
(function () {
  'use strict';
  var sandbox = new URL(document.currentScript.src).origin;
  var options = null;
  var layer = null;
  var ended = null;

  function call(method, path, body) {
    return fetch(sandbox + path, {
      method: method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    }).then(function (response) { return response.json(); });
  }

  // All three branches, as the SDK reports a failed acquisition.
  function acquisition(carrier, code, message) {
    var report = { msgId: '' };
    ['YD', 'CT', 'CU'].forEach(function (name) {
      report[name + 'Data'] = name === carrier ? { code: code, message: message } : { code: '', message: '' };
    });
    return report;
  }

  function element(name, style, text, attributes) {
    var made = document.createElement(name);
    Object.assign(made.style, style || {});
    if (text) made.textContent = text;
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  /** The authorisation page. Resolves with the number as the user completed it; null if the user closed the page. */
  function authorise(phone, type) {
    var asked = (options || {});
    var isLayer = type === '1' || type === '2';
    var box = asked.layerStyle || {};
    var page = element('div', {
      position: 'fixed', left: 0, right: 0, bottom: 0, top: isLayer ? 'auto' : 0, zIndex: 9999,
      background: (isLayer ? box.bgColor : asked.bgColor) || '#fff', borderRadius: isLayer ? box.borderRadius || '16px 16px 0 0' : 0,
      font: '16px/1.5 system-ui, sans-serif', color: '#333', padding: '20px 24px 32px', boxSizing: 'border-box', textAlign: 'center',
      boxShadow: isLayer ? '0 0 0 100vmax rgba(0,0,0,.45)' : 'none', minHeight: isLayer ? box.height || '240px' : '',
    }, '', { role: 'dialog', 'aria-modal': 'true', 'aria-label': '本机号码登录', 'data-numgate-sandbox': 'auth-page' });
    return new Promise(function (resolve) {
      ended = function () { resolve(undefined); };
      var close = element('button', {
        position: 'absolute', left: '12px', top: '12px', width: '44px', height: '44px', border: 0, background: 'none', fontSize: '24px', color: '#444',
      }, '×', { 'aria-label': '关闭', type: 'button', id: 'numgate-sandbox-close' });
      close.onclick = function () { resolve(null); };
      var title = element('h2', { fontSize: '18px', fontWeight: 500, margin: isLayer ? '4px 0 16px' : '4px 0 20vh' },
        (asked.titleStyle || {}).name || '本机号码登录');
      var row = element('div', { fontSize: '28px', letterSpacing: '2px', display: 'flex', justifyContent: 'center', alignItems: 'center', gap: '6px' });
      var input = element('input', { width: '92px', font: 'inherit', letterSpacing: '2px', textAlign: 'center', border: 0, borderBottom: '2px solid #1767b5', padding: '4px 0' }, '', {
        inputmode: 'numeric', maxlength: '4', 'aria-label': '补全手机号中间四位', id: 'numgate-sandbox-digits', autocomplete: 'off',
      });
      row.append(element('span', {}, phone.phoneNumber.slice(0, 3)), input, element('span', {}, phone.phoneNumber.slice(7)));
      var tip = element('p', { fontSize: '13px', color: '#666', margin: '8px 0 20px' }, '请补全号码中间四位');
      var submit = element('button', {
        display: 'block', width: '100%', height: '48px', border: 0, borderRadius: '24px', font: 'inherit',
        background: (asked.submitBtnStyle || {}).bgColor || '#1767b5', color: (asked.submitBtnStyle || {}).fontColor || '#fff',
      }, (asked.submitBtnStyle || {}).name || '一键登录', { type: 'button', id: 'numgate-sandbox-submit' });
      var agree = element('label', { display: 'block', fontSize: '13px', color: '#555', marginTop: '16px' });
      var checked = element('input', { verticalAlign: 'middle', width: '20px', height: '20px' }, '', { type: 'checkbox', id: 'numgate-sandbox-agree' });
      agree.append(checked, ' 我已阅读并同意《中国移动认证服务条款》');
      submit.onclick = function () {
        if (!checked.checked) tip.textContent = '请先同意服务条款';
        else if (!/^\d{4}$/.test(input.value)) tip.textContent = '请输入中间四位数字';
        else resolve(phone.phoneNumber.slice(0, 3) + input.value + phone.phoneNumber.slice(7));
      };
      page.append(close, title, row, tip, submit, agree);
      (document.getElementById(layer || '') || document.body).appendChild(page);
      input.focus();
    }).finally(function () {
      ended = null;
      page.remove();
    });
  }

  async function token(data, page) {
    var phone = await call('GET', '/sandbox/phone');
    var carrier = phone.carrier || 'YD';
    if (phone.script === 'silent') return new Promise(function () {});
    if (phone.network !== 'cellular') throw acquisition(carrier, '103111', 'WAP网关IP错误');
    var typed = await authorise(phone, String(data.authPageType));
    if (typed === undefined) throw { msgId: data.traceId || '', code: '503', message: '获取token结束' };
    if (typed === null) throw { msgId: data.traceId || '', code: '501', message: '用户取消授权' };
    var answer = await call('POST', '/sandbox/tokens', {
      provider: 'china-mobile-h5', appId: data.appId, phoneNumber: phone.phoneNumber, operation: 'login', channel: 'h5',
      carrier: carrier, parameters: data, pageUrl: page, typedNumber: typed,
    });
    if (answer.error) throw answer.error;
    if (answer.message && !answer.token) throw acquisition(carrier, '103211', answer.message);
    return { result: { code: answer.code, message: answer.message, token: answer.token, userInformation: answer.userInformation }, phone: phone };
  }

  window.YDRZAuthLogin = {
    getTokenInfo: function (request) {
      token(request.data || {}, location.href.split(/[?#]/)[0]).then(function (done) {
        if (done.phone.script === 'empty-token') done.result.token = '';
        request.success(done.result);
        if (done.phone.script === 'twice') request.success(done.result);
      }, function (report) {
        request.error(report instanceof Error ? acquisition('YD', '500', '网络异常，请检查网络设置') : report);
      });
    },
    getConnection: function (appid) { return { appid: appid, msgid: '', netType: 'unknown' }; },
    endGetToken: function () { if (ended) ended(); },
    authPageInit: function (given) { options = given; },
    CustomControlsInit: function (id, given) { layer = id; options = given; },
  };
})();
