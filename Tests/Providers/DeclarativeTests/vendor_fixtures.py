"""Fixtures of declarative providers: where they are written, and what several vendors have in common."""

import sys
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ProviderConformance"))
from fixture_tools import *

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES


class Vendor(Folder):
    """The fixtures of one provider. Deletes the JSON files of the last run."""

    def __init__(self, provider, section=None, app_id=None, authority="vendor.example.com"):
        self.path = Path(__file__).resolve().parent / "Fixtures" / provider
        self.path.mkdir(parents=True, exist_ok=True)
        for old in self.path.glob("*.json"):
            old.unlink()
        self.provider, self.section, self.app_id, self.authority = provider, section, app_id, authority

    def write(self, file, name, account, call, *, request, answers, now=NOW, nonce=NONCE, sandbox=None,
              credentials=None, first=None):
        fixture = {"name": name, "provider": self.provider, "authority": self.authority, "account": account,
                   "call": call, "context": {"now": now, "nonce": nonce}}
        if credentials:
            fixture["context"]["credentials"] = credentials
        if first:
            fixture["first"] = first
        if self.section:
            fixture["sandbox"] = {self.section: [sandbox]}
            mint = {"provider": self.provider, "appId": account[self.app_id], "phoneNumber": NUMBER,
                    "operation": call["kind"], "channel": call["channel"], "carrier": call.get("carrier", "YD"),
                    "token": call["token"]}
            if "inputs" in call:
                mint["inputs"] = call["inputs"]
            fixture["mint"] = mint
        fixture["request"] = {"method": "POST", **request}
        fixture["answers"] = answers
        text = json.dumps(fixture, ensure_ascii=False, indent=1)
        (self.path / f"{file}.json").write_text(text + "\n")


def digest(algorithm, text):
    return hashlib.new(algorithm, text.encode()).hexdigest()


def encode(text):
    return quote(text, safe="-_.~")


def form(parameters):
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in parameters.items())


def names_and_values(parameters):
    return "".join(name + value for name, value in sorted(parameters.items()))


def pairs(parameters):
    return "&".join(f"{name}={value}" for name, value in sorted(parameters.items()))


def aes_key(key):
    return algorithms.AES(key.encode())


def des_key(key):
    """Single DES: the same key three times."""
    return TripleDES(key.encode() * 3)


def cbc(key, iv, text):
    padder = padding.PKCS7(key.block_size).padder()
    encryptor = Cipher(key, modes.CBC(iv.encode())).encryptor()
    return encryptor.update(padder.update(text.encode()) + padder.finalize()) + encryptor.finalize()


def is_padded(key, iv, ciphertext):
    """Whether decryption with a wrong key produces valid padding by chance; such a ciphertext is unusable in a test."""
    decryptor = Cipher(key, modes.CBC(iv.encode())).decryptor()
    unpadder = padding.PKCS7(key.block_size).unpadder()
    try:
        unpadder.update(decryptor.update(ciphertext) + decryptor.finalize())
        unpadder.finalize()
    except ValueError:
        return False
    return True


def found(transaction=None, billed="yes"):
    return {"number": NUMBER, "transaction": transaction, "billed": billed}


def verdict(word, transaction=None, billed="yes"):
    return {"verdict": word, "smsAssistToken": None, "transaction": transaction, "billed": billed}


def lost(reason, code=None, message=None, billed=None, stage="login", **more):
    """Without a code the vendor considered the call a success, which is charged."""
    return failure(reason, stage, code, message, billed=billed or ("no" if code else "yes"), **more)


def unsure(reason, code=None, message=None, billed=None, **more):
    return lost(reason, code, message, billed or ("no" if code else "unknown"), "verify", **more)


def undecipherable(wrap, other, broken, none="?" * 32):
    """Ciphertexts that the account cannot decrypt; `wrap` makes an answer with one."""
    return [
        answer("a ciphertext for another key", wrap(other), lost("encryption-rejected")),
        answer("an incomplete block", wrap(broken), lost("encryption-rejected")),
        answer("an invalid ciphertext", wrap(none), lost("vendor-protocol-error")),
        answer("an empty ciphertext", wrap(""), lost("vendor-protocol-error")),
        answer("null as ciphertext", wrap(None), lost("vendor-protocol-error")),
        answer("an object as ciphertext", wrap({"n": NUMBER}), lost("vendor-protocol-error")),
    ]
