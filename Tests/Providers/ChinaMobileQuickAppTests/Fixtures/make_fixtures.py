#!/usr/bin/env python3
"""Writes the fixtures of china-mobile-quick-app to its own folder: verification (specs/china-mobile.md §2)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *

KEY32 = "abcdefghijklmnopABCDEFGHIJKLMNOP"
CLIENT, PLATFORM = keys()["client"], keys()["platform"]
APP = "300000000003"
TOKEN = "VMHTTPS0123456789ABCDEF"
FINGERPRINT = "aHVhd2VpQEBxdWlja2FwcEBAOWYwYzhl%3D%3D"


def account(**more):
    return {"appId": APP, "appKey": KEY32, "privateKey": CLIENT["private"],
            "platformPublicKey": PLATFORM["public"], **more}


CONFIRMED = {"matchCodes": "000", "mismatchCodes": "001"}


def request(fingerprint=FINGERPRINT, key=KEY32):
    """phoneNum has random padding and is part of the signed text, so the test decrypts and verifies it."""
    time = china17()
    # The members of the body are in the order of the only known client.
    body = compact({"header": {"version": "1.0", "msgId": NONCE, "appId": APP, "timestamp": time},
                    "body": {"expandParams": "", "phoneNum": "{{phoneNum}}", "token": TOKEN, "sign": "{{sign}}",
                             "userInformation": fingerprint}})
    return {
        "target": "/NumberAbility/h5/verifyVmMobileApi.htm",
        "headers": [["Content-Type", "application/json"]], "body": body,
        "encrypted": {"privateKey": PLATFORM["private"], "plain": NUMBER + key + time},
        "signed": {"publicKey": CLIENT["public"], "digest": "md5",
                   "plain": APP + NONCE + "{{phoneNum}}" + time + TOKEN + "1.0"},
    }


def said(code, message="d", top=False, **body):
    if top:
        return {"resultCode": code, "resultDesc": message}
    return {"header": {"msgId": NONCE, "appId": APP, "timestamp": china17(), "resultCode": code},
            "body": {"resultDesc": message, **body}}


def verdict(word, billed, transaction=None):
    return {"verdict": word, "smsAssistToken": None, "transaction": transaction, "billed": billed}


def lost(reason, code=None, message="d", billed="no", **more):
    return failure(reason, "verify", code, message if code else None, billed=billed, **more)


VERIFY = {"kind": "verify", "channel": "quick-app", "token": TOKEN, "phoneNumber": NUMBER,
          "userInformation": FINGERPRINT}
folder = Folder(__file__, "china-mobile-quick-app")

# Prepare and sign

PREPARED = {"appId": APP, "openType": "1", "expandParams": "", "isTest": ""}
for file, name, settings, parameters in [
    ("prepare", "prepares the quick app's SDK", {}, PREPARED),
    ("prepare-test-line", "selects the SDK's test environment, which simulates a number",
     {"isTest": "0", "testNumber": NUMBER}, {**PREPARED, "expandParams": f"phoneNum={NUMBER}", "isTest": "0"}),
    ("prepare-three-carriers", "acquires the numbers of three carriers, if configured", {"openType": "0"},
     {**PREPARED, "openType": "0"}),
    ("prepare-version", "gives the version for getSign, if configured", {"sdkVersion": "1.0"},
     {"appId": APP, "version": "1.0", "openType": "1", "expandParams": "", "isTest": ""}),
    ("prepare-loose-version", "gives versions of another format with the loose format of preSign",
     {"sdkVersion": "v2", "preSignForm": "loose"},
     {"appId": APP, "version": "v2", "openType": "1", "expandParams": "", "isTest": ""}),
]:
    folder.write(file, name, account(**settings),
                 {"kind": "prepare", "channel": "quick-app", "operation": "verify"},
                 result={"parameters": compact(parameters)})

TIME, UUID = "20240102110405678", "0f8fad5b-d9cb-469f-a165-70867728950e"
DOCUMENTED = {
    "as-the-sdk-builds-it": APP + "0.7312645123" + TIME + UUID + "1.2",
    "a-tiny-fraction": APP + "0.5e-7" + TIME + UUID + "1.2",
    "a-long-fraction": APP + "0.73126451234567891" + TIME + UUID + "12.10",
    "version-undefined": APP + "0.7312645123" + TIME + UUID + "undefined",
}
for file, text in DOCUMENTED.items():
    folder.write(f"sign-{file}", f"signs a text from jssdk.getSign ({file.replace('-', ' ')})", account(),
                 {"kind": "sign", "preSign": text}, result={"sign": b64(rsa_sign(CLIENT["private"], "md5", text))})
LOOSE = {"a-dashless-id": APP + "0123456789abcdef" * 2 + TIME + UUID + "1.2",
         "documented": DOCUMENTED["as-the-sdk-builds-it"]}
for file, text in LOOSE.items():
    folder.write(f"sign-loose-{file}", f"signs other formats, if configured ({file.replace('-', ' ')})",
                 account(preSignForm="loose"), {"kind": "sign", "preSign": text},
                 result={"sign": b64(rsa_sign(CLIENT["private"], "md5", text))})

OTHER = {
    "an empty text": "",
    "the appId alone": APP,
    "another app's text": "300000000009" + DOCUMENTED["as-the-sdk-builds-it"][len(APP):],
    "the plain text of a verification": APP + NONCE + "A" * 172 + TIME + TOKEN + "1.0",
    "the plain text of a login": APP + NONCE + TIME + "H5HTTPS0123456789ABCDEF0123456789ABCDEF" + "2.0",
    "a text above the length limit": APP + "0." + "7" * 100 + TIME + UUID + "1.2",
    "a text without a UUID": APP + "0.7312645123" + TIME + "1.2",
    "an upper-case UUID": APP + "0.7312645123" + TIME + UUID.upper() + "1.2",
    "a time of 16 digits": APP + "0.5" + TIME[:16] + UUID + "1.2",
    "a fraction without digits": APP + "0." + TIME + UUID + "1.2",
    "a text with a line end": DOCUMENTED["as-the-sdk-builds-it"] + "\n",
    "a text with a leading space": " " + DOCUMENTED["as-the-sdk-builds-it"],
    "digits that are not ASCII": APP + "0.٧٣١٢" + TIME + UUID + "1.2",
    "a version that is not a number": APP + "0.7312645123" + TIME + UUID + "latest",
    "a version with three parts": APP + "0.7312645123" + TIME + UUID + "1.2.3",
}
for index, (what, text) in enumerate(OTHER.items(), 1):
    folder.write(f"sign-refused-{index:02d}", f"refuses to sign {what}", account(), {"kind": "sign", "preSign": text},
                 result=failure("invalid-request", "gateway", delivery="not-sent"))
for index, what in enumerate(["an empty text", "another app's text", "the plain text of a verification",
                              "a text without a UUID", "a text with a line end", "digits that are not ASCII"], 1):
    folder.write(f"sign-refused-loose-{index:02d}", f"refuses to sign {what}, even with the loose format",
                 account(preSignForm="loose"), {"kind": "sign", "preSign": OTHER[what]},
                 result=failure("invalid-request", "gateway", delivery="not-sent"))

# Verify

folder.write("verify", "verifies the number with the confirmed verdict codes of the account",
             account(**CONFIRMED), VERIFY, request=request(), answers=[
    answer("a match", said("000", taskId="t-1"), verdict("match", "yes", "t-1")),
    answer("a mismatch", said("001"), verdict("mismatch", "yes")),
    answer("a mismatch with an SMS token, which is ignored", said("001", accessToken="a"),
           verdict("mismatch", "yes")),
    answer("a number as code, without the leading zeros", said(0), lost("unmapped", "0", billed="unknown")),
    answer("whitespace around the code", said(" 000 "), verdict("match", "yes")),
    answer("the code in the body", {"header": {"msgId": NONCE}, "body": {"resultCode": "000"}},
           verdict("match", "yes")),
    answer("the code at the top level", said("001", top=True), verdict("mismatch", "yes")),
    answer("the older name of the code", {"header": {"resultcode": "000"}}, verdict("match", "yes")),
    answer("header and body as JSON texts",
           {"header": compact(said("000")["header"]), "body": compact({"taskId": 7})}, verdict("match", "yes", "7")),
    answer("undocumented members", {**said("000"), "more": [1, {"a": None}]}, verdict("match", "yes")),
    answer("the code of a processed request, without a verdict", said("000000"),
           lost("unmapped", "000000", billed="unknown")),
    answer("a similar code", said("0000"), lost("unmapped", "0000", billed="unknown")),
    answer("one-click login's success", said("103000"), lost("unmapped", "103000", billed="unknown")),
    answer("Aliyun's success", said("OK"), lost("unmapped", "OK", billed="unknown")),
    answer("an expired token", said("120020"),
           lost("token-expired", "120020", hint="超过 1 分钟、重复校验，或 userInformation 缺失、编码有误")),
    answer("the daily limit", said(121011), lost("too-many-attempts", "121011")),
    answer("a code of the token stage", said("110028"), lost("unmapped", "110028", billed="unknown")),
    answer("the answer to another request",
           {"header": {"msgId": "f" * 32, "resultCode": "000"}}, lost("vendor-protocol-error", billed="unknown")),
    answer("no code", {"header": {"msgId": NONCE}, "body": {"resultDesc": "d"}},
           lost("vendor-protocol-error", billed="unknown")),
    answer("an empty code", said(""), lost("vendor-protocol-error", billed="unknown")),
    answer("a match with HTTP 500: China Mobile's status is ignored", said("000"), verdict("match", "yes"),
           status=500),
    answer("an unlisted code with HTTP 503", said("123123"), lost("unmapped", "123123", billed="unknown"),
           status=503),
] + unreadable("verify"))
folder.write("verify-unconfirmed", "gives the verdict unknown if the account has no confirmed codes", account(), VERIFY,
             request=request(), answers=[
    answer("a possible match code", said("000"), verdict("unknown", "unknown")),
    answer("a possible mismatch code", said("001"), verdict("unknown", "unknown")),
    answer("a possible success code", said("000000"), lost("unmapped", "000000", billed="unknown")),
])
folder.write("verify-other-codes", "accepts other verdict codes, several of each",
             account(matchCodes="000000, 103000", mismatchCodes="001 002"), VERIFY, request=request(), answers=[
    answer("the first match code", said("000000"), verdict("match", "yes")),
    answer("the second match code", said("103000"), verdict("match", "yes")),
    answer("the first mismatch code", said("001"), verdict("mismatch", "yes")),
    answer("the second mismatch code", said("002"), verdict("mismatch", "yes")),
    answer("a code that is not configured", said("000"), verdict("unknown", "unknown")),
    answer("the list itself", said("000000, 103000"), lost("unmapped", "000000, 103000", billed="unknown")),
])
odd = "a%40b%3d%3D+\"\\/中文"
folder.write("verify-fingerprint", "sends userInformation unchanged", account(**CONFIRMED),
             {**VERIFY, "userInformation": odd}, request=request(odd), answers=[
    answer("a match", said("000"), verdict("match", "yes")),
])
folder.write("verify-16-character-key", "encrypts with a short appKey", account(appKey=KEY32[:16], **CONFIRMED),
             VERIFY, request=request(key=KEY32[:16]), answers=[answer("a match", said("000"), verdict("match", "yes"))])
for file, fingerprint in [("missing", {}), ("empty", {"userInformation": ""})]:
    folder.write(f"verify-fingerprint-{file}", f"rejects a call with {file} userInformation", account(),
                 {"kind": "verify", "channel": "quick-app", "token": TOKEN, "phoneNumber": NUMBER, **fingerprint},
                 result=failure("invalid-request", "gateway", delivery="not-sent"))
