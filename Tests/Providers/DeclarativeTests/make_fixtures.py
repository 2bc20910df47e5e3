#!/usr/bin/env python3
"""Writes the fixtures of the declarative providers to Fixtures/<provider> in its own folder (specs/other-vendors.md).

In addition to the members of every fixture there are `sandbox`, the vendor's configuration of the account, and `mint`,
which registers the fixture's token in the sandbox.
"""

from vendor_fixtures import *

CARRIERS = {"YD": "mobile", "CU": "unicom", "CT": "telecom"}

# JiGuang (§1)

jiguang = Vendor("jiguang", "jiguang", "appKey")
APP, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
TOKEN = "STsid0000001542695429579Ob28vB7b0cYTI9w0GGZrv8ujUu05qZvw"
OWN, OTHER = keys()["client"], keys()["platform"]
ACCOUNT = {"appKey": APP, "masterSecret": SECRET, "privateKey": OWN["private"]}
SANDBOX = {"appKey": APP, "masterSecret": SECRET, "encryption": {"publicKey": OWN["public"]}}
ID = 11727046567998259213  # twenty digits: not representable as Double or Int64
BASIC = "Basic " + b64(f"{APP}:{SECRET}".encode())
agree("§1 Basic", BASIC,
      "Basic N2Q0MzFlNDJkZmE2YTZkNjkzYWMyZDA0OjVlOTg3YWM2ZDJlMDRkOTVhOWQ4ZjBkMQ==")
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN}
VERIFY = {"kind": "verify", "channel": "app", "token": TOKEN, "phoneNumber": NUMBER}


def jiguang_request(path, body):
    return {"target": path, "headers": [["Content-Type", "application/json"], ["Authorization", BASIC]],
            "body": compact({**body, "exID": NONCE})}


def encrypted(text=NUMBER, pair=OWN):
    return b64(rsa_encrypt(pair["private"], text))


def success(phone, **more):
    return {"id": ID, "code": 8000, "content": "get phone success", "exID": NONCE, "phone": phone, **more}


def refused(code, content):
    return {"code": code, "content": content}


jiguang.write("login", "exchanges the token for the number, encrypted with RSA", ACCOUNT, LOGIN, sandbox=SANDBOX,
              request=jiguang_request("/v1/web/loginTokenVerify", {"loginToken": TOKEN}), answers=[
    answer("success", success(encrypted()), found(str(ID))),
    answer("a text as code", success(encrypted(), code="8000"), found(str(ID))),
    answer("whitespace around the code", success(encrypted(), code=" 8000\n"), found(str(ID))),
    answer("a text as id", success(encrypted(), id="117270465679982592"), found("117270465679982592")),
    answer("no id", {name: value for name, value in success(encrypted()).items() if name != "id"}, found()),
    answer("undocumented members", success(encrypted(), more=[{}]), found(str(ID))),
    answer("a number with country code", success(encrypted("+86" + NUMBER)), found(str(ID))),
    answer("a number with country code, without the plus", success(encrypted("86" + NUMBER)), found(str(ID))),
    answer("a used token", refused(9003, "token expired or not exist"),
           lost("token-expired", "9003", "token expired or not exist")),
    answer("a number that the carrier did not obtain", refused(8001, "get phone fail"),
           lost("number-not-acquired", "8001", "get phone fail")),
    answer("a wrong secret", refused(9011, "auth failed"),
           lost("signature-rejected", "9011", "auth failed", hint="核对 appKey 与 masterSecret"), status=401),
    answer("no money", refused(9018, "appKey no money"), lost("quota-exhausted", "9018", "appKey no money",
           hint="账户余额不足")),
    answer("a failure without a message", {"code": 9031}, lost("not-entitled", "9031", "not validate user",
           hint="未开通认证服务")),
    answer("a listed code with HTTP 503", refused(9099, "c"), lost("vendor-unavailable", "9099", "c",
           hint="服务器未知错误"), status=503),
    answer("a failure with a number", success(encrypted(), code=9012, content="c"),
           lost("request-rejected", "9012", "c")),
    answer("an unlisted code", refused(9100, "Ünlisted"), lost("unmapped", "9100", "Ünlisted", "unknown")),
    answer("the success code of the interfaces with a risk score", success(encrypted(), code=0, content="success"),
           lost("unmapped", "0", "success", "unknown")),
    answer("the code of a verdict", success(encrypted(), code=9000, content="c"),
           lost("unmapped", "9000", "c", "unknown")),
    answer("success in digits of another script", success(encrypted(), code="８０００"),
           lost("unmapped", "８０００", "get phone success", "unknown")),
    answer("no code", {"id": ID, "phone": encrypted()}, lost("vendor-protocol-error", billed="unknown")),
    answer("no phone", {name: value for name, value in success("").items() if name != "phone"},
           lost("vendor-protocol-error")),
    answer("an unencrypted number", success(NUMBER), lost("vendor-protocol-error")),
    answer("a text instead of a number", success(encrypted("not a number")), lost("vendor-protocol-error")),
    answer("a masked number", success(encrypted(MASK)), lost("vendor-protocol-error")),
] + undecipherable(success, encrypted(pair=OTHER), b64(rsa_encrypt(OWN["private"], NUMBER)[:64]))
    + unreadable("login"))
jiguang.write("login-h5", "sends a web page's token to the interface for web pages", ACCOUNT,
              {**LOGIN, "channel": "h5"}, sandbox=SANDBOX,
              request=jiguang_request("/v1/web/h5/loginTokenVerify", {"loginToken": TOKEN}),
              answers=[answer("success", success(encrypted()), found(str(ID)))])


