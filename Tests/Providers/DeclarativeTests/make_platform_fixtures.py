#!/usr/bin/env python3
"""Writes the fixtures of platforms (WeChat, Alipay) and of CAMARA to Fixtures/<provider>."""

from vendor_fixtures import *

# WeChat (getStableAccessToken, getPhoneNumber)

ALWAYS = {"headers": [["Content-Type", "application/json"]]}
wechat = Vendor("wechat")
APP, SECRET = "wxsandbox000000001", "sandboxwechatsecret0000000000001"
ACCOUNT = {"appId": APP, "appSecret": SECRET}
CODE = "e31968a7f94cc5ee25fafc2aef2773f0bb8c3937b22520eb8ee345274d00c144"
LOGIN = {"kind": "login", "channel": "wechat-mini-program", "token": CODE}
ACCESS = "61_ACCESS-TOKEN_" + "x" * 120


def issued(value, seconds=7200):
    return {"credential": value, "lifeSeconds": seconds}


def refused(code, message="m rid: 64c1f2a7-1f0f"):
    return {"errcode": code, "errmsg": message}


def lost_credential(reason, code=None, message="m rid: 64c1f2a7-1f0f", **more):
    return failure(reason, "credential", code, message if code else None, **more)


wechat.write(
    "access-token", "fetches the access token", ACCOUNT, {"kind": "credential", "credential": "accessToken"},
    request={"target": "/cgi-bin/stable_token", **ALWAYS,
             "body": compact({"grant_type": "client_credential", "appid": APP, "secret": SECRET})},
    answers=[
        answer("success", {"access_token": ACCESS, "expires_in": 7200}, issued(ACCESS)),
        answer("a token near its end", {"access_token": ACCESS, "expires_in": 300}, issued(ACCESS, 300)),
        answer("a text as lifetime", {"access_token": ACCESS, "expires_in": "7200"}, issued(ACCESS)),
        answer("a wrong secret", refused(40125), lost_credential(
            "signature-rejected", "40125", hint="核对 appSecret；重置后旧的立即失效")),
        answer("an address that is not listed", refused(40164), lost_credential(
            "ip-not-allowed", "40164", hint="在小程序后台的 IP 白名单中登记网关的出口 IP")),
        answer("an unlisted code", refused(40999), lost_credential("unmapped", "40999", billed="unknown")),
        answer("no token", {"expires_in": 7200}, lost_credential("vendor-protocol-error", billed="unknown")),
        answer("an empty token", {"access_token": "", "expires_in": 7200},
               lost_credential("vendor-protocol-error", billed="unknown")),
        answer("no lifetime", {"access_token": ACCESS}, lost_credential("vendor-protocol-error", billed="unknown")),
        answer("a lifetime of zero", {"access_token": ACCESS, "expires_in": 0},
               lost_credential("vendor-protocol-error", billed="unknown")),
    ])


def phone(number=NUMBER, app=APP, country="86", **more):
    return {"errcode": 0, "errmsg": "ok",
            "phone_info": {"phoneNumber": number, "purePhoneNumber": number, "countryCode": country,
                           "watermark": {"timestamp": 1637744274, "appid": app}, **more}}


wechat.write(
    "login", "exchanges the code for the number", ACCOUNT, LOGIN, credentials={"accessToken": ACCESS},
    request={"target": f"/wxa/business/getuserphonenumber?access_token={ACCESS}", **ALWAYS,
             "body": compact({"code": CODE})},
    answers=[
        answer("success", phone(), found()),
        answer("a country code as number", phone(country=86), found()),
        answer("a number of the United Kingdom", phone("7700900123", country="44"),
               {**found(), "number": "+447700900123"}),
        answer("a number of Hong Kong", phone("51234567", country=852), {**found(), "number": "+85251234567"}),
        answer("a number of another mini-program", phone(app="wxother"), lost(
            "vendor-protocol-error", billed="unknown")),
        answer("a used code", refused(40029), lost(
            "token-expired", "40029", "m rid: 64c1f2a7-1f0f",
            hint="须为 getPhoneNumber 组件的 code，不是 wx.login 的 code")),
        answer("an expired access token", refused(42001), lost(
            "signature-rejected", "42001", "m rid: 64c1f2a7-1f0f")),
        answer("a code of another mini-program", refused(40013), lost(
            "app-unknown", "40013", "m rid: 64c1f2a7-1f0f", hint="code 来自另一个小程序：核对账号的 appId")),
        answer("a busy vendor", refused(-1), lost("vendor-busy", "-1", "m rid: 64c1f2a7-1f0f", "unknown")),
        answer("an unlisted code", refused(40999), lost("unmapped", "40999", "m rid: 64c1f2a7-1f0f", "unknown")),
        answer("no number", {"errcode": 0, "errmsg": "ok", "phone_info": {"watermark": {"appid": APP}}},
               lost("vendor-protocol-error")),
        answer("a number of mainland China that is not a mobile number", phone("10086"), lost("vendor-protocol-error")),
        answer("no country code", phone(country=""), lost("vendor-protocol-error")),
    ] + unreadable("login"))

