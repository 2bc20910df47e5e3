#!/usr/bin/env python3
"""Writes steps.json to its own folder: the result of every step, encoding and rule of the provider language, and the
errors of each.

All values are computed with Python's hashlib and hmac and the packages `cryptography`, `pycryptodomex`, `gmssl` and
`xxtea-py` (not `xxtea`, which has another padding), independently of Numgate's code.
"""

from pathlib import Path

from step_cases import *

TEXT = "Ärger 甲 +/=&~\n"
T = json.dumps(TEXT, ensure_ascii=True)

# Digests and their encodings
for name in ("md5", "sha1", "sha256", "sha384", "sha512", "sm3"):
    raw = hashlib.new(name, TEXT.encode()).digest()
    for encoding, written in (("hex", raw.hex()), ("HEX", raw.hex().upper()), ("base64", b64(raw))):
        value(f"{name} as {encoding}", [f"out: {{{name}: {T}, as: {encoding}}}"], written)
value(
    "a digest over a digest's bytes",
    ['inner: {sha1: "${call.token}"}', 'out: {md5: "${inner}", as: hex}'],
    hashlib.md5(hashlib.sha1(TOKEN.encode()).digest()).hexdigest(),
)
value(
    "a digest over the text of a digest",
    ['inner: {sha1: "${call.token}", as: hex}', 'out: {md5: "${inner}", as: hex}'],
    hashlib.md5(hashlib.sha1(TOKEN.encode()).hexdigest().encode()).hexdigest(),
)
value("a digest of an empty text", ['out: {sha256: "", as: hex}'], hashlib.sha256(b"").hexdigest())
for name in ("sha1", "sha256", "sha512", "sm3"):
    value(
        f"hmac-{name}",
        [f'out: {{hmac-{name}: {T}, key: "${{account.key}}", as: base64}}'],
        b64(mac(name, b"secret", TEXT.encode())),
        account={"key": "secret"},
    )
    value(
        f"hmac-{name} with bytes as key and data",
        [
            f'k: {{hmac-{name}: "${{call.token}}", key: "${{account.key}}"}}',
            'd: {md5: x}',
            f'out: {{hmac-{name}: "${{d}}", key: "${{k}}", as: HEX}}',
        ],
        mac(name, mac(name, b"secret", TOKEN.encode()), hashlib.md5(b"x").digest()).hex().upper(),
        account={"key": "secret"},
    )
value("HMAC with an empty key", ['out: {hmac-sha256: x, key: "", as: hex}'], mac("sha256", b"", b"x").hex())

# RSA
for digest, algorithm in (("md5", hashes.MD5), ("sha1", hashes.SHA1), ("sha256", hashes.SHA256), ("sha384", hashes.SHA384), ("sha512", hashes.SHA512)):
    signature = load(PRIVATE).sign(TOKEN.encode(), rsa_padding.PKCS1v15(), algorithm())
    value(
        f"an RSA signature with {digest}",
        [f'out: {{rsa-sign: "${{call.token}}", digest: {digest}, key: "${{account.key}}", as: base64}}'],
        b64(signature),
        account={"key": PRIVATE},
    )
raw = hashlib.sha256(b"x").digest()
value(
    "an RSA signature over bytes",
    ['d: {sha256: x}', 'out: {rsa-sign: "${d}", digest: sha256, key: "${account.key}", as: hex}'],
    load(PRIVATE).sign(raw, rsa_padding.PKCS1v15(), hashes.SHA256()).hex(),
    account={"key": PRIVATE},
)
value(
    "RSA encryption and decryption",
    [
        'there: {rsa-encrypt: "${call.token}", key: "${account.public}"}',
        'out: {rsa-decrypt: "${there}", key: "${account.private}", as: text}',
    ],
    TOKEN,
    account={"public": PUBLIC, "private": PRIVATE},
)
value(
    "an RSA ciphertext made by Python",
    [f'out: {{rsa-decrypt: "{b64(rsa_encrypt(PRIVATE, "甲"))}", from: base64, key: "${{account.private}}", as: text}}'],
    "甲",
    account={"private": PRIVATE},
)

# Ciphers
for name, key, iv, data, size in (
    ("aes-cbc", AES16, IV, aes(AES16, IV, TOKEN), 16),
    ("aes-cbc", AES24, IV, aes(AES24, IV, TOKEN), 24),
    ("aes-cbc", AES32, IV, aes(AES32, IV, TOKEN), 32),
    ("aes-ecb", AES16, None, aes(AES16, None, TOKEN), 16),
    ("aes-ecb", AES24, None, aes(AES24, None, TOKEN), 24),
    ("aes-ecb", AES32, None, aes(AES32, None, TOKEN), 32),
    ("des-cbc", DES, IV8, des(DES, IV8, TOKEN), 8),
):
    vector = f', iv: "{iv}"' if iv else ""
    value(
        f"{name} of {size} bytes",
        [f'out: {{{name}-encrypt: "${{call.token}}", key: "${{account.key}}"{vector}, as: base64}}'],
        b64(data),
        account={"key": key},
    )
    value(
        f"{name} of {size} bytes, decrypted from hex",
        [f'out: {{{name}-decrypt: "${{account.data}}", from: hex, key: "${{account.key}}"{vector}, as: text}}'],
        TOKEN,
        account={"key": key, "data": data.hex()},
    )