def said(code, content="c", **more):
    return {"id": ID, "code": code, "content": content, "exID": NONCE, **more}


jiguang.write("verify", "verifies the number; the code is the verdict", ACCOUNT, VERIFY, sandbox=SANDBOX,
              request=jiguang_request("/v1/web/verify", {"token": TOKEN, "phone": NUMBER}), answers=[
    answer("a match", said(9000, "verify consistent"), verdict("match", str(ID))),
    answer("a mismatch", said(9001, "verify not consistent"), verdict("mismatch", str(ID))),
    answer("an undetermined verdict", said(9002, "unknown result"), verdict("unknown", str(ID), "unknown")),
    answer("a text as verdict", said("9001"), verdict("mismatch", str(ID))),
    answer("no id", {"code": 9000}, verdict("match")),
    answer("a used token", refused(9003, "token expired or not exist"),
           unsure("token-expired", "9003", "token expired or not exist")),
    answer("a number that was verified too often", said(9006), unsure("too-many-attempts", "9006", "c",
           hint="同一号码自然日内认证次数超过限制")),
    answer("an unlisted code", said(9100), unsure("unmapped", "9100", "c", "unknown")),
    answer("the success code of login", said(8000), unsure("unmapped", "8000", "c", "unknown")),
    answer("a longer code", said(90000), unsure("unmapped", "90000", "c", "unknown")),
    answer("a number with a fraction as code", '{"code":9000.0,"content":"c"}', unsure("unmapped", "9000.0", "c", "unknown")),
    answer("true as code", said(True), unsure("unmapped", "true", "c", "unknown")),
] + unreadable("verify"))
jiguang.write("verify-h5", "verifies a web page's number with the interface for web pages", ACCOUNT,
              {**VERIFY, "channel": "h5"}, sandbox=SANDBOX,
              request=jiguang_request("/v1/web/h5/verify", {"token": TOKEN, "phone": NUMBER}),
              answers=[answer("a match", said(9000), verdict("match", str(ID)))])

# Yidun (§2)

yidun = Vendor("yidun", "yidun", "businessId")
METHODS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
ACCOUNT = {"secretId": "ye0000000000000000000000secretid", "secretKey": "ye000000000000000000000secretkey",
           "businessId": "0000000000000000000000businessid"}
TOKEN, ACCESS = "y-0123456789abcdef0123456789abcd", "+a/b=c d~*中"
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN, "inputs": {"accessToken": ACCESS}}
VERIFY = {"kind": "verify", "channel": "app", "token": TOKEN, "phoneNumber": NUMBER, "inputs": {"accessToken": ACCESS}}


def yidun_parameters(account, call, now=NOW, nonce=NONCE):
    parameters = {"secretId": account["secretId"], "businessId": account["businessId"], "version": "v1",
                  "timestamp": str(now), "nonce": nonce, "token": call["token"],
                  "accessToken": call["inputs"]["accessToken"]}
    if call["kind"] == "verify":
        parameters["phone"] = call["phoneNumber"]
    method = account.get("signatureMethod", "MD5")
    if method != "MD5":
        parameters["signatureMethod"] = method
    signature = digest(METHODS[method], names_and_values(parameters) + account["secretKey"])
    return {**parameters, "signature": signature}


def yidun_request(account, call, now=NOW, nonce=NONCE):
    return {"target": "/v1/oneclick/check" if call["kind"] == "login" else "/v1/check",
            "headers": [["Content-Type", "application/x-www-form-urlencoded;charset=utf-8"]],
            "body": form(yidun_parameters(account, call, now, nonce))}


def yidun_write(file, name, account, call, answers, **context):
    sandbox = {key: account[key] for key in ("secretId", "secretKey", "businessId")}
    yidun.write(file, name, account, call, sandbox=sandbox, answers=answers,
                request=yidun_request(account, call, **context), **context)


def processed(msg="ok", **data):
    return {"code": 200, "msg": msg, "data": data}


def refused(code, msg="m"):
    return {"code": code, "msg": msg}


def not_there(name, body):
    """Code 200 means only that the call was processed. Without a number the call is a failure."""
    return answer(name, body, lost("vendor-protocol-error", billed="unknown"))


