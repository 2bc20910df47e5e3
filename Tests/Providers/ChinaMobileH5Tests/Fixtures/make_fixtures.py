#!/usr/bin/env python3
"""Writes the fixtures of china-mobile-h5 to its own folder: one-click login (specs/china-mobile.md §1)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *


KEY32 = "abcdefghijklmnopABCDEFGHIJKLMNOP"
KEY16 = "abcdefghijklmnop"
PRIVATE = keys()["client"]["private"]
APP = "300000000001"
TOKEN = "H5HTTPS0123456789ABCDEF0123456789ABCDEF"
FINGERPRINT = "aVBob25lQEBNb3ppbGxhJTJGNS4wQEA5ZjBjOGU%3D"


def account(**more):
    return {"appId": APP, "appKey": KEY32, "privateKey": PRIVATE, **more}


def prepared(page="0", key=KEY32):
    time = china17()
    sign = md5(APP + "8" + NONCE + time + NONCE + "2.0" + key)
    return compact({"version": "2.0", "appId": APP, "sign": sign, "traceId": NONCE, "timestamp": time,
                    "openType": "1", "expandParams": "", "authPageType": page})


def request(version="2.0", fingerprint=FINGERPRINT, token=TOKEN, now=NOW):
    time = china17(now)
    sign = rsa_sign(PRIVATE, "sha256", APP + NONCE + time + token + version).hex().upper()
    return {
        "target": "/h5/onekeylogin/tokenValidate",
        "headers": [["Content-Type", "application/json"], ["interfaceVersion", version], ["appId", APP],
                    ["traceId", NONCE], ["timestamp", time], ["businessType", "8"]],
        "body": compact({"token": token, "sign": sign, "userInformation": fingerprint, "expandParams": ""}),
    }


def success(key=KEY16, number=NUMBER, mask=MASK, code="103000", **more):
    data = {"msisdn": aes_ecb(key, number), "expandParams": None, "securityPhone": mask}
    return {"resultCode": code, "desc": "success", "serviceTime": china17(), "data": data, **more}


def found(transaction=None):
    return {"number": NUMBER, "transaction": transaction, "billed": "yes"}


def lost(reason, billed="yes", code=None, message=None, **more):
    return failure(reason, "login", code, message, billed=billed, **more)


LOGIN = {"kind": "login", "channel": "h5", "token": TOKEN, "userInformation": FINGERPRINT}
CALL = {"kind": "prepare", "channel": "h5", "operation": "login"}
folder = Folder(__file__, "china-mobile-h5")

# Prepare

folder.write("prepare-standard-page", "prepares the standard page by default", account(), CALL,
             result={"parameters": prepared()})
folder.write("prepare-16-character-key", "signs with a whole appKey of 16 characters", account(appKey=KEY16), CALL,
             result={"parameters": prepared(key=KEY16)})
folder.write("prepare-page-0", "prepares the standard page on request", account(),
             {**CALL, "page": {"type": "0"}}, result={"parameters": prepared()})
folder.write("prepare-page-1", "prepares the standard pop-up", account(), {**CALL, "page": {"type": "1"}},
             result={"parameters": prepared("1")})
popup = {"layerStyle": {"width": "80%", "bgColor": "#FFFFFF"}, "closeBtnStyle": {"ifShowBtn": True}}
folder.write("prepare-page-2", "prepares a pop-up with custom options", account(),
             {**CALL, "page": {"type": "2", "options": compact(popup)}},
             result={"parameters": prepared("2"),
                     "authPage": compact({"type": "2", "function": "CustomControlsInit",
                                          "element": "ydrzCustomControls", "submitFunction": "authGetTokenByLayer",
                                          "options": popup})})
for file, name, value, more in [
    ("mask", "with a mask", True, {}), ("mask-as-text", "with a mask, written as a text", "true", {}),
    ("without-mask", "whose mask is turned off", False, {"submitFunction": "authGetTokenByLayer"}),
]:
    masked = {**popup, "maskStyle": {"ifShowMask": value}}
    folder.write(f"prepare-page-2-{file}", f"prepares a pop-up {name}", account(),
                 {**CALL, "page": {"type": "2", "options": compact(masked)}},
                 result={"parameters": prepared("2"),
                         "authPage": compact({"type": "2", "function": "CustomControlsInit",
                                              "element": "ydrzCustomControls", **more, "options": masked})})
folder.write("prepare-page-2-without-options", "prepares a pop-up without options of the app", account(),
             {**CALL, "page": {"type": "2"}},
             result={"parameters": prepared("2"),
                     "authPage": compact({"type": "2", "function": "CustomControlsInit",
                                          "element": "ydrzCustomControls", "submitFunction": "authGetTokenByLayer",
                                          "options": {}})})
page = {"bgColor": "#F5F5F5", "titleStyle": {"name": "一键登录", "fontSize": 18}}
folder.write("prepare-page-3", "prepares a page with custom options", account(),
             {**CALL, "page": {"type": "3", "options": compact(page)}},
             result={"parameters": prepared("3"),
                     "authPage": compact({"type": "3", "function": "authPageInit", "options": page})})

# Login: answers

folder.write("login", "exchanges the token for the number and accepts variants of the answer", account(), LOGIN,
             request=request(), answers=[
    answer("success", success(), found("t-1"), headers={"traceId": "t-1"}),
    answer("the header name in lower case", success(), found("t-1"), headers={"traceid": "t-1"}),
    answer("no mask", {**success(), "data": {"msisdn": aes_ecb(KEY16, NUMBER)}}, found()),
    answer("an empty mask", success(mask=""), found()),
    answer("a line end after the encrypted number", success(number=NUMBER + "\n"), found()),
    answer("whitespace and a line end around the encrypted number", success(number=" " + NUMBER + " \r\n"), found()),
    answer("a line end after the mask", success(mask=MASK + "\n"), found()),
    answer("a number as code", success(code=103000), found()),
    answer("whitespace around the code", success(code=" 103000\n"), found()),
    answer("the older name of the code", {"resultcode": "103000", "data": success()["data"]}, found()),
    answer("the code in a header", {"header": {"resultCode": "103000"}, "data": success()["data"]}, found()),
    answer("the code in a body", {"body": {"resultCode": "103000"}, "data": success()["data"]}, found()),
    answer("a body as a JSON text", {"body": compact({"resultCode": 103000}), "data": success()["data"]},
           found()),
    answer("data as a JSON text", {**success(), "data": compact(success()["data"])}, found()),
    answer("undocumented members", success(bcode="7", more={"a": [1, None]}), found()),
    answer("a number with country code", success(number="+86" + NUMBER), found()),
    answer("the whole appKey as key", success(key=KEY32), found()),
    answer("success with HTTP 500: China Mobile's status is ignored", success(), found(), status=500),
])

folder.write("login-refused", "reports the vendor's failures", account(), LOGIN, request=request(), answers=[
    answer("an expired token", {"resultCode": "104007", "desc": "token不存在"},
           lost("token-expired", "no", "104007", "token不存在", hint="超过 2 分钟，或已校验过")),
    answer("a number as code", {"resultCode": 104013, "resultDesc": "sign"},
           lost("signature-rejected", "no", "104013", "sign")),
    answer("a missing message, replaced from the table", {"resultCode": "104017"},
           lost("ip-not-allowed", "no", "104017", "IP校验失败")),
    answer("a listed code with whitespace", {"resultCode": "\t104003 ", "message": "m"},
           lost("not-entitled", "no", "104003", "m")),
    answer("a code with its own advice", {"resultCode": "104012", "desc": "d"},
           lost("number-mismatch", "no", "104012", "d", advice="new-session")),
    answer("a code with another meaning at another stage", {"resultCode": "104008", "desc": "d"},
           lost("client-fingerprint-mismatch", "no", "104008", "d")),
    answer("a code that is listed only for another stage", {"resultCode": "501", "desc": "d"},
           lost("unmapped", "unknown", "501", "d")),
    answer("an unlisted code", {"resultCode": "109999", "desc": "什么？"},
           lost("unmapped", "unknown", "109999", "什么？")),
    answer("an unlisted code without a message", {"resultCode": -1}, lost("unmapped", "unknown", "-1")),
    answer("a failure with data", success(code="104004"),
           lost("entitlement-expired", "no", "104004", "success")),
    answer("a code that is neither text nor number", {"resultCode": True, "data": success()["data"]},
           lost("vendor-protocol-error", "unknown")),
    answer("an empty code", {"resultCode": "", "data": success()["data"]}, lost("vendor-protocol-error", "unknown")),
    answer("a code of whitespace", {"resultCode": "  ", "data": success()["data"]}, lost("vendor-protocol-error", "unknown")),
    answer("a verdict code of another product", {"resultCode": "000", "desc": "d"}, lost("unmapped", "unknown", "000", "d")),
    answer("an unlisted code with HTTP 500", {"resultCode": "109999", "desc": "d"},
           lost("unmapped", "unknown", "109999", "d"), status=500),
    answer("a listed code with HTTP 500", {"resultCode": "104000", "desc": "d"},
           lost("app-unknown", "no", "104000", "d"), status=500),
] + unreadable("login"))


def without(*names):
    return {key: value for key, value in success().items() if key not in names}


folder.write("login-success-without-the-number", "rejects a success without a valid number", account(), LOGIN,
             request=request(), answers=[
    answer("no data", without("data"), lost("vendor-protocol-error")),
    answer("null as data", {**success(), "data": None}, lost("vendor-protocol-error")),
    answer("a list as data", {**success(), "data": [success()["data"]]}, lost("vendor-protocol-error")),
    answer("empty data", {**success(), "data": {}}, lost("vendor-protocol-error")),
    answer("a number as msisdn", {**success(), "data": {"msisdn": int(NUMBER)}},
           lost("vendor-protocol-error")),
    answer("an unencrypted msisdn", {**success(), "data": {"msisdn": NUMBER}}, lost("vendor-protocol-error")),
    answer("an msisdn that is not Base64", {**success(), "data": {"msisdn": "?" * 24}}, lost("vendor-protocol-error")),
    answer("an empty msisdn", {**success(), "data": {"msisdn": ""}}, lost("encryption-rejected")),
    answer("an incomplete block", {**success(), "data": {"msisdn": "AAECAwQFBgc="}}, lost("encryption-rejected")),
    answer("another app's key", success(key="ponmlkjihgfedcba"), lost("encryption-rejected")),
    answer("the mask of another number", success(mask="139****0000"), lost("vendor-protocol-error")),
    answer("a mask with another end", success(mask="138****0001"), lost("vendor-protocol-error")),
    answer("a mask of another length", success(mask="138***0000"), lost("vendor-protocol-error")),
    answer("a text of 30 digits", success(number="1380000000013800000000138000", mask=""),
           lost("encryption-rejected")),
    answer("a number of 12 digits", success(number=NUMBER + "0", mask=""), lost("encryption-rejected")),
    answer("a landline", success(number="02012345678", mask=""), lost("encryption-rejected")),
    answer("a text instead of a number", success(number="not a number", mask=""), lost("encryption-rejected")),
])

# Login: settings

folder.write("login-16-character-key", "decrypts with a whole appKey of 16 characters", account(appKey=KEY16), LOGIN,
             request=request(), answers=[
    answer("success", success(), found()),
    answer("a longer key", success(key=KEY32), lost("encryption-rejected")),
])
folder.write("login-first-16", "decrypts only with the first 16 characters, if configured",
             account(decryptionKey="first-16"), LOGIN, request=request(), answers=[
    answer("success", success(), found()),
    answer("the whole key", success(key=KEY32), lost("encryption-rejected")),
])
folder.write("login-whole", "decrypts only with the whole key, if configured", account(decryptionKey="whole"),
             LOGIN, request=request(), answers=[
    answer("success", success(key=KEY32), found()),
    answer("the first 16 characters", success(), lost("encryption-rejected")),
])
folder.write("login-interface-version-1.0", "sends and signs the configured interfaceVersion",
             account(interfaceVersion="1.0"), LOGIN, request=request("1.0"), answers=[
    answer("success", success(), found()),
])
odd = "devtools%40%408.0.5%40%40iOS%2010.0.1%3d%3D+\"\\/中文😀"
folder.write("login-fingerprint", "sends userInformation unchanged", account(),
             {**LOGIN, "userInformation": odd}, request=request(fingerprint=odd), answers=[
    answer("success", success(), found()),
])
folder.write("login-new-year", "uses China's time zone at the turn of the year", account(), LOGIN,
             now=1_735_660_800_000, request=request(now=1_735_660_800_000), answers=[
    answer("success", success(), found()),
])
for file, fingerprint in [("missing", {}), ("empty", {"userInformation": ""})]:
    folder.write(f"login-fingerprint-{file}", f"rejects a call with {file} userInformation", account(),
                 {"kind": "login", "channel": "h5", "token": TOKEN, **fingerprint},
                 result=failure("invalid-request", "gateway", delivery="not-sent"))
