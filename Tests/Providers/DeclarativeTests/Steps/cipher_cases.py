"""Cases of AES-GCM, SM4-GCM, XXTEA and `concat`."""

import xxtea
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from step_cases import *

NONCE12 = "0123456789ab"
AAD = "kid=甲"
REJECTED = refused("encryption-rejected", "The step 'plain' cannot decrypt the response with the account's key.")


def sm4_gcm(text):
    worker = Cipher(algorithms.SM4(AES16.encode()), modes.GCM(NONCE12.encode())).encryptor()
    worker.authenticate_additional_data(AAD.encode())
    return worker.update(text.encode()) + worker.finalize() + worker.tag


def gcm(key, text, iv=NONCE12, aad=AAD):
    return AESGCM(key.encode()).encrypt(iv.encode(), text.encode(), aad.encode())


for name, keys_of_name, make, requires in (
    ("aes-gcm", (AES16, AES24, AES32), gcm, None),
    ("sm4-gcm", (AES16,), lambda key, text: sm4_gcm(text), "SM4-GCM"),
):
    for key in keys_of_name:
        options = f'key: "${{account.key}}", iv: {NONCE12}, aad: "{AAD}"'
        data = make(key, TOKEN)
        value(
            f"{name} of {len(key)} bytes",
            [f'out: {{{name}-encrypt: "${{call.token}}", {options}, as: base64}}'],
            b64(data),
            account={"key": key},
            requires=requires,
        )
        value(
            f"{name} of {len(key)} bytes, decrypted",
            [f'out: {{{name}-decrypt: "${{account.data}}", from: hex, {options}, as: text}}'],
            TOKEN,
            account={"key": key, "data": data.hex()},
            requires=requires,
        )
        value(
            f"{name} of {len(key)} bytes, decrypted with the tag in another value",
            [
                f'out: {{{name}-decrypt: "${{account.data}}", tag: "${{account.tag}}", from: base64, {options},'
                ' as: text}'
            ],
            TOKEN,
            account={"key": key, "data": b64(data[:-16]), "tag": b64(data[-16:])},
            requires=requires,
        )
for size in (8, 16, 64):
    value(
        f"aes-gcm with an initialization vector of {size} bytes and no additional data",
        [f'out: {{aes-gcm-encrypt: "${{call.token}}", key: {AES16}, iv: "{"v" * size}", as: hex}}'],
        gcm(AES16, TOKEN, "v" * size, "").hex(),
    )
value(
    "aes-gcm of an empty text is the tag",
    [f'out: {{aes-gcm-encrypt: "", key: {AES16}, iv: {NONCE12}, as: hex}}'],
    gcm(AES16, "", aad="").hex(),
)
value(
    "the tag of aes-gcm, cut from the ciphertext",
    [
        f'c: {{aes-gcm-encrypt: "${{call.token}}", key: {AES16}, iv: {NONCE12}}}',
        't: {slice: "${c}", from: -16}',
        'out: {encode: "${t}", as: hex}',
    ],
    gcm(AES16, TOKEN, aad="")[-16:].hex(),
)
not_sent(
    "aes-gcm with a wrong tag",
    [f'out: {{aes-gcm-decrypt: "${{input.c}}", from: hex, key: {AES16}, iv: {NONCE12}, as: text}}'],
    "misconfigured",
    "The step 'out' cannot decrypt.",
    inputs="c: {}",
    call={"inputs": {"c": "00" * 20}},
)
not_sent(
    "an initialization vector of the call that is too long",
    [f'out: {{aes-gcm-encrypt: x, key: {AES16}, iv: "${{call.token}}{"v" * 64}", as: hex}}'],
    "misconfigured",
    "The step 'out' cannot encrypt.",
)
account_fault(
    "a key of aes-gcm with a wrong length",
    [f'out: {{aes-gcm-encrypt: x, key: "${{account.key}}", iv: {NONCE12}, as: hex}}'],
    "key",
    "the step 'out': the key has 20 bytes; AES requires 16, 24 or 32",
    account={"key": "k" * 20},
)
account_fault(
    "an initialization vector of aes-gcm that is too long",
    [f'out: {{aes-gcm-encrypt: x, key: {AES16}, iv: "${{account.iv}}", as: hex}}'],
    "iv",
    "the step 'out': the initialization vector has 65 bytes; expected 1 to 64",
    account={"iv": "v" * 65},
)
GOOD = gcm(AES16, NUMBER)
read(
    "aes-gcm in the answer",
    [
        response({"code": 0, "c": b64(GOOD)}, **number()),
        response({"code": 0, "c": b64(GOOD[:-1])}, **REJECTED),
        response({"code": 0, "c": b64(GOOD[:15])}, **REJECTED),
        response({"code": 0, "c": b64(GOOD[:-1] + bytes([GOOD[-1] ^ 1]))}, **REJECTED),
        response({"code": 0, "c": b64(bytes([GOOD[0] ^ 1]) + GOOD[1:])}, **REJECTED),
        response({"code": 0, "c": b64(gcm(AES16, NUMBER, aad="other"))}, **REJECTED),
        response({"code": 0, "c": b64(gcm(AES32, NUMBER))}, **REJECTED),
        response({"code": 0, "c": "***"}, **refused("vendor-protocol-error")),
    ],
    f'success: {OK}, steps: {{plain: {{aes-gcm-decrypt: "${{answer/c}}", from: base64, key: {AES16}, iv: {NONCE12},'
    f' aad: "{AAD}", as: text}}}}, number: "${{plain}}"',
)
read(
    "aes-gcm in the answer, with the tag in another value",
    [
        response({"code": 0, "c": GOOD[:-16].hex(), "t": GOOD[-16:].hex()}, **number()),
        response({"code": 0, "c": GOOD[:-16].hex(), "t": "00" * 16}, **REJECTED),
        response({"code": 0, "c": GOOD[:-16].hex(), "t": GOOD[-16:-4].hex()}, **REJECTED),
        response({"code": 0, "c": GOOD.hex(), "t": GOOD[-16:].hex()}, **REJECTED),
        response({"code": 0, "c": GOOD.hex()}, **refused("vendor-protocol-error")),
        response({"code": 0, "c": GOOD.hex(), "t": "no"}, **refused("vendor-protocol-error")),
    ],
    f'success: {OK}, steps: {{plain: {{aes-gcm-decrypt: "${{answer/c}}", tag: "${{answer/t}}", from: hex,'
    f' key: {AES16}, iv: {NONCE12}, aad: "{AAD}", as: text}}}}, number: "${{plain}}"',
)