SUCCESS = answer("success", processed(phone=NUMBER), found())
MATCH = answer("a match", processed(result=1), verdict("match"))
yidun_write("login", "exchanges the token for the number, signed with MD5", ACCOUNT, LOGIN, [
    SUCCESS,
    answer("a text as code", {**processed(phone=NUMBER), "code": "200"}, found()),
    answer("a number as phone", processed(phone=int(NUMBER)), found()),
    answer("a phone with country code", processed(phone="+86 " + NUMBER), found()),
    answer("a result code next to the phone", processed(phone=NUMBER, resultCode="103000"), found()),
    answer("a carrier that did not obtain the number", {"code": 200, "data": {"phone": "", "resultCode": "105002"}},
           lost("number-not-acquired", "105002", "fetch failed", "unknown")),
    answer("a used token, without a phone", {"code": 200, "data": {"resultCode": 104201}},
           lost("token-expired", "104201", "token invalid", "unknown")),
    answer("an unlisted carrier code", {"code": 200, "data": {"phone": None, "resultCode": "-10011"}},
           lost("unmapped", "-10011", None, "unknown")),
    answer("a carrier's success without a phone", {"code": 200, "data": {"phone": "", "resultCode": "103000"}},
           lost("unmapped", "103000", None, "unknown")),
    answer("a wrong signature", refused(410), lost("signature-rejected", "410", "m")),
    answer("an expired timestamp", refused(420), lost("clock-rejected", "420", "m")),
    answer("a used token", refused(450), lost("token-expired", "450", "m", hint="超过 2 分钟，或已用过")),
    answer("no money", refused(507), lost("quota-exhausted", "507", "m")),
    answer("too many calls per second", {"code": 508}, lost("vendor-busy", "508", "QPS")),
    answer("an unlisted code", refused(500, "Ünlisted"), lost("unmapped", "500", "Ünlisted", "unknown")),
    answer("a failure with a number", {**processed("m", phone=NUMBER), "code": 430},
           lost("request-rejected", "430", "m")),
    answer("no code", {"data": {"phone": NUMBER}}, lost("vendor-protocol-error", billed="unknown")),
    not_there("no data", {"code": 200, "msg": "ok"}),
    not_there("null as data", {"code": 200, "msg": "ok", "data": None}),
    not_there("a list as data", {"code": 200, "msg": "ok", "data": [{"phone": NUMBER}]}),
    not_there("no phone", processed()),
    not_there("an empty phone", processed(phone="")),
    not_there("null as phone", processed(phone=None)),
    not_there("an object as phone", processed(phone={"n": NUMBER})),
    answer("a number of 10 digits", processed(phone=NUMBER[:10]), lost("vendor-protocol-error")),
    answer("a masked phone", processed(phone=MASK), lost("vendor-protocol-error")),
] + unreadable("login"))
yidun_write("verify", "verifies the number, signed with MD5", ACCOUNT, VERIFY, [
    MATCH,
    answer("a mismatch", processed(result=2), verdict("mismatch")),
    answer("an undetermined result", processed(result=3), verdict("unknown", billed="unknown")),
    answer("an undefined result", processed(result="PASS"), verdict("unknown", billed="unknown")),
    answer("a text as result", processed(result="1"), verdict("match")),
    answer("whitespace around the result", processed(result=" 2 "), verdict("mismatch")),
    answer("a longer result", processed(result=11), verdict("unknown", billed="unknown")),
    answer("a result as code", {**processed(result=1), "code": 1}, unsure("vendor-protocol-error", billed="yes")),
    answer("a wrong signature", refused(410), unsure("signature-rejected", "410", "m")),
    answer("an unlisted code", refused(500), unsure("unmapped", "500", "m", "unknown")),
    answer("no result", processed(), unsure("vendor-protocol-error")),
    answer("null as result", processed(result=None), unsure("vendor-protocol-error")),
    answer("an object as result", processed(result={}), unsure("vendor-protocol-error")),
    answer("true as result", processed(result=True), verdict("unknown", billed="unknown")),
] + unreadable("verify"))
for method in ("MD5", "SHA1", "SHA256"):
    name = f"signs with {method}, if configured"
    yidun_write(f"login-{method.lower()}", name, {**ACCOUNT, "signatureMethod": method}, LOGIN, [SUCCESS])
    yidun_write(f"verify-{method.lower()}", name, {**ACCOUNT, "signatureMethod": method}, VERIFY, [MATCH])
ACCOUNT = {"secretId": "sid", "secretKey": "skey", "businessId": "bid"}
LOGIN = {**LOGIN, "token": "t", "inputs": {"accessToken": "a"}}
VERIFY = {**VERIFY, "token": "t", "inputs": {"accessToken": "a"}}
then = 1_700_000_000_000
agree("§2 login", yidun_parameters(ACCOUNT, LOGIN, then)["signature"], "aabfe26919a53b2df44e859ae5010d3c")
agree("§2 verify", yidun_parameters(ACCOUNT, VERIFY, then)["signature"], "f15d78800d564e3a050134170946cb5d")
yidun_write("login-published-vector", "reproduces the published signature of a login", ACCOUNT, LOGIN, [SUCCESS],
            now=then)
yidun_write("verify-published-vector", "reproduces the published signature of a verification", ACCOUNT, VERIFY,
            [MATCH], now=then)

# Tencent Cloud (§4)

tencent = Vendor("tencent-cloud", "tencentCloud", "sdkAppId")
ACCOUNT = {"sdkAppId": "1400000001", "appKey": "5f03a35d00ee52a21327ab048186a2c4"}
TOKEN = "t-0123456789abcdef0123456789abcd"
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN}
ALWAYS = {"headers": [["Content-Type", "application/json"]]}


def ten_digits(nonce):
    return f"{int(nonce, 16) % 10**10:010d}"


def tencent_signature(key, random, time):
    return digest("sha256", f"appkey={key}&random={random}&time={time}")


