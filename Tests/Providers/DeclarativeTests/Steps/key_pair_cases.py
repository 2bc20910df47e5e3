"""Cases of RSA with PSS and OAEP, of SM2 and of ECDSA. All random values are constant, so that the file is the same each
time."""

from Cryptodome.Cipher import PKCS1_OAEP
from Cryptodome.Hash import SHA1, SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pss
from Cryptodome.Util.asn1 import DerOctetString, DerSequence
from gmssl import func, sm2

from step_cases import *

RSA_KEY = RSA.import_key(base64.b64decode(PRIVATE))
EC_PUBLIC = b64(
    EC_KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
)
# GB/T 32918.5-2017, A.2.
SM2_PRIVATE = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
SM2_PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
RANDOM = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21"
func.random_hex = lambda size: RANDOM


def filler(size):
    return bytes(1 + index % 255 for index in range(size))


def pss_sign(text, digest=SHA256):
    return pss.new(RSA_KEY, rand_func=filler).sign(digest.new(text.encode()))


def oaep(text, digest):
    return PKCS1_OAEP.new(RSA_KEY, hashAlgo=digest, randfunc=filler).encrypt(text.encode())


def sm2_sign(text, form="raw"):
    key = sm2.CryptSM2(SM2_PRIVATE, SM2_PUBLIC, asn1=form == "der")
    return bytes.fromhex(key.sign_with_sm3(text.encode(), RANDOM))


def sm2_encrypt(text, order="c1c3c2"):
    """Without the prefix 04, as gmssl writes it."""
    return sm2.CryptSM2(SM2_PRIVATE, SM2_PUBLIC, mode=0 if order == "c1c2c3" else 1).encrypt(text.encode())


