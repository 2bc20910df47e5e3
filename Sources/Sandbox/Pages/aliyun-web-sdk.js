/*
 * Simulates Aliyun's number authentication SDK for web pages (Aliyun document, chapter 3). It has the class, functions
 * and callbacks that the document defines. `PUT /sandbox/phone` sets the phone.
 */
(function () {
  'use strict';
  const sandbox = new URL(document.currentScript.src).origin;
  // The console's scheme: real pages have it in their build.
  const scheme = 'FC100000000000001';

  async function call(method, path, body) {
    const response = await fetch(sandbox + path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    });
    return response.json();
  }

  function failed(code, message) { return { code, message, content: '' }; }

  window.PhoneNumberServer = class PhoneNumberServer {
    setLoggerEnable(isEnabled) { this.isLogging = isEnabled; }

    getVersion() { return '1.0.0'; }

    getConnection() { return 'unknown'; }

    checkAuthAvailable(request) { this.check(request); }

    async check(request) {
      const phone = await call('GET', '/sandbox/phone');
      if (phone.script === 'silent') return;
      if (phone.network !== 'cellular') return request.error(failed('600008', '环境错误'));
      if (!request.accessToken || !request.jwtToken) return request.error(failed('600025', '接入方身份信息校验失败'));
      this.phone = phone;
      this.parameters = { accessToken: request.accessToken, jwtToken: request.jwtToken };
      request.success({ code: '600000', accessToken: request.accessToken, jwtToken: request.jwtToken });
    }

    getVerifyToken(request) { this.token(request); }

    async token(request) {
      if (!this.phone) return request.error(failed('600011', '获取Token失败'));
      const answer = await call('POST', '/sandbox/tokens', {
        provider: 'aliyun', appId: scheme, phoneNumber: this.phone.phoneNumber, operation: 'verify', channel: 'h5',
        carrier: this.phone.carrier, parameters: this.parameters, pageUrl: location.href.split(/[?#]/)[0],
      });
      if (!answer.token) return request.error(answer.error || failed('600010', answer.message));
      const result = { code: '600000', spToken: this.phone.script === 'empty-token' ? '' : answer.token };
      request.success(result);
      if (this.phone.script === 'twice') request.success(result);
    }
  };
})();