def tencent_request(account, call, now=NOW, nonce=NONCE):
    random, time = ten_digits(nonce), str(now // 1000)
    body = {"sig": tencent_signature(account["appKey"], random, time),
            "time": int(time) if account.get("timeForm") == "number" else time, "token": call["token"]}
    if "carrier" in call:
        body["carrier"] = CARRIERS[call["carrier"]]
    return {"target": f"/v5/rapidauth/validate?sdkappid={account['sdkAppId']}&random={random}", **ALWAYS,
            "body": compact(body)}


def tencent_write(file, name, account, call, answers, **context):
    sandbox = {key: account[key] for key in ("sdkAppId", "appKey")}
    tencent.write(file, name, account, call, sandbox=sandbox, answers=answers,
                  request=tencent_request(account, call, **context), **context)


def success(mobile, **more):
    return {"result": 0, "errmsg": "OK", "mobile": mobile, **more}


def refused(result, errmsg="m"):
    return {"result": result, "errmsg": errmsg}


SUCCESS = answer("success", success(NUMBER), found())
tencent_write("login", "exchanges the token for the number", ACCOUNT, LOGIN, [
    SUCCESS,
    answer("a text as result", success(NUMBER, result="0"), found()),
    answer("a number as mobile", success(int(NUMBER)), found()),
    answer("a mobile with country code", success("+86" + NUMBER), found()),
    answer("undocumented members", success(NUMBER, nationcode="86"), found()),
    answer("a wrong signature", refused(1001), lost("signature-rejected", "1001", "m", hint="核对 appKey")),
    answer("a wrong time, without a message", {"result": 1021},
           lost("clock-rejected", "1021", "time", hint="sig 有效期 10 分钟")),
    answer("an unlisted result", refused(1050, "Ünlisted"), lost("unmapped", "1050", "Ünlisted", "unknown")),
    answer("a zero with two digits", success(NUMBER, result="00"), lost("unmapped", "00", "OK", "unknown")),
    answer("a negative zero", f'{{"result":-0,"errmsg":"OK","mobile":"{NUMBER}"}}',
           lost("unmapped", "-0", "OK", "unknown")),
    answer("false as result", success(NUMBER, result=False), lost("unmapped", "false", "OK", "unknown")),
    answer("a failure with a number", success(NUMBER, result=1006),
           lost("not-entitled", "1006", "OK")),
    answer("no result", {"errmsg": "OK", "mobile": NUMBER}, lost("vendor-protocol-error", billed="unknown")),
    answer("no mobile", {"result": 0, "errmsg": "OK"}, lost("vendor-protocol-error")),
    answer("an empty mobile", success(""), lost("vendor-protocol-error")),
    answer("null as mobile", success(None), lost("vendor-protocol-error")),
    answer("an object as mobile", success({"n": NUMBER}), lost("vendor-protocol-error")),
    answer("a text of 30 digits", success("138" * 10), lost("vendor-protocol-error")),
    answer("a masked mobile", success(MASK), lost("vendor-protocol-error")),
] + unreadable("login"))
tencent_write("login-time-number", "sends the time as a number, if configured",
              {**ACCOUNT, "timeForm": "number"}, LOGIN, [SUCCESS])
for carrier, word in CARRIERS.items():
    tencent_write(f"login-{word}", f"sends the carrier {carrier} if the call has it", ACCOUNT,
                  {**LOGIN, "carrier": carrier}, [SUCCESS])
tencent_write("login-short-random", "pads the nonce to ten digits", ACCOUNT, LOGIN, [SUCCESS],
              nonce=f"{7:032x}")
tencent_write("login-long-random", "uses the last ten digits of the nonce", ACCOUNT, LOGIN, [SUCCESS],
              nonce="f" * 32)
then, nonce = 1_457_336_869_000, f"{7_226_249_334:032x}"
agree("§4 random", ten_digits(nonce), "7226249334")
agree("§4 sig", tencent_signature(ACCOUNT["appKey"], "7226249334", "1457336869"),
      "c13e54f047ed75e821e698730c72d030dc30e5b510b3f8a0fb6fb7605283d7df")
tencent_write("login-published-vector", "reproduces the vendor's signature", ACCOUNT, LOGIN, [SUCCESS], now=then,
              nonce=nonce)

# Shanyan (§5)

shanyan = Vendor("shanyan", "shanyan", "appId")
ACCOUNT = {"appId": "app1", "appKey": "key1"}
OWN, OTHER = keys()["encryption"], keys()["signing"]
RSA = {**ACCOUNT, "encryptType": "1", "privateKey": OWN["private"]}
TOKEN = "A1-+a/b=c d~*0123456789"
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN}
VERIFY = {"kind": "verify", "channel": "app", "token": TOKEN, "phoneNumber": NUMBER}


def shanyan_signature(key, parameters):
    return hmac.new(key.encode(), names_and_values(parameters).encode(), hashlib.sha256).hexdigest()


def halves(app_key):
    whole = digest("md5", app_key)
    return whole[:16], whole[16:]


def aes(text=NUMBER, app_key="key1"):
    key, iv = halves(app_key)
    return cbc(aes_key(key), iv, text).hex()


agree("§5 sign", shanyan_signature("key1", {"appId": "app1", "encryptType": "0", "token": "tok"}),
      "e824e7eeecf56b64d6dfba73b8cbfc788764b665677a13ac53a55fa96a41b521")
agree("§5 md5", halves("key1"), ("c2add694bf942dc7", "7b376592d9c862cd"))
agree("§5 mobileName", aes(), "6a6b9d5d927a232f41b1ed4ad112cc01")
agree("§5 another key", is_padded(aes_key(halves("key1")[0]), halves("key1")[1],
                                  bytes.fromhex(aes(app_key="key2"))), False)


def shanyan_request(account, call):
    parameters = {"appId": account["appId"], "token": call["token"]}
    if "clientIp" in call:
        parameters["clientIp"] = call["clientIp"]
    parameters |= {"outId": NONCE, "encryptType": account.get("encryptType", "0")}
    if call["kind"] == "verify":
        parameters["mobile"] = call["phoneNumber"]
    parameters["sign"] = shanyan_signature(account["appKey"], parameters)
    return {"target": "/open/flashsdk/mobile-" + ("query" if call["kind"] == "login" else "validate"),
            "headers": [["Content-Type", "application/x-www-form-urlencoded"]], "body": form(parameters)}