def sm2_asn1(text):
    raw = sm2_encrypt(text)
    point = [int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big")]
    return DerSequence(point + [DerOctetString(raw[64:96]), DerOctetString(raw[96:])]).encode()


def ecdsa_sign(text):
    return EC_KEY.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


PSS = "digest: sha256, padding: pss"
BOTH = {"private": PRIVATE, "public": PUBLIC}
SM2 = {"private": SM2_PRIVATE, "public": SM2_PUBLIC}
CURVE = {"private": EC, "public": EC_PUBLIC}

# Signatures of other tools. The value of a step that verifies is its input.
for name, options, signature, public in (
    ("rsa-verify", "digest: sha256", rsa_sign(PRIVATE, "sha256", TOKEN), PUBLIC),
    ("rsa-verify", "digest: md5, padding: pkcs1", rsa_sign(PRIVATE, "md5", TOKEN), PUBLIC),
    ("rsa-verify", PSS, pss_sign(TOKEN), PUBLIC),
    ("rsa-verify", "digest: sha1, padding: pss", pss_sign(TOKEN, SHA1), PUBLIC),
    ("sm2-verify", 'id: "1234567812345678"', sm2_sign(TOKEN), SM2_PUBLIC),
    ("sm2-verify", 'id: "1234567812345678"', sm2_sign(TOKEN, "der"), "04" + SM2_PUBLIC.upper()),
    ("ecdsa-verify", "digest: sha256", ecdsa_sign(TOKEN), EC_PUBLIC),
):
    value(
        f"{name} of a foreign signature, {options}, {len(signature)} bytes",
        [
            f'out: {{{name}: "${{call.token}}", signature: "${{account.signature}}", from: base64, {options},'
            ' key: "${account.key}"}'
        ],
        TOKEN,
        account={"key": public, "signature": b64(signature)},
    )
    not_sent(
        f"{name} of another text, {options}, {len(signature)} bytes",
        [
            f'out: {{{name}: "${{call.token}}x", signature: "${{account.signature}}", from: base64, {options},'
            ' key: "${account.key}"}'
        ],
        "misconfigured",
        "The step 'out' cannot verify the signature.",
        account={"key": public, "signature": b64(signature)},
    )

# Random signatures and ciphertexts: both directions
for sign, options, verify, account in (
    ("rsa-sign", PSS, f"rsa-verify|{PSS}", BOTH),
    ("sm2-sign", "signature: der", "sm2-verify", SM2),
    ("sm2-sign", "signature: raw, id: 甲", "sm2-verify|id: 甲", SM2),
    ("ecdsa-sign", "digest: sha256", "ecdsa-verify|digest: sha256", CURVE),
    ("ecdsa-sign", "digest: sha256, signature: der", "ecdsa-verify|digest: sha256", CURVE),
):
    verify, _, verify_options = verify.partition("|")
    value(
        f"{sign} and {verify} with {options}",
        [
            f's: {{{sign}: "${{call.token}}", {options}, key: "${{account.private}}"}}',
            f'out: {{{verify}: "${{call.token}}", signature: "${{s}}"{", " if verify_options else ""}{verify_options},'
            ' key: "${account.public}"}',
        ],
        TOKEN,
        account=account,
    )
not_sent(
    "an SM2 signature of another identifier",
    [
        's: {sm2-sign: x, id: a, key: "${account.private}"}',
        'out: {sm2-verify: x, id: b, signature: "${s}", key: "${account.public}"}',
    ],
    "misconfigured",
    "The step 'out' cannot verify the signature.",
    account=SM2,
)
value(
    "a signature over bytes, verified",
    [
        'd: {md5: x}',
        's: {sm2-sign: "${d}", key: "${account.private}"}',
        'v: {sm2-verify: "${d}", signature: "${s}", key: "${account.public}"}',
        'out: {encode: "${v}", as: hex}',
    ],
    hashlib.md5(b"x").hexdigest(),
    account=SM2,
)
for encrypt, options, account in (
    ("rsa-encrypt", "padding: oaep", BOTH),
    ("rsa-encrypt", "padding: oaep, digest: sha256", BOTH),
    ("sm2-encrypt", "order: c1c3c2", SM2),
    ("sm2-encrypt", "order: c1c2c3", SM2),
    ("sm2-encrypt", "order: asn1", SM2),
):
    value(
        f"{encrypt} and decryption with {options}",
        [
            f'c: {{{encrypt}: "${{call.token}}", {options}, key: "${{account.public}}"}}',
            f'out: {{{encrypt.replace("en", "de")}: "${{c}}", {options}, key: "${{account.private}}", as: text}}',
        ],
        TOKEN,
        account=account,
    )
for name, options, ciphertext, private in (
    ("rsa-decrypt", "padding: oaep", oaep("甲", SHA1), PRIVATE),
    ("rsa-decrypt", "padding: oaep, digest: sha256", oaep("甲", SHA256), PRIVATE),
    ("sm2-decrypt", "order: c1c3c2", sm2_encrypt("甲"), SM2_PRIVATE),
    ("sm2-decrypt", "order: c1c3c2", b"\4" + sm2_encrypt("甲"), SM2_PRIVATE.upper()),
    ("sm2-decrypt", "order: c1c2c3", sm2_encrypt("甲", "c1c2c3"), SM2_PRIVATE),
    ("sm2-decrypt", "order: c1c2c3", b"\4" + sm2_encrypt("甲", "c1c2c3"), SM2_PRIVATE),
    ("sm2-decrypt", "order: asn1", sm2_asn1("甲"), SM2_PRIVATE),
):
    value(
        f"{name} of a foreign ciphertext, {options}, {len(ciphertext)} bytes",
        [f'out: {{{name}: "${{account.data}}", from: base64, {options}, key: "${{account.key}}", as: text}}'],
        "甲",
        account={"key": private, "data": b64(ciphertext)},
    )
not_sent(
    "SM2 encryption of an empty text",
    ['out: {sm2-encrypt: "${input.none}", key: "${account.public}", as: hex}'],
    "misconfigured",
    "The step 'out' cannot encrypt.",
    account=SM2,
    inputs="none: {}",
)

# Answers
INVALID = refused(
    "vendor-protocol-error",
    "The step 'checked' rejects the response: its signature is not valid for the account's key.",
)
for name, options, sign, public in (
    ("rsa-verify", "digest: sha256", lambda text: rsa_sign(PRIVATE, "sha256", text), PUBLIC),
    ("sm2-verify", 'id: "1234567812345678"', sm2_sign, SM2_PUBLIC),
    ("ecdsa-verify", "digest: sha256", ecdsa_sign, EC_PUBLIC),
):
    good = sign(NUMBER)
    for fallback in (False, True):
        signed = [
            response({"code": 0, "phone": NUMBER, "sign": b64(good)}, **number()),
            response({"code": 0, "phone": "13900000000", "sign": b64(good)}, **INVALID),
            response({"code": 0, "phone": NUMBER, "sign": b64(good[:-1])}, **INVALID),
            response({"code": 0, "phone": NUMBER, "sign": b64(good[::-1])}, **INVALID),
            response({"code": 0, "phone": NUMBER, "sign": "***"}, **refused("vendor-protocol-error")),
            response({"code": 0, "phone": NUMBER, "sign": ""}, **refused("vendor-protocol-error")),
            response({"code": 0, "phone": NUMBER}, **refused("vendor-protocol-error")),
            response({"code": 1, "phone": NUMBER}, **refused("unmapped", code="1")),
        ]
        read(
            f"{name} in the answer" + (", with another value that must not be used instead" if fallback else ""),
            signed,
            f'success: {OK}, steps: {{checked: {{{name}: "${{answer/phone}}", signature: "${{answer/sign}}",'
            f' from: base64, {options}, key: "${{account.key}}"}}'
            + (', out: {first: ["${checked}", "${answer/phone}"]}' if fallback else "")
            + '}, number: "${' + ("out" if fallback else "checked") + '}"',
            account={"key": public},
        )
REJECTED = refused("encryption-rejected", "The step 'plain' cannot decrypt the response with the account's key.")
for name, options, good, private in (
    ("rsa-decrypt", "padding: oaep", oaep(NUMBER, SHA1), PRIVATE),
    ("sm2-decrypt", "order: c1c3c2", sm2_encrypt(NUMBER), SM2_PRIVATE),
    ("sm2-decrypt", "order: asn1", sm2_asn1(NUMBER), SM2_PRIVATE),
):
    read(
        f"{name} in the answer, {options}",
        [
            response({"code": 0, "c": b64(good)}, **number()),
            response({"code": 0, "c": b64(good[:-1])}, **REJECTED),
            response({"code": 0, "c": b64(good[:40])}, **REJECTED),
            response({"code": 0, "c": b64(good[:-1] + bytes([good[-1] ^ 1]))}, **REJECTED),
            response({"code": 0, "c": b64(bytes(len(good)))}, **REJECTED),
        ],
        f'success: {OK}, steps: {{plain: {{{name}: "${{answer/c}}", from: base64, {options}, key: "${{account.key}}",'
        ' as: text}}, number: "${plain}"',
        account={"key": private},
    )

# Errors in accounts
SM2_EXPECTED = "a private key (PEM, PKCS#8 in Base64, or 64 hexadecimal digits)"
SM2_PUBLIC_EXPECTED = "a public key (PEM, X.509 in Base64, or 128 or 130 hexadecimal digits)"
CURVE_EXPECTED = "a private key (PEM, or PKCS#8 in Base64)"
OUT_OF_RANGE = "is not a valid key: its number is out of range, or its point is not on the curve"
for title, step, key, message in (
    ("not an SM2 key", 'sm2-sign: x, key: "${account.key}"', "甲", f"does not parse as {SM2_EXPECTED}"),
    ("a truncated SM2 key", 'sm2-sign: x, key: "${account.key}"', SM2_PRIVATE[2:], f"does not parse as {SM2_EXPECTED}"),
    ("a P-256 key for SM2", 'sm2-sign: x, key: "${account.key}"', EC, "is a key, but not a key of SM2"),
    ("an RSA key for SM2", 'sm2-sign: x, key: "${account.key}"', PRIVATE, "is a key, but not a key of SM2"),
    ("a public key for SM2 signatures", 'sm2-sign: x, key: "${account.key}"', EC_PUBLIC,
     f"is a public key, not {SM2_EXPECTED}"),
    ("an SM2 private key of zero", 'sm2-sign: x, key: "${account.key}"', "0" * 64, OUT_OF_RANGE),
    ("an SM2 point that is not on the curve", 'sm2-encrypt: x, key: "${account.key}"', SM2_PUBLIC[:-1] + "4",
     OUT_OF_RANGE),
    ("a private key for SM2 encryption", 'sm2-encrypt: x, key: "${account.key}"', SM2_PRIVATE,
     f"does not parse as {SM2_PUBLIC_EXPECTED}"),
    ("not a key for verification", 'sm2-verify: x, signature: "00", from: hex, key: "${account.key}"', "",
     f"does not parse as {SM2_PUBLIC_EXPECTED}"),
    ("not a key for RSA verification", 'rsa-verify: x, digest: sha1, signature: "00", from: hex, key: "${account.key}"',
     "x", "does not parse as a public key (PEM, or X.509 or PKCS#1 in Base64)"),
    ("an EC key for RSA verification",
     'rsa-verify: x, digest: sha1, signature: "00", from: hex, key: "${account.key}"', EC_PUBLIC,
     "is a key, but not an RSA key"),
    ("not a key for ECDSA", 'ecdsa-sign: x, digest: sha256, key: "${account.key}"', "x",
     f"does not parse as {CURVE_EXPECTED}"),
    ("an RSA key for ECDSA", 'ecdsa-sign: x, digest: sha256, key: "${account.key}"', PRIVATE,
     "is a key, but not a key of the curve P-256"),
    ("an RSA key that is too short for PSS", 'rsa-sign: x, digest: sha512, padding: pss, key: "${account.key}"',
     PRIVATE, "is an RSA key of 1024 bits, which is too short for PSS with SHA512"),
):
    ends_in_text = "-verify" in step
    account_fault(
        title,
        [f"out: {{{step}{'' if ends_in_text else ', as: hex'}}}"],
        "key",
        f"'key' {message}",
        account={"key": key},
    )
