'use strict';
(function () {
  const $ = id => document.getElementById(id);
  let language = 'zh';
  const words = {
    zh: { phone: '已应用。', fault: '已设置。', reset: '已重置。', none: '还没有请求。', lost: '沙箱没有响应。', reply: '无响应' },
    en: { phone: 'Applied.', fault: 'Armed.', reset: 'Reset.', none: 'No requests yet.', lost: 'The sandbox does not respond.', reply: 'no response' },
  };

  async function call(method, path, body) {
    const response = await fetch(path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const value = text ? JSON.parse(text) : null;
    if (!response.ok) throw new Error(value ? `${value.field}: ${value.message}` : response.status);
    return value;
  }

  async function act(done, work) {
    try {
      await work();
      $('said').textContent = words[language][done];
    } catch (error) {
      $('said').textContent = error instanceof TypeError ? words[language].lost : error.message;
    }
  }

  function fill(phone) {
    for (const name of Object.keys(phone)) $('phone').elements[name].value = phone[name];
  }

  $('phone').onsubmit = event => {
    event.preventDefault();
    act('phone', () => call('PUT', '/sandbox/phone', Object.fromEntries(new FormData($('phone')))));
  };

  $('fault').onsubmit = event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData($('fault')));
    const fault = {};
    if (given.code) fault.code = given.code;
    if (given.connection) fault.connection = given.connection;
    for (const name of ['httpStatus', 'delayMilliseconds']) if (given[name]) fault[name] = Number(given[name]);
    act('fault', () => call('POST', '/sandbox/faults', { path: given.path, fault, times: Number(given.times) || 1 }));
  };

  $('reset').onclick = () => act('reset', async () => {
    await call('POST', '/sandbox/reset');
    fill(await call('GET', '/sandbox/phone'));
    await list();
  });

  $('language').onclick = () => {
    language = language === 'zh' ? 'en' : 'zh';
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    $('language').textContent = language === 'zh' ? 'English' : '中文';
    $('language').lang = language === 'zh' ? 'en' : 'zh-CN';
    document.querySelectorAll('[data-zh]').forEach(each => { each.textContent = each.dataset[language]; });
    shown = null;
    list();
  };

  function row(entry) {
    const line = document.createElement('tr');
    const cell = (text, kind) => {
      const made = line.insertCell();
      made.textContent = text;
      if (kind) made.className = kind;
      return made;
    };
    cell(new Date(entry.receivedAt).toLocaleTimeString());
    const request = cell('');
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    const path = document.createElement('code');
    path.textContent = `${entry.method} ${entry.path}`;
    summary.append(path);
    const body = document.createElement('pre');
    body.textContent = entry.headers.map(pair => pair.join(': ')).join('\n') + (entry.body ? '\n\n' + entry.body : '');
    details.append(summary, body);
    request.append(details);
    const isGood = entry.status !== null && entry.status < 400;
    cell(entry.status === null ? words[language].reply : entry.status, isGood ? 'ok' : 'bad');
    cell(entry.resultCode === null ? '' : entry.resultCode);
    return line;
  }

  // What is shown, so that open rows stay open while nothing changes.
  let shown = null;

  async function list() {
    const entries = await call('GET', '/sandbox/requests?limit=20').catch(() => null);
    if (!entries) return;
    const key = JSON.stringify(entries.map(each => [each.receivedAt, each.path, each.status]));
    if (key === shown) return;
    shown = key;
    $('requests').replaceChildren(...entries.map(row));
    if (!entries.length) $('requests').insertRow().insertCell().textContent = words[language].none;
  }

  act('phone', async () => {
    const index = await call('GET', '/sandbox?format=json');
    for (const name of Object.keys(index.vendors)) {
      const option = document.createElement('option');
      option.value = name.split(' ')[1];
      option.textContent = option.value;
      option.title = index.vendors[name];
      $('fault').elements.path.append(option);
    }
    fill(await call('GET', '/sandbox/phone'));
    await list();
  }).then(() => { $('said').textContent = ''; });
  setInterval(list, 2000);
})();