def shanyan_write(file, name, account, call, answers):
    sandbox = {key: account[key] for key in ("appId", "appKey")}
    if "privateKey" in account:
        sandbox["encryption"] = {"publicKey": OWN["public"]}
    shanyan.write(file, name, account, call, sandbox=sandbox, answers=answers, request=shanyan_request(account, call))


def success(name, charge=1, code="200000", **data):
    return {"code": code, "message": "成功", "chargeStatus": charge,
            "data": {"mobileName": name, "tradeNo": "t-1", **data}}


def refused(code, message="m"):
    return {"code": code, "message": message, "chargeStatus": 0, "data": None}


SUCCESS = answer("success", success(aes()), found("t-1"))
shanyan_write("login", "exchanges the token for the number, encrypted with AES", ACCOUNT, LOGIN, [
    SUCCESS,
    answer("upper-case hexadecimal", success(aes().upper()), found("t-1")),
    answer("a number as code", success(aes(), code=200000), found("t-1")),
    answer("a number with country code", success(aes("+86" + NUMBER)), found("t-1")),
    answer("no tradeNo", {**success(""), "data": {"mobileName": aes()}}, found()),
    answer("a number as tradeNo", success(aes(), tradeNo=1234567890123456789), found("1234567890123456789")),
    answer("a number without a charge", success(aes(), 0), found("t-1", "no")),
    answer("no information about the charge", success(aes(), None), found("t-1", "unknown")),
    answer("an undefined value for the charge", success(aes(), 2), found("t-1", "unknown")),
    answer("invalid parameters", refused("400001"), lost("request-rejected", "400001", "m")),
    answer("an address that is not allowed", refused("400102"), lost("ip-not-allowed", "400102", "m")),
    answer("no money", refused(500005), lost("quota-exhausted", "500005", "m")),
    answer("a timeout of the carrier", refused("504000"), lost("vendor-timeout", "504000", "m", "unknown")),
    answer("a failure without a message", {"code": "403101"}, lost("not-entitled", "403101", "account disabled")),
    answer("an unlisted code", refused("400300", "Ünlisted"), lost("unmapped", "400300", "Ünlisted", "unknown")),
    answer("a shorter code", success(aes(), code="20000"), lost("unmapped", "20000", "成功", "unknown")),
    answer("a failure with a number", success(aes(), code="400200"),
           lost("number-barred", "400200", "成功")),
    answer("no code", {"data": {"mobileName": aes()}}, lost("vendor-protocol-error", billed="unknown")),
    answer("no data", {"code": "200000", "chargeStatus": 1}, lost("vendor-protocol-error")),
    answer("no mobileName", {**success(""), "data": {"tradeNo": "t-1"}}, lost("vendor-protocol-error")),
    answer("a text instead of a number", success(aes("not a number")), lost("vendor-protocol-error")),
    answer("a masked number", success(aes(MASK)), lost("vendor-protocol-error")),
] + undecipherable(success, aes(app_key="key2"), aes()[:-2]) + unreadable("login"))
shanyan_write("login-client-ip", "forwards the user's address if the call has it", ACCOUNT,
              {**LOGIN, "clientIp": "203.0.113.7"}, [SUCCESS])


def rsa(text=NUMBER, pair=OWN):
    return rsa_encrypt(pair["private"], text).hex()


shanyan_write("login-rsa", "decrypts the number with RSA, if configured", RSA, LOGIN, [
    answer("success", success(rsa()), found("t-1")),
    answer("a number with country code", success(rsa("+86" + NUMBER)), found("t-1")),
    answer("a text instead of a number", success(rsa("not a number")), lost("vendor-protocol-error")),
] + undecipherable(success, rsa(pair=OTHER), rsa()[:256]))


def compared(result, charge=1, code="200000"):
    return {"code": code, "message": "m", "chargeStatus": charge, "data": {"isVerify": result, "tradeNo": "t-1"}}


shanyan_write("verify", "verifies the number", ACCOUNT, VERIFY, [
    answer("a match", compared("1"), verdict("match", "t-1")),
    answer("a mismatch", compared("0"), verdict("mismatch", "t-1")),
    answer("an undefined result", compared("2", 0), verdict("unknown", "t-1", "no")),
    answer("a number as result", compared(0), verdict("mismatch", "t-1")),
    answer("a match without a charge", compared("1", 0), verdict("match", "t-1", "no")),
    answer("no information about the charge", compared("1", None), verdict("match", "t-1", "unknown")),
    answer("a result as code", compared("1", code="1"), unsure("vendor-protocol-error")),
    answer("an unknown account", refused("400901"), unsure("app-unknown", "400901", "m")),
    answer("an unlisted code", refused("400300"), unsure("unmapped", "400300", "m", "unknown")),
    answer("no result", {**compared(""), "data": {"tradeNo": "t-1"}}, unsure("vendor-protocol-error", billed="yes")),
    answer("null as result", compared(None), unsure("vendor-protocol-error", billed="yes")),
    answer("true as result", compared(True), verdict("unknown", "t-1")),
] + unreadable("verify"))
shanyan_write("verify-client-ip", "forwards the user's address if the call has it", ACCOUNT,
              {**VERIFY, "clientIp": "203.0.113.7"}, [answer("a match", compared("1"), verdict("match", "t-1"))])
shanyan_write("verify-encrypt-type-1", "sends the configured encryption type, although nothing is encrypted", RSA,
              VERIFY, [answer("a match", compared("1"), verdict("match", "t-1"))])

# MobTech (§6)

