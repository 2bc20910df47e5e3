#!/usr/bin/env python3
"""Writes the fixtures of china-mobile-app to its own folder (specs/china-mobile.md §3, §4)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *

SECRET = "ABCDEFGHIJKLMNOPabcdefghijklmnop"
KEY = "abcdefghijklmnopABCDEFGHIJKLMNOP"
CLIENT, PLATFORM = keys()["client"], keys()["platform"]
SIGNING, ENCRYPTION = keys()["signing"], keys()["encryption"]
APP = "300000000004"
TOKEN = "STsid0000001234567890123abcdefABCDEF"
folder = Folder(__file__, "china-mobile-app")

MD5 = {"appId": APP, "appSecret": SECRET}
RSA = {"appId": APP, "signature": "rsa", "signPrivateKey": SIGNING["private"],
       "decryptPrivateKey": ENCRYPTION["private"]}
HMAC = {"appId": APP, "appKey": KEY}
RSA_VERIFY = {**HMAC, "keyType": "1", "privateKey": CLIENT["private"], "platformPublicKey": PLATFORM["public"]}
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN}
VERIFY = {"kind": "verify", "channel": "app", "token": TOKEN, "phoneNumber": NUMBER}

# Prepare

for channel in ("app", "h5"):
    folder.write(f"prepare-{channel}", f"returns the appId to the {channel} SDK", {**MD5, **HMAC},
                 {"kind": "prepare", "channel": channel, "operation": "login"},
                 result={"parameters": compact({"appId": APP})})

# Login


def login_request(sign, strict="0", algorithm="", app=APP, nonce=NONCE, token=TOKEN, now=NOW):
    return {
        "target": "/unisdk/rsapi/loginTokenValidate", "headers": [["Content-Type", "application/json"]],
        "body": compact({"version": "2.0", "msgid": nonce, "systemtime": china17(now), "strictcheck": strict,
                         "appid": app, "expandparams": "", "token": token, "sign": sign,
                         "encryptionalgorithm": algorithm}),
    }


def login_sign(key, strict="0", app=APP, nonce=NONCE, token=TOKEN, now=NOW):
    return md5(app + "2.0" + nonce + china17(now) + strict + token + key)


def success(msisdn=NUMBER, **more):
    return {"inresponseto": NONCE, "systemtime": china17(), "resultCode": "103000", "msisdn": msisdn,
            "taskId": "t-1", **more}


def found(transaction="t-1"):
    return {"number": NUMBER, "transaction": transaction, "billed": "yes"}


def lost(reason, code=None, message=None, billed="yes", **more):
    return failure(reason, "login", code, message, billed=billed, **more)


def without(*names):
    return {key: value for key, value in success().items() if key not in names}


folder.write("login-md5", "exchanges the token for the number, signed with the appSecret", MD5, LOGIN,
             request=login_request(login_sign(SECRET)), answers=[
    answer("success", success(), found()),
    answer("a number as code", success(resultCode=103000), found()),
    answer("whitespace around the code", success(resultCode=" 103000 "), found()),
    answer("the older name of the code", {**without("resultCode"), "resultcode": "103000"}, found()),
    answer("a number as msisdn", success(int(NUMBER)), found()),
    answer("an msisdn with country code", success("86" + NUMBER), found()),
    answer("no transaction", without("taskId"), found(None)),
    answer("a number as transaction id", success(taskId=12345678901234567890), found("12345678901234567890")),
    answer("no request id", without("inresponseto"), found()),
    answer("the code in a header", {**without("resultCode"), "header": {"resultCode": "103000"}}, found()),
    answer("undocumented members", success(desc="d", more=[{}]), found()),
    answer("success with HTTP 500: China Mobile's status is ignored", success(), found(), status=500),
    answer("the answer to another request", success(inresponseto="f" * 32), lost("vendor-protocol-error")),
    answer("no msisdn", without("msisdn"), lost("vendor-protocol-error")),
    answer("an empty msisdn", success(""), lost("vendor-protocol-error")),
    answer("null as msisdn", success(None), lost("vendor-protocol-error")),
    answer("an object as msisdn", success({"n": NUMBER}), lost("vendor-protocol-error")),
    answer("a text of 30 digits", success("1380000000013800000000138000"), lost("vendor-protocol-error")),
    answer("a JSON number of 30 digits", success(138000000001380000000013800000), lost("vendor-protocol-error")),
    answer("a number of 10 digits", success("1380000000"), lost("vendor-protocol-error")),
    answer("a masked number", success(MASK), lost("vendor-protocol-error")),
    answer("an encrypted number in MD5 mode", success(rsa_encrypt(ENCRYPTION["private"], NUMBER).hex()),
           lost("vendor-protocol-error")),
    answer("a wrong signature", {"resultCode": "103101", "desc": "d"},
           lost("signature-rejected", "103101", "d", "no", hint="核对 MD5 还是 RSA、APPSecret 还是旧 appkey")),
    answer("a token for verification", {"resultcode": 105018}, lost("token-not-permitted", "105018",
           "用户权限不足（使用了本机号码校验的token去调用本接口）", "no")),
    answer("a capability that is not enabled", {"resultCode": "105019", "desc": "d"},
           lost("not-entitled", "105019", "d", "no", advice="fix-configuration")),
    answer("an unlisted code", {"resultCode": "103099", "desc": "Ünlisted"},
           lost("unmapped", "103099", "Ünlisted", "unknown")),
    answer("a failure with a number", success(resultCode="104201"),
           lost("token-expired", "104201", "token失效或不存在", "no", hint="超过 2 分钟，或已校验过")),
    answer("the code of a verdict", success(resultCode="000"), lost("unmapped", "000", None, "unknown")),
    answer("the success code of the token stage", success(resultCode="200087"),
           lost("unmapped", "200087", None, "unknown")),
] + unreadable("login"))
folder.write("login-md5-strict", "requests the vendor's address check, if configured", {**MD5, "strictCheck": "1"},
             LOGIN, request=login_request(login_sign(SECRET, "1"), "1"),
             answers=[answer("success", success(), found())])
folder.write("login-md5-app-key", "signs with the appKey, if configured for an old app", {**HMAC, "md5Key": "appKey"}, LOGIN,
             request=login_request(login_sign(KEY)), answers=[answer("success", success(), found())])
folder.write("login-h5", "exchanges a token of the H5 SDK", MD5, {**LOGIN, "channel": "h5"},
             request=login_request(login_sign(SECRET)), answers=[answer("success", success(), found())])

# other-vendors.md §9: a published vector.
then = 1_704_135_845_678
agree("china17", china17(then), "20240102030405678")
vector = login_sign("appkey", app="3000000001", nonce="msg1", token="tok", now=then)
agree("loginTokenValidate", vector, "57E2F0A1D24820DD9B594E1D6A97D5AA")
folder.write("login-published-vector", "reproduces the published signature of a login",
             {"appId": "3000000001", "appKey": "appkey", "md5Key": "appKey"}, {**LOGIN, "token": "tok"},
             now=then, nonce="msg1",
             request=login_request(vector, app="3000000001", nonce="msg1", token="tok", now=then),
             answers=[answer("success", success(inresponseto="msg1"), found())])

ciphertext = rsa_encrypt(ENCRYPTION["private"], NUMBER)
folder.write("login-rsa", "signs with RSA and decrypts the number, in hexadecimal or Base64", RSA, LOGIN,
             request=login_request(rsa_sign(SIGNING["private"], "sha256", APP + TOKEN).hex(), algorithm="RSA"),
             answers=[
    answer("hexadecimal", success(ciphertext.hex()), found()),
    answer("upper-case hexadecimal", success(ciphertext.hex().upper()), found()),
    answer("Base64", success(b64(ciphertext)), found()),
    answer("an unencrypted number", success(), found()),
    answer("a line end after the encrypted number",
           success(b64(rsa_encrypt(ENCRYPTION["private"], NUMBER + "\n"))), found()),
    answer("a ciphertext for another key pair", success(rsa_encrypt(SIGNING["private"], NUMBER).hex()),
           lost("encryption-rejected")),
    answer("an incomplete block", success(ciphertext.hex()[:256]), lost("encryption-rejected")),
    answer("neither hexadecimal nor Base64", success("?" * 64), lost("vendor-protocol-error")),
    answer("a text instead of a number", success(rsa_encrypt(ENCRYPTION["private"], "not a number").hex()),
           lost("vendor-protocol-error")),
    answer("a text of 30 digits", success(rsa_encrypt(ENCRYPTION["private"], "138" * 10).hex()),
           lost("vendor-protocol-error")),
    answer("a failure", {"resultCode": "103412", "desc": "d"},
           lost("request-rejected", "103412", "d", "no", hint="加密方式错、非 JSON 或空请求")),
])
folder.write("login-without-a-key", "reports that the account has no key for login", HMAC, LOGIN,
             result=failure("misconfigured", "login", delivery="not-sent"))

# Verify


def verify_body(phone_num, sign, channel="1", requester="0", key_type="0", app=APP, nonce=NONCE, token=TOKEN, now=NOW):
    return compact({"header": {"version": "1.0", "msgId": nonce, "timestamp": china17(now), "appId": app},
                    "body": {"openType": channel, "requesterType": requester, "keyType": key_type,
                             "phoneNum": phone_num, "token": token, "sign": sign}})


def verify_request(open_type="0", requester="0", key_type="0", app=APP, key=KEY, nonce=NONCE, token=TOKEN, now=NOW):
    phone_num = sha256(NUMBER + key + china17(now))
    sign = hmac_sha256(key, app + nonce + phone_num + china17(now) + token + "1.0")
    return {"target": "/openapi/rs/tokenValidate", "headers": [["Content-Type", "application/json"]],
            "body": verify_body(phone_num, sign, open_type, requester, key_type, app, nonce, token, now)}


def rsa_request(requester="0", key_type="1"):
    return {
        "target": "/openapi/rs/tokenValidate", "headers": [["Content-Type", "application/json"]],
        "body": verify_body("{{phoneNum}}", "{{sign}}", "0", requester, key_type),
        "encrypted": {"privateKey": PLATFORM["private"], "plain": NUMBER + KEY + china17()},
        "signed": {"publicKey": CLIENT["public"], "digest": "md5",
                   "plain": APP + NONCE + "{{phoneNum}}" + china17() + TOKEN + "1.0"},
    }


def said(code, message="d", **body):
    return {"header": {"msgId": NONCE, "timestamp": china17(), "appId": APP, "resultCode": code},
            "body": {"resultDesc": message, **body}}


def verdict(word, transaction=None, assist=None):
    return {"verdict": word, "smsAssistToken": assist, "transaction": transaction, "billed": "yes"}


def unsure(reason, code=None, message="d", billed="no", **more):
    return failure(reason, "verify", code, message if code else None, billed=billed, **more)


folder.write("verify-hmac", "verifies the number, signed with HMAC", HMAC, VERIFY, request=verify_request(), answers=[
    answer("a match", said("000", taskId="t-1"), verdict("match", "t-1")),
    answer("a mismatch", said("001", taskId="t-1"), verdict("mismatch", "t-1")),
    answer("a mismatch with an SMS token", said("001", accessToken="assist"),
           verdict("mismatch", assist="assist")),
    answer("a match with an SMS token, which is ignored", said("000", accessToken="assist"),
           verdict("match")),
    answer("an empty SMS token", said("001", accessToken=""), verdict("mismatch")),
    answer("whitespace around the code", said("\n000\t"), verdict("match")),
    answer("a number as code, without the leading zeros", said(1), unsure("unmapped", "1", billed="unknown")),
    answer("the older name of the code", {"header": {"resultcode": "001"}}, verdict("mismatch")),
    answer("the code in the body", {"header": {"msgId": NONCE}, "body": {"resultCode": "000"}}, verdict("match")),
    answer("the code at the top level", {"resultCode": "001"}, verdict("mismatch")),
    answer("header and body as JSON texts", {"header": compact(said("000")["header"]),
                                             "body": compact({"taskId": "t-2"})}, verdict("match", "t-2")),
    answer("undocumented members", {**said("000"), "respSign": {"a": []}}, verdict("match")),
    answer("no request id", {"header": {"resultCode": "000"}}, verdict("match")),
    answer("a match with HTTP 500: China Mobile's status is ignored", said("000"), verdict("match"),
           status=500),
    answer("the answer to another request", {"header": {"msgId": "f" * 32, "resultCode": "000"}},
           unsure("vendor-protocol-error", billed="unknown")),
    answer("no code", {"header": {"msgId": NONCE}, "body": {}},
           unsure("vendor-protocol-error", billed="unknown")),
    answer("a used token", said("606"), unsure("token-expired", "606", hint="超过 2 分钟，或已校验过")),
    answer("a number that the carrier did not obtain", said("002", ""), unsure("number-not-acquired", "002", "取号失败")),
    answer("an internal failure of the vendor", said("003"), unsure("vendor-unavailable", "003")),
    answer("a code after a combining mark", said(" \u0301000"),
           unsure("unmapped", "\u0301000", billed="unknown")),
    answer("login's success", said("103000"), unsure("unmapped", "103000", billed="unknown")),
    answer("a longer code", said("0000"), unsure("unmapped", "0000", billed="unknown")),
    answer("a shorter code", said("00"), unsure("unmapped", "00", billed="unknown")),
    answer("Aliyun's match", said("PASS"), unsure("unmapped", "PASS", billed="unknown")),
] + unreadable("verify"))
folder.write("verify-h5", "sends the H5 channel as requesterType", HMAC, {**VERIFY, "channel": "h5"},
             request=verify_request(requester="1"), answers=[answer("a match", said("000"), verdict("match"))])
for carrier, open_type in [("YD", "1"), ("CU", "2"), ("CT", "3")]:
    folder.write(f"verify-open-type-{carrier.lower()}", f"sends the carrier {carrier} as openType", HMAC,
                 {**VERIFY, "carrier": carrier}, request=verify_request(open_type),
                 answers=[answer("a match", said("000"), verdict("match"))])
folder.write("verify-key-type-number", "sends keyType 0 as a number, if configured",
             {**HMAC, "keyTypeForm": "number"}, VERIFY, request=verify_request(key_type=0),
             answers=[answer("a match", said("000"), verdict("match"))])
folder.write("verify-rsa", "verifies the number, encrypted and signed with RSA", RSA_VERIFY, VERIFY,
             request=rsa_request(), answers=[
    answer("a match", said("000"), verdict("match")),
    answer("a mismatch", said("001", accessToken="assist"), verdict("mismatch", assist="assist")),
    answer("a number that the vendor cannot decrypt", said("004"),
           unsure("encryption-rejected", "004", hint="phoneNum 的摘要或 RSA 加密有误")),
])
folder.write("verify-rsa-h5-key-type-number", "sends keyType 1 as a number, if configured",
             {**RSA_VERIFY, "keyTypeForm": "number"}, {**VERIFY, "channel": "h5"},
             request=rsa_request(requester="1", key_type=1), answers=[answer("a match", said("000"), verdict("match"))])

agree("phoneNum", sha256(NUMBER + "appkey" + china17(then)),
      "3E8FF7A7F48FF132CF9AC1351B784A3F90284471CEEB0E7F571C82466CA943D4")
vector = verify_request(app="3000000001", key="appkey", nonce="msg1", token="tok", now=then)
agree("tokenValidate", json.loads(vector["body"])["body"]["sign"],
      "C4AE064875A191377F3515984E886D7663E6408AE2C4B65A3805844E2590EE48")
folder.write("verify-published-vector", "reproduces the published signature of a verification",
             {"appId": "3000000001", "appKey": "appkey"}, {**VERIFY, "token": "tok"}, now=then, nonce="msg1",
             request=vector, answers=[answer("a match", {"header": {"msgId": "msg1", "resultCode": "000"}},
                                             verdict("match"))])
folder.write("verify-without-a-key", "reports that the account has no key for verification", MD5, VERIFY,
             result=failure("misconfigured", "verify", delivery="not-sent"))
