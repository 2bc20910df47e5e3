/*!
 * Numgate for WeChat mini-programs (微信小程序): one promise for China Mobile's YDRZ.
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

// Milliseconds. The limit includes the time in which the user reads and completes the authorisation page.
const SDK_TIMEOUT = 120000;
const EXPLAIN_TIMEOUT = 5000;
// The message of a web-view can arrive after its page was closed.
const CLOSE_DELAY = 1000;

/** A login without a token. `advice` has the values of Numgate's API. */
class NumgateError extends Error {
  constructor(failure, report) {
    super(failure.title || failure.reason);
    Object.assign(this, failure);
    this.name = 'NumgateError';
    this.report = report;
  }
}

/** Failures that are detected in the mini-program: advice and titles. */
const FAILURES = {
  'sdk-timeout': ['new-session', 'The SDK did not respond.', '认证组件没有响应。'],
  'sdk-failed': ['use-sms', 'The SDK reported a failure.', '认证失败。'],
  'session-invalid': ['new-session', 'The session is not valid.', '会话无效。'],
  'user-cancelled': ['use-sms', 'The user cancelled.', '用户取消了操作。'],
  cancelled: ['none', 'The page ended the call.', '页面已结束认证。'],
  busy: ['none', 'Another call is in progress.', '正在认证，请稍候。'],
};

function failure(reason, report) {
  const row = FAILURES[reason];
  return new NumgateError({ reason, advice: row[0], title: row[1], titleZh: row[2] }, report);
}

/** The same promise, rejected with the given failure after a time. */
function limited(promise, milliseconds, reason) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure(reason)), milliseconds);
    promise.then(resolve, reject).then(() => clearTimeout(timer));
  });
}

/** The call in progress. It is kept in the module because the web-view can replace the page that started the call. */
let current = null;

function hasToken(result) {
  return Boolean(result) && typeof result.token === 'string' && result.token !== '';
}

/** Resolves with the result of the authorisation page, or of the SDK if it returns the token without the page. */
function authorise(attempt) {
  return new Promise((resolve, reject) => {
    attempt.sdk.getTokenInfo({
      data: attempt.session.client.parameters,
      success: (result) => {
        if (attempt.isOver || attempt.isShown) return;
        if (hasToken(result)) {
          resolve(result);
        } else if (result && result.authUrl) {
          attempt.isShown = true;
          attempt.receive = (message) => {
            attempt.receive = null;
            resolve(message);
          };
          attempt.options.show(result.authUrl);
        } else {
          reject(failure('sdk-failed', result || {}));
        }
      },
      error: (report) => { if (!attempt.isShown) reject(failure('sdk-failed', report || {})); },
    });
  });
}

/** The body for the backend. All values are those of the SDK, unchanged. */
function output(attempt, result) {
  if (!hasToken(result)) throw failure('sdk-failed', result || {});
  const body = { session: attempt.session.session, token: result.token };
  if (result.userInformation !== undefined) body.userInformation = result.userInformation;
  return body;
}

/** The failure that the backend received for the SDK's report (`POST /v1/apps/{appId}/failures`). */
function explained(error, options) {
  if (!(error instanceof NumgateError)) {
    const unexpected = failure('sdk-failed');
    unexpected.cause = error;
    return Promise.resolve(unexpected);
  }
  if (!options.explain || error.reason !== 'sdk-failed') return Promise.resolve(error);
  const answer = new Promise((resolve) => {
    resolve(options.explain({ session: options.session.session, report: error.report }));
  });
  return limited(answer, EXPLAIN_TIMEOUT, 'sdk-timeout').then((value) => {
    const found = value && (value.failure || value);
    return found && found.reason ? new NumgateError(found, error.report) : error;
  }, () => error);
}

function finish(attempt) {
  if (attempt.isOver) return;
  attempt.isOver = true;
  current = null;
  if (attempt.isShown && attempt.options.hide) attempt.options.hide();
}

/** Resolves with the body for the backend's call of `POST /v1/apps/{appId}/login`. */
function login(options) {
  const session = options && options.session;
  if (!session || !session.session || !session.client || !session.client.parameters) {
    return Promise.reject(failure('session-invalid'));
  }
  if (current) return Promise.reject(failure('busy'));
  const attempt = { options, session, sdk: options.sdk, isOver: false, isShown: false, receive: null };
  current = attempt;
  const work = authorise(attempt).then((result) => output(attempt, result));
  const cancelled = new Promise((resolve, reject) => { attempt.cancel = reject; });
  return limited(Promise.race([work, cancelled]), options.timeout || SDK_TIMEOUT, 'sdk-timeout').then((body) => {
    finish(attempt);
    return body;
  }, (error) => {
    finish(attempt);
    return explained(error, options).then((final) => { throw final; });
  });
}

/** For `bindmessage` of the web-view. The first message has the result of the authorisation page. */
function message(event) {
  if (!current || !current.receive) return;
  const data = event && event.detail && event.detail.data;
  let result = Array.isArray(data) ? data[0] : data;
  if (typeof result === 'string') {
    try {
      result = JSON.parse(result);
    } catch (error) {
      result = { message: result };
    }
  }
  if (result) current.receive(result);
}

/** The web-view was closed, for example with the back button. Without a message this is the user's cancellation. */
function closed() {
  const attempt = current;
  if (!attempt || !attempt.receive) return;
  setTimeout(() => { if (attempt.receive) attempt.cancel(failure('user-cancelled')); }, CLOSE_DELAY);
}

/** The phone's network, as the SDK reports it: 'cellular', 'wifi' or 'unknown'. */
function network(options) {
  return new Promise((resolve) => {
    function answer(result) {
      const type = result && result.netType;
      resolve(type === 'cellular' || type === 'wifi' ? type : 'unknown');
    }
    const appId = options.session.client.parameters.appId;
    options.sdk.getConnection({ appId, success: answer, error: answer });
  }).catch(() => 'unknown');
}

/** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
function end() {
  if (!current) return;
  current.cancel(failure('cancelled'));
  finish(current);
}

module.exports = { NumgateError, login, message, closed, network, end };