mobtech = Vendor("mobtech", "mobtech", "appKey")
ACCOUNT = {"appKey": "3a0000000000b", "appSecret": "0123456789abcdef0123456789abcdef"}
TOKEN = "4:AAAA0123456789abcdef+/="
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN,
         "inputs": {"opToken": "STsid0000001234567890123abcdefABCDEF", "operator": "CMCC"}}
IV = "00000000"


def mobtech_signature(parameters, secret):
    return digest("md5", pairs(parameters) + secret)


def mobtech_parameters(account, call, now=NOW):
    time = now // 1000 if account.get("timestampUnit") == "s" else now
    parameters = {"appkey": account["appKey"], "token": call["token"], **call["inputs"], "timestamp": str(time)}
    return {**parameters, "sign": mobtech_signature(parameters, account["appSecret"])}


def mobtech_write(file, name, account, call, answers, now=NOW):
    request = {"target": "/auth/auth/sdkClientFreeLogin",
               "headers": [["Content-Type", "application/json"], ["appkey", account["appKey"]]],
               "body": compact(mobtech_parameters(account, call, now))}
    sandbox = {key: account[key] for key in ("appKey", "appSecret")}
    mobtech.write(file, name, account, call, sandbox=sandbox, request=request, answers=answers, now=now)


def des(value, secret=ACCOUNT["appSecret"]):
    return b64(cbc(des_key(secret[:8]), IV, value if isinstance(value, str) else compact(value)))


def success(res, **more):
    return {"status": 200, "error": "", "res": res, **more}


OTHER = des({"phone": NUMBER}, "fedcba9876543210")
agree("§6 another key", is_padded(des_key(ACCOUNT["appSecret"][:8]), IV, base64.b64decode(OTHER)), False)
HALF = b64(base64.b64decode(des({"phone": NUMBER}))[:-3])
SUCCESS = answer("success", success(des({"phone": NUMBER})), found())
mobtech_write("login", "exchanges the token for the number, encrypted with DES", ACCOUNT, LOGIN, [
    SUCCESS,
    answer("a text as status", success(des({"phone": NUMBER}), status="200"), found()),
    answer("a number as phone", success(des({"phone": int(NUMBER)})), found()),
    answer("a phone with country code", success(des({"phone": "+86" + NUMBER})), found()),
    answer("whitespace around the JSON", success(des(f' {{ "phone" : "{NUMBER}" }}\n')), found()),
    answer("undocumented members", success(des({"isValid": 1, "phone": NUMBER})), found()),
    answer("a line end after the number", success(des({"phone": NUMBER + "\n"})), found()),
    answer("a byte order mark before the JSON", success(des("\ufeff" + f'{{"phone":"{NUMBER}"}}')), found()),
    answer("two numbers", success(des(f'{{"phone":"{NUMBER}","phone":"13900000000"}}')), lost("vendor-protocol-error")),
    answer("a wrong signature, with the code in public clients", {"status": 4119342, "error": "签名错误"},
           lost("signature-rejected", "4119342", "签名错误")),
    answer("an unlisted status", {"status": 4119399, "error": "Ünlisted"},
           lost("unmapped", "4119399", "Ünlisted", "unknown")),
    answer("an unlisted status with a number", success(des({"phone": NUMBER}), status=201),
           lost("unmapped", "201", None, "unknown")),
    answer("a longer status", success(des({"phone": NUMBER}), status=2000), lost("unmapped", "2000", None, "unknown")),
    answer("no status", {"res": des({"phone": NUMBER})}, lost("vendor-protocol-error", billed="unknown")),
    answer("no res", {"status": 200, "error": ""}, lost("vendor-protocol-error")),
    answer("unencrypted JSON", success(compact({"phone": NUMBER})), lost("vendor-protocol-error")),
    answer("an unencrypted object", success({"phone": NUMBER}), lost("vendor-protocol-error")),
    answer("an encrypted number without JSON", success(des(NUMBER)), lost("vendor-protocol-error")),
    answer("encrypted broken JSON", success(des('{"phone":"138')), lost("vendor-protocol-error")),
    answer("no phone in the JSON", success(des({})), lost("vendor-protocol-error")),
    answer("null as phone", success(des({"phone": None})), lost("vendor-protocol-error")),
    answer("an object as phone", success(des({"phone": {"n": NUMBER}})), lost("vendor-protocol-error")),
    answer("a masked phone", success(des({"phone": MASK})), lost("vendor-protocol-error")),
] + undecipherable(success, OTHER, HALF) + unreadable("login"))
mobtech_write("login-seconds", "sends seconds, if configured", {**ACCOUNT, "timestampUnit": "s"}, LOGIN,
              [SUCCESS])
for carrier, operator in [("CU", "CUCC"), ("CT", "CTCC")]:
    mobtech_write(f"login-{operator.lower()}", f"forwards {operator}", ACCOUNT,
                  {**LOGIN, "carrier": carrier, "inputs": {**LOGIN["inputs"], "operator": operator}}, [SUCCESS])
ACCOUNT = {"appKey": "ak", "appSecret": "secret00"}
LOGIN = {**LOGIN, "carrier": "CU", "token": "t", "inputs": {"opToken": "o", "operator": "CUCC"}}
then = 1_700_000_000_000
agree("§6 sign", mobtech_parameters(ACCOUNT, LOGIN, then)["sign"], "87f7c1534043bd27b46c64ad6afa83d0")
agree("§6 res", des({"phone": NUMBER}, "secret00"), "6Uu7gXF/3+X/pmNTWM4TK+nL0QguzwL3")
mobtech_write("login-published-vector", "reproduces the published signature and ciphertext", ACCOUNT, LOGIN,
              [answer("success", success("6Uu7gXF/3+X/pmNTWM4TK+nL0QguzwL3"), found())], now=then)