value(
    "a ciphertext of an empty text is one block",
    [f'out: {{aes-ecb-encrypt: "", key: {AES16}, as: hex}}'],
    aes(AES16, None, "").hex(),
)
value(
    "a ciphertext in bytes",
    ['c: {decode: "${account.data}", from: base64}', f'out: {{aes-ecb-decrypt: "${{c}}", key: {AES16}, as: text}}'],
    TOKEN,
    account={"data": b64(aes(AES16, None, TOKEN))},
)
value(
    "the bytes of a digest as key",
    ['k: {md5: "${account.key}"}', f'out: {{aes-cbc-encrypt: x, key: "${{k}}", iv: "{IV}", as: hex}}'],
    cbc(algorithms.AES, 128, hashlib.md5(b"any").digest(), IV.encode(), b"x").hex(),
    account={"key": "any"},
)

# SM4
for mode, iv in (("cbc", IV), ("ecb", None)):
    vector = f', iv: "{IV}"' if iv else ""
    written = cbc(algorithms.SM4, 128, AES16.encode(), iv and iv.encode(), TOKEN.encode())
    value(
        f"sm4-{mode}-encrypt",
        [f'out: {{sm4-{mode}-encrypt: "${{call.token}}", key: {AES16}{vector}, as: base64}}'],
        b64(written),
    )
    value(
        f"sm4-{mode}-decrypt",
        [f'out: {{sm4-{mode}-decrypt: "{written.hex()}", from: hex, key: {AES16}{vector}, as: text}}'],
        TOKEN,
    )

# Encodings and decodings
value("text as base64url", [f"out: {{encode: {T}, as: base64url}}"],
      base64.urlsafe_b64encode(TEXT.encode()).decode().rstrip("="))
value("text as hex", [f"out: {{encode: {T}, as: hex}}"], TEXT.encode().hex())
value("text as HEX", [f"out: {{encode: {T}, as: HEX}}"], TEXT.encode().hex().upper())
value("text as Base64", [f"out: {{encode: {T}, as: base64}}"], b64(TEXT.encode()))
value("text percent-encoded", [f"out: {{encode: {T}, as: percent}}"], percent(TEXT))
value("text as text", [f"out: {{encode: {T}, as: text}}"], TEXT)
value("bytes as text", ['b: {encode: "甲", as: bytes}', 'out: {encode: "${b}", as: text}'], "甲")
value("hex decoded, upper and lower case", ['out: {decode: "E794b2", from: hex, as: text}'], "甲")
value("Base64 decoded", [f'out: {{decode: "{b64("甲".encode())}", from: base64, as: text}}'], "甲")
value("percent-encoding decoded", ['out: {decode: "%E7%94%b2+", from: percent, as: text}'], "甲+")
value("decoded and encoded again", ['out: {decode: "00ff", from: hex, as: base64}'], b64(b"\x00\xff"))
value("decoded and percent-encoded", ['out: {decode: "e794b2", from: hex, as: percent}'], "%E7%94%B2")

# Letters, slices, repetitions
value("upper case, of ASCII letters only", ['out: {upper: "aZ-ß甲ı"}'], "AZ-ß甲ı")
value("lower case, of ASCII letters only", ['out: {lower: "aZ-Ä\u212aİ"}'], "az-Ä\u212aİ")
WORD = "甲乙丙丁e\u0301🙂"  # seven Unicode scalars
for start, length in (
    (0, 2),
    (2, 2),
    (-2, None),
    (-3, 1),
    (5, 100),
    (7, None),
    (100, 1),
    (-100, 3),
    (3, 0),
    (4, None),
    (0, None),
    (-65536, 65536),
    (65536, None),
):
    whole = list(WORD)
    at = min(max(start if start >= 0 else len(whole) + start, 0), len(whole))
    expected = "".join(whole[at : at + (len(whole) if length is None else length)])
    more = "" if length is None else f", length: {length}"
    value(
        f"a slice from {start}{more}",
        [f'out: {{slice: "${{account.word}}", from: {start}{more}}}'],
        expected,
        account={"word": WORD},
    )
value(
    "a slice of bytes",
    ['d: {md5: x}', 's: {slice: "${d}", from: -4, length: 2}', 'out: {encode: "${s}", as: hex}'],
    hashlib.md5(b"x").digest()[-4:-2].hex(),
)
value("a slice of a call value", ['out: {slice: "${call.token}", length: 3}'], TOKEN[:3])
for length in (1, 3, 16, 4096):
    value(
        f"a text repeated to {length}",
        [f'out: {{repeat: "甲b🙂", length: {length}}}'],
        ("甲b🙂" * length)[:length],
    )
value("an empty text repeated", ['out: {repeat: "", length: 8}'], "")
value(
    "bytes repeated",
    ['d: {md5: x}', 'r: {repeat: "${d}", length: 20}', 'out: {encode: "${r}", as: hex}'],
    (hashlib.md5(b"x").digest() * 2)[:20].hex(),
)

# Times
for stamp, name in (
    (NOW, "a time"),
    (0, "time zero"),
    (951_782_399_999, "the last millisecond before a leap day in UTC"),
    (4_102_444_799_999, "a time in the far future"),
    (1_709_222_400_000, "midnight in China"),
    (-1, "the millisecond before time zero"),
):
    utc, china = moment(stamp), moment(stamp).astimezone(timezone(timedelta(hours=8)))
    seconds = stamp // 1000 if stamp >= 0 else 0
    forms = [
        ("milliseconds", "", str(stamp)),
        ("seconds", "", str(seconds)),
        ("iso8601", "", utc.strftime("%Y-%m-%dT%H:%M:%SZ")),
        ('"yyyyMMdd\'T\'HHmmss\'Z\'"', "", utc.strftime("%Y%m%dT%H%M%SZ")),
    ]
    for zone, local in (("utc", utc), ("china", china)):
        forms += [
            ("yyyyMMdd", zone, local.strftime("%Y%m%d")),
            ("yyyyMMddHHmmss", zone, local.strftime("%Y%m%d%H%M%S")),
            ("yyyyMMddHHmmssSSS", zone, local.strftime("%Y%m%d%H%M%S") + f"{local.microsecond // 1000:03d}"),
        ]
    for form, zone, written in forms:
        value(
            f"{name} as {form} {zone}".strip(),
            [f"out: {{time: {form}{', zone: ' + zone if zone else ''}}}"],
            written,
            now=stamp,
        )

