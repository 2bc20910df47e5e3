'use strict';
(function () {
  const texts = {
    zh: {
      match: '是本机号码。', mismatch: '不是本机号码。', unknown: '无法判断，请改用短信验证码。', loading: '正在打开认证…', confirm: '补全号码后，请确认登录。',
      good: n => `已登录：${n}`, offline: '网络异常，请检查网络后重试。', sms: '示例不发送短信。',
    },
    en: {
      match: 'It is the number of this phone.', mismatch: 'It is not the number of this phone.',
      unknown: 'Unknown. Please log in with a code by SMS.', loading: 'Opening the login…',
      confirm: 'Complete the number, then confirm.',
      good: n => `Logged in: ${n}`, offline: 'Network error. Check the connection and try again.', sms: 'The example sends no SMS.',
    },
  };
  // What the page does for each advice of Numgate.
  const hints = {
    zh: {
      'use-cellular': '请关闭 Wi-Fi，使用手机流量后重试。', 'use-sms': '请改用短信验证码登录。',
      'retry-later': '请稍后重试。', 'new-session': '请再试一次。', 'ask-again': '请核对号码后再试一次。', none: '',
    },
    en: {
      'use-cellular': 'Turn off Wi-Fi, use mobile data and try again.', 'use-sms': 'Please log in with a code by SMS.',
      'retry-later': 'Please try again in a moment.', 'new-session': 'Please try again.',
      'ask-again': 'Check the number and try again.', none: '',
    },
  };
  const $ = id => document.getElementById(id);
  let language = 'zh';
  const nonce = document.querySelector('script[nonce]').nonce;

  async function post(path, body) {
    const response = await fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body || {}),
    });
    const answer = await response.json();
    if (!response.ok) throw answer;
    return answer;
  }

  function show(text, isGood) {
    $('message').textContent = text;
    $('message').className = isGood ? 'good' : '';
  }

  function explain(failure) {
    if (!failure || !failure.reason) return show(texts[language].offline);
    const title = (language === 'zh' ? failure.titleZh : failure.title) || '';
    // What neither the user nor a new attempt can fix ends with an SMS.
    let advice = failure.advice in hints[language] ? failure.advice : 'use-sms';
    if (failure.reason === 'invalid-phone-number') advice = 'ask-again';
    show(`${title} ${hints[language][advice]}`.trim());
    if (advice === 'use-sms' || advice === 'none') $('sms').hidden = false;
  }

  /** Shows the button that confirms the entry in place of the login button. */
  function confirmable(isConfirmable) {
    $('confirm').hidden = !isConfirmable;
    $('login').hidden = isConfirmable;
    if (isConfirmable) show(texts[language].confirm);
  }

  $('login').onclick = async () => {
    $('login').disabled = true;
    show(texts[language].loading);
    try {
      const session = await post('/api/session');
      const token = await Numgate.login({
        session, nonce, explain: '/api/failures',
        // In a pop-up without a mask, the page has the button.
        onProgress: state => confirmable(state === 'input'),
      });
      const user = await post('/api/login', token);
      show(texts[language].good(user.masked), true);
    } catch (failure) {
      explain(failure);
    } finally {
      confirmable(false);
      $('login').disabled = false;
    }
  };

  $('verify').onsubmit = async event => {
    event.preventDefault();
    const phoneNumber = $('number').value;
    $('check').disabled = true;
    show(texts[language].loading);
    try {
      const session = await post('/api/session', { operation: 'verify' });
      const token = await Numgate.verify({ session, phoneNumber, nonce, explain: '/api/failures' });
      const { verdict } = await post('/api/verify', Object.assign({}, token, { phoneNumber }));
      show(texts[language][verdict] || texts[language].unknown, verdict === 'match');
    } catch (failure) {
      explain(failure);
    } finally {
      $('check').disabled = false;
    }
  };

  $('confirm').onclick = () => Numgate.submit();
  $('other').onclick = () => { $('sms').hidden = false; $('phone').focus(); };
  $('sms').onsubmit = event => { event.preventDefault(); show(texts[language].sms); };
  $('language').onclick = () => {
    language = language === 'zh' ? 'en' : 'zh';
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    $('language').textContent = language === 'zh' ? 'English' : '中文';
    document.querySelectorAll('[data-zh]').forEach(each => { each.textContent = each.dataset[language]; });
    show('');
  };
})();