# Getui (§3)

getui = Vendor("getui", "getui", "appId")
ACCOUNT = {"appId": "LLNstWgyGm8UM2SsherlU5", "appKey": "appkey0123456789abcdef", "masterSecret": "master7"}
TOKEN = "g-0123456789abcdef0123456789abcd"
LOGIN = {"kind": "login", "channel": "app", "token": TOKEN, "inputs": {"gyuid": "83f0f7e943484e3ca58fccc2f3d1e48777"}}
ZEROES = "0" * 16


def getui_body(account, call, now=NOW):
    body = {"appId": account["appId"], "gyuid": call["inputs"]["gyuid"], "token": call["token"], "timestamp": now}
    process = {name: value for name, value in call["inputs"].items() if name == "processId"}
    if account.get("signForm") == "sorted":
        text = pairs({**body, **process}) + "&key=" + account["masterSecret"]
    else:
        text = account["appKey"] + str(now) + account["masterSecret"]
    return {**body, "sign": digest("sha256", text), **process}


def getui_write(file, name, account, call, answers, now=NOW):
    request = {"target": "/v2/gy/ct_login/gy_get_pn", **ALWAYS, "body": compact(getui_body(account, call, now))}
    sandbox = {key: account[key] for key in ("appId", "appKey", "masterSecret")}
    getui.write(file, name, account, call, sandbox=sandbox, request=request, answers=answers, now=now)


def sixteen(secret):
    return (secret * 16)[:16]


def pn(text=NUMBER, secret=ACCOUNT["masterSecret"]):
    return cbc(aes_key(sixteen(secret)), ZEROES, text).hex()


def success(number, errno=0, result="20000", msg="成功"):
    return {"errno": errno, "data": {"result": result, "msg": msg, "data": {"pn": number}}}


def refused(result, msg="m", errno=0):
    return {"errno": errno, "data": {"result": result, "msg": msg}}


agree("§3 another key", is_padded(aes_key(sixteen(ACCOUNT["masterSecret"])), ZEROES,
                                  bytes.fromhex(pn(secret="master8"))), False)
SUCCESS = answer("success", success(pn()), found())
getui_write("login", "exchanges the token for the number, encrypted with AES", ACCOUNT, LOGIN, [
    SUCCESS,
    answer("a text as errno", success(pn(), "0"), found()),
    answer("a number as result", success(pn(), result=20000), found()),
    answer("upper-case hexadecimal", success(pn().upper()), found()),
    answer("a number with country code", success(pn("+86" + NUMBER)), found()),
    answer("a wrong signature", refused("60008"), lost("signature-rejected", "60008", "m")),
    answer("an address that is not allowed", refused("40031"), lost("ip-not-allowed", "40031", "m")),
    answer("an unknown app, without a message", {"errno": 0, "data": {"result": "40004"}},
           lost("app-unknown", "40004", "应用无效，应用不存在")),
    answer("too many calls", refused(60002), lost("vendor-busy", "60002", "m")),
    answer("an unlisted result", refused("40099", "Ünlisted"), lost("unmapped", "40099", "Ünlisted", "unknown")),
    answer("a failure with a number", success(pn(), result="40032", msg="m"),
           lost("request-rejected", "40032", "m")),
    answer("an errno other than 0, with a success code", success(pn(), 1),
           lost("unmapped", "1", "成功", "unknown")),
    answer("an errno other than 0, with a failure code", refused("60008", errno=10),
           lost("unmapped", "10", "m", "unknown")),
    answer("a result as errno", success(pn(), 20000), lost("vendor-protocol-error")),
    answer("no errno", {"data": success(pn())["data"]}, lost("vendor-protocol-error", billed="unknown")),
    answer("no data", {"errno": 0}, lost("vendor-protocol-error", billed="unknown")),
    answer("no result", {"errno": 0, "data": {"data": {"pn": pn()}}}, lost("vendor-protocol-error", billed="unknown")),
    answer("no inner data", refused("20000"), lost("vendor-protocol-error")),
    answer("no pn", {"errno": 0, "data": {"result": "20000", "data": {}}}, lost("vendor-protocol-error")),
    answer("a list as inner data", {"errno": 0, "data": {"result": "20000", "data": [pn()]}},
           lost("vendor-protocol-error")),
    answer("a text instead of a number", success(pn("not a number")), lost("vendor-protocol-error")),
    answer("a masked number", success(pn(MASK)), lost("vendor-protocol-error")),
] + undecipherable(success, pn(secret="master8"), pn()[:-2]) + unreadable("login"))
PROCESS = {**LOGIN, "inputs": {**LOGIN["inputs"], "processId": "p-0123456789"}}
getui_write("login-process-id", "forwards the process id if the call has it", ACCOUNT, PROCESS, [SUCCESS])
SORTED = {**ACCOUNT, "signForm": "sorted"}
getui_write("login-sorted", "signs all parameters, if configured", SORTED, LOGIN, [SUCCESS])
getui_write("login-sorted-process-id", "also signs the process id, if present", SORTED, PROCESS, [SUCCESS])
ACCOUNT = {**ACCOUNT, "appKey": "appkey", "masterSecret": "mastersecret12345"}
then = 1_700_000_000_000
agree("§3 sign", getui_body(ACCOUNT, LOGIN, then)["sign"],
      "e81b3c1f63c1e5a63bfec403a473f8e3cc8a390de8e7ab9c462f340fff97f227")
