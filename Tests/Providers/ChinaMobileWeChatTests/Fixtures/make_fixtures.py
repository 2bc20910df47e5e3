#!/usr/bin/env python3
"""Writes the fixtures of china-mobile-wechat to its own folder: the wire format of H5 with another SDK."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *


KEY32 = "abcdefghijklmnopABCDEFGHIJKLMNOP"
PRIVATE = keys()["client"]["private"]
APP = "300000000002"
TOKEN = "H5HTTPS00000000000000000000000000000002"
FINGERPRINT = "devtools%40%408.0.5%40%40iOS%2010.0.1%40%409f0c8e"


def account(key=KEY32, **more):
    return {"appId": APP, "appKey": key, "privateKey": PRIVATE, "wxappid": "wx00000000000000aa", **more}


def prepared(key=KEY32, test=""):
    time = china17()
    sign = md5(APP + "8" + NONCE + time + NONCE + "2.0" + key)
    return compact({"version": "2.0", "appId": APP, "sign": sign, "traceId": NONCE, "timestamp": time,
                    "openType": "1", "expandParams": "", "isTest": test, "wxappid": "wx00000000000000aa"})


def request(version="2.0"):
    time = china17()
    sign = rsa_sign(PRIVATE, "sha256", APP + NONCE + time + TOKEN + version).hex().upper()
    return {
        "target": "/h5/onekeylogin/tokenValidate",
        "headers": [["Content-Type", "application/json"], ["interfaceVersion", version], ["appId", APP],
                    ["traceId", NONCE], ["timestamp", time], ["businessType", "8"]],
        "body": compact({"token": TOKEN, "sign": sign, "userInformation": FINGERPRINT, "expandParams": ""}),
    }


def success(key=KEY32[:16]):
    data = {"msisdn": aes_ecb(key, NUMBER), "expandParams": None, "securityPhone": MASK}
    return {"resultCode": "103000", "desc": "success", "serviceTime": "202010201200030", "data": data}


FOUND = {"number": NUMBER, "transaction": None, "billed": "yes"}
PREPARE = {"kind": "prepare", "channel": "wechat-mini-program", "operation": "login"}
LOGIN = {"kind": "login", "channel": "wechat-mini-program", "token": TOKEN, "userInformation": FINGERPRINT}
folder = Folder(__file__, "china-mobile-wechat")

folder.write("prepare", "prepares the mini-program's SDK", account(), PREPARE,
             result={"parameters": prepared()})
folder.write("prepare-test-line", "selects the SDK's test environment", account(isTest="0"), PREPARE,
             result={"parameters": prepared(test="0")})
folder.write("prepare-16-character-key", "signs with a whole appKey of 16 characters", account(key=KEY32[16:]),
             PREPARE, result={"parameters": prepared(key=KEY32[16:])})
folder.write("login", "exchanges the token for the number", account(), LOGIN, request=request(), answers=[
    answer("success", success(), FOUND),
    answer("a wrong fingerprint", {"resultCode": "104008", "desc": "token校验失败[userInformation]"},
           failure("client-fingerprint-mismatch", "login", "104008", "token校验失败[userInformation]")),
    answer("a code of the token stage", {"resultCode": "104023", "desc": "d"},
           failure("unmapped", "login", "104023", "d", billed="unknown")),
    answer("success without data", {"resultCode": "103000"},
           failure("vendor-protocol-error", "login", billed="yes")),
] + unreadable("login"))
folder.write("login-whole-key", "decrypts with the whole key, if configured",
             account(decryptionKey="whole"), LOGIN, request=request(), answers=[
    answer("success", success(KEY32), FOUND),
    answer("the first 16 characters", success(), failure("encryption-rejected", "login", billed="yes")),
])
folder.write("login-plugin", "accepts tokens of the plug-in with interfaceVersion 1.0",
             account(interfaceVersion="1.0"), LOGIN, request=request("1.0"),
             answers=[answer("success", success(), FOUND)])
folder.write("login-fingerprint-missing", "rejects a call without userInformation", account(),
             {"kind": "login", "channel": "wechat-mini-program", "token": TOKEN},
             result=failure("invalid-request", "gateway", delivery="not-sent"))
