#!/usr/bin/env python3
"""Writes fixtures.json: requests of a team's server, signed and encrypted with the `cryptography` package, and the
responses that the vendors' documents specify. Requires `cryptography` and `PyYAML`.

A case adds tokens and then sends requests one after the other; `expect` contains JSON Pointers into each response. RSA
encryption is random, so each run changes the ciphertexts in the file.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import urllib.parse

import yaml
from cryptography.hazmat.primitives import hashes, padding as block_padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HERE = pathlib.Path(__file__).parent
ACCOUNTS = yaml.safe_load((HERE / "../../../Sources/Sandbox/accounts.yaml").read_text())
APPS = {app["appId"]: app for app in ACCOUNTS["chinaMobile"]}
NOW = 1795233600123  # 2026-11-21T04:00:00.123Z, noon in China
PHONE = "13800001079"
OTHER = "13900000000"
MINUTE = 60_000
H5_INFORMATION = "TGludXggYXJtdjgxQEBNb3ppbGxh%2BTGludXggYXJtdjgxQEBNb3ppbGxhLw%3D%3D"
ONE_CLICK = "/h5/onekeylogin/tokenValidate"
QUICK_APP = "/NumberAbility/h5/verifyVmMobileApi.htm"
APP_LOGIN = "/unisdk/rsapi/loginTokenValidate"
APP_VERIFY = "/openapi/rs/tokenValidate"


def china(ms=NOW):
    time = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone(datetime.timedelta(hours=8)))
    return time.strftime("%Y%m%d%H%M%S") + f"{ms % 1000:03d}"


def private_key(app, pair):
    text = "".join(APPS[app][pair]["privateKey"].split())
    return serialization.load_der_private_key(base64.b64decode(text), None)


def public_key(app, pair):
    text = "".join(APPS[app][pair]["publicKey"].split())
    return serialization.load_der_public_key(base64.b64decode(text))


def rsa_sign(app, pair, text, digest):
    return private_key(app, pair).sign(text.encode(), padding.PKCS1v15(), digest)


def rsa_encrypt(app, pair, text):
    return public_key(app, pair).encrypt(text.encode(), padding.PKCS1v15())


def aes_ecb(key, text):
    padder = block_padding.PKCS7(128).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def token(text, family, account, operation, phone=PHONE, information=None, life=2 * MINUTE):
    return dict(
        text=text, family=family, account=account, operation=operation, phoneNumber=phone,
        userInformation=information, life=life)


def post(target, body, headers=(), content_type="application/json", address="192.0.2.1"):
    text = body if isinstance(body, str) else json.dumps(body)
    return dict(
        method="POST", target=target, headers=[["Content-Type", content_type], *headers], body=text,
        remoteAddress=address)


def one_click(text, app="300000000001", version="2.0", stamp=None, information=H5_INFORMATION, business="8",
              sign=None, signer=None, drop=(), change=None, content_type="application/json"):
    stamp = stamp or china()
    trace = "6f1c7dc0-5a4b-4c1e-9d0a-0123456789ab"
    plain = app + trace + stamp + text + version
    sign = sign or rsa_sign(signer or app, "client", plain, hashes.SHA256()).hex().upper()
    headers = dict(interfaceVersion=version, appId=app, traceId=trace, timestamp=stamp, businessType=business)
    body = dict(token=text, sign=sign, userInformation=information, expandParams="")
    body.update(change or {})
    return post(
        ONE_CLICK, {k: v for k, v in body.items() if k not in drop},
        [[k, v] for k, v in headers.items() if k not in drop], content_type)


def quick_app(text, app="300000000003", phone=PHONE, stamp=None, information=H5_INFORMATION, cipher=None, signer=None,
              drop=()):
    stamp = stamp or china()
    msg_id = "0123456789abcdef0123456789abcdef"
    cipher = cipher or base64.b64encode(
        rsa_encrypt(app, "platform", phone + APPS[app]["appKey"] + stamp)).decode()
    plain = app + msg_id + cipher + stamp + text + "1.0"
    sign = base64.b64encode(rsa_sign(signer or app, "client", plain, hashes.MD5())).decode()
    body = dict(expandParams="", phoneNum=cipher, token=text, sign=sign, userInformation=information)
    return post(QUICK_APP, dict(
        header=dict(version="1.0", msgId=msg_id, appId=app, timestamp=stamp),
        body={k: v for k, v in body.items() if k not in drop}))


def app_login(text, app="300000000004", rsa=False, stamp=None, strict="0", secret=None, change=None, upper=True):
    stamp = stamp or china()
    msg_id = "bed1dc7f6cd645b9be9006ae08040c93"
    if rsa:
        sign = rsa_sign(app, "signing", app + text, hashes.SHA256()).hex()
    else:
        secret = secret or APPS[app].get("appSecret") or APPS[app]["appKey"]
        sign = hashlib.md5((app + "2.0" + msg_id + stamp + strict + text + secret).encode()).hexdigest()
        sign = sign.upper() if upper else sign
    body = dict(
        version="2.0", msgid=msg_id, systemtime=stamp, strictcheck=strict, appid=app, expandparams="", token=text,
        sign=sign, encryptionalgorithm="RSA" if rsa else "")
    body.update(change or {})
    return post(APP_LOGIN, body)


def app_verify(text, app="300000000004", phone=PHONE, key_type=None, stamp=None, change=None, lower=False):
    stamp = stamp or china()
    msg_id = "8ADFF305C7FCB3E1B1AECC130792FBD0"
    secret = APPS[app]["appKey"]
    if key_type == "1":
        number = base64.b64encode(rsa_encrypt(app, "platform", phone + secret + stamp)).decode()
    else:
        number = hashlib.sha256((phone + secret + stamp).encode()).hexdigest().upper()
    plain = app + msg_id + number + stamp + text + "1.0"
    if key_type == "1":
        sign = base64.b64encode(rsa_sign(app, "client", plain, hashes.MD5())).decode()
    else:
        sign = hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()
        sign = sign if lower else sign.upper()
    body = dict(openType="1", requesterType="0", message="m", expandParams="", phoneNum=number, token=text, sign=sign)
    if key_type:
        body["keyType"] = key_type
    body.update(change or {})
    return post(APP_VERIFY, dict(
        header=dict(version="1.0", msgId=msg_id, timestamp=stamp, appId=app), body=body))


# Aliyun -------------------------------------------------------------------------------------------------------------

def encode(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical(parameters):
    return "&".join(f"{encode(k)}={encode(v)}" for k, v in sorted(parameters.items()))


def iso(ms=NOW):
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def v3(action, parameters, key="sandbox-access-key-id", secret="sandbox-access-key-secret", date=None, nonce="n-1",
       security_token=None, form=False, unsigned=(), version="2017-05-25", extra=None):
    body = canonical(parameters) if form else ""
    query = {} if form else parameters
    headers = {
        "host": "dypnsapi.aliyuncs.com", "x-acs-action": action, "x-acs-version": version,
        "x-acs-date": date or iso(), "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": hashlib.sha256(body.encode()).hexdigest(),
    }
    if form:
        headers["content-type"] = "application/x-www-form-urlencoded"
    if security_token:
        headers["x-acs-accesskey-id"] = key
        headers["x-acs-security-token"] = security_token
    signed = sorted(name for name in headers if name not in unsigned)
    request = "\n".join([
        "POST", "/", canonical(query), "".join(f"{name}:{headers[name]}\n" for name in signed), ";".join(signed),
        headers["x-acs-content-sha256"]])
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={';'.join(signed)},Signature={signature}")
    headers.update(extra or {})
    target = "/?" + urllib.parse.urlencode(query)  # A space is encoded as "+", as the SDK does.
    return dict(
        method="POST", target=target, headers=[[k, v] for k, v in headers.items()], body=body,
        remoteAddress="192.0.2.1")


def v1(action, parameters, key="sandbox-access-key-id", secret="sandbox-access-key-secret", date=None, nonce="n-1",
       security_token=None, method="POST", change=None):
    query = dict(
        parameters, Action=action, Version="2017-05-25", Format="json", Timestamp=date or iso(), SignatureNonce=nonce,
        SignatureMethod="HMAC-SHA1", SignatureVersion="1.0", AccessKeyId=key)
    if security_token:
        query["SecurityToken"] = security_token
    to_sign = f"{method}&%2F&{encode(canonical(query))}"
    signature = hmac.new((secret + "&").encode(), to_sign.encode(), hashlib.sha1).digest()
    query["Signature"] = base64.b64encode(signature).decode()
    query.update(change or {})
    return dict(
        method=method, target="/?" + urllib.parse.urlencode(query), headers=[["Host", "dypnsapi.aliyuncs.com"]],
        body="", remoteAddress="192.0.2.1")


# Cases --------------------------------------------------------------------------------------------------------------

CASES = []


def case(name, tokens, *steps):
    CASES.append(dict(name=name, tokens=tokens, steps=[
        dict(at=at, status=status, request=request, expect=expect) for at, status, request, expect in steps]))


def step(request, expect, at=0, status=200):
    return (at, status, request, expect)


def one_click_cases():
    text = "H5HTTPS0123456789ABCDEF0123456789ABCDEF"
    planted = [token(text, "oneClick", "300000000001", "login", information=H5_INFORMATION)]
    good = one_click(text)
    code = lambda value: {"/resultCode": value, "/data": None}
    number = aes_ecb(APPS["300000000001"]["appKey"][:16].encode(), PHONE)
    case("one-click login returns the number, encrypted and masked, once", planted,
         step(good, {"/resultCode": "103000", "/desc": "success", "/serviceTime": china(), "/data/msisdn": number,
                     "/data/securityPhone": "138****1079"}),
         step(good, code("104007")))
    case("one-click login with interfaceVersion 1.0", planted,
         step(one_click(text, version="1.0"), {"/resultCode": "103000"}))
    wechat = [token(text, "oneClick", "300000000002", "login", information="devtools%40%408.0.5%40%40iOS%2010.0.1")]
    case("one-click login in a mini-program", wechat,
         step(one_click(text, "300000000002", information="devtools%40%408.0.5%40%40iOS%2010.0.1"),
              {"/resultCode": "103000", "/data/msisdn": aes_ecb(b"SANDBOXWECHATKEY", PHONE)}))
    case("one-click login two minutes later", planted, step(good, {"/resultCode": "103000"}, at=2 * MINUTE))
    case("one-click login after more than two minutes", planted, step(good, code("104007"), at=2 * MINUTE + 1))
    case("one-click login signed with another key", planted,
         step(one_click(text, signer="300000000002"), code("104013")), step(good, {"/resultCode": "103000"}))
    case("one-click login signed in lower case", planted,
         step(one_click(text, sign=json.loads(good["body"])["sign"].lower()), code("104013")))
    case("one-click login with decoded userInformation", planted,
         step(one_click(text, information=urllib.parse.unquote(H5_INFORMATION)), code("104008")),
         step(good, {"/resultCode": "103000"}))
    case("one-click login with an old timestamp", planted,
         step(one_click(text, stamp=china(NOW - 11 * MINUTE)), code("105112")),
         step(one_click(text, stamp=china()[:16]), code("105112")),
         step(one_click(text, stamp="20261321120000000"), code("105112")))
    case("one-click login without a header field", planted,
         *[step(one_click(text, drop=[name]), code("103002"))
           for name in ["interfaceVersion", "appId", "traceId", "timestamp", "businessType", "token", "sign",
                        "userInformation"]])
    case("one-click login with a header field in the body", planted,
         step(one_click(text, drop=["appId"], change={"appId": "300000000001"}), code("103002")))
    case("one-click login with another businessType", planted, step(one_click(text, business="3"), code("104001")))
    case("one-click login as a form", planted,
         step(one_click(text, content_type="application/x-www-form-urlencoded"), code("103005")))
    case("one-click login with a number instead of a string", planted,
         step(one_click(text, change={"expandParams": 1}), code("103005")))
    case("one-click login with a token of another app", planted,
         step(one_click(text, "300000000002"), code("104007")))
    case("one-click login without entitlement", planted, step(one_click(text, "300000000911"), code("104003")))
    case("one-click login from an address that is not registered", planted,
         step(one_click(text, "300000000912"), code("104017")))
    case("one-click login of an app that does not exist", planted,
         step(one_click(text, "300000000003"), code("104000")))


def quick_app_cases():
    text = "VMHTTPS0123456789ABCDEF0123456789ABCDEF"
    planted = [token(text, "quickApp", "300000000003", "verify", information=H5_INFORMATION, life=MINUTE)]
    good = quick_app(text)
    code = lambda value: {"/header/resultCode": value}
    echo = {"/header/msgId": "0123456789abcdef0123456789abcdef", "/header/appId": "300000000003"}
    case("a quick app's number is verified, once", planted,
         step(good, {**code("000"), **echo, "/header/timestamp": china()}), step(good, {**code("120020"), **echo}))
    case("a quick app's verification of another number", planted, step(quick_app(text, phone=OTHER), code("001")))
    case("a quick app's token after one minute", planted, step(good, code("120020"), at=MINUTE + 1))
    case("a quick app's request signed with another key", planted,
         step(quick_app(text, signer="300000000001"), code("130018")))
    case("a quick app's number encrypted for another key", planted,
         step(quick_app(text, cipher=base64.b64encode(rsa_encrypt(
             "300000000005", "platform", PHONE + APPS["300000000003"]["appKey"] + china())).decode()), code("999999")))
    case("a quick app's number encrypted with another timestamp", planted,
         step(quick_app(text, cipher=base64.b64encode(rsa_encrypt(
             "300000000003", "platform", PHONE + APPS["300000000003"]["appKey"] + china(NOW + 1))).decode()),
              code("999999")))
    case("a quick app's number that is not Base64", planted, step(quick_app(text, cipher="%%%"), code("130016")))
    case("a quick app's decoded userInformation", planted,
         step(quick_app(text, information=urllib.parse.unquote(H5_INFORMATION)), code("120020")))
    case("a quick app's request without a field", planted,
         *[step(quick_app(text, drop=[name]), code("130010"))
           for name in ["phoneNum", "token", "sign", "userInformation"]])
    case("a quick app's request that is not JSON", planted, step(post(QUICK_APP, "{"), code("130032")),
         step(dict(good, headers=[["Content-Type", "text/plain"]]), code("130032")))
    case("a quick app without entitlement", planted, step(quick_app(text, "300000000931"), code("110025")))
    case("a quick app's request from another address", planted, step(quick_app(text, "300000000932"), code("110004")))
    tokens = [token(f"VMHTTPS{i:032d}", "quickApp", "300000000003", "verify", information=H5_INFORMATION, life=MINUTE)
              for i in range(11)]
    tomorrow = 12 * 60 * MINUTE
    tokens.append(token("VMHTTPSnextday", "quickApp", "300000000003", "verify", information=H5_INFORMATION,
                        life=2 * tomorrow))
    case("a number is verified ten times a day", tokens,
         *[step(quick_app(t["text"]), code("000")) for t in tokens[:10]],
         step(quick_app(tokens[10]["text"]), code("121011")),
         step(quick_app("VMHTTPSnextday", stamp=china(NOW + tomorrow)), code("000"), at=tomorrow))


def app_login_cases():
    text = "STsid0000001551151128045KPXuevVDFWyMSy00gbDjxTnn3BVKqXJJ"
    login = [token(text, "app", "300000000004", "login")]
    good = app_login(text)
    code = lambda value: {"/resultCode": value, "/msisdn": None}
    fine = {"/resultCode": "103000", "/msisdn": PHONE}
    case("an app's login returns the number, once", login,
         step(good, {**fine, "/inresponseto": "bed1dc7f6cd645b9be9006ae08040c93", "/systemtime": china()}),
         step(good, code("104201")))
    case("an app's MD5 signature in lower case", login, step(app_login(text, upper=False), fine))
    case("an app's token after two minutes", login, step(good, code("104201"), at=2 * MINUTE + 1))
    case("an app's login signed with appKey instead of appSecret", login,
         step(app_login(text, secret=APPS["300000000004"]["appKey"]), code("103101")))
    case("an old app signs with its appKey", [token(text, "app", "300000000006", "login")],
         step(app_login(text, "300000000006"), fine))
    case("an app's login with a verification's token", [token(text, "app", "300000000004", "verify")],
         step(good, code("105018")))
    case("an app's login with another app's token", [token(text, "app", "300000000005", "login")],
         step(good, code("103133")))
    case("an app's login without RSA keys", login,
         step(app_login(text, change={"encryptionalgorithm": "RSA"}), code("103101")))
    case("an app's malformed logins", login,
         step(app_login(text, change={"strictcheck": 0}), code("103211")),
         step(app_login(text, change={"msgid": "x" * 37}), code("103414")),
         step(app_login(text, change={"version": "1.0"}), code("103414")),
         step(app_login(text, stamp=china(NOW - 11 * MINUTE)), code("103414")),
         step(app_login("", change={"token": ""}), code("103811")),
         step(app_login("H5HTTPS00"), code("103113")),
         step(post(APP_LOGIN, ""), code("103412")),
         step(dict(good, headers=[["Content-Type", "text/plain"]]), code("103211")),
         step(app_login(text, change={"appid": "1"}), code("103119")),
         step(good, fine))
    case("an app that is not entitled to login", login, step(app_login(text, "300000000941"), code("105019")))
    case("an app whose package is used up", login, step(app_login(text, "300000000943"), code("105312")))
    case("an app's login from another address, checked only with strictcheck",
         [token(text, "app", "300000000942", "login")],
         step(app_login(text, "300000000942", strict="1"), code("103511")),
         step(app_login(text, "300000000942", strict="0"), fine))
    case("an app's login in RSA mode", [token(text, "app", "300000000005", "login")],
         step(app_login(text, "300000000005", rsa=True), {"/resultCode": "103000"}))
    case("an app's login in RSA mode with a wrong signature", [token(text, "app", "300000000005", "login")],
         step(app_login(text, "300000000005", rsa=True, change={"sign": "00" * 256}), code("103101")))


def app_verify_cases():
    text = "STsid0000001515028196605yc1oYNTuPlTlLT10AR3ywr2WApEq14JH"
    planted = [token(text, "app", "300000000004", "verify"), token(text + "5", "app", "300000000005", "verify")]
    good = app_verify(text)
    code = lambda value: {"/header/resultCode": value}
    case("an app's number is verified, once", planted,
         step(good, {**code("000"), "/body/resultDesc": "是本机号码", "/body/message": "m", "/body/accessToken": None,
                     "/header/msgId": "8ADFF305C7FCB3E1B1AECC130792FBD0"}),
         step(good, code("606")))
    case("an app's verification of another number", planted, step(app_verify(text, phone=OTHER), code("001")))
    case("an app's number with keyType 1", planted,
         step(app_verify(text + "5", "300000000005", key_type="1"), code("000")))
    case("an app's verification of another number with keyType 1", planted,
         step(app_verify(text + "5", "300000000005", OTHER, "1"), {**code("001"), "/body/accessToken": None}))
    case("an unknown keyType has the meaning of 0", planted, step(app_verify(text, key_type="7"), code("000")))
    case("an app's verification after two minutes", planted, step(good, code("606"), at=2 * MINUTE + 1))
    case("an app's verification with a login's token", [token(text, "app", "300000000004", "login")],
         step(good, code("606")))
    case("an app's verification with another app's token", planted,
         step(app_verify(text, "300000000006"), code("606")))
    case("an app's malformed verifications", planted,
         step(app_verify(text, lower=True), code("302")),
         step(app_verify(text, change={"sign": "00"}), code("302")),
         step(app_verify(text, key_type="1", app="300000000005", change={"phoneNum": "AAAA"}), code("302")),
         step(app_verify(text, change={"keyType": 1}), code("303")),
         step(app_verify(text, change={"openType": ""}), code("102")),
         step(app_verify(text, change={"requesterType": "2"}), code("102")),
         step(app_verify(text, stamp=china()[:16]), code("102")),
         step(post(APP_VERIFY, "nothing"), code("303")),
         step(good, code("000")))
    case("an app that is not entitled to verification", planted, step(app_verify(text, "300000000941"), code("103420")))
    case("an app's verification from another address", planted, step(app_verify(text, "300000000942"), code("124")))


def aliyun_cases():
    verify = [token("Dfaf+dafad/5422525==", "aliyunH5", "sandbox", "verify")]
    login = [token("Dfaf+dafad/5422525==", "aliyunH5", "sandbox", "login")]
    inputs = dict(PhoneNumber=PHONE, SpToken="Dfaf+dafad/5422525==")
    sts = dict(key="STS.sandbox-access-key-id", secret="sandbox-sts-access-key-secret")
    page = dict(Url="https://shop.example.com/", Origin="https://shop.example.com", SceneCode="FC100000000000001",
                BizType="0")
    code = lambda value: {"/Code": value}
    passed = {"/Code": "OK", "/GateVerify/VerifyResult": "PASS"}
    action = "VerifyPhoneWithToken"
    for name, sign in [("V3", v3), ("V1", v1)]:
        case(f"{name}: a number is verified, once", verify,
             step(sign(action, inputs), passed), step(sign(action, inputs, nonce="n-2"), code("isv.TOKEN_INVALID")))
        case(f"{name}: verification of another number", verify,
             step(sign(action, dict(inputs, PhoneNumber=OTHER)), {"/GateVerify/VerifyResult": "REJECT"}))
        case(f"{name}: a nonce is accepted once", verify,
             step(sign(action, inputs), passed), step(sign(action, inputs), code("SignatureNonceUsed"), status=400))
        case(f"{name}: a wrong secret", verify,
             step(sign(action, inputs, secret="wrong"), code("SignatureDoesNotMatch"), status=400))
        case(f"{name}: an unknown access key", verify,
             step(sign(action, inputs, key="nobody"), code("InvalidAccessKeyId.NotFound"), status=404))
        case(f"{name}: an inactive access key", verify,
             step(sign(action, inputs, key="sandbox-inactive-access-key-id"), code("InvalidAccessKeyId.Inactive"),
                  status=403))
        case(f"{name}: an old timestamp", verify,
             step(sign(action, inputs, date=iso(NOW - 16 * MINUTE)), code("InvalidTimeStamp.Expired"), status=400),
             step(sign(action, inputs, date="2026-11-21 04:00:00", nonce="n-2"), code("InvalidTimeStamp.Format"),
                  status=400))
        case(f"{name}: an STS credential", verify,
             step(sign(action, inputs, **sts), code("MissingSecurityToken"), status=400),
             step(sign(action, inputs, security_token="old", nonce="n-2", **sts),
                  code("InvalidSecurityToken.Malformed"), status=400),
             step(sign(action, inputs, security_token="sandbox-security-token", nonce="n-3", **sts), passed))
        case(f"{name}: an operation that does not exist", verify,
             step(sign("VerifyPhone", inputs), code("InvalidAction.NotFound"), status=404))
        case(f"{name}: a parameter is missing", verify,
             step(sign(action, dict(PhoneNumber=PHONE)), code("MissingParameter"), status=400))
        case(f"{name}: an invalid phone number", verify,
             step(sign(action, dict(inputs, PhoneNumber="+8613800001079")), code("isv.MOBILE_NUMBER_ILLEGAL")))
        case(f"{name}: a RAM user without permissions", verify,
             step(sign(action, inputs, key="sandbox-forbidden-access-key-id"), code("isv.RAM_PERMISSION_DENY")))
        case(f"{name}: a token of another account", verify,
             step(sign(action, inputs, key="sandbox-other-access-key-id", secret="sandbox-other-access-key-secret"),
                  code("isv.TOKEN_INVALID")))
        case(f"{name}: a verification with the token of a login", login,
             step(sign(action, inputs), code("isv.TOKEN_UNAUTHORIZED_USED")))
        case(f"{name}: a login with the token of a verification", verify,
             step(sign("GetPhoneWithToken", dict(SpToken=inputs["SpToken"])), code("isv.TOKEN_UNAUTHORIZED_USED")))
        case(f"{name}: a login returns the number", login,
             step(sign("GetPhoneWithToken", dict(SpToken=inputs["SpToken"])), {"/Code": "OK", "/Data/Mobile": PHONE}))
        case(f"{name}: an expired token", login,
             step(sign("GetPhoneWithToken", dict(SpToken=inputs["SpToken"])), code("isv.TOKEN_INVALID"),
                  at=2 * MINUTE + 1))
        case(f"{name}: an app's login", [token("at", "aliyunApp", "sandbox", "login")],
             step(sign("GetMobile", dict(AccessToken="at", OutId="o1")), {"/GetMobileResultDTO/Mobile": PHONE}))
        case(f"{name}: an app's verification", [token("ac", "aliyunApp", "sandbox", "verify")],
             step(sign("VerifyMobile", dict(AccessCode="ac", PhoneNumber=PHONE)),
                  {"/GateVerifyResultDTO/VerifyResult": "PASS"}))
        case(f"{name}: GetAuthToken", [],
             step(sign("GetAuthToken", page), code("OK")),
             step(sign("GetAuthToken", dict(Url=page["Url"], Origin=page["Origin"]), nonce="n-2"), code("OK")),
             step(sign("GetAuthToken", dict(page, Origin="https://shop.example.com/"), nonce="n-3"),
                  code("isv.VERIFY_SCHEME_NOT_EXIST")),
             step(sign("GetAuthToken", dict(page, SceneCode="FC0"), nonce="n-4"), code("isv.SCENE_QUERY_FAIL")),
             step(sign("GetAuthToken", dict(page, BizType="2"), nonce="n-5"), code("isv.INVALID_PARAMETERS")),
             step(sign("GetAuthToken", dict(Url=page["Url"]), nonce="n-6"), code("MissingParameter"), status=400))
    blank = dict(page, Url="https://shop.example.com/h5 login?a=1&b=中文~*")
    case("spaces and other special characters in signed parameters", [],
         step(v3("GetAuthToken", blank), code("isv.VERIFY_SCHEME_NOT_EXIST")),
         step(v1("GetAuthToken", blank, nonce="n-2"), code("isv.VERIFY_SCHEME_NOT_EXIST")))
    case("V1 by GET", verify, step(v1(action, inputs, method="GET"), passed))
    case("V3 with a form", verify, step(v3(action, inputs, form=True), passed))
    case("V3 with an unsigned x-acs- field", verify,
         step(v3(action, inputs, unsigned=["x-acs-date"]), code("IncompleteSignature"), status=400))
    case("V3 with a header field changed after signing", verify,
         step(v3(action, inputs, extra={"x-acs-signature-nonce": "other"}), code("SignatureDoesNotMatch"), status=400))
    case("V1 with a parameter changed after signing", verify,
         step(v1(action, inputs, change={"PhoneNumber": OTHER}), code("SignatureDoesNotMatch"), status=400))
    case("another version", verify,
         step(v3(action, inputs, version="2018-01-01"), code("InvalidVersion"), status=400))


def page_material():
    app = "300000000001"
    trace, stamp = "0123456789abcdef", china()
    plain = app + "8" + trace + stamp + trace + "2.0" + APPS[app]["appKey"]
    pre_sign = "300000000003" + "0.7312345678901234" + china() + "6f1c7dc0-5a4b-4c1e-9d0a-0123456789ab" + "1.2"
    sign = base64.b64encode(rsa_sign("300000000003", "client", pre_sign, hashes.MD5())).decode()
    return dict(
        h5Parameters=dict(version="2.0", appId=app, sign=hashlib.md5(plain.encode()).hexdigest().upper(), traceId=trace,
                          timestamp=stamp, openType="1", expandParams="", authPageType="0"),
        preSign=pre_sign, preSignSignature=sign)


if __name__ == "__main__":
    one_click_cases()
    quick_app_cases()
    app_login_cases()
    app_verify_cases()
    aliyun_cases()
    fixtures = dict(now=NOW, phoneNumber=PHONE, page=page_material(), cases=CASES)
    (HERE / "fixtures.json").write_text(json.dumps(fixtures, ensure_ascii=False, indent=1) + "\n")
    print(len(CASES), "cases")
