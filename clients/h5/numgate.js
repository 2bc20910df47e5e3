/*!
 * Numgate for H5 pages: one call for the SDK of every vendor.
 * SPDX-License-Identifier: Apache-2.0
 */
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = make(root);
  else root.Numgate = make(root);
})(typeof self === 'object' ? self : this, function (root) {
  'use strict';

  // The longest time for one script or stylesheet, and for the SDK itself. A user on the SDK's authorisation page takes
  // time to read and to type, so the second limit is generous.
  var LOAD_TIMEOUT = 10000;
  var SDK_TIMEOUT = 120000;

  /** A login or verification that gave no token. `reason` and `advice` are those of Numgate's API. */
  class NumgateError extends Error {
    constructor(failure, report) {
      super(failure.title || failure.reason);
      this.name = 'NumgateError';
      Object.assign(this, failure);
      this.report = report;
    }
  }

  var TITLES = {
    'sdk-unavailable': ['The SDK could not be loaded.', '认证组件加载失败。', 'use-sms'],
    'sdk-timeout': ['The SDK did not respond.', '认证组件没有响应。', 'retry'],
    'sdk-failed': ['The SDK reported a failure.', '认证失败。', 'use-sms'],
    cancelled: ['The user closed the authorisation page.', '用户取消了授权。', 'use-sms'],
    'session-invalid': ['The session is not valid.', '会话无效。', 'new-session'],
    busy: ['Another call is in progress.', '正在认证，请稍候。', 'retry'],
  };

  function failure(reason, report) {
    var texts = TITLES[reason];
    return new NumgateError({ reason: reason, advice: texts[2], title: texts[0], titleZh: texts[1] }, report);
  }

  // MARK: Loading

  /** URL -> promise. A failed load is forgotten, so that the next attempt loads again. */
  var loads = new Map();

  function load(url, nonce, isStyle) {
    if (!loads.has(url)) {
      var promise = new Promise(function (resolve, reject) {
        var element = document.createElement(isStyle ? 'link' : 'script');
        var timer = setTimeout(end, LOAD_TIMEOUT, reject);
        function end(settle) {
          clearTimeout(timer);
          if (settle === reject) element.remove();
          settle(settle === reject ? failure('sdk-unavailable', { url: url }) : undefined);
        }
        element.onload = function () { end(resolve); };
        element.onerror = function () { end(reject); };
        if (nonce) element.nonce = nonce;
        if (isStyle) {
          element.rel = 'stylesheet';
          element.href = url;
        } else {
          element.async = false;
          element.src = url;
        }
        document.head.appendChild(element);
      });
      promise.catch(function () { loads.delete(url); });
      loads.set(url, promise);
    }
    return loads.get(url);
  }

  async function loadSDK(sdk, nonce) {
    var name = sdk.global;
    // Stylesheets only change the appearance: a page without them still works.
    (sdk.styles || []).forEach(function (url) { load(url, nonce, true).catch(function () {}); });
    if (name && root[name]) return root[name];
    for (var url of sdk.scripts || []) await load(url, nonce, false);
    if (!name || !root[name]) throw failure('sdk-unavailable', { global: name });
    return root[name];
  }

  // MARK: SDKs

  function show(sdk, page) {
    if (!page) return;
    if (page.element) sdk[page.function](page.element, page.options);
    else sdk[page.function](page.options);
  }

  function callback(start) {
    return new Promise(function (resolve, reject) {
      start({ success: resolve, error: function (report) { reject(failure('sdk-failed', report)); } });
    });
  }

  /** By the name of the SDK's global: how to get its success object, and what to send to the backend. */
  var SDKS = {
    YDRZAuthLogin: {
      run: function (sdk, client) {
        show(sdk, client.authPage);
        return callback(function (on) {
          sdk[client.sdk.entry](Object.assign({ data: client.parameters }, on));
        });
      },
      read: function (result) {
        return { token: result.token, userInformation: result.userInformation };
      },
      end: function (sdk) { if (sdk.endGetToken) sdk.endGetToken(); },
      network: function (sdk, client) { return sdk.getConnection(client.parameters.appId).netType; },
    },
    PhoneNumberServer: {
      run: async function (SDK, client, options) {
        var server = new SDK();
        var p = client.parameters;
        await callback(function (on) {
          server.checkAuthAvailable(Object.assign(
            { phoneNumber: options.phoneNumber, accessToken: p.accessToken, jwtToken: p.jwtToken }, on));
        });
        return callback(function (on) { server.getVerifyToken(on); });
      },
      read: function (result) { return { token: result.spToken }; },
    },
  };

  /** The SDK in use, its client data and the function that ends the wait; null between two calls. */
  var current = null;

  function withTimeout(promise, milliseconds, report) {
    return new Promise(function (resolve, reject) {
      var timer = setTimeout(function () { reject(failure('sdk-timeout', report)); }, milliseconds);
      current.cancel = function () { reject(failure('cancelled')); };
      promise.then(resolve, reject).then(function () { clearTimeout(timer); });
    });
  }

  /** Asks the team's backend what a failure of the SDK means (Numgate's `POST /v1/apps/{app}/failures`). */
  async function explained(error, options) {
    if (!(error instanceof NumgateError)) {
      error = failure('sdk-failed', { message: String(error && error.message || error) });
    }
    if (!options.explain || error.reason !== 'sdk-failed') return error;
    try {
      var body = { session: options.session.session, report: error.report };
      var answer;
      if (typeof options.explain === 'function') {
        answer = await options.explain(body);
      } else {
        var response = await fetch(options.explain, {
          method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
        });
        answer = response.ok ? await response.json() : null;
      }
      var found = answer && (answer.failure || answer);
      return found && found.reason ? new NumgateError(found, error.report) : error;
    } catch (ignored) {
      return error;
    }
  }

  async function run(operation, options) {
    var session = options && options.session;
    var client = session && session.client;
    var driver = client && client.sdk && SDKS[client.sdk.global];
    if (!session || !session.session || !driver) throw failure('session-invalid');
    if (current) throw failure('busy');
    var progress = options.onProgress || function () {};
    current = { driver: driver, client: client, sdk: null, cancel: function () {} };
    try {
      progress('loading');
      var sdk = current.sdk = await loadSDK(client.sdk, options.nonce);
      progress('authorising');
      var result = await withTimeout(
        Promise.resolve(driver.run(sdk, client, options)), options.timeout || SDK_TIMEOUT, { operation: operation });
      var read = driver.read(result || {});
      if (typeof read.token !== 'string' || !read.token) throw failure('sdk-failed', result || {});
      progress('done');
      return Object.assign({ session: session.session }, read);
    } catch (error) {
      throw await explained(error, options);
    } finally {
      current = null;
    }
  }

  return {
    NumgateError: NumgateError,

    login: function (options) { return run('login', options); },

    verify: function (options) { return run('verify', options); },

    /** 'cellular', 'wifi' or 'unknown', as the session's SDK reports it. */
    cellular: async function (options) {
      var client = options.session.client;
      var driver = SDKS[client.sdk.global];
      if (!driver || !driver.network) return 'unknown';
      return driver.network(await loadSDK(client.sdk, options.nonce), client) || 'unknown';
    },

    /** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
    end: function () {
      if (!current) return;
      if (current.sdk && current.driver.end) current.driver.end(current.sdk);
      current.cancel();
    },
  };
});