# Nonces
for nonce in (NONCE, "f" * 32, "0" * 32, "00112233445566778899aabbccddeeff"):
    value(f"{nonce[:4]}… as hex", ["out: {nonce: hex}"], nonce, nonce=nonce)
    variant = "89ab"[int(nonce[16], 16) & 3]
    digits = nonce[:12] + "4" + nonce[13:16] + variant + nonce[17:]
    value(
        f"{nonce[:4]}… as a UUID",
        ["out: {nonce: uuid}"],
        "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]]),
        nonce=nonce,
    )
    for length in (1, 8, 30):
        value(
            f"{nonce[:4]}… as {length} digits",
            [f"out: {{nonce: digits, length: {length}}}"],
            f"{int(nonce, 16) % 10 ** length:0{length}d}",
            nonce=nonce,
        )

# Choices
WAYS = 'of: {a: "1", B: "2", "": "none"}'
for key, expected in (("a", "1"), ("B", "2"), ("b", "else"), ("", "none"), ("A", "else")):
    value(
        f"a choice by the account's '{key}'",
        [f'out: {{choose: "${{account.way}}", {WAYS}, otherwise: else}}'],
        expected,
        account={"way": key},
    )
    value(
        f"a choice by the call's '{key}'",
        [f'out: {{choose: "${{input.way}}", {WAYS}, otherwise: else}}'],
        expected,
        inputs="way: {}",
        call={"inputs": {"way": key}},
    )
value(
    "a Kelvin sign is not a K",
    ['out: {choose: "${input.way}", of: {K: "1"}, otherwise: "2"}'],
    "2",
    inputs="way: {}",
    call={"inputs": {"way": "\u212a"}},
)
value(
    "a Kelvin sign in the account is not a K",
    ['out: {choose: "${account.way}", of: {K: "1"}, otherwise: "2"}'],
    "2",
    account={"way": "\u212a"},
)
for carrier, word in (("YD", "1"), ("CU", "2"), ("CT", "3"), (None, "0")):
    value(
        f"a choice by the carrier {carrier}",
        ['out: {choose: "${call.carrier}", of: {YD: "1", CU: "2", CT: "3"}, otherwise: "0"}'],
        word,
        call={"carrier": carrier} if carrier else {},
    )
value(
    "an unused alternative needs no key",
    [
        'broken: {rsa-sign: x, digest: md5, key: "${account.key}", as: hex}',
        'out: {choose: "${account.way}", of: {plain: "1", rsa: "${broken}"}}',
    ],
    "1",
    account={"way": "plain"},
    declared="key: {}",
)
cases[-1]["file"] = cases[-1]["file"].replace("way: {}", "way: {choices: [plain, rsa]}")
value(
    "the first value that is not empty",
    ['out: {first: ["", "${input.none}", "${call.carrier}", "${call.token}", y]}'],
    TOKEN,
    inputs="none: {}",
)
value("the first of empty values", ['out: {first: ["", "${input.none}"]}'], "", inputs="none: {}")

# Values inside JSON
INNER = '{"a": {"b~/c": [1, "甲", true, null, {}, 123456789012345678901234567890]}, "t": "{\\"x\\": \\"y\\"}"}'
for pointer, expected in (
    ("/a/b~0~1c/1", "甲"),
    ("/a/b~0~1c/0", "1"),
    ("/a/b~0~1c/2", "true"),
    ("/a/b~0~1c/5", "123456789012345678901234567890"),
    ("/t/x", "y"),
    ("[/none, /a/b~0~1c/3, /a/b~0~1c/4, /t/x]", "y"),
):
    value(
        f"JSON at {pointer}",
        [f'out: {{json: "${{account.inner}}", at: {pointer}}}'],
        expected,
        account={"inner": INNER},
    )

# Joins
FORM = {"b": "2 甲", "a": "1&=", "C": "", "sign": "x", "A": "~"}
PLAIN = "{" + ", ".join(f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in FORM.items()) + "}"


def joined(parameters, style, between="", sort=True, leave=(), skip=(), encode=False):
    rows = sorted(parameters.items()) if sort else list(parameters.items())
    rows = [(name, text) for name, text in rows if name not in leave and not (text == "" and name in skip)]
    write = percent if encode else str
    return between.join(
        {"name-value": write(n) + write(t), "name=value": write(n) + "=" + write(t), "value": write(t)}[style]
        for n, t in rows
    )


for style in ("name-value", "name=value", "value"):
    value(f"a join of {style}", [f"out: {{join: {PLAIN}, write: {style}}}"], joined(FORM, style))
    value(
        f"a join of {style}, with all options",
        [
            f'out: {{join: {PLAIN}, write: {style}, between: "&", order: written, leaveOut: [sign], skipEmpty: true,'
            ' percent: true}'
        ],
        joined(FORM, style, "&", False, ["sign"], FORM, True),
    )
