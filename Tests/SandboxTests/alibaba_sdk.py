#!/usr/bin/env python3
"""Runs Alibaba's SDK against the sandbox: alibaba_sdk.py http://127.0.0.1:9090

Requires alibabacloud-dypnsapi20170525==2.0.0 from PyPI. Calls GetAuthToken, VerifyPhoneWithToken and GetPhoneWithToken
with both signatures, with a permanent access key and with an STS credential. The control interface of the sandbox
issues the tokens, for the parameters from GetAuthToken. Exits with 0 if all responses are as documented.
"""

import json
import sys
import urllib.request

from alibabacloud_dypnsapi20170525 import models
from alibabacloud_dypnsapi20170525.client import Client
from alibabacloud_tea_openapi import utils_models as open_api_models

ORIGIN = "https://shop.example.com"
SCENE_CODE = "FC100000000000001"
PHONE_NUMBER = "13800000000"
CREDENTIALS = [
    dict(access_key_id="sandbox-access-key-id", access_key_secret="sandbox-access-key-secret"),
    dict(
        access_key_id="STS.sandbox-access-key-id",
        access_key_secret="sandbox-sts-access-key-secret",
        security_token="sandbox-security-token",
    ),
]


def expect(what, got, expected):
    if got != expected:
        sys.exit(f"{what}: got {got!r}, expected {expected!r}")


def mint(base, operation, parameters):
    call = {
        "provider": "aliyun",
        "appId": SCENE_CODE,
        "phoneNumber": PHONE_NUMBER,
        "operation": operation,
        "channel": "h5",
        "parameters": parameters,
    }
    request = urllib.request.Request(base + "/sandbox/tokens", json.dumps(call).encode(), method="POST")
    answer = json.load(urllib.request.urlopen(request, timeout=10))
    expect("the SDK on the page", answer.get("code"), "600000")
    return answer["spToken"]


def parameters(client, biz_type):
    request = models.GetAuthTokenRequest(url=ORIGIN + "/", origin=ORIGIN, scene_code=SCENE_CODE, biz_type=biz_type)
    body = client.get_auth_token(request).body
    expect("GetAuthToken", body.code, "OK")
    return {"accessToken": body.token_info.access_token, "jwtToken": body.token_info.jwt_token}


def verify(client, token, phone_number):
    request = models.VerifyPhoneWithTokenRequest(phone_number=phone_number, sp_token=token)
    body = client.verify_phone_with_token(request).body
    return body.code, body.gate_verify.verify_result if body.gate_verify else None


def run(base, credential, algorithm):
    config = open_api_models.Config(protocol="HTTP", endpoint=base.split("://", 1)[1].rstrip("/"), **credential)
    if algorithm:
        config.signature_algorithm = algorithm
    client = Client(config)

    token = mint(base, "verify", parameters(client, 0))
    expect("VerifyPhoneWithToken", verify(client, token, PHONE_NUMBER), ("OK", "PASS"))
    expect("a used token", verify(client, token, PHONE_NUMBER), ("isv.TOKEN_INVALID", None))
    token = mint(base, "verify", parameters(client, 0))
    expect("another number", verify(client, token, "13900000000"), ("OK", "REJECT"))

    token = mint(base, "login", parameters(client, 1))
    body = client.get_phone_with_token(models.GetPhoneWithTokenRequest(sp_token=token)).body
    expect("GetPhoneWithToken", (body.code, body.data.mobile if body.data else None), ("OK", PHONE_NUMBER))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    base = sys.argv[1].rstrip("/")
    for credential in CREDENTIALS:
        for name, algorithm in [("V3", None), ("V1", "v2")]:
            run(base, credential, algorithm)
            print(f"{credential['access_key_id']} with {name}: OK")


if __name__ == "__main__":
    main()
