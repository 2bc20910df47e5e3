/*!
 * Numgate for quick apps (快应用): one promise for China Mobile's jssdk.
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

// Milliseconds, from the image request to the token.
const SDK_TIMEOUT = 30000;
const EXPLAIN_TIMEOUT = 5000;

// The documents define that getSign accepts a version, but not its value. This one is used by public clients.
const VERSION = '1.2';

/** A verification without a token. `advice` has the values of Numgate's API. */
class NumgateError extends Error {
  constructor(failure, report) {
    super(failure.title || failure.reason);
    Object.assign(this, failure);
    this.name = 'NumgateError';
    this.report = report;
  }
}

/** Failures that are detected in the quick app: advice and titles. */
const FAILURES = {
  'number-not-acquired': ['use-sms', 'The carrier could not obtain the phone number.', '运营商取号失败。'],
  'sign-failed': ['retry-later', 'The backend did not return a signature.', '未能从后端取得签名。'],
  'sdk-timeout': ['new-session', 'The SDK did not respond.', '认证组件没有响应。'],
  'sdk-failed': ['use-sms', 'The SDK reported a failure.', '认证失败。'],
  'session-invalid': ['new-session', 'The session is not valid.', '会话无效。'],
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

/** The call in progress; null between two calls. */
let current = null;

/** Shows the image of the SDK. Its request over mobile data is how China Mobile acquires the number. */
function acquire(attempt) {
  return new Promise((resolve, reject) => {
    attempt.image = (isLoaded) => {
      attempt.image = null;
      if (isLoaded) resolve();
      else reject(failure('number-not-acquired'));
    };
    attempt.options.image(attempt.sdk.getImgSrc(attempt.parameters));
  });
}

/** A failure that the backend returned, or `sign-failed` with the cause. */
function signFailure(answer) {
  if (answer && answer.reason) return new NumgateError(answer);
  const error = failure('sign-failed');
  error.cause = answer;
  return error;
}

/** The signature of the account's private key for the text of the SDK. */
function signed(attempt) {
  if (attempt.isOver) throw failure('cancelled');
  const options = attempt.options;
  const preSign = attempt.sdk.getSign(attempt.parameters.appId, options.version || attempt.version || VERSION);
  const answered = new Promise((resolve) => {
    resolve(options.sign({ session: options.session.session, preSign }));
  });
  return answered.catch((error) => { throw signFailure(error); }).then((answer) => {
    const sign = answer && typeof answer === 'object' ? answer.sign : answer;
    if (typeof sign !== 'string' || !sign) throw signFailure(answer);
    return sign;
  });
}

function requestToken(attempt, sign) {
  if (attempt.isOver) throw failure('cancelled');
  return new Promise((resolve, reject) => {
    attempt.sdk.getTokenInfo({
      data: Object.assign({}, attempt.parameters, { sign }),
      success: resolve,
      error: (report) => reject(failure('sdk-failed', report || {})),
    });
  });
}

/** The body for the backend. All values are those of the SDK, unchanged. */
function output(attempt, result) {
  // An empty token in the success callback is a failure.
  if (!result || typeof result.token !== 'string' || !result.token) throw failure('sdk-failed', result || {});
  const body = { session: attempt.options.session.session, token: result.token };
  if (result.userInformation !== undefined) body.userInformation = result.userInformation;
  if (attempt.options.phoneNumber) body.phoneNumber = attempt.options.phoneNumber;
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
  attempt.isOver = true;
  if (current === attempt) current = null;
}

/** Resolves with the body for the backend's call of `POST /v1/apps/{appId}/verify`. */
function verify(options) {
  const session = options && options.session;
  if (!session || !session.session || !session.client || !session.client.parameters) {
    return Promise.reject(failure('session-invalid'));
  }
  if (current) return Promise.reject(failure('busy'));
  // The version is for getSign only. The other parameters are the data of getImgSrc and getTokenInfo.
  const parameters = Object.assign({}, session.client.parameters);
  const version = parameters.version;
  delete parameters.version;
  const attempt = { options, sdk: options.sdk, parameters, version, isOver: false, image: null };
  current = attempt;
  const work = Promise.resolve()
    .then(() => acquire(attempt))
    .then(() => signed(attempt))
    .then((sign) => requestToken(attempt, sign))
    .then((result) => output(attempt, result));
  const cancelled = new Promise((resolve, reject) => { attempt.cancel = reject; });
  return limited(Promise.race([work, cancelled]), options.timeout || SDK_TIMEOUT, 'sdk-timeout').then((body) => {
    finish(attempt);
    return body;
  }, (error) => {
    finish(attempt);
    return explained(error, options).then((final) => { throw final; });
  });
}

/** For the events `complete` and `error` of the image element. */
function imageLoaded() {
  if (current && current.image) current.image(true);
}

function imageFailed() {
  if (current && current.image) current.image(false);
}

/** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
function end() {
  if (!current) return;
  current.cancel(failure('cancelled'));
  finish(current);
}

module.exports = { NumgateError, verify, imageLoaded, imageFailed, end };