value(
    "a join that skips a listed empty value",
    [f'out: {{join: {PLAIN}, write: name=value, between: "|", skipEmpty: [C]}}'],
    joined(FORM, "name=value", "|", skip=["C"]),
)
value(
    "a join that keeps an empty value that is not listed",
    [f'out: {{join: {PLAIN}, write: name=value, between: "|", skipEmpty: [a]}}'],
    joined(FORM, "name=value", "|"),
)
value(
    "a join that skips no empty values",
    [f'out: {{join: {PLAIN}, write: name=value, skipEmpty: false}}'],
    joined(FORM, "name=value"),
)
value(
    "a join sorted by bytes",
    ['out: {join: {"é": "1", z: "2", "e": "3", "Z": "4"}, write: name-value}'],
    "Z4e3z2é1",
)
value(
    "a join that omits optional empty values",
    ['out: {join: {a: {$optional: "${input.none}"}, b: {$optional: x}, c: ""}, write: name=value, between: "&"}'],
    "b=x&c=",
    inputs="none: {}",
)
case(
    "a join of the request's form",
    ['sign: {join: form, write: name=value, between: "&", leaveOut: [sign]}'],
    request=(
        'path: /login, form: {token: "${call.token}", none: {$optional: "${input.none}"}, a: "1 2", sign: "${sign}"}'
    ),
    inputs="none: {}",
    expect={
        "body": f"token={percent(TOKEN)}&a=1%202&sign={percent('a=1 2&token=' + TOKEN)}",
        "headers": ["Content-Type: application/x-www-form-urlencoded"],
    },
)
case(
    "a join of the request's query",
    ['sign: {join: query, write: name-value}'],
    request='method: GET, path: "/l/${call.channel}", query: {b: "甲", a: "1"}, headers: {X-Sign: "${size}"}'.replace(
        "${size}", "${h}"
    ),
    expect={
        "method": "GET",
        "target": f"/l/app?b={percent('甲')}&a=1",
        "body": "",
        "headers": ["X-Sign: " + hashlib.md5("a1b甲".encode()).hexdigest()],
    },
)
cases[-1]["file"] = cases[-1]["file"].replace(
    "      sign: {join: query, write: name-value}\n",
    '      sign: {join: query, write: name-value}\n      h: {md5: "${sign}", as: hex}\n',
)
case(
    "a join of the request's JSON",
    ['out: {join: json, write: name=value, between: "&", leaveOut: [sign, list]}'],
    request=(
        'path: /login, json: {t: "${call.token}", n: {$number: "42"}, flag: true, nothing: null, list: [1], real: 1.50,'
        ' sign: "${out}"}'
    ),
    expect={
        "body": (
            '{"t":"'
            + TOKEN
            + '","n":42,"flag":true,"nothing":null,"list":[1],"real":1.50,"sign":"flag=true&n=42&nothing=null&real=1.50&t='
            + TOKEN
            + '"}'
        ),
        "headers": ["Content-Type: application/json"],
    },
)

# The request's parts, and the canonical request
case(
    "a digest over every part of the request",
    [
        'out: {sha256: "${request.method}\\n${request.host}\\n${request.path}\\n${request.query}\\n${request.body}",'
        ' as: hex}'
    ],
    request=(
        'method: PUT, path: "/p/${call.channel}", query: {"q q": "甲&"}, headers: {X-Sign: "${out}"}, form: {t:'
        ' "${call.token}"}'
    ),
    expect={
        "method": "PUT",
        "target": f"/p/app?q%20q={percent('甲&')}",
        "body": f"t={percent(TOKEN)}",
        "headers": [
            "Content-Type: application/x-www-form-urlencoded",
            "X-Sign: "
            + hashlib.sha256(
                f"PUT\nvendor.example.com\n/p/app\nq%20q={percent('甲&')}\nt={percent(TOKEN)}".encode()
            ).hexdigest(),
        ],
    },
)
PAYLOAD = hashlib.sha256(compact({"a": 1}).encode()).hexdigest()
CANONICAL = f"POST\n/v\nA=%20&b=1&b~=2\ncontent-type:application/json\nhost:vendor.example.com\nx-date:20240102\n\ncontent-type;host;x-date\n{PAYLOAD}"
case(
    "a canonical request",
    [
        'day: {time: yyyyMMdd, zone: utc}',
        'body: {sha256: "${request.body}", as: hex}',
        'canonical: {canonical-request: [x-date, host, content-type], payload: "${body}"}',
        'out: {sha256: "${canonical}", as: hex}',
    ],
    request=(
        'path: /v, query: {b: "1", "b~": "2", A: " ", none: {$optional: "${input.none}"}}, headers: {X-Date: "${day}",'
        ' Authorization: "V ${out}"}, json: {a: 1}'
    ),
    inputs="none: {}",
    expect={
        "target": "/v?b=1&b~=2&A=%20",
        "body": '{"a":1}',
        "headers": [
            "Content-Type: application/json",
            "X-Date: 20240102",
            "Authorization: V " + hashlib.sha256(CANONICAL.encode()).hexdigest(),
        ],
    },
)
case(
    "an omitted header, and a content type from the file",
    [],
    request=(
        'path: /v, headers: {X-None: {$optional: "${input.none}"}, X-Some: {$optional: "a b"}, content-type:'
        ' text/json}, json: [1, "a"]'
    ),
    inputs="none: {}",
    expect={"body": '[1,"a"]', "headers": ["X-Some: a b", "content-type: text/json"]},
)