agree("§3 pn", pn(secret="mastersecret1234"), "5543d5eb01ffd1f0420650b03ec3aa9f")
# The first 16 of 17 characters are the key, which is that of the published ciphertext.
agree("§3 key", sixteen("mastersecret12345"), "mastersecret1234")
getui_write("login-published-vector", "reproduces the published signature and ciphertext", ACCOUNT, LOGIN,
            [answer("success", success("5543d5eb01ffd1f0420650b03ec3aa9f"), found())], now=then)

# Test-only providers for further features of the provider language.

# Volcengine (§12): a chain of HMACs over a canonical request.
volcengine = Vendor("volcengine", authority="open.volcengineapi.com")
FULL, SHORT = ["content-type", "host", "x-content-sha256", "x-date"], ["host", "x-date"]
PATH, QUERY = "/api/v1/flow/token_validate_china_mobile", "Action=TokenValidateChinaMobile&Version=2024-12-01"
then = 1_704_164_645_000
DATE = iso8601(then).replace("-", "").replace(":", "")
agree("X-Date", DATE, "20240102T030405Z")


def volcengine_request(names, body='{"SPTToken":"t"}'):
    hashed = digest("sha256", body)
    headers = {"content-type": "application/json", "host": "open.volcengineapi.com", "x-content-sha256": hashed,
               "x-date": DATE}
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    canonical = "\n".join(["POST", PATH, QUERY, lines, ";".join(names), hashed])
    scope = f"{DATE[:8]}/cn-beijing/mcs/request"
    key = b"testSK"
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["HMAC-SHA256", DATE, scope, digest("sha256", canonical)])
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    authorization = f"HMAC-SHA256 Credential=testAK/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    return signature, {"target": f"{PATH}?{QUERY}", "body": body,
                       "headers": [["Content-Type", "application/json"], ["X-Date", DATE],
                                   ["X-Content-Sha256", hashed], ["Authorization", authorization]]}


for file, names, more, published in [
    ("login-full", FULL, {}, "bdc40981ef0d7615920c918f59fce81a6a4dd234ef5820658f65e988fa7a9ba4"),
    ("login-short", SHORT, {"signedHeaders": "short"},
     "6be86cc1ba7cc986c9a40d5894725ca4d825f65bbd300cbc52e94ae8372eeb9b"),
]:
    signature, request = volcengine_request(names)
    agree(f"§12 {file}", signature, published)
    volcengine.write(file, f"reproduces the published signature over {', '.join(names)}",
                     {"accessKeyId": "testAK", "secretAccessKey": "testSK", **more},
                     {"kind": "login", "channel": "app", "token": "t"}, now=then, request=request, answers=[
        answer("success", {"Result": {"PhoneNumber": NUMBER}}, found()),
        answer("an empty body", "", lost("vendor-protocol-error", billed="unknown")),
    ])

# NetEase Yunxin (§2): a checksum in the headers.
yunxin = Vendor("yunxin")
ACCOUNT = {"appKey": "94kid09c9ig9k1loimjg012345123456", "appSecret": "123456789012"}
time = str(NOW // 1000)
yunxin.write("login", "sends the checksum of secret, nonce and time in a header", ACCOUNT,
             {"kind": "login", "channel": "app", "token": "+a/b=c d"},
             request={"target": "/sms/oneTap", "body": form({"token": "+a/b=c d"}),
                      "headers": [["Content-Type", "application/x-www-form-urlencoded"], ["AppKey", ACCOUNT["appKey"]],
                                  ["Nonce", NONCE], ["CurTime", time],
                                  ["CheckSum", digest("sha1", ACCOUNT["appSecret"] + NONCE + time)]]},
             answers=[
    answer("success", {"code": 200, "data": {"phone": NUMBER}}, found()),
    answer("a wrong checksum", {"code": 414, "desc": "d"}, lost("signature-rejected", "414", "d")),
])

# China Mobile (§9): the wire format of an adapter in Swift.
unisdk = Vendor("china-mobile-unisdk")
then = 1_704_135_845_678
parts = ["3000000001", "2.0", "msg1", china17(then), "0", "tok", "appkey"]
sign = md5("".join(parts))
agree("§9 login", sign, "57E2F0A1D24820DD9B594E1D6A97D5AA")
unisdk.write("login-published-vector", "reproduces the published signature of a login",
             {"appId": "3000000001", "appKey": "appkey"}, {"kind": "login", "channel": "app", "token": "tok"},
             now=then, nonce="msg1",
             request={"target": "/unisdk/rsapi/loginTokenValidate", **ALWAYS,
                      "body": compact({"version": "2.0", "msgid": "msg1", "systemtime": china17(then),
                                       "strictcheck": "0", "appid": "3000000001", "token": "tok", "sign": sign,
                                       "expandparams": ""})},
             answers=[
    answer("success", {"inresponseto": "msg1", "systemtime": china17(then), "resultCode": "103000",
                       "msisdn": NUMBER}, found()),
    answer("the older name of the code", {"inresponseto": "msg1", "resultcode": "103000", "msisdn": NUMBER},
           found()),
    answer("a wrong signature", {"inresponseto": "msg1", "resultCode": "103101", "desc": "d"},
           lost("signature-rejected", "103101", "d")),
    answer("no msisdn", {"inresponseto": "msg1", "resultCode": "103000"}, lost("vendor-protocol-error")),
])
