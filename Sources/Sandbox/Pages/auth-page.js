/*
 * China Mobile's authorisation page for H5, drawn from the options that an app configures (H5 document §3.5 and §3.6):
 * a pop-up (type 1 and 2) or a page (all others). A pop-up of type 2 without a mask fills an element of the app's page,
 * and that page has the button. Used by the sandbox's SDK and by `numgate authpage preview`.
 */
window.numgateAuthPage = function (phone, type, options) {
  'use strict';
  const isPopUp = type === '1' || type === '2';
  const given = options || {};
  const group = name => given[name] || {};
  const shows = value => value === true || value === 'true';

  // In these pages a rem is 12 px, and a number has no unit.
  function length(value, fallback) {
    const text = String(value === undefined || value === '' ? fallback : value);
    const rem = text.match(/^([\d.]+)rem$/);
    if (rem) return Number(rem[1]) * 12 + 'px';
    return /^[\d.]+$/.test(text) ? text + 'px' : text;
  }

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  /** Puts an element where its options say; `fallback` has the place for missing ones. */
  function place(item, style, fallback) {
    const left = length(style.left, fallback.left || 'center');
    Object.assign(item.style, {
      position: 'absolute', margin: 0, padding: 0, boxSizing: 'border-box',
      top: style.high === 'center' ? '50%' : length(style.high, fallback.high),
      left: left === 'center' ? '50%' : left, transform: left === 'center' ? 'translateX(-50%)' : '',
      width: length(style.width, fallback.width || 'max-content'), height: length(style.height, fallback.height || 'auto'),
      fontFamily: style.fontFamily ? style.fontFamily + ', sans-serif' : 'inherit',
      fontSize: length(style.fontSize, fallback.size || '16px'), fontWeight: style.fontWeight || fallback.weight || 400,
      color: style.fontColor || fallback.color || '#333', textAlign: style.textAlign || style.textalign || 'center',
      textDecoration: style.textDecoration || 'none',
    });
    return item;
  }

  function button(item, style, fallback) {
    place(item, style, fallback);
    Object.assign(item.style, {
      background: style.bgColor || fallback.background || 'none', border: style.border || '0',
      borderRadius: length(style.borderRadius, fallback.radius || '0'), cursor: 'pointer', display: 'flex',
      alignItems: 'center', justifyContent: 'center',
    });
    return item;
  }

  const layer = group('layerStyle');
  const mask = group('maskStyle');
  const isEmbedded = type === '2' && !shows(mask.ifShowMask);
  const page = element('div', '', {
    'aria-label': '本机号码登录', ...(isEmbedded ? { role: 'group' } : { role: 'dialog', 'aria-modal': 'true' }),
  });
  Object.assign(page.style, {
    position: 'fixed', zIndex: 9999, overflow: 'hidden', font: '16px/1.5 system-ui, "PingFang SC", sans-serif',
    background: (isPopUp ? layer.bgColor : given.bgColor) || '#fff', textAlign: 'center',
  });
  if (isEmbedded) Object.assign(page.style, {
    position: 'relative', zIndex: 'auto', margin: '0 auto', width: length(layer.width, '100%'),
    height: length(layer.height, '240px'), borderRadius: length(layer.borderRadius, '16px'),
  });
  else Object.assign(page.style, isPopUp ? {
    left: '50%', bottom: 0, transform: 'translateX(-50%)', width: length(layer.width, '100%'),
    height: length(layer.height, '240px'), borderRadius: length(layer.borderRadius, '16px'),
  } : { inset: 0, overflow: 'auto' });

  // The mask is an element of its own: it has a colour and an opacity.
  const shade = isPopUp && !isEmbedded ? element('div') : null;
  if (shade) {
    Object.assign(shade.style, {
      position: 'fixed', inset: 0, zIndex: 9998, background: mask.bgColor || '#000', opacity: mask.opacity || '0.45',
    });
  }

  const items = [];
  if (!isPopUp) {
    const title = group('titleStyle');
    const name = title.name === undefined ? '本机号码登录' : title.name;
    if (name) items.push(place(element('h2', name), title, { high: '12px', width: '70%', size: '18px', weight: 500 }));
    const logo = group('logoStyle');
    if (logo.url) {
      const picture = element('img', '', { src: logo.url, alt: '' });
      items.push(place(picture, logo, { high: '95px', width: '84px', height: '88px' }));
    }
    const text = group('authTextStyle');
    items.push(place(element('p', '将使用以下号码登录'), text, { high: '200px', width: '100%', size: '13px' }));
  }

  const number = group('phoneNumStyle');
  const phoneStyle = isPopUp ? group('phoneStyle') : number;
  const row = place(element('div'), phoneStyle, { high: isPopUp ? '36px' : '235px', size: '25px', weight: 600 });
  Object.assign(row.style, {
    display: 'flex', alignItems: 'center', justifyContent: 'center', gap: '6px', background: number.bgColor || 'none',
    width: 'max-content',
  });
  const box = number.inputStyle || {};
  const digits = element('input', '', {
    inputmode: 'numeric', maxlength: '4', 'aria-label': '补全手机号中间四位', id: 'numgate-sandbox-digits', autocomplete: 'off',
  });
  Object.assign(digits.style, {
    width: box.width ? `calc(4 * ${length(box.width)})` : '92px', height: length(box.height, '40px'), font: 'inherit',
    color: 'inherit', background: 'none', letterSpacing: '2px', textAlign: 'center', border: 0,
    borderBottom: '2px solid #1767b5', padding: 0,
  });
  row.append(element('span', phone.phoneNumber.slice(0, 3)), digits, element('span', phone.phoneNumber.slice(7)));

  const tip = place(element('p', '请补全号码中间四位', { role: 'status' }), group('tipStyle'), {
    high: isPopUp ? '80px' : '285px', size: '12px', color: '#666', width: '100%',
  });
  const submitStyle = group('submitBtnStyle');
  const submit = button(element('button', submitStyle.name || '一键登录', { type: 'button', id: 'numgate-sandbox-submit' }), submitStyle, {
    high: isPopUp ? '112px' : '324px', width: '84%', height: '46px', radius: '23px', background: '#1767b5', color: '#fff',
  });

  const agreeStyle = group('agreeStyle');
  const links = agreeStyle.hrefStyle || {};
  const agree = place(element('label'), agreeStyle, {
    high: isEmbedded ? '116px' : isPopUp ? '172px' : '388px', size: '13px', color: '#555', width: '92%',
  });
  const checkbox = element('input', '', { type: 'checkbox', id: 'numgate-sandbox-agree' });
  const check = agreeStyle.checkedButton || {};
  Object.assign(checkbox.style, {
    width: length(check.width, '18px'), height: length(check.height, '18px'), verticalAlign: 'middle', margin: '0 6px 0 0',
    accentColor: check.checkedColor || '#1767b5',
  });
  agree.append(checkbox, '同意');
  const terms = agreeStyle.agreeArr || links.agreeArr || [];
  [{ name: '《中国移动认证服务条款》' }].concat(terms).forEach(each => {
    const link = each.url ? element('a', each.name, { href: each.url, target: '_blank', rel: 'noreferrer' }) : element('span', each.name);
    link.style.color = links.fontColor || agreeStyle.hrefColor || '#155a9f';
    agree.append(link);
  });

  const close = isPopUp ? group('closeBtnStyle') : group('returnBtnStyle');
  const leave = element('button', '', { 'aria-label': isPopUp ? '关闭' : '返回', type: 'button', id: 'numgate-sandbox-close' });
  button(leave, close, { high: isPopUp ? '4px' : '6px', left: '4px', width: '44px', height: '44px', size: '24px' });
  if (isPopUp) {
    if (close.top) leave.style.top = length(close.top);
    Object.assign(leave.style, { left: 'auto', transform: '', right: length(close.right, '4px') });
    if (close.ifShowBtn !== undefined && !shows(close.ifShowBtn)) leave.style.display = "none";
  }
  const icon = isPopUp ? close.btnImage : close.url;
  if (icon) leave.append(element('img', '', { src: icon, alt: '', style: 'max-width: 100%; max-height: 100%' }));
  else leave.textContent = isPopUp ? '×' : '‹';

  items.push(row, tip, ...(isEmbedded ? [] : [submit]), agree, leave);
  const other = group('customControlStyle');
  if (shows(other.ifShow)) {
    const control = element('a', other.name, { href: other.url || '#', id: 'numgate-sandbox-other' });
    items.push(button(control, other, { high: isEmbedded ? '180px' : isPopUp ? '208px' : '450px', size: '14px', color: '#155a9f' }));
  }
  page.append(...items);

  let complete;
  const result = new Promise(resolve => { complete = resolve; });
  leave.onclick = () => complete(null);

  /** Ends the entry. Returns the SDK's code if it is not complete. */
  function enter() {
    if (!checkbox.checked) {
      tip.textContent = '请先同意服务条款';
      return '508';
    }
    if (!/^\d{4}$/.test(digits.value)) {
      tip.textContent = '请输入中间四位数字';
      return '507';
    }
    complete(phone.phoneNumber.slice(0, 3) + digits.value + phone.phoneNumber.slice(7));
    return null;
  }
  submit.onclick = enter;

  return {
    elements: shade ? [shade, page] : [page],
    isEmbedded,
    enter,
    focus() { if (!isEmbedded) digits.focus(); },
    /** Resolves with the number as the user completed it; null if the user closed the page. */
    result,
  };
};