# JSON bodies
case(
    "every kind of JSON value",
    [],
    request=(
        'path: /j, json: {t: "${call.token}", n: {$number: "${input.n}"}, on: {$optional: {$number: "${input.none}"}},'
        ' ot: {$optional: "${input.none}"}, o2: {$optional: {$number: "${input.n}"}}, c: {$choose: "${account.mode}",'
        ' of: {text: "${input.n}", number: {$number: "${input.n}"}, deep: {a: [true, "1"]}}}, q: "\\"\\\\\\u0001\\n甲",'
        ' dollar: "5$$", "plain": no, big: 123456789012345678901234567890, exp: 1e3, zero: "0123", list: [],'
        ' object: {}}'
    ),
    account={"mode": "deep"},
    inputs="n: {}, none: {}",
    call={"inputs": {"n": "-12.50e+3"}},
    expect={
        "body": (
            '{"t":"'
            + TOKEN
            + '","n":-12.50e+3,"o2":-12.50e+3,"c":{"a":[true,"1"]},"q":"\\"\\\\\\u0001\\n甲","dollar":"5$","plain":"no",'
            '"big":123456789012345678901234567890,"exp":1e3,"zero":"0123","list":[],"object":{}}'
        )
    },
)
cases[-1]["file"] = cases[-1]["file"].replace("mode: {}", "mode: {choices: [text, number, deep]}")
case(
    "optional members, first and last",
    [],
    request=(
        'path: /j, json: {a: {$optional: "${input.none}"}, b: {$optional: "${input.none}"}, c: {d: {$optional:'
        ' "${input.none}"}}, e: {$optional: "${input.none}"}}'
    ),
    inputs="none: {}",
    expect={"body": '{"c":{}}'},
)
value(
    "values of the call",
    [],
    f"{TOKEN}|app|login||info|10.0.0.1|CT",
    "${call.token}|${call.channel}|${call.operation}|${input.none}|${call.userInformation}|${call.clientIp}|${call.carrier}",
    inputs="none: {}",
    call={"userInformation": "info", "clientIp": "10.0.0.1", "carrier": "CT"},
)
value(
    "a default of an account field",
    [],
    "x",
    "${account.word}",
    declared="word: {default: x}",
)

# Errors before the request is sent
not_sent(
    "decoding a token that is not Base64",
    ['out: {decode: "${call.token}", from: base64, as: text}'],
    "invalid-request",
    "The input of the step 'out' is not valid base64 encoding.",
)
not_sent(
    "decoding a token that is not hex",
    ['out: {decode: "${call.token}", from: hex, as: text}'],
    "invalid-request",
    "The input of the step 'out' is not valid hex encoding.",
)
not_sent(
    "decoding an input that is not percent-encoded",
    ['out: {decode: "${input.p}", from: percent, as: text}'],
    "invalid-request",
    "The input of the step 'out' is not valid percent encoding.",
    inputs="p: {}",
    call={"inputs": {"p": "%4"}},
)
not_sent(
    "bytes that are not UTF-8",
    ['d: {sha256: "${call.token}"}', 'out: {encode: "${d}", as: text}'],
    "misconfigured",
    "The step 'out' cannot produce UTF-8 text.",
)
not_sent(
    "a call value with a wrong key length",
    ['out: {aes-ecb-encrypt: x, key: "${call.token}", as: hex}'],
    "misconfigured",
    "The step 'out' cannot encrypt.",
)
not_sent(
    "decrypting invalid data",
    [f'out: {{aes-ecb-decrypt: "${{input.c}}", from: hex, key: {AES16}, as: text}}'],
    "misconfigured",
    "The step 'out' cannot decrypt.",
    inputs="c: {}",
    call={"inputs": {"c": "00" * 16}},
)
not_sent(
    "a token that is not a number",
    [],
    "invalid-request",
    "'value' must be a number: the vendor requires a JSON number.",
    request='path: /l, json: {value: {$number: "${call.token}"}}',
)
not_sent(
    "a header value with a line end",
    [],
    "invalid-request",
    "The value of the header 'X-Token' is not printable ASCII.",
    request='path: /l, headers: {X-Token: "${input.h}"}',
    inputs="h: {}",
    call={"inputs": {"h": "a\r\nX-Other: b"}},
)
not_sent(
    "a header value that is not ASCII",
    [],
    "invalid-request",
    "The value of the header 'X-Token' is not printable ASCII.",
    request='path: /l, headers: {X-Token: "${call.token}"}',
)
for path in ("${input.p}",):
    for text in ("a b", "a?b", "a#b", "甲", "\n"):
        not_sent(
            f"a path {path} of {text!r}",
            [],
            "misconfigured",
            "The request path is not valid.",
            request=f'path: "{path}"',
            inputs="p: {}",
            call={"inputs": {"p": text}},
        )
not_sent(
    "a missing input",
    [],
    "invalid-request",
    "'inputs.way' is missing: which way.",
    template="${input.way}",
    inputs="way: {required: true, about: which way}",
)
not_sent(
    "an empty input",
    [],
    "invalid-request",
    "'inputs.way' is missing.",
    template="${input.way}",
    inputs="way: {required: true}",
    call={"inputs": {"way": ""}},
)
not_sent(
    "an input that is not one of its choices",
    [],
    "invalid-request",
    "'inputs.way' must be one of a, b.",
    template="${input.way}",
    inputs="way: {choices: [a, b]}",
    call={"inputs": {"way": "c"}},
)
not_sent(
    "an input of a wrong form",
    [],
    "invalid-request",
    "'inputs.way' must be digits only.",
    template="${input.way}",
    inputs="way: {pattern: digits}",
    call={"inputs": {"way": "1a"}},
)

# Errors in accounts
account_fault(
    "a missing field",
    [],
    "key",
    "'key' is missing; login needs it",
    template="${account.key}",
    declared="key: {}",
)
for length in (0, 5, 15, 17, 23, 33):
    account_fault(
        f"an AES key of {length} bytes",
        ['out: {aes-ecb-encrypt: x, key: "${account.key}", as: hex}'],
        "key",
        f"the step 'out': the key has {length} bytes; AES requires 16, 24 or 32",
        account={"key": "k" * length},
    )