# Alipay (my.getPhoneNumber): AES-CBC with an IV of zeros, RSA with SHA-256 over the text in quotes

alipay = Vendor("alipay")
AES_KEY = b64(b"0123456789abcdef")
PLATFORM, OTHER = keys()["platform"], keys()["signing"]
ACCOUNT = {"appId": "2021000000000001", "aesKey": AES_KEY, "alipayPublicKey": PLATFORM["public"]}


def encrypted_text(text, key=b"0123456789abcdef"):
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    return b64(encryptor.update(padder.update(text.encode()) + padder.finalize()) + encryptor.finalize())


def alipay_token(value, key=b"0123456789abcdef", pair=PLATFORM, **more):
    response = encrypted_text(compact(value), key)
    return compact({"response": response, "sign": b64(rsa_sign(pair["private"], "sha256", f'"{response}"')), **more})


def alipay_write(file, name, token, result):
    folder = alipay.path / f"{file}.json"
    fixture = {"name": name, "provider": "alipay", "authority": "vendor.example.com", "account": ACCOUNT,
               "call": {"kind": "login", "channel": "alipay-mini-program", "token": token},
               "context": {"now": NOW, "nonce": NONCE}, "result": result}
    folder.write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n")


def local(reason, code=None, message=None, **more):
    return failure(reason, "login", code, message, delivery="not-sent", **more)


alipay_write("login", "decrypts the number of the answer",
             alipay_token({"code": "10000", "msg": "Success", "mobile": NUMBER}),
             {"number": NUMBER, "transaction": None, "billed": "no"})
alipay_write("more-members", "accepts further members of the answer",
             alipay_token({"code": "10000", "msg": "Success", "mobile": NUMBER}, sign_type="RSA2", charset="UTF-8"),
             {"number": NUMBER, "transaction": None, "billed": "no"})
alipay_write("refused", "reports the code of an encrypted failure",
             alipay_token({"code": "40003", "msg": "Insufficient Conditions", "subCode": "isv.invalid-auth-relations",
                           "subMsg": "无效的授权关系"}),
             local("user-cancelled", "40003", "无效的授权关系", hint="无效的授权关系：用户没有在按钮上授权"))
alipay_write("plain-failure", "reports the code of a failure without encryption",
             compact({"response": compact({"code": "40001", "msg": "Missing", "subMsg": "no-key"})}),
             local("misconfigured", "40001", "no-key", hint="未配置接口内容加密方式（AES 密钥）或默认签名类型"))
alipay_write("other-signature", "refuses an answer that another key has signed",
             alipay_token({"code": "10000", "mobile": NUMBER}, pair=OTHER), local("token-malformed"))
alipay_write("no-signature", "refuses an answer without a signature",
             compact({"response": encrypted_text(compact({"code": "10000", "mobile": NUMBER}))}),
             local("token-malformed"))
alipay_write("other-key", "reports an answer that the AES key does not decrypt",
             alipay_token({"code": "10000", "mobile": NUMBER}, key=b"fedcba9876543210"), local("encryption-rejected"))
alipay_write("no-mobile", "refuses a success without a number",
             alipay_token({"code": "10000", "msg": "Success", "mobile": ""}), local("token-malformed"))
alipay_write("not-json", "refuses a token that is not the answer of the SDK", "abc", local("token-malformed"))

# CAMARA (RFC 7523, CAMARA Security and Interoperability Profile)

ID = "01234567-89ab-4def-8123-456789abcdef"
CLIENT = keys()["client"]
ACCOUNT = {"clientId": "client-1", "signingKey": CLIENT["private"], "tokenEndpoint": "https://auth.example.com"}
TOKEN = "AAAAoperatortoken"
FORM = {"headers": [["Content-Type", "application/x-www-form-urlencoded"]]}
BEARER = {"headers": [["Authorization", "Bearer at-1"], ["x-correlator", ID]]}


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(claims, header=None):
    head = url64(compact(header or {"alg": "RS256", "typ": "JWT"}).encode())
    signed = head + "." + url64(compact(claims).encode())
    return signed + "." + url64(rsa_sign(CLIENT["private"], "sha256", signed))


def scope(api):
    return "openid dpv:FraudPreventionAndDetection number-verification:" + api


