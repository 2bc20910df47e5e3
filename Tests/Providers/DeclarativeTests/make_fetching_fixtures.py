#!/usr/bin/env python3
"""Writes the fixtures of providers that fetch an access token to Fixtures/<provider>."""

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
