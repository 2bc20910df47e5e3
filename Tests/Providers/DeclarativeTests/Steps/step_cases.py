"""The cases of steps.json, and functions that add one."""

import sys
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "ProviderConformance"))
from fixture_tools import *

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import ec

PAIR = keys()["client"]
PRIVATE, PUBLIC = PAIR["private"], PAIR["public"]
OTHER = keys()["platform"]
EC_KEY = ec.derive_private_key(0x6E756D67617465, ec.SECP256R1())
EC = b64(
    EC_KEY.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
)
TOKEN = "STOKEN-甲+/="
AES16, AES24, AES32 = "0123456789abcdef", "0123456789abcdef01234567", "0123456789abcdef0123456789ABCDEF"
IV = "fedcba9876543210"
DES, IV8 = "01234567", "76543210"
OK = '[{at: /code, is: ["0"]}]'

cases = []


def case(
    name,
    steps=(),
    request='path: /login, json: {value: "x"}',
    answer='success: ' + OK + ', number: "${answer/phone}"',
    operation="login",
    account=(),
    declared="",
    inputs="",
    call=None,
    prepare="",
    now=NOW,
    nonce=NONCE,
    failures="{}",
    expect=None,
    answers=None,
    requires=None,
):
    """`requires`: the algorithm without which the account has an error."""
    account = dict(account)
    known = {field: {} for field in account}
    fields = ", ".join([f"{field}: {{}}" for field in known] + ([declared] if declared else []))
    lines = [
        "adapter: declarative",
        'title: {zh: "甲", en: "A"}',
        "documents: [a document]",
        f"serves: {{app: [{operation}]}}",
        "endpoint: https://vendor.example.com",
        "timeout: 3s",
        "tokenLife: 2m",
        f"account: {{{fields}}}",
    ]
    if inputs:
        lines.append(f"inputs: {{{inputs}}}")
    lines += ["operations:"]
    if prepare:
        lines += ["  prepare:", f"    parameters: {prepare}"]
    lines += [f"  {operation}:"]
    if steps:
        lines += ["    steps:"] + ["      " + step for step in steps]
    lines += [f"    request: {{{request}}}", f"    answer: {{{answer}}}", f"failures: {failures}"]
    cases.append(
        {
            "name": name,
            "file": "\n".join(lines) + "\n",
            "account": account,
            "call": {"kind": operation, "token": TOKEN, "phoneNumber": NUMBER, **(call or {})},
            "now": now,
            "nonce": nonce,
            "expect": expect or {},
            "answers": answers or [],
            **({"requires": requires} if requires else {}),
        }
    )


def value(name, steps, expected, template="${out}", **more):
    """The value of a template in a JSON body."""
    case(
        name,
        steps,
        request=f'path: /login, json: {{value: {json.dumps(template, ensure_ascii=False)}}}',
        expect={"body": compact({"value": expected})},
        **more,
    )


def not_sent(name, steps, reason, detail, template="${out}", request=None, **more):
    """A failure before the request is sent."""
    case(
        name,
        steps,
        request=request or f'path: /login, json: {{value: {json.dumps(template, ensure_ascii=False)}}}',
        expect={"failure": {"reason": reason, "detail": detail, "delivery": "not-sent", "billed": "no"}},
        **more,
    )


def account_fault(name, steps, field, message, template="${out}", request=None, **more):
    """An error when the account is loaded."""
    case(
        name,
        steps,
        request=request or f'path: /login, json: {{value: {json.dumps(template, ensure_ascii=False)}}}',
        expect={"fault": {"field": field, "message": message}},
        **more,
    )


def response(body, status=200, headers=None, **expect):
    return {
        "body": body if isinstance(body, str) else compact(body),
        "status": status,
        "headers": headers or {},
        "expect": expect,
    }


def number(transaction=None, billed="unknown", carrier=None, number=NUMBER):
    return {"number": number, "transaction": transaction, "billed": billed, "carrier": carrier}


def refused(reason, detail=None, billed="unknown", code=None, message=None):
    return {
        "failure": {
            "reason": reason,
            "detail": detail,
            "delivery": "answered",
            "billed": billed,
            "code": code,
            "message": message,
        }
    }


def hexed(data):
    return data.hex()


def cbc(algorithm, size, key, iv, text, encrypt=True):
    cipher = Cipher(algorithm(key), modes.CBC(iv) if iv is not None else modes.ECB())
    if encrypt:
        padder = padding.PKCS7(size).padder()
        worker = cipher.encryptor()
        return worker.update(padder.update(text) + padder.finalize()) + worker.finalize()


def aes(key, iv, text):
    return cbc(algorithms.AES, 128, key.encode(), iv.encode() if iv is not None else None, text.encode())


def des(key, iv, text):
    return cbc(TripleDES, 64, key.encode() * 3, iv.encode(), text.encode())


def mac(name, key, text):
    return hmac.new(key, text, name).digest()


def percent(text):
    return quote(text, safe="-_.~")


def read(name, answers, answer, operation="login", **more):
    case(name, request="path: /l, form: {a: b}", answer=answer, operation=operation, answers=answers, **more)