account_fault(
    "a DES key of 7 bytes, made by two steps",
    [
        's: {slice: "${account.key}", length: 7}',
        'u: {upper: "${s}"}',
        f'out: {{des-cbc-encrypt: x, key: "${{u}}", iv: "{IV8}", as: hex}}',
    ],
    "key",
    "the step 'out': the key has 7 bytes; DES requires 8",
    account={"key": "k" * 8},
)
account_fault(
    "a hex key of a wrong length",
    ['k: {decode: "${account.key}", from: hex}', 'out: {aes-ecb-encrypt: x, key: "${k}", as: hex}'],
    "key",
    "the step 'out': the key has 2 bytes; AES requires 16, 24 or 32",
    account={"key": "abcd"},
)
account_fault(
    "a key that is not hex",
    ['k: {decode: "${account.key}", from: hex}', 'out: {aes-ecb-encrypt: x, key: "${k}", as: hex}'],
    "key",
    "the step 'k': its input is not valid hex encoding",
    account={"key": "xyz"},
)
account_fault(
    "a Base64 key that is not UTF-8",
    ['out: {decode: "${account.key}", from: base64, as: text}'],
    "key",
    "the step 'out': its decoded input is not UTF-8",
    account={"key": "/w=="},
)
account_fault(
    "an initialization vector of a wrong length",
    [f'out: {{aes-cbc-encrypt: x, key: {AES16}, iv: "${{account.iv}}", as: hex}}'],
    "iv",
    "the step 'out': the initialization vector has 8 bytes; expected 16",
    account={"iv": IV8},
)
account_fault(
    "a field that is not a number",
    [],
    "n",
    "'value' must be a number: the vendor requires a JSON number",
    request='path: /l, json: {value: {$number: "${account.n}"}}',
    account={"n": "1a"},
)
account_fault(
    "a field with a line end in a header",
    [],
    "h",
    "the value of the header 'X-Key' is not printable ASCII",
    request='path: /l, headers: {X-Key: "Basic ${account.h}"}',
    account={"h": "a\nb"},
)
account_fault(
    "a field with a space in the path",
    [],
    "p",
    "the request path is not valid with this account's fields",
    request='path: "/l/${account.p}"',
    account={"p": "a b"},
)
SIGN = ['out: {rsa-sign: x, digest: sha256, key: "${account.key}", as: hex}']
PUT = ['out: {rsa-encrypt: x, key: "${account.key}", as: hex}']
PRIVATE_EXPECTED = "'key' does not parse as a private key (PEM, or PKCS#8 or PKCS#1 in Base64)"
PUBLIC_EXPECTED = "'key' does not parse as a public key (PEM, or X.509 or PKCS#1 in Base64)"
account_fault("a public key for signing", SIGN, "key", PRIVATE_EXPECTED.replace("does not parse as", "is a public key, not"), account={"key": PUBLIC})
account_fault("a private key for encryption", PUT, "key", PUBLIC_EXPECTED.replace("does not parse as", "is a private key, not"), account={"key": PRIVATE})
account_fault("an invalid key", SIGN, "key", PRIVATE_EXPECTED, account={"key": "甲"})
account_fault("an empty key", PUT, "key", PUBLIC_EXPECTED, account={"key": ""})
account_fault("an EC key", SIGN, "key", "'key' is a key, but not an RSA key", account={"key": EC})


# Answers

