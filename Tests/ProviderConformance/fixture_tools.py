"""Shared functions of the make_fixtures.py scripts: times, digests and signatures, computed independently of Numgate's
code.

Needs Python 3.11 and `cryptography`. keys.json contains RSA keys that are used only for these tests:

    python3 fixture_tools.py

creates new keys. Run every make_fixtures.py after that.
"""

import base64
import hashlib
import hmac
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEYS = Path(__file__).parent / "keys.json"
NOW = 1_704_164_645_678  # 2024-01-02T03:04:05.678Z
NONCE = "0123456789abcdef0123456789abcdef"
NUMBER = "13800000000"
MASK = "138****0000"


# Times

def moment(milliseconds):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=milliseconds)


def china17(milliseconds=NOW):
    local = moment(milliseconds).astimezone(timezone(timedelta(hours=8)))
    return local.strftime("%Y%m%d%H%M%S") + f"{local.microsecond // 1000:03d}"


def iso8601(milliseconds=NOW):
    return moment(milliseconds).strftime("%Y-%m-%dT%H:%M:%SZ")


# Digests and keys

def md5(text):
    return hashlib.md5(text.encode()).hexdigest().upper()


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest().upper()


def hmac_sha256(key, text):
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def keys():
    return json.loads(KEYS.read_text())


def load(private):
    return serialization.load_der_private_key(base64.b64decode(private), None)


def rsa_sign(private, digest, text):
    algorithm = {"md5": hashes.MD5, "sha256": hashes.SHA256}[digest]()
    return load(private).sign(text.encode(), rsa_padding.PKCS1v15(), algorithm)


def rsa_encrypt(private, text):
    """Encrypts for the public key of the pair with PKCS#1 v1.5 (RFC 8017 §7.2.1). The padding is constant."""
    numbers = load(private).public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    message = text.encode()
    filler = bytes(1 + index % 255 for index in range(size - 3 - len(message)))
    block = b"\x00\x02" + filler + b"\x00" + message
    return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(size, "big")


def aes_ecb(key, text):
    padder = padding.PKCS7(128).padder()
    block = padder.update(text.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key.encode()), modes.ECB()).encryptor()
    return base64.b64encode(encryptor.update(block) + encryptor.finalize()).decode()


def b64(data):
    return base64.b64encode(data).decode()


# Writing

def compact(value):
    """JSON without whitespace; members in the order of the vendor's document."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def agree(what, computed, published):
    """Stops the script if it does not reproduce a published vector."""
    if computed != published:
        sys.exit(f"{what}: {computed} computed, {published} published")


def failure(reason, stage, code=None, message=None, billed="no", delivery="answered", **more):
    """`code` None: the vendor returned no usable code."""
    return {"failure": {"reason": reason, "stage": stage, "code": code, "message": message, "billed": billed,
                        "delivery": delivery, **more}}


def answer(name, body, expect, status=200, headers=None):
    """`body`: the text as sent, or a value that is written as JSON."""
    return {"name": name, "status": status, "headers": headers or {},
            "body": body if isinstance(body, str) else compact(body), "expect": expect}


def unreadable(stage):
    """Answers that are invalid for every adapter."""
    def broken(code=None, message=None):
        return failure("vendor-protocol-error", stage, code, message, billed="unknown")
    return [
        answer("an empty body", "", broken()),
        answer("whitespace", " \r\n\t", broken()),
        answer("HTML", "<html><body>200 OK</body></html>", broken()),
        answer("an array", "[]", broken()),
        answer("a text", '"103000"', broken()),
        answer("a number", "103000", broken()),
        answer("null", "null", broken()),
        answer("an object without members", "{}", broken()),
        answer("truncated JSON", '{"resultCode":"103000","data":{"msis', broken()),
        answer("two JSON values", "{}{}", broken()),
        answer("HTML with HTTP 502", "<html>Bad Gateway</html>",
               failure("vendor-unavailable", stage, "502", "Bad Gateway", billed="unknown"), status=502),
        answer("an empty body with HTTP 504", "",
               failure("vendor-timeout", stage, "504", "Gateway Timeout", billed="unknown"), status=504),
        answer("HTML with the unlisted HTTP 403", "<html>Forbidden</html>", broken(), status=403),
    ]


class Folder:
    """The folder of a make_fixtures.py. Deletes the JSON files of the last run."""

    def __init__(self, script, provider):
        self.path = Path(script).parent
        self.provider = provider
        for old in self.path.glob("*.json"):
            old.unlink()

    def write(self, file, name, account, call, *, result=None, request=None, answers=None, now=NOW, nonce=NONCE):
        fixture = {"name": name, "provider": self.provider, "authority": "vendor.example.com", "account": account,
                   "call": call, "context": {"now": now, "nonce": nonce}}
        if result is not None:
            fixture["result"] = result
        else:
            fixture["request"] = {"method": "POST", **request}
            fixture["answers"] = answers
        text = json.dumps(fixture, ensure_ascii=False, indent=1)
        (self.path / f"{file}.json").write_text(text + "\n")


def make_keys():
    def pair(bits):
        key = rsa.generate_private_key(65537, bits)
        private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        public = key.public_key().public_bytes(serialization.Encoding.DER,
                                               serialization.PublicFormat.SubjectPublicKeyInfo)
        return {"private": b64(private), "public": b64(public)}
    made = {"client": pair(1024), "platform": pair(1024), "signing": pair(2048), "encryption": pair(2048)}
    KEYS.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    make_keys()
