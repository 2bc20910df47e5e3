/*!
 * Numgate for H5 pages: one promise for the SDK of each vendor.
 * SPDX-License-Identifier: Apache-2.0
 */
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = make(root);
  else root.Numgate = make(root);
})(typeof self === 'object' ? self : this, function (root) {
  'use strict';

  var document = root.document;
  // The nonce of this script's element. `currentScript` is set only while the script runs.
  var ownNonce = document && document.currentScript && document.currentScript.nonce;

  // Milliseconds. The SDK's limit includes the time in which the user reads and completes the authorisation page.
  var LOAD_TIMEOUT = 10000;
  var SDK_TIMEOUT = 120000;
  var EXPLAIN_TIMEOUT = 5000;

  /** A login or verification without a token. `advice` has the values of Numgate's API. */
  class NumgateError extends Error {
    constructor(failure, report) {
      super(failure.title || failure.reason);
      Object.assign(this, failure);
      this.name = 'NumgateError';
      this.report = report;
    }
  }

  /** Failures that are detected on the page: advice and titles. */
  var FAILURES = {
    'sdk-unavailable': ['use-sms', 'The SDK could not be loaded.', '认证组件加载失败。'],
    'sdk-unsupported': ['use-sms', 'This client does not support the SDK of the session.', '当前客户端不支持该认证组件。'],
    'sdk-timeout': ['new-session', 'The SDK did not respond.', '认证组件没有响应。'],
    'sdk-failed': ['use-sms', 'The SDK reported a failure.', '认证失败。'],
    'session-invalid': ['new-session', 'The session is not valid.', '会话无效。'],
    cancelled: ['none', 'The page ended the call.', '页面已结束认证。'],
    busy: ['none', 'Another call is in progress.', '正在认证，请稍候。'],
  };

  function failure(reason, report) {
    var row = FAILURES[reason];
    return new NumgateError({ reason: reason, advice: row[0], title: row[1], titleZh: row[2] }, report);
  }

  function ignore() {}

  /** The same promise, rejected with the given failure after a time. */
  function limited(promise, milliseconds, reason, report) {
    return new Promise(function (resolve, reject) {
      var timer = setTimeout(function () { reject(failure(reason, report)); }, milliseconds);
      promise.then(resolve, reject).then(function () { clearTimeout(timer); });
    });
  }

  // MARK: Loading

  /** Loaded and loading URLs: element and promise. */
  var loads = new Map();

  /** Removes a URL, so that the next attempt loads it again. */
  function forget(url) {
    if (!loads.has(url)) return;
    loads.get(url).element.remove();
    loads.delete(url);
  }

  function load(url, nonce, isStyle) {
    if (loads.has(url)) return loads.get(url).promise;
    var element = document.createElement(isStyle ? 'link' : 'script');
    var loaded = new Promise(function (resolve, reject) {
      element.onload = function () { resolve(); };
      element.onerror = function () { reject(failure('sdk-unavailable', { url: url })); };
    });
    var promise = limited(loaded, LOAD_TIMEOUT, 'sdk-unavailable', { url: url });
    loads.set(url, { element: element, promise: promise });
    promise.catch(function () { forget(url); });
    if (nonce) element.nonce = nonce;
    if (isStyle) {
      element.rel = 'stylesheet';
      element.href = url;
    } else {
      element.async = false;
      element.src = url;
    }
    document.head.appendChild(element);
    return promise;
  }

  async function loadSDK(session, options) {
    if (options.sdk) return options.sdk;
    var name = globalName(session);
    var sdk = session.client.sdk;
    var nonce = options.nonce || ownNonce;
    // A page without the stylesheet still works.
    (sdk.styles || []).forEach(function (url) { load(url, nonce, true).catch(ignore); });
    if (!root[name]) {
      var scripts = (options.scripts || []).concat(sdk.scripts || []);
      for (var url of scripts) await load(url, nonce, false);
      if (!root[name]) {
        scripts.forEach(forget);
        throw failure('sdk-unavailable', { global: name });
      }
    }
    return root[name];
  }

  // MARK: SDKs

  /** Calls a function of an SDK. Its argument contains the callbacks; only the first call is used. */
  function call(sdk, name, request, errorName) {
    return new Promise(function (resolve, reject) {
      var callbacks = { success: resolve };
      callbacks[errorName || 'error'] = function (report) { reject(failure('sdk-failed', report || {})); };
      sdk[name](Object.assign({}, request, callbacks));
    });
  }

  /** For SDKs whose success callback also has a code. */
  function checked(result, code) {
    if (result && result.code !== undefined && String(result.code) !== code) throw failure('sdk-failed', result);
    return result;
  }

  function stopIfOver(attempt) {
    if (attempt.isOver) throw failure('cancelled');
  }

  /** Passes the options of the authorisation page to the SDK. */
  function prepare(sdk, attempt) {
    var page = attempt.client.authPage;
    if (!page) return;
    if (!page.element) {
      sdk[page.function](page.options);
      return;
    }
    if (!document.getElementById(page.element)) {
      attempt.host = document.createElement('div');
      attempt.host.id = page.element;
      document.body.appendChild(attempt.host);
    }
    sdk[page.function](page.element, page.options);
  }

  /**
   * The SDK's function that submits the user's entry; null if the pop-up has a button. A custom pop-up without a mask is
   * a part of the page, and the page has the button (H5 document, 3.5.1).
   */
  function submitFunction(page) {
    if (!page || !page.element) return null;
    if (page.submitFunction) return page.submitFunction;
    // Sessions of earlier versions of the gateway do not contain the name.
    var mask = (page.options || {}).maskStyle || {};
    return mask.ifShowMask === true || mask.ifShowMask === 'true' ? null : 'authGetTokenByLayer';
  }

  /** The user can complete the entry: a digit is missing, or the user has not agreed. */
  function isIncomplete(report) {
    return Boolean(report) && ['507', '508'].indexOf(String(report.code)) >= 0;
  }

  function tokenByLayer(sdk, name) {
    return new Promise(function (resolve, reject) {
      function success(result) { resolve(result); }
      function error(report) { reject(failure('sdk-failed', report || {})); }
      // One document passes an object with two callbacks, another one two functions. `success` is valid for both.
      success.success = success;
      success.error = error;
      sdk[name](success, error);
    });
  }

  /** The key of the JiGuang app that the SDK was initialised with. */
  var jiGuangKey = null;

  /** The supported SDKs by the name of their global. `start` resolves with the argument of the success callback. */
  var SDKS = {
    YDRZAuthLogin: {
      start: function (sdk, attempt) {
        prepare(sdk, attempt);
        var entry = attempt.client.sdk.entry || 'getTokenInfo';
        var request = { data: attempt.client.parameters };
        var name = submitFunction(attempt.client.authPage);
        if (!name) return call(sdk, entry, request);
        return new Promise(function (resolve, reject) {
          function submit() {
            attempt.submit = null;
            tokenByLayer(sdk, name).then(resolve, function (error) {
              if (!isIncomplete(error.report)) return reject(error);
              attempt.submit = submit;
              attempt.progress('input');
            });
          }
          attempt.submit = submit;
          // An error after the success is possible: the user closes the pop-up.
          sdk[entry](Object.assign(request, {
            success: function (result) {
              if (result && 'token' in result) resolve(result);
              else attempt.progress('input');
            },
            error: function (report) { reject(failure('sdk-failed', report || {})); },
          }));
        });
      },
      read: function (result) { return { token: result.token }; },
      end: function (sdk) { sdk.endGetToken(); },
      network: function (sdk, client) { return sdk.getConnection(client.parameters.appId).netType; },
    },

    PhoneNumberServer: {
      start: async function (SDK, attempt) {
        var server = attempt.server = new SDK();
        var options = attempt.options;
        var isLogin = attempt.operation === 'login';
        if (options.debug) server.setLoggerEnable(true);
        var request = Object.assign({}, attempt.client.parameters);
        if (options.phoneNumber && !isLogin) request.phoneNumber = options.phoneNumber;
        checked(await call(server, isLogin ? 'checkLoginAvailable' : 'checkAuthAvailable', request), '600000');
        stopIfOver(attempt);
        var result = await (isLogin
          ? call(server, 'getLoginToken', Object.assign({ authPageOption: {} }, options.sdkOptions))
          : call(server, 'getVerifyToken', options.sdkOptions));
        return checked(result, '600000');
      },
      read: function (result) { return { token: result.spToken }; },
      end: function (SDK, attempt) { attempt.server.closeLoginPage(); },
      network: function (SDK) { return new SDK().getConnection(); },
    },

    JVerificationInterface: {
      start: async function (sdk, attempt) {
        var key = attempt.client.parameters.appkey;
        if (jiGuangKey !== key || !sdk.isInitSuccess()) {
          var request = { appkey: key, debugMode: Boolean(attempt.options.debug), domainName: root.location.origin };
          checked(await call(sdk, 'init', request, 'fail'), '0');
          jiGuangKey = key;
          stopIfOver(attempt);
        }
        var name = attempt.operation === 'login' ? 'loginAuth' : 'getToken';
        return checked(await call(sdk, name, attempt.options.sdkOptions, 'fail'), '0');
      },
      read: function (result) {
        return { token: result.content, carrier: { CM: 'YD', CT: 'CT', CU: 'CU' }[result.operater] };
      },
      network: function (sdk) { return sdk.isCellular() ? 'cellular' : 'unknown'; },
    },
  };

  /** Sessions of earlier versions of the gateway do not contain the name. */
  var GLOBALS = { jiguang: 'JVerificationInterface' };

  function globalName(session) {
    return session.client.sdk.global || GLOBALS[session.provider];
  }

  // MARK: Calls

  /** The call in progress; null between two calls. */
  var current = null;

  /** Ends an attempt: callbacks of the SDK have no effect any more, and the next attempt can start. */
  function finish(attempt, isStopped) {
    if (attempt.isOver) return;
    attempt.isOver = true;
    current = null;
    if (isStopped && attempt.sdk) {
      try {
        attempt.driver.end(attempt.sdk, attempt);
      } catch (error) {
        // Not every version of an SDK has this function.
      }
    }
    if (attempt.host) attempt.host.remove();
  }

  async function token(attempt) {
    var options = attempt.options;
    attempt.progress('loading');
    var sdk = await loadSDK(options.session, options);
    stopIfOver(attempt);
    attempt.sdk = sdk;
    attempt.progress('authorising');
    var started = Promise.resolve(attempt.driver.start(sdk, attempt));
    var result = await limited(started, options.timeout || SDK_TIMEOUT, 'sdk-timeout');
    return output(attempt, result || {});
  }

  /** The body for the backend. All values are those of the SDK, unchanged. */
  function output(attempt, result) {
    var read = attempt.driver.read(result);
    if (typeof read.token !== 'string' || !read.token) throw failure('sdk-failed', result);
    var body = { session: attempt.options.session.session, token: read.token };
    if (result.userInformation !== undefined) body.userInformation = result.userInformation;
    if (read.carrier) body.carrier = read.carrier;
    if (attempt.operation === 'verify' && attempt.options.phoneNumber) body.phoneNumber = attempt.options.phoneNumber;
    (attempt.client.inputs || []).forEach(function (name) {
      if (result[name] === undefined || result[name] === null) return;
      body.inputs = body.inputs || {};
      body.inputs[name] = result[name];
    });
    return body;
  }

  async function sendReport(explain, body) {
    if (typeof explain === 'function') return explain(body);
    var response = await root.fetch(explain, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    });
    return response.ok ? response.json() : null;
  }

  /** The failure that the backend received for the SDK's report (`POST /v1/apps/{appId}/failures`). */
  async function explained(error, options) {
    if (!(error instanceof NumgateError)) {
      var unexpected = failure('sdk-failed');
      unexpected.cause = error;
      return unexpected;
    }
    if (!options.explain || error.reason !== 'sdk-failed') return error;
    try {
      var body = { session: options.session.session, report: error.report };
      var answer = await limited(sendReport(options.explain, body), EXPLAIN_TIMEOUT, 'sdk-timeout');
      var found = answer && (answer.failure || answer);
      return found && found.reason ? new NumgateError(found, error.report) : error;
    } catch (ignored) {
      return error;
    }
  }

  async function run(operation, given) {
    var options = given || {};
    var session = options.session;
    if (!session || !session.session || !session.client || !session.client.sdk) throw failure('session-invalid');
    var driver = SDKS[globalName(session)];
    if (!driver) throw failure('sdk-unsupported', { global: globalName(session), provider: session.provider });
    if (current) throw failure('busy');
    var attempt = current = { operation: operation, options: options, client: session.client, driver: driver };
    attempt.progress = function (state) {
      if (!options.onProgress || attempt.isOver) return;
      try {
        options.onProgress(state);
      } catch (error) {
        root.console.error(error);
      }
    };
    var cancelled = new Promise(function (resolve, reject) { attempt.cancel = reject; });
    try {
      var body = await Promise.race([token(attempt), cancelled]);
      attempt.progress('done');
      finish(attempt, false);
      return body;
    } catch (error) {
      finish(attempt, error.reason === 'sdk-timeout');
      throw await explained(error, options);
    }
  }

  return {
    NumgateError: NumgateError,

    login: function (options) { return run('login', options); },

    verify: function (options) { return run('verify', options); },

    /** The phone's network, as the session's SDK reports it: 'cellular', 'wifi' or 'unknown'. */
    network: async function (options) {
      try {
        var session = options.session;
        var type = SDKS[globalName(session)].network(await loadSDK(session, options), session.client);
        return type === 'cellular' || type === 'wifi' ? type : 'unknown';
      } catch (error) {
        return 'unknown';
      }
    },

    /** The user pressed the page's button of an embedded pop-up. False if there is nothing to submit. */
    submit: function () {
      if (!current || !current.submit) return false;
      current.submit();
      return true;
    },

    /** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
    end: function () {
      if (!current) return;
      current.cancel(failure('cancelled'));
      finish(current, true);
    },
  };
});