AT = "success: " + OK + ', message: [/msg, /deep/msg], number: "${answer/phone}"'
TABLE = (
    '{login: {any: {codes: {"9": {reason: vendor-busy, text: busy}, "0": {success: true, text: ok, billed: "yes"}, "8":'
    ' {success: true, text: ok, billed: "no"}}, prefixes: {"77": {reason: token-expired, text: expired}}, statuses:'
    ' {"503": {reason: vendor-unavailable, text: down}}}}}'
)
read(
    "success by code",
    [
        response({"code": "0", "phone": NUMBER}, **number()),
        response({"code": 0, "phone": NUMBER}, **number()),
        response({"code": " 0\n", "phone": NUMBER}, **number()),
        response({"code": "0", "phone": NUMBER}, status=500, **number()),
        response({"code": "00", "phone": NUMBER}, **refused("unmapped", code="00")),
        response({"code": "９", "phone": NUMBER}, **refused("unmapped", code="９")),
        response({"code": "9", "msg": "later"}, **refused("vendor-busy", billed="no", code="9", message="later")),
        response(
            {"code": "9", "msg": "", "deep": {"msg": "inner"}},
            **refused("vendor-busy", billed="no", code="9", message="inner"),
        ),
        response({"code": 9}, **refused("vendor-busy", billed="no", code="9", message="busy")),
        response({"code": "77123"}, **refused("token-expired", billed="no", code="77123", message="expired")),
        response(
            {"code": "8", "phone": NUMBER},
            **refused("vendor-protocol-error", "The response's code is not a success code of this operation.", billed="no"),
        ),
        response({"code": "1" * 10_000}, **refused("unmapped", code="1" * 80 + "…")),
        response({"code": "码" * 10_000}, **refused("unmapped", code="码" * 80 + "…")),
        response({"code": "123456789012345678901234567890"}, **refused("unmapped", code="123456789012345678901234567890")),
        response('{"code":123456789012345678901234567890}', **refused("unmapped", code="123456789012345678901234567890")),
        response({"code": None, "phone": NUMBER}, **refused("vendor-protocol-error", "The vendor's response has no result code.")),
        response({"code": "", "phone": NUMBER}, **refused("vendor-protocol-error", "The vendor's response has no result code.")),
        response({"code": ["0"], "phone": NUMBER}, **refused("vendor-protocol-error", "The vendor's response has no result code.")),
        response(
            {"code": {"0": 0}, "phone": NUMBER}, **refused("vendor-protocol-error", "The vendor's response has no result code.")
        ),
        response({"phone": NUMBER}, status=503, **refused("vendor-unavailable", billed="no", code="503", message="down")),
        response("", status=503, **refused("vendor-unavailable", billed="no", code="503", message="down")),
        response(
            "", **refused("vendor-protocol-error", "The vendor's response (HTTP 200) is not the documented JSON: it is empty.")
        ),
        response([{"code": "0"}], **refused("vendor-protocol-error", "The vendor's response has no result code.")),
        response("0", **refused("vendor-protocol-error", "The vendor's response has no result code.")),
        response({"code": "0"}, **refused("vendor-protocol-error", "The response reports success, but has no /phone.")),
        response(
            {"code": "0", "phone": ""},
            **refused("vendor-protocol-error", "The response reports success, but has no /phone."),
        ),
        response(
            {"code": "0", "phone": [NUMBER]},
            **refused("vendor-protocol-error", "The response reports success, but has no /phone."),
        ),
        response(
            {"code": "0", "phone": "138"},
            **refused("vendor-protocol-error", "The number in the response is not a mainland mobile number."),
        ),
        response({"code": "0", "phone": int(NUMBER)}, **number()),
        response({"code": "0", "phone": "+86 138-0000-0000"}, **number()),
        response({"code": "0", "phone": "008613800000000"}, **number()),
        response({"code": "0", "phone": "8613800000000"}, **number()),
        response(
            {"code": "0", "phone": "+8513800000000"},
            **refused("vendor-protocol-error", "The number in the response is not a mainland mobile number."),
        ),
    ],
    AT,
    failures=TABLE,
)
read(
    "success by flag",
    [
        response({"ok": True, "phone": NUMBER}, **number()),
        response({"ok": "true", "phone": NUMBER}, **number()),
        response({"ok": False, "phone": NUMBER}, **refused("unmapped", code="false")),
        response({"ok": 1, "phone": NUMBER}, **refused("unmapped", code="1")),
    ],
    'success: [{at: /ok, is: ["true"]}], number: "${answer/phone}"',
)
read(
    "success by presence, with a code for the reason",
    [
        response({"phone": NUMBER}, **number()),
        response(
            {"phone": 0, "code": "0"},
            **refused("vendor-protocol-error", "The number in the response is not a mainland mobile number."),
        ),
        response({"phone": "", "code": "9"}, **refused("vendor-busy", billed="no", code="9", message="busy")),
        response({"phone": {}, "why": {"code": "9"}}, **refused("vendor-busy", billed="no", code="9", message="busy")),
        response({"phone": None, "code": "5"}, **refused("unmapped", code="5")),
        response(
            {"code": "0"},
            **refused("vendor-protocol-error", "The response's code is not a success code of this operation.", billed="yes"),
        ),
        response({}, **refused("vendor-protocol-error", "The response reports success, but has no /phone.")),
    ],
    'success: [{present: /phone, otherwise: [/code, /why/code]}], number: "${answer/phone}"',
    failures=TABLE,
)
read(
    "several rules, checked in order",
    [
        response({"a": 1, "b": 2, "phone": NUMBER}, **number()),
        response({"a": 9, "b": 9}, **refused("vendor-busy", billed="no", code="9", message="busy")),
        response({"a": 1, "b": 9}, **refused("vendor-busy", billed="no", code="9", message="busy")),
        response({"a": 1}, **refused("vendor-protocol-error", "The vendor's response has no result code.")),
    ],
    'success: [{at: /a, is: ["1"]}, {at: [/b, /c], is: ["2", "3"]}], number: "${answer/phone}"',
    failures=TABLE,
)
read(
    "alternative pointers, JSON inside texts, empty values",
    [
        response({"data": {"phone": NUMBER}, "code": 0}, **number()),
        response({"data": '{"phone":"' + NUMBER + '"}', "code": 0}, **number()),
        response(
            {"data": json.dumps(json.dumps({"phone": NUMBER})), "code": 0},
            **refused("vendor-protocol-error", "The response reports success, but has no /data/phone."),
        ),
        response(
            {"data": [{}, {"phone": NUMBER}], "code": "", "Code": "0"},
            **refused("vendor-protocol-error", "The response reports success, but has no /data/phone."),
        ),
    ],
    'success: [{at: [/code, /Code], is: ["0"]}], number: "${answer/data/phone}"',
)
STEPS = (
    'steps: {plain: {aes-cbc-decrypt: "${answer/c}", from: base64, key: "'
    + AES16
    + '", iv: "'
    + IV
    + '", as: text}, n: {json: "${plain}", at: [/phone, /mobile]}, out: {first: ["${n}", "${answer/phone}"]}}'
)
GOOD = b64(aes(AES16, IV, '{"mobile":"+86' + NUMBER + '"}'))
read(
    "steps of the answer",
    [
        response({"code": 0, "c": GOOD}, **number()),
        response(
            {"code": 0, "c": GOOD[:-4]},
            **refused("encryption-rejected", "The step 'plain' cannot decrypt the response with the account's key."),
        ),
        response(
            {"code": 0, "c": b64(aes(AES32[16:], IV, "x"))},
            **refused("encryption-rejected", "The step 'plain' cannot decrypt the response with the account's key."),
        ),
        response({"code": 0, "c": "***"}, **refused("vendor-protocol-error", None)),
        response({"code": 0, "c": b64(aes(AES16, IV, "no JSON"))}, **refused("vendor-protocol-error", None)),
        response({"code": 0, "c": b64(aes(AES16, IV, "{}"))}, **refused("vendor-protocol-error", None)),
        response({"code": 0, "c": b64(aes(AES16, IV, "{}")), "phone": NUMBER}, **number()),
        response(
            {"code": 0, "c": b64(cbc(algorithms.AES, 128, AES16.encode(), IV.encode(), b"\xff\xfe"))},
            **refused("encryption-rejected", "The step 'plain' cannot decrypt the response with the account's key."),
        ),
        response({"code": 0}, **refused("vendor-protocol-error", None)),
    ],
    "success: " + OK + ", " + STEPS + ', number: "${out}"',
)
read(
    "an echo",
    [
        response({"code": 0, "id": NONCE, "phone": NUMBER}, **number()),
        response({"code": 0, "phone": NUMBER}, **number()),
        response({"code": 0, "id": "", "phone": NUMBER}, **number()),
        response(
            {"code": 0, "id": "K", "phone": NUMBER},
            **refused("vendor-protocol-error", "The response belongs to another request."),
        ),
        response({"code": 1, "id": "K"}, **refused("unmapped", code="1")),
    ],
    "success: " + OK + ', echo: [{at: [/id, /Id], is: "${call.channel}"}], number: "${answer/phone}"',
)
cases[-1]["file"] = (
    cases[-1]["file"]
    .replace('"${call.channel}"}], n', '"${id}"}], n')
    .replace("    request:", "    steps: {id: {nonce: hex}}\n    request:")
)
BILLED = (
    'billed: {of: "${answer/b}", yes: ["1"], no: ["0", "false"]}, transaction: "${answer/id}", carrier: {of:'
    ' "${answer/c}", YD: ["mobile", "1"], CU: [unicom], CT: [telecom]}'
)
read(
    "billing, carrier and transaction",
    [
        response({"code": 0, "b": 1, "c": "mobile", "id": "77", "phone": NUMBER}, **number("77", "yes", "YD")),
        response({"code": 0, "b": False, "c": " telecom ", "id": 7, "phone": NUMBER}, **number("7", "no", "CT")),
        response({"code": 0, "b": "9", "c": "other", "id": "", "phone": NUMBER}, **number()),
        response({"code": 0, "phone": NUMBER}, **number()),
        response({"code": 0, "b": [], "c": {}, "id": [], "phone": NUMBER}, **number()),
        response({"code": 0, "id": "i" * 10_000, "phone": NUMBER}, **number("i" * 80 + "…")),
        response(
            {"code": 0, "b": 1},
            **refused("vendor-protocol-error", "The response reports success, but has no /phone.", billed="yes"),
        ),
    ],
    "success: " + OK + ', number: "${answer/phone}", ' + BILLED,
)
read(
    "a header of the answer",
    [
        response({"code": 0, "phone": NUMBER}, headers={"X-Trace": "abc"}, **number("abc")),
        response({"code": 0, "phone": NUMBER}, headers={"x-trace": "abc"}, **number("abc")),
        response({"code": 0, "phone": NUMBER}, **number()),
    ],
    "success: " + OK + ', number: "${answer/phone}", transaction: "${header/X-Trace}"',
)
VERDICT = (
    "success: "
    + OK
    + ', verdict: {of: "${answer/r}", match: ["1", same], mismatch: ["2"]}, smsAssistToken: "${answer/s}", billed:'
    ' "yes"'
)


