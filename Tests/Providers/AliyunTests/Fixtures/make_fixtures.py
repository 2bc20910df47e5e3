#!/usr/bin/env python3
"""Writes the fixtures of aliyun to its own folder: Dypnsapi 2017-05-25 (specs/aliyun.md)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *

from urllib.parse import quote

ID, SECRET, SCENE = "testAccessKeyId", "testAccessKeySecret", "FC100000000000001"
HOST = "vendor.example.com"
TOKEN = "Dfaf+dafad/5422525=="
EMPTY = hashlib.sha256(b"").hexdigest()
folder = Folder(__file__, "aliyun")

# The two signatures (§3), implemented from their specification and checked with Alibaba's values.


def encode(text):
    return quote(text, safe="-_.~")


def query(parameters):
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(parameters.items()))


def v3_signature(parameters, headers, secret):
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(["POST", "/", query(parameters), lines, names, EMPTY])
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "ACS3-HMAC-SHA256\n" + hashed
    return hashed, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def v1_signature(method, parameters, secret):
    text = "&".join([method, "%2F", encode(query(parameters))])
    return b64(hmac.new((secret + "&").encode(), text.encode(), hashlib.sha1).digest())


def acs(action, host, date="2024-01-02T03:04:05Z", nonce=NONCE, version="2017-05-25", **more):
    return {"host": host, "x-acs-action": action, "x-acs-content-sha256": EMPTY, "x-acs-date": date,
            "x-acs-signature-nonce": nonce, "x-acs-version": version, **more}


def public(action, **more):
    return {"Action": action, "Format": "json", "Version": "2017-05-25", "Timestamp": "2024-01-02T03:04:05Z",
            "SignatureNonce": NONCE, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "AccessKeyId": ID,
            **more}


number = {"PhoneNumber": NUMBER, "SpToken": TOKEN}
page = {"Origin": "https://www.example.com", "Url": "https://www.example.com/h5 login?a=1&b=中文~*"}
captured = {"accept": "application/json", "user-agent": "numgate-test/1.0", "x-acs-credentials-provider": "static_ak"}
agree("4.1 VerifyPhoneWithToken", v3_signature(number, acs("VerifyPhoneWithToken", "127.0.0.1:18765", **captured),
                                               SECRET),
      ("8ee0343f0eec6912dd46eb6fa1e50099230b186df3432dc6b1ac525b63d7cad4",
       "458eada311e0defc184b039813b36105b7e2d535e2b3baba934031143f87dedc"))
agree("4.1 GetAuthToken", v3_signature(page, acs("GetAuthToken", "127.0.0.1:18765", **captured), SECRET),
      ("80dbbcf0151c6ced6276519aefa3324a39644d2ca92e36d7cc1fb15b839795ec",
       "4209e8e3b5ccc17e586b70dbf4ee414da04459f064cd6a616729a2628257d54f"))
central = "dypnsapi.aliyuncs.com"
MINIMAL = [
    ("VerifyPhoneWithToken", number, "67bfd66765e2bcb1d6d5da8c228d7b28b10b3a3f1644b7af786c3602c0567ece"),
    ("GetAuthToken", page, "3bcdd303be994ceec8a8e8aef71287f97ca3de4666d6d77da9986216c22dae53"),
    ("GetMobile", {"AccessToken": "tok", "OutId": "o-1"},
     "a612c56d70b7222b14d509a7429472909ca71b30c6c43369469899a244a90103"),
]
for action, parameters, published in MINIMAL:
    agree(f"4.2 {action}", v3_signature(parameters, acs(action, central), SECRET)[1], published)
CLASSIC = [
    ("VerifyPhoneWithToken", number, None, "dE3QikBMB4dHO9JigkpvBoIk7cA="),
    ("GetAuthToken", page, None, "U29XU7GzzxUmUBWvanMNhHyx6cs="),
    ("GetMobile", {"AccessToken": "tok", "OutId": "o-1"}, None, "pGbBFejpPDr0jWIS7yOcZyxP6/o="),
    ("GetMobile", {"AccessToken": "at", "OutId": "o1"}, "testSTSToken", "UVjAK0fKJBRDrpomcAZJBd079nk="),
]
for action, parameters, token, published in CLASSIC:
    more = {"SecurityToken": token} if token else {}
    agree(f"4.3 {action}", v1_signature("POST", public(action, **parameters, **more), SECRET), published)
image = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
agree("4.4 V3", v3_signature(image, acs("RunInstances", "ecs.cn-shanghai.aliyuncs.com", "2023-10-26T10:22:32Z",
                                        "3156853299f313e23d1673dc12e1703d", "2014-05-26"), "YourAccessKeySecret"),
      ("7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
       "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"))
agree("4.4 V1", v1_signature("GET", {
    "Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
    "SignatureMethod": "HMAC-SHA1", "Version": "2014-05-26", "SignatureVersion": "1.0",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"}, "testsecret"), "OLeaidS1JvxuMvnyHOwuJ+uX5qY=")
vectors = Path(__file__).parent / "Vectors"
vectors.mkdir(exist_ok=True)
(vectors / "signatures.json").write_text(json.dumps(
    {"v3": [{"action": action, "parameters": parameters, "securityToken": None, "signature": signature}
            for action, parameters, signature in MINIMAL],
     "v1": [{"action": action, "parameters": parameters, "securityToken": token, "signature": signature}
            for action, parameters, token, signature in CLASSIC]}, ensure_ascii=False, indent=1) + "\n")

# Requests

V3 = {"accessKeyId": ID, "accessKeySecret": SECRET, "sceneCode": SCENE}
V1 = {**V3, "signature": "v1"}
STS = {"securityToken": "testSTSToken"}


def v3(action, parameters, token=None):
    more = {"x-acs-accesskey-id": ID, "x-acs-security-token": token} if token else {}
    headers = acs(action, HOST, iso8601(), **more)
    signature = v3_signature(parameters, headers, SECRET)[1]
    names = sorted(headers)
    authorization = f"ACS3-HMAC-SHA256 Credential={ID},SignedHeaders={';'.join(names)},Signature={signature}"
    return {"target": "/?" + query(parameters), "body": "",
            "headers": [[name, headers[name]] for name in names]
            + [["Accept", "application/json"], ["Authorization", authorization]]}


def v1(action, parameters, token=None):
    more = {"SecurityToken": token} if token else {}
    signed = public(action, **parameters, **more)
    signature = v1_signature("POST", signed, SECRET)
    return {"target": "/?" + query(signed) + "&Signature=" + encode(signature), "body": "",
            "headers": [["Accept", "application/json"]]}


SCHEMES = [("v3", V3, v3, None), ("v1", V1, v1, None), ("v3-sts", {**V3, **STS}, v3, "testSTSToken"),
           ("v1-sts", {**V1, **STS}, v1, "testSTSToken")]


# Prepare

TOKENS = {"Code": "OK", "Message": "OK", "RequestId": "r-1",
          "TokenInfo": {"AccessToken": "access", "JwtToken": "jwt.jwt.jwt"}}
PREPARED = {"parameters": compact({"accessToken": "access", "jwtToken": "jwt.jwt.jwt"})}
PAGE = "https://shop.example.com/login?from=a#top"
BIZ = {"login": "1", "verify": "0"}


def auth(operation, origin="https://shop.example.com", scene=SCENE):
    parameters = {"Url": origin + "/", "Origin": origin, "BizType": BIZ[operation]}
    return {**parameters, "SceneCode": scene} if scene else parameters


def lost(stage, reason, code=None, message=None, billed="unknown", **more):
    return failure(reason, stage, code, message, billed=billed, **more)


def server_errors(stage):
    """Answers that are the same for every operation (§6)."""
    return [
        answer("a business failure with HTTP 200", {"Code": "isv.TOKEN_INVALID", "Message": "m", "RequestId": "r"},
               lost(stage, "token-expired", "isv.TOKEN_INVALID", "m", "no", hint="过期、用过，或途中被改")),
        answer("a business failure with HTTP 400", {"Code": "MobileNumberIllgeal", "Message": "m"},
               lost(stage, "invalid-phone-number", "MobileNumberIllgeal", "m", "no"), status=400),
        answer("member names in lower case", {"code": "Throttling.User", "message": "m", "requestId": "r"},
               lost(stage, "vendor-busy", "Throttling.User", "m", "no"), status=400),
        answer("a rejected signature", {"Code": "SignatureDoesNotMatch", "Message": "m", "HostId": "h"},
               lost(stage, "signature-rejected", "SignatureDoesNotMatch", "m", "no"), status=400),
        answer("an unlisted isp. code", {"Code": "isp.BRAND_NEW", "Message": "m"},
               lost(stage, "vendor-other", "isp.BRAND_NEW", "m", "no")),
        answer("an unlisted isv. code", {"Code": "isv.BRAND_NEW", "Message": "m"},
               lost(stage, "unmapped", "isv.BRAND_NEW", "m")),
        answer("an unlisted code with HTTP 503", {"Code": "Brand.New", "Message": "m"},
               lost(stage, "unmapped", "Brand.New", "m"), status=503),
        answer("a listed code with HTTP 503", {"Code": "isv.OUT_OF_SERVICE", "Message": "m"},
               lost(stage, "quota-exhausted", "isv.OUT_OF_SERVICE", "m", "no", hint="账户欠费"), status=503),
        answer("success in lower case", {"Code": "ok", "Message": "m"}, lost(stage, "unmapped", "ok", "m")),
        answer("a Kelvin sign instead of the canonically equivalent K", {"Code": "O\u212a", "Message": "m"},
               lost(stage, "unmapped", "O\u212a", "m")),
        answer("a code after a combining mark", {"Code": " \u0301OK", "Message": "m"},
               lost(stage, "unmapped", "\u0301OK", "m")),
        answer("a verdict as code", {"Code": "PASS", "Message": "m"},
               lost(stage, "vendor-protocol-error", billed="yes") if stage == "verify"
               else lost(stage, "unmapped", "PASS", "m")),
        answer("the success code of the page's SDK", {"Code": "600000", "Message": "m"},
               lost(stage, "unmapped", "600000", "m")),
        answer("no code", {"Message": "m", "RequestId": "r"}, lost(stage, "vendor-protocol-error")),
    ] + unreadable(stage)


for operation in BIZ:
    for name, account, sign, token in SCHEMES:
        folder.write(f"prepare-{operation}-{name}", f"requests a page's tokens for {operation}, signature {name}",
                     account, {"kind": "prepare", "channel": "h5", "operation": operation, "pageUrl": PAGE},
                     request=sign("GetAuthToken", auth(operation), token), answers=[answer("tokens", TOKENS, PREPARED)])
CALL = {"kind": "prepare", "channel": "h5", "operation": "login"}
folder.write("prepare-answers", "reads the answers of GetAuthToken", V3, {**CALL, "pageUrl": PAGE},
             request=v3("GetAuthToken", auth("login")), answers=[
    answer("tokens as a JSON text", {**TOKENS, "TokenInfo": compact(TOKENS["TokenInfo"])}, PREPARED),
    answer("whitespace around the code", {**TOKENS, "Code": " OK "}, PREPARED),
    answer("no tokens", {"Code": "OK"}, lost("prepare", "vendor-protocol-error", billed="no")),
    answer("empty tokens", {"Code": "OK", "TokenInfo": {}}, lost("prepare", "vendor-protocol-error", billed="no")),
    answer("one token", {"Code": "OK", "TokenInfo": {"AccessToken": "a"}},
           lost("prepare", "vendor-protocol-error", billed="no")),
    answer("an empty token", {"Code": "OK", "TokenInfo": {"AccessToken": "a", "JwtToken": ""}},
           lost("prepare", "vendor-protocol-error", billed="no")),
] + server_errors("prepare"))
folder.write("prepare-configured-page", "uses the account's page by default",
             {**V3, "pageUrl": "http://127.0.0.1:8080/shop"}, CALL,
             request=v3("GetAuthToken", auth("login", "http://127.0.0.1:8080")),
             answers=[answer("tokens", TOKENS, PREPARED)])
folder.write("prepare-own-page", "prefers the session's page over the account's page",
             {**V3, "pageUrl": "https://other.example.com/"}, {**CALL, "pageUrl": "https://shop.example.com"},
             request=v3("GetAuthToken", auth("login")), answers=[answer("tokens", TOKENS, PREPARED)])
folder.write("prepare-without-scene", "omits SceneCode if it is not configured",
             {"accessKeyId": ID, "accessKeySecret": SECRET}, {**CALL, "pageUrl": PAGE},
             request=v3("GetAuthToken", auth("login", scene=None)), answers=[answer("tokens", TOKENS, PREPARED)])
for file, page in [("missing", {}), ("not-a-url", {"pageUrl": "shop.example.com"}),
                   ("script", {"pageUrl": "javascript:1"}), ("no-host", {"pageUrl": "https:///login"}),
                   ("user", {"pageUrl": "https://a@b.example.com/"}),
                   ("line-end", {"pageUrl": "https://shop.example.com\r\nx: y/"})]:
    folder.write(f"prepare-page-{file}", f"rejects an invalid page ({file.replace('-', ' ')})",
                 V3, {**CALL, **page}, result=failure("invalid-request", "gateway", delivery="not-sent"))
folder.write("prepare-app", "returns the scheme to an app's SDK", V3,
             {"kind": "prepare", "channel": "app", "operation": "login"},
             result={"parameters": compact({"sceneCode": SCENE})})
folder.write("prepare-app-without-scene", "returns no parameters to an app's SDK without a scheme",
             {"accessKeyId": ID, "accessKeySecret": SECRET},
             {"kind": "prepare", "channel": "app", "operation": "verify"}, result={"parameters": "{}"})

# Login

FOUND = {"number": NUMBER, "transaction": "r-1", "billed": "yes"}
for channel, action, parameters, holder in [
    ("h5", "GetPhoneWithToken", {"SpToken": TOKEN}, "Data"),
    ("app", "GetMobile", {"AccessToken": TOKEN, "OutId": NONCE}, "GetMobileResultDTO"),
]:
    call = {"kind": "login", "channel": channel, "token": TOKEN}

    def success(mobile, **more):
        return {"Code": "OK", "Message": "OK", "RequestId": "r-1", holder: {"Mobile": mobile}, **more}

    def empty(name, body):
        return answer(name, body, lost("login", "vendor-protocol-error", billed="yes"))

    for name, account, sign, token in SCHEMES:
        folder.write(f"login-{channel}-{name}", f"exchanges the token with {action}, signature {name}", account, call,
                     request=sign(action, parameters, token), answers=[answer("success", success(NUMBER), FOUND)])
    other = "GetMobileResultDTO" if holder == "Data" else "Data"
    folder.write(f"login-{channel}-answers", f"reads the answers of {action}", V3, call,
                 request=v3(action, parameters), answers=[
        answer("a number as mobile", success(int(NUMBER)), FOUND),
        answer("a mobile with country code", success("+86 " + NUMBER), FOUND),
        answer("the holder as a JSON text", {**success(NUMBER), holder: compact({"Mobile": NUMBER})}, FOUND),
        answer("a number as request id", success(NUMBER, RequestId=0), {**FOUND, "transaction": "0"}),
        answer("no request id", {"Code": "OK", holder: {"Mobile": NUMBER}}, {**FOUND, "transaction": None}),
        empty("no holder", {"Code": "OK", "RequestId": "r-1"}),
        empty("the other operation's holder", {"Code": "OK", other: {"Mobile": NUMBER}}),
        empty("an empty holder", {"Code": "OK", holder: {}}),
        empty("a list as holder", {"Code": "OK", holder: [{"Mobile": NUMBER}]}),
        empty("null as mobile", success(None)),
        empty("an empty mobile", success("")),
        empty("a masked mobile", success(MASK)),
        empty("a text of 30 digits", success("138" * 10)),
        empty("a JSON number of 30 digits", success(int("138" * 10))),
        empty("a number with a decimal point", success(13800000000.5)),
        answer("success with HTTP 500: the code decides", success(NUMBER), FOUND, status=500),
        answer("a failure with a number", success(NUMBER, Code="isv.TOKEN_UNAUTHORIZED_USED"),
               lost("login", "token-not-permitted", "isv.TOKEN_UNAUTHORIZED_USED", "OK", "no", hint="Token 与操作不符")),
    ] + server_errors("login"))

# Verify


def verdict(word, billed="yes", transaction="v-1"):
    return {"verdict": word, "smsAssistToken": None, "transaction": transaction, "billed": billed}


for channel, action, parameters, holder in [
    ("h5", "VerifyPhoneWithToken", {"PhoneNumber": NUMBER, "SpToken": TOKEN}, "GateVerify"),
    ("app", "VerifyMobile", {"AccessCode": TOKEN, "PhoneNumber": NUMBER, "OutId": NONCE}, "GateVerifyResultDTO"),
]:
    call = {"kind": "verify", "channel": channel, "token": TOKEN, "phoneNumber": NUMBER}

    def result(word, holder=holder, **more):
        return {"Code": "OK", "Message": "OK", "RequestId": "r-1",
                holder: {"VerifyResult": word, "VerifyId": "v-1"}, **more}

    def empty(name, body):
        return answer(name, body, lost("verify", "vendor-protocol-error"))

    for name, account, sign, token in SCHEMES:
        folder.write(f"verify-{channel}-{name}", f"verifies the number with {action}, signature {name}", account, call,
                     request=sign(action, parameters, token),
                     answers=[answer("a match", result("PASS"), verdict("match"))])
    folder.write(f"verify-{channel}-answers", f"reads the answers of {action}", V3, call,
                 request=v3(action, parameters), answers=[
        answer("a mismatch", result("REJECT"), verdict("mismatch")),
        answer("an undetermined verdict", result("UNKNOWN"), verdict("unknown", "no")),
        answer("whitespace around the verdict", result(" PASS "), verdict("match")),
        answer("GateVerify", result("PASS", "GateVerify"), verdict("match")),
        answer("GateVerifyResultDTO", result("REJECT", "GateVerifyResultDTO"), verdict("mismatch")),
        answer("both members; GateVerify has precedence",
               result("REJECT", "GateVerify", GateVerifyResultDTO={"VerifyResult": "PASS"}), verdict("mismatch")),
        answer("the holder as a JSON text", {"Code": "OK", holder: compact({"VerifyResult": "PASS", "VerifyId": 7})},
               verdict("match", transaction="7")),
        answer("no VerifyId", {"Code": "OK", "RequestId": "r-1", holder: {"VerifyResult": "PASS"}},
               verdict("match", transaction="r-1")),
        answer("an undefined verdict", result("MATCH"), verdict("unknown", "unknown")),
        answer("a verdict in lower case", result("pass"), verdict("unknown", "unknown")),
        answer("a success code as verdict", result("OK"), verdict("unknown", "unknown")),
        answer("a failure code as verdict", result("isp.SYSTEM_ERROR"), verdict("unknown", "no")),
        answer("a number as verdict", result(1), verdict("unknown", "unknown")),
        answer("a match with HTTP 500: the code decides", result("PASS"), verdict("match"), status=500),
        empty("no holder", {"Code": "OK", "RequestId": "r-1"}),
        empty("an empty holder", {"Code": "OK", holder: {}}),
        empty("true as verdict", result(True)),
        empty("an empty verdict", result("")),
        empty("null as verdict", result(None)),
        answer("a number of another carrier", {"Code": "isv.PARAMETERS_MISMATCH", "Message": "m"},
               lost("verify", "number-mismatch", "isv.PARAMETERS_MISMATCH", "m", "no", advice="new-session",
                    hint="与流量卡不同网")),
        answer("a failure with a verdict", result("PASS", Code="isv.SCENE_QUERY_FAIL"),
               lost("verify", "misconfigured", "isv.SCENE_QUERY_FAIL", "OK", "no", hint="查 SceneCode")),
    ] + server_errors("verify"))