# XXTEA
for key in (AES16, "key"):
    data = xxtea.encrypt(TOKEN, key)
    value(
        f"xxtea with a key of {len(key)} bytes",
        ['out: {xxtea-encrypt: "${call.token}", key: "${account.key}", as: base64}'],
        b64(data),
        account={"key": key},
    )
    value(
        f"xxtea with a key of {len(key)} bytes, decrypted",
        ['out: {xxtea-decrypt: "${account.data}", from: hex, key: "${account.key}", as: text}'],
        TOKEN,
        account={"key": key, "data": data.hex()},
    )
for length in (0, 17):
    account_fault(
        f"a key of xxtea with {length} bytes",
        ['out: {xxtea-encrypt: x, key: "${account.key}", as: hex}'],
        "key",
        f"the step 'out': the key has {length} bytes; XXTEA requires 1 to 16",
        account={"key": "k" * length},
    )
GOOD = xxtea.encrypt(NUMBER, AES16)
read(
    "xxtea in the answer",
    [
        response({"code": 0, "c": b64(GOOD)}, **number()),
        response({"code": 0, "c": b64(GOOD[:-1])}, **REJECTED),
        response({"code": 0, "c": b64(GOOD[:-4])}, **REJECTED),
        response({"code": 0, "c": b64(GOOD[:4])}, **REJECTED),
        response({"code": 0, "c": b64(xxtea.encrypt(NUMBER, AES32[16:]))}, **REJECTED),
    ],
    f'success: {OK}, steps: {{plain: {{xxtea-decrypt: "${{answer/c}}", from: base64, key: {AES16}, as: text}}}},'
    ' number: "${plain}"',
)

# Concatenation
value(
    "texts and bytes, concatenated",
    ['d: {md5: x}', 'out: {concat: ["${call.token}", "${d}", "甲"], as: base64}'],
    b64(TOKEN.encode() + hashlib.md5(b"x").digest() + "甲".encode()),
)
value(
    "a digest over concatenated bytes",
    ['a: {sha1: "${call.token}"}', 'b: {md5: x}', 'c: {concat: ["${a}", "${b}"]}', 'out: {sha256: "${c}", as: hex}'],
    hashlib.sha256(hashlib.sha1(TOKEN.encode()).digest() + hashlib.md5(b"x").digest()).hexdigest(),
)
value(
    "a key of two concatenated account fields",
    [
        'a: {decode: "${account.left}", from: hex}',
        'k: {concat: ["${a}", "${account.right}"]}',
        'out: {aes-ecb-encrypt: "${call.token}", key: "${k}", as: hex}',
    ],
    aes(AES16, None, TOKEN).hex(),
    account={"left": AES16[:8].encode().hex(), "right": AES16[8:]},
)
value("concatenated text", ['out: {concat: ["${call.token}", "甲"], as: text}'], TOKEN + "甲")
not_sent(
    "concatenated bytes that are not UTF-8",
    ['d: {sha256: "${call.token}"}', 'out: {concat: ["${d}", x], as: text}'],
    "misconfigured",
    "The step 'out' cannot produce UTF-8 text.",
)
account_fault(
    "a concatenated key of a wrong length",
    ['k: {concat: ["${account.key}", x]}', 'out: {aes-ecb-encrypt: x, key: "${k}", as: hex}'],
    "key",
    "the step 'out': the key has 4 bytes; AES requires 16, 24 or 32",
    account={"key": "abc"},
)
account_fault(
    "concatenated constant bytes that are not UTF-8",
    ['b: {decode: "${account.key}", from: hex}', 'out: {concat: ["${b}"], as: text}'],
    "key",
    "the step 'out': its value is not UTF-8",
    account={"key": "ff"},
)
