/*
 * Simulates China Mobile's jssdk for one-click login (H5 document, chapter 3). It has the global, functions,
 * authorisation page and callbacks that the document defines. `PUT /sandbox/phone` sets the phone.
 */
(function () {
  'use strict';
  var sandbox = new URL(document.currentScript.src).origin;
  var options = null;
  var layer = null;
  var ended = null;
  // Passes the user's entry in a pop-up without a mask to the callbacks of authGetTokenByLayer.
  var submit = null;

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

  /** Resolves as the page does, and with undefined if the page of the app ends the call. */
  function authorise(phone, type, embedded) {
    const page = window.numgateAuthPage(phone, type, options);
    const parent = document.getElementById(layer || '') || document.body;
    parent.append(...page.elements);
    page.focus();
    if (page.isEmbedded) embedded(page);
    return Promise.race([page.result, new Promise(function (resolve) { ended = resolve; })]).finally(function () {
      ended = submit = null;
      page.elements.forEach(function (each) { each.remove(); });
    });
  }

  async function token(data, page, embedded) {
    var phone = await call('GET', '/sandbox/phone');
    var carrier = phone.carrier || 'YD';
    if (phone.script === 'silent') return new Promise(function () {});
    if (phone.network !== 'cellular') throw acquisition(carrier, '103111', 'WAP网关IP错误');
    var typed = await authorise(phone, String(data.authPageType), embedded);
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
      var callbacks = request;
      // The document does not define the result of getTokenInfo before the entry, and defines no codes for an incomplete
      // one: 507 and 508 are from a public client.
      function embedded(page) {
        submit = function (given) {
          var code = page.enter();
          if (code) given.error({ msgId: '', code: code, message: code === '507' ? '用户未补齐4位号码' : '用户未勾选协议' });
          else callbacks = given;
        };
        request.success({ code: '103000', message: 'success' });
      }
      token(request.data || {}, location.href.split(/[?#]/)[0], embedded).then(function (done) {
        if (done.phone.script === 'empty-token') done.result.token = '';
        callbacks.success(done.result);
        if (done.phone.script === 'twice') callbacks.success(done.result);
      }, function (report) {
        callbacks.error(report instanceof Error ? acquisition('YD', '500', '网络异常，请检查网络设置') : report);
      });
    },
    /** One document passes two functions, another one an object. */
    authGetTokenByLayer: function (success, error) {
      var given = typeof success === 'function' ? { success: success, error: error } : success;
      if (submit) submit(given);
      else given.error({ msgId: '', code: '507', message: '用户未补齐4位号码' });
    },
    getConnection: function (appid) { return { appid: appid, msgid: '', netType: 'unknown' }; },
    endGetToken: function () { if (ended) ended(); },
    authPageInit: function (given) { options = given; },
    CustomControlsInit: function (id, given) { layer = id; options = given; },
  };
})();