def bearer_request(api, account=ACCOUNT, header=None):
    seconds = NOW // 1000
    claims = {"iss": "client-1", "sub": "operatortoken:" + TOKEN, "aud": "https://auth.example.com/token",
              "scope": scope(api), "iat": seconds, "exp": seconds + 120, "jti": ID}
    return {"method": "POST", "target": "/token", **FORM,
            "body": form({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": jwt(claims, header)})}


def token_step(request):
    return [{"name": "the access token of the user", "request": request,
             "answer": {"body": compact({"access_token": "at-1", "token_type": "Bearer", "expires_in": 300})}}]


def camara_unsure(reason, code=None, message=None, **more):
    return failure(reason, "verify", code, message, billed="unknown", **more)


camara = Vendor("camara")
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN}
VERIFY = {"kind": "verify", "channel": "app", "token": TOKEN, "phoneNumber": "+447700900123"}
LOGIN_REQUEST = {"method": "GET", "target": "/number-verification/v2/device-phone-number", **BEARER, "body": ""}
API = "device-phone-number:read"


def number(text, transaction=None):
    return {"number": text, "transaction": transaction, "billed": "unknown"}


camara.write("login", "gets the number with an access token for the user", ACCOUNT, LOGIN, request=LOGIN_REQUEST,
             first=token_step(bearer_request(API)), answers=[
    answer("success", {"devicePhoneNumber": "+447700900123"}, number("+447700900123")),
    answer("a number of mainland China", {"devicePhoneNumber": "+86" + NUMBER}, number(NUMBER, "c-1"),
           headers={"X-Correlator": "c-1"}),
    answer("a phone on Wi-Fi",
           {"status": 403, "code": "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK", "message": "m"},
           failure("cellular-required", "login", "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK", "m",
                   billed="unknown"), status=403),
    answer("an answer without a code", {}, failure("vendor-protocol-error", "login", billed="unknown")),
])
camara.write("login-key-id", "sends the id of the key, if the account has it", {**ACCOUNT, "keyId": "k1"}, LOGIN,
             request=LOGIN_REQUEST,
             first=token_step(bearer_request(API, header={"alg": "RS256", "typ": "JWT", "kid": "k1"})), answers=[
    answer("success", {"devicePhoneNumber": "+447700900123"}, number("+447700900123")),
])
camara.write("verify", "compares the hash of the number", ACCOUNT, VERIFY,
             request={"target": "/number-verification/v2/verify",
                      "headers": ALWAYS["headers"] + BEARER["headers"],
                      "body": compact({"hashedPhoneNumber": digest("sha256", "+447700900123")})},
             first=token_step(bearer_request("verify")), answers=[
    answer("a match", {"devicePhoneNumberVerified": True}, verdict("match", billed="unknown")),
    answer("a mismatch", {"devicePhoneNumberVerified": False}, verdict("mismatch", billed="unknown")),
    answer("a text", {"devicePhoneNumberVerified": "maybe"}, verdict("unknown", billed="unknown")),
    answer("an expired access token", {"status": 401, "code": "UNAUTHENTICATED", "message": "m"},
           camara_unsure("token-expired", "UNAUTHENTICATED", "m"), status=401),
    answer("no permission", {"status": 403, "code": "PERMISSION_DENIED", "message": "m"},
           camara_unsure("not-entitled", "PERMISSION_DENIED", "m"), status=403),
])
camara.write("verify-plain", "compares the number itself, as configured", {**ACCOUNT, "numberForm": "plain"},
             {**VERIFY, "phoneNumber": NUMBER},
             request={"target": "/number-verification/v2/verify",
                      "headers": ALWAYS["headers"] + BEARER["headers"],
                      "body": compact({"phoneNumber": "+86" + NUMBER})},
             first=token_step(bearer_request("verify")), answers=[
    answer("a match", {"devicePhoneNumberVerified": True}, verdict("match", billed="unknown")),
])


def assertion(path, jti):
    seconds = NOW // 1000
    return jwt({"iss": "client-1", "sub": "client-1", "aud": "https://auth.example.com" + path, "iat": seconds,
                "exp": seconds + 120, "jti": jti})


ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ciba = Vendor("camara-ciba")
ciba.write("login", "authorises the user in the background, then gets the number", ACCOUNT, LOGIN,
           request=LOGIN_REQUEST,
           first=[{"name": "the authorisation of the user",
                   "request": {"method": "POST", "target": "/bc-authorize", **FORM,
                               "body": form({"scope": scope(API), "login_hint": "operatortoken:" + TOKEN,
                                             "client_assertion_type": ASSERTED,
                                             "client_assertion": assertion("/bc-authorize", ID)})},
                   "answer": {"body": compact({"auth_req_id": "a-1", "expires_in": 120, "interval": 2})}}]
           + token_step({"method": "POST", "target": "/token", **FORM,
                         "body": form({"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": "a-1",
                                       "client_assertion_type": ASSERTED,
                                       "client_assertion": assertion("/token", digest("sha256", ID))})}),
           answers=[answer("success", {"devicePhoneNumber": "+447700900123"}, number("+447700900123"))])