def verdict(word, assist=None):
    return {"verdict": word, "smsAssistToken": assist, "transaction": None, "billed": "yes"}


read(
    "verdicts",
    [
        response({"code": 0, "r": 1}, **verdict("match")),
        response({"code": 0, "r": "same ", "s": "t"}, **verdict("match")),
        response({"code": 0, "r": "2", "s": "t"}, **verdict("mismatch", "t")),
        response({"code": 0, "r": 2}, **verdict("mismatch")),
        response({"code": 0, "r": 2, "s": ""}, **verdict("mismatch")),
        response({"code": 0, "r": "Same"}, **verdict("unknown")),
        response({"code": 0, "r": "3", "s": "t"}, **verdict("unknown")),
        response({"code": 0, "r": True}, **verdict("unknown")),
        response(
            {"code": 0}, **refused("vendor-protocol-error", "The response reports success, but has no /r.", billed="yes")
        ),
        response(
            {"code": 0, "r": ""},
            **refused("vendor-protocol-error", "The response reports success, but has no /r.", billed="yes"),
        ),
        response(
            {"code": 0, "r": ["1"]},
            **refused("vendor-protocol-error", "The response reports success, but has no /r.", billed="yes"),
        ),
        response({"code": 1, "r": 1}, **refused("unmapped", code="1")),
    ],
    VERDICT,
    operation="verify",
)

# A key that only one operation needs
for given in (True, False):
    case(
        "a key that only prepare needs, " + ("given" if given else "missing"),
        request="path: /l, form: {a: b}",
        prepare='{id: "${account.id}"}',
        account={"id": "1"} if given else {},
        declared="" if given else "id: {}",
        call={"kind": "prepare"},
        expect=(
            {"parameters": '{"id":"1"}'}
            if given
            else {
                "failure": {
                    "reason": "misconfigured",
                    "detail": "The account does not support prepare: 'id' is missing; prepare needs it.",
                    "delivery": "not-sent",
                    "billed": "no",
                }
            }
        ),
    )

import cipher_cases
import key_pair_cases

Path(__file__).with_name("steps.json").write_text(
    "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in cases) + "\n]\n"
)
print(len(cases), "cases")
