#!/usr/bin/env python3
"""Writes faults.json to its own folder: small faulty provider files, each with every expected message and its place.

A mark such as «A» in an edit is the place of a message; marks are removed before the file is written.
"""

import json
import re
import sys
from pathlib import Path

VENDOR = """\
adapter: declarative
title: {zh: "甲", en: "A"}
documents: [a document]
serves:
  app: [login, verify]
endpoint: https://vendor.example.com
timeout: 3s
tokenLife: 2m
account:
  appId: {required: true}
  appKey: {required: true, secret: true}
  mode: {choices: [text, number], default: text}
inputs:
  opToken: {required: true}
steps:
  timestamp: {time: milliseconds}
operations:
  prepare:
    parameters: {appId: "${account.appId}", mode: "${account.mode}"}
  login:
    steps:
      digest: {md5: "${account.appKey}${timestamp}"}
      sign: {encode: "${digest}", as: hex}
    request:
      path: /login
      query: {version: "1"}
      headers: {X-Sign: "${sign}"}
      json: {token: "${call.token}", opToken: "${input.opToken}"}
    answer:
      success: [{at: /code, is: ["0"]}]
      number: "${answer/phone}"
  verify:
    request:
      path: /verify
      form: {token: "${call.token}", phone: "${call.phoneNumber}"}
    answer:
      success: [{at: /code, is: ["0"]}]
      verdict: {of: "${answer/result}", match: ["1"], mismatch: ["2"]}
failures:
  login+verify: {any: {codes: {"9": {reason: vendor-busy, text: busy}}}}
"""

CONFIG = """\
server:
  listen: 127.0.0.1:8080
teams:
  shop:
    keys: ["sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
    apps: [shop]
accounts:
  one: {provider: vendor, endpoint: "http://127.0.0.1:9090", appId: "1", appKey: literal}
apps:
  shop:
    app: {login: [one]}
"""

STEP_TYPES = (
    "text, time, write-json, nonce, md5, sha1, sha256, sha384, sha512, sm3, hmac-sha1, hmac-sha256, hmac-sha512, hmac-sm3, "
    "rsa-sign, rsa-verify, rsa-encrypt, rsa-decrypt, sm2-sign, sm2-verify, sm2-encrypt, sm2-decrypt, ecdsa-sign, "
    "ecdsa-verify, aes-cbc-encrypt, aes-cbc-decrypt, aes-ecb-encrypt, aes-ecb-decrypt, aes-gcm-encrypt, "
    "aes-gcm-decrypt, des-cbc-encrypt, des-cbc-decrypt, sm4-cbc-encrypt, sm4-cbc-decrypt, sm4-ecb-encrypt, "
    "sm4-ecb-decrypt, sm4-gcm-encrypt, sm4-gcm-decrypt, xxtea-encrypt, xxtea-decrypt, encode, "
    "decode, concat, upper, lower, slice, repeat, choose, first, join, canonical-request, json"
)
NAMED = "a step's name, ${account.…}, ${call.…}, ${input.…}, ${credentials.…}, ${request.…}, ${answer/…} or ${header/…}"
BYTES = (
    "is bytes, but text is required; add 'as: hex', 'as: HEX', 'as: base64' or 'as: text' to its step, or use 'encode'"
)
POINTER = "a JSON Pointer such as /data/phone"
PLAIN = "is used literally: ${…} is not supported here"

cases = []


def edit(text, edits):
    for old, new in edits:
        if old not in text:
            sys.exit(f"{old!r} is not in the text")
        text = text.replace(old, new, 1)
    return text


def places(name, text):
    """The text without its marks, and the places of the marks."""
    found = {}
    while mark := re.search("«(.)»", text):
        before = text[: mark.start()]
        found[mark.group(1)] = f"{name}:{before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"
        text = before + text[mark.end() :]
    return text, found


def fault(name, errors, edits, *, warnings=(), child=None):
    """`errors` and `warnings`: pairs of mark and message; sorted by file, place and message."""
    texts = {"config.yaml": CONFIG, "providers/vendor.yaml": edit(VENDOR, edits)}
    if child is not None:
        texts["providers/child.yaml"] = child
    files, marks = {}, {}
    for key, text in texts.items():
        files[key], found = places(key, text)
        marks |= found

    def resolved(pairs):
        found = [{"place": marks[mark], "message": message} for mark, message in pairs]
        return sorted(
            found,
            key=lambda each: (
                each["place"].split(":")[0],
                [int(number) for number in each["place"].split(":")[1:]],
                each["message"],
            ),
        )

    cases.append({"name": name, "files": files, "errors": resolved(errors), "warnings": resolved(warnings)})


def step(line, after=""):
    """Adds a step of login before the others, and `after` after them."""
    return [("      digest: ", f"      {line}\n      digest: ")] + (
        [("    request:\n      path: /login", f"      {after}\n    request:\n      path: /login")] if after else []
    )


def answer(line):
    return [('      number: "${answer/phone}"', f'      number: "${{answer/phone}}"\n      {line}')]


def value(text):
    """Replaces the value of the header X-Sign."""
    return [
        ('"${sign}"', text),
        ('      sign: {encode: "${digest}", as: hex}\n', ""),
        ('{md5: "${account.appKey}${timestamp}"}', '{md5: "${account.appKey}${timestamp}", as: hex}'),
    ]


def body(text):
    return [('json: {token: "${call.token}", opToken: "${input.opToken}"}', text)]


IN = "operations.login.steps"

# No errors
fault("no error", [], [])
fault("a line end after every other character", [], [('    steps:\n      digest:', '    steps: # é\n      digest:')])

# The errors that the requirement names
fault("an unknown key", [("A", f"unknown key 'for' in '{IN}.a'; known: md5, as")], step('a: {md5: x, «A»for: hex}'))
fault(
    "an unknown step type", [("A", f"'{IN}.a' must be a step: unknown key 'md6'; did you mean 'md5'?")], step('a: {«A»md6: x}')
)
fault(
    "a step that uses a later step",
    [("A", "'${sign}': this step is defined later; a step can only use earlier steps")],
    step('a: {text: «A»"${sign}"}'),
)
fault(
    "bytes where text is required",
    [("A", f"'${{digest}}' {BYTES}")],
    [('encode: "${digest}", as: hex', 'text: «A»"${digest}"')],
)
fault(
    "an undeclared account field",
    [("A", "'${account.appkey}': there is no such account field; did you mean 'appKey'?")],
    step('a: {text: «A»"${account.appkey}"}'),
)
fault(
    "an invalid pointer",
    [("A", f"'operations.login.answer.success[0].at' must be {POINTER}")],
    [('success: [{at: /code, is', 'success: [{at: «A»code, is')],
)
fault(
    "an operation without success rules",
    [("A", "'operations.login.answer.success' is missing (a successful answer meets all of these rules)")],
    [('      success: [{at: /code, is: ["0"]}]\n      number:', '      «A»number:')],
)

# Steps and their keys
fault(
    "an unknown step type without a suggestion",
    [("A", f"'{IN}.a' must be a step: unknown key 'zzzzzzzz'; one of {STEP_TYPES}")],
    step('a: {«A»zzzzzzzz: x}'),
)
fault(
    "a text instead of a step",
    [("A", f"'{IN}.a' must be a step: a mapping with one of {STEP_TYPES}")],
    step('a: «A»"${timestamp}"'),
)
fault(
    "an empty step",
    [("A", f"'{IN}.a' must be a step: a mapping with one of {STEP_TYPES}; it is empty")],
    step('a:«A»'),
)
fault("an empty mapping as a step", [("A", f"'{IN}.a' must be a step: one of {STEP_TYPES}")], step('a: «A»{}'))
fault(
    "a step of two types",
    [("A", f"'{IN}.a' has conflicting keys: 'md5' and 'sha1'")],
    step('a: {md5: x, as: hex, «A»sha1: y}'),
)
fault(
    "an invalid step name",
    [
        ("A", "the key '1st' must be a step's name: a letter, then letters, digits, '-' and '_', up to 64"),
        ("B", "the key 'a.b' must be a step's name: a letter, then letters, digits, '-' and '_', up to 64"),
    ],
    step('«A»1st: {text: x}\n      «B»a.b: {text: x}'),
)
fault(
    "a list of steps",
    [("A", f"'{IN}' must be a mapping")],
    [
        (
            '      digest: {md5: "${account.appKey}${timestamp}"}\n      sign: {encode: "${digest}", as: hex}\n',
            '      «A»- {md5: x}\n',
        ),
        ('"${sign}"', '"1"'),
    ],
)
fault("a duplicate step", [("A", "the step 'timestamp' is already defined")], step('«A»timestamp: {time: seconds}'))
fault(
    "a step named answer",
    [("A", "'answer' is not allowed as a step name: ${answer} is the vendor's answer")],
    step('«A»answer: {text: x}'),
)
fault(
    "a step with an empty text", [("A", f"'{IN}.a.md5' must be a string; it is empty")], step('a: {md5: «A», as: hex}')
)
fault("a list instead of a text", [("A", f"'{IN}.a.md5' must be a string")], step('a: {md5: «A»[x]}'))
fault(
    "an unknown encoding",
    [("A", f"'{IN}.a.as' is 'base46'; did you mean 'base64'?")],
    step('a: {md5: x, as: «A»base46}'),
)
fault(
    "a digest as text",
    [("A", f"'{IN}.a.as' is 'text'; known: bytes, hex, HEX, base64, base64url")],
    step('a: {md5: x, as: «A»text}'),
)
fault(
    "an HMAC without a key",
    [("A", f"'{IN}.a.key' is missing (the key: a text, or the bytes of an earlier step)")],
    step('a: «A»{hmac-sha256: x, as: hex}'),
)
fault(
    "AES-CBC without an initialization vector",
    [("A", f"'{IN}.a.iv' is missing (initialization vector)")],
    step('a: «A»{aes-cbc-encrypt: x, key: y}'),
)
fault(
    "an initialization vector for ECB",
    [("A", f"unknown key 'iv' in '{IN}.a'; known: aes-ecb-encrypt, key, as")],
    step('a: {aes-ecb-encrypt: x, key: 0123456789abcdef, «A»iv: z}'),
)
fault(
    "a signature without a digest",
    [("A", f"'{IN}.a.digest' is missing")],
    step('a: «A»{rsa-sign: x, key: "${account.appKey}"}'),
)
fault(
    "an RSA key that is not an account field",
    [
        ("A", "the key of 'rsa-sign' must be one field of the account, such as ${account.privateKey}"),
        ("B", "the key of 'rsa-encrypt' must be one field of the account, such as ${account.privateKey}"),
    ],
    step(
        'a: {rsa-sign: x, digest: md5, key: «A»"${timestamp}"}\n      b: {rsa-encrypt: x, key: «B»"x${account.appKey}"}'
    ),
)
fault(
    "a text ciphertext without an encoding",
    [
        ("A", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
        ("B", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
        ("C", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
    ],
    step(
        'a: «A»{aes-ecb-decrypt: x, key: 0123456789abcdef}\n      b: {des-cbc-decrypt: x, key: abcdefgh, iv: abcdefgh, from: «B»bytes}\n'
        '      c: «C»{rsa-decrypt: x, key: "${account.appKey}"}'
    ),
)
fault(
    "an encoding for a ciphertext in bytes",
    [("A", "the ciphertext is already bytes; remove 'from'")],
    step('a: {md5: x}\n      b: {aes-ecb-decrypt: "${a}", key: 0123456789abcdef, from: «A»hex}'),
)
fault(
    "a constant key and a constant initialization vector of a wrong length",
    [
        ("A", "the key has 5 bytes; AES requires 16, 24 or 32"),
        ("B", "the initialization vector has 4 bytes; expected 16"),
        ("C", "the key has 3 bytes; SM4 requires 16"),
    ],
    step('a: {aes-ecb-encrypt: x, key: «A»abcde}\n      b: {aes-cbc-encrypt: x, key: 0123456789abcdef, iv: «B»abcd}\n'
         '      c: {sm4-ecb-encrypt: x, key: «C»abc}'),
)
fault(
    "wrong options of GCM, XXTEA and key pairs",
    [
        ("A", "the initialization vector has 65 bytes; expected 1 to 64"),
        ("B", "a tag that is text needs 'from: hex' or 'from: base64'"),
        ("C", "the tag is already bytes; remove 'from'"),
        ("D", "the key has 17 bytes; XXTEA requires 1 to 16"),
        ("E", "'digest' is only used with 'padding: oaep'"),
        ("F", "a signature that is text needs 'from: hex' or 'from: base64'"),
        ("G", "the key of 'sm2-verify' must be one field of the account, such as ${account.privateKey}"),
        ("H", "'${account.appId}' is used literally: ${…} is not supported here"),
        ("I", "the identifier has 8192 bytes; the limit is 8191"),
    ],
    step(
        f'a: {{aes-gcm-encrypt: x, key: 0123456789abcdef, iv: «A»{"v" * 65}}}\n'
        '      m: {md5: x}\n'
        '      b: «B»{aes-gcm-decrypt: "${m}", key: 0123456789abcdef, iv: v, tag: x}\n'
        '      c: {aes-gcm-decrypt: x, key: 0123456789abcdef, iv: v, tag: "${m}", from: «C»hex}\n'
        '      d: {xxtea-encrypt: x, key: «D»0123456789abcdefg}\n'
        '      e: {rsa-encrypt: x, digest: «E»sha256, key: "${account.appKey}"}\n'
        '      f: «F»{rsa-verify: x, digest: sha256, signature: x, key: "${account.appKey}"}\n'
        '      g: {sm2-verify: x, signature: x, from: hex, key: «G»"x${account.appKey}"}\n'
        '      h: {sm2-sign: x, id: «H»"${account.appId}", key: "${account.appKey}"}\n'
        f'      i: {{sm2-sign: x, id: «I»{"i" * 8192}, key: "${{account.appKey}}"}}'
    ),
)
fault(
    "words that GCM, SM2 and ECDSA do not have",
    [
        ("A", f"unknown key 'tag' in '{IN}.a'; known: aes-gcm-encrypt, key, iv, aad, as"),
        ("B", f"'{IN}.b.order' is 'raw'; known: c1c3c2, c1c2c3, asn1"),
        ("C", f"'{IN}.c.digest' is 'sha1'; known: sha256"),
        ("D", f"'{IN}.d.padding' is 'oaep'; known: pkcs1, pss"),
        ("E", f"'{IN}.e.signature' is missing (the signature)"),
    ],
    step(
        'a: {aes-gcm-encrypt: x, key: 0123456789abcdef, iv: v, «A»tag: x}\n'
        '      b: {sm2-encrypt: x, order: «B»raw, key: "${account.appKey}"}\n'
        '      c: {ecdsa-sign: x, digest: «C»sha1, key: "${account.appKey}"}\n'
        '      d: {rsa-sign: x, digest: sha256, padding: «D»oaep, key: "${account.appKey}"}\n'
        '      e: «E»{sm2-verify: x, key: "${account.appKey}"}'
    ),
)
fault(
    "an empty prefix",
    [("A", "an empty prefix matches every code; use the first characters of codes")],
    [("{codes: {", '{prefixes: {«A»"": {reason: vendor-other, text: x}}, codes: {')],
)
fault(
    "a key that is not declared as a secret, and no failures",
    [],
    [
        ('digest: {md5: "${account.appKey}${timestamp}"}',
         'digest: {hmac-sha256: "${account.appKey}${timestamp}", key: «A»"${account.appId}"}'),
        ('failures:\n  login+verify: {any: {codes: {"9": {reason: vendor-busy, text: busy}}}}', "failures: «B»{}"),
    ],
    warnings=[
        ("A", "'account.appId' is a key, but not declared with 'secret: true'"),
        ("B", "'failures' is empty: every code of the vendor will be unmapped"),
    ],
)
fault(
    "private keys that are not declared as secrets",
    [],
    step(
        '«A»a: {sm2-sign: x, key: «B»"${account.appId}"}\n'
        '      «C»b: {rsa-decrypt: x, from: hex, key: «D»"${account.appId}"}\n'
        '      «E»c: {sm2-verify: x, signature: x, from: hex, key: "${account.appId}"}'
    ),
    warnings=[
        ("B", "'account.appId' is a key, but not declared with 'secret: true'"),
        ("D", "'account.appId' is a key, but not declared with 'secret: true'"),
        ("A", "nothing uses the step 'a'"),
        ("C", "nothing uses the step 'b'"),
        ("E", "nothing uses the step 'c'"),
    ],
)
fault(
    "a time without a zone",
    [("A", "'time: yyyyMMdd' needs 'zone: china' or 'zone: utc'")],
    step('a: {time: «A»yyyyMMdd}'),
)
fault(
    "a zone for a time that does not depend on it",
    [("A", "'time: seconds' does not depend on a zone; remove 'zone'")],
    step('a: {time: seconds, zone: «A»china}'),
)
fault(
    "an unknown time format",
    [("A", f"'{IN}.a.time' is 'millisecond'; did you mean 'milliseconds'?")],
    step('a: {time: «A»millisecond}'),
)
fault(
    "a nonce of digits without a length",
    [("A", "'nonce: digits' needs 'length', from 1 to 30")],
    step('a: {nonce: «A»digits}'),
)
fault(
    "a nonce length above the limit",
    [("A", f"'{IN}.a.length' must be a whole number from 1 to 30")],
    step('a: {nonce: digits, length: «A»123456789012345678901234567890}'),
)
fault(
    "a length for a nonce of fixed length",
    [("A", "'nonce: hex' has a fixed length; remove 'length'")],
    step('a: {nonce: hex, length: «A»16}'),
)
fault(
    "percent-encoding of bytes",
    [("A", "bytes cannot be percent-encoded; encode a text")],
    step('a: {md5: x}\n      b: {encode: "${a}", as: «A»percent}'),
)
fault(
    "decoding without a valid encoding",
    [("A", f"'{IN}.a.from' is missing"), ("B", f"'{IN}.b.from' is 'bytes'; known: hex, base64, base64url, percent")],
    step('a: «A»{decode: x}\n      b: {decode: x, from: «B»bytes}'),
)
fault(
    "invalid bounds of a slice",
    [
        ("A", f"'{IN}.a.from' must be a whole number from -65536 to 65536"),
        ("B", f"'{IN}.a.length' must be a whole number from 0 to 65536"),
    ],
    step('a: {slice: x, from: «A»one, length: «B»-1}'),
)
fault(
    "a repetition without a valid length",
    [("A", f"'{IN}.a.length' is missing"), ("B", f"'{IN}.b.length' must be a whole number from 1 to 4096")],
    step('a: «A»{repeat: x}\n      b: {repeat: x, length: «B»1000000000}'),
)
fault("an empty list of values", [("A", f"'{IN}.a.first' must have at least 1 value")], step('a: {first: «A»[]}'))
fault(
    "values that the account field cannot have",
    [
        ("A", "'of' has no value for text; add it, or add 'otherwise'"),
        ("B", "'txt' is not a choice of 'mode'; did you mean 'text'?"),
        ("C", "'zzzzzz' is not a choice of 'mode'; known: text, number"),
    ],
    step('a: {choose: «A»"${account.mode}", of: {«B»txt: a, «C»zzzzzz: a, number: b}}'),
)
fault(
    "a choice by a call value without a default",
    [("A", "'otherwise' is missing: it is required unless 'choose' is an account field with 'choices'")],
    step('a: {choose: «A»"${call.token}", of: {x: a}}'),
)
fault(
    "a choice without values",
    [("A", f"'{IN}.a.of' is missing (maps each expected value to the result)")],
    step('a: «A»{choose: "${account.mode}", otherwise: x}'),
)
fault(
    "JSON without a pointer",
    [
        ("A", f"'{IN}.a.at' is missing (pointer to the value)"),
        ("B", f"'{IN}.b.at' must have at least 1 value"),
        ("C", f"'{IN}.c.at[1]' must be {POINTER}"),
    ],
    step('a: «A»{json: x}\n      b: {json: x, at: «B»[]}\n      c: {json: x, at: [/a, «C»b/c]}'),
)

# References
fault("a step that uses itself", [("A", "'${a}': a step cannot use itself")], step('a: {text: «A»"x${a}"}'))
fault(
    "a step of the answer in the request",
    [("A", "'${plain}': this step of the answer is not available before the request is sent")],
    answer('steps: {plain: {lower: "${answer/x}"}}') + value('«A»"${plain}"'),
)
fault(
    "a misspelled step name",
    [("A", "'${timestmap}': there is no such step; did you mean 'timestamp'?")],
    step('a: {text: «A»"${timestmap}"}'),
)
fault(
    "unknown step names without a suggestion",
    [("A", "'${zzzzzz}': there is no such step; known: timestamp")],
    step('a: {text: «A»"${zzzzzz}"}'),
)
fault(
    "names without their prefix",
    [
        ("A", "'${appKey}': there is no such step; did you mean '${account.appKey}'?"),
        ("B", "'${opToken}': there is no such step; did you mean '${input.opToken}'?"),
        ("C", "'${token}': there is no such step; did you mean '${call.token}'?"),
    ],
    step('a: {text: «A»"${appKey}"}\n      b: {text: «B»"${opToken}"}\n      c: {text: «C»"${token}"}'),
)
fault(
    "wrong prefixes",
    [
        ("A", "'${account.opToken}': there is no such account field; did you mean '${input.opToken}'?"),
        ("B", "'${input.appId}': there is no such input; did you mean '${account.appId}'?"),
        ("C", "'${acount.appId}': did you mean '${account.appId}'?"),
        ("D", "'${steps.sign}': unknown reference; expected " + NAMED),
    ],
    step(
        'a: {text: «A»"${account.opToken}"}\n      b: {text: «B»"${input.appId}"}\n      c: {text:'
        ' «C»"${acount.appId}"}\n      d: {text: «D»"${steps.sign}"}'
    ),
)
fault(
    "several wrong names in one text",
    [
        ("A", "'${account.zzzzzz}': there is no such account field; known: appId, appKey, mode"),
        ("A", "'${call.tokn}': there is no such call value; did you mean 'token'?"),
        ("A", "'${request.bodi}': there is no such part of a request; did you mean 'body'?"),
    ],
    step('a: {text: «A»"${account.zzzzzz}${call.tokn}-${request.bodi}${call.tokn}"}'),
)
fault(
    "a call value that the operation does not have",
    [("A", "'${call.phoneNumber}' is not available in 'login'")],
    step('a: {text: «A»"${call.phoneNumber}"}'),
)
fault(
    "an input in a file without inputs",
    [("A", "'${input.opToken}': there is no such input; the file declares nothing under 'inputs'")],
    [("inputs:\n  opToken: {required: true}\n", ""), ('"${input.opToken}"', '«A»"${input.opToken}"')],
)
fault(
    "the answer in the request",
    [
        ("A", "'${answer/code}': the answer is not available before the request is sent"),
        ("B", "'${header/X-Id}': the answer is not available before the request is sent"),
    ],
    step('a: {text: «A»"${answer/code}"}\n      b: {text: «B»"${header/X-Id}"}'),
)
fault(
    "dots instead of a pointer",
    [
        ("A", "'${answer.data.id}': did you mean '${answer/data/id}'?"),
        ("B", "'${header.X-Id}': did you mean '${header/X-Id}'?"),
    ],
    answer('transaction: «A»"${answer.data.id}"\n      echo: [{at: /a, is: «B»"${header.X-Id}"}]'),
)
fault(
    "an invalid pointer in a reference",
    [("A", "'${answer/a~2}' must be 'answer' followed by a JSON Pointer, such as ${answer/data/phone}")],
    answer('transaction: «A»"${answer/a~2}"'),
)
fault(
    "a header without a name",
    [("A", "'${header/}' must name a header, such as ${header/X-Request-Id}")],
    answer('transaction: «A»"${header/}"'),
)
fault(
    "the request in the answer",
    [("A", "'${request.body}': not available after the request has been sent")],
    answer('transaction: «A»"${request.body}"'),
)
fault(
    "an environment variable",
    [
        (
            "A",
            (
                "'${env:APP_KEY}': environment variables and files are only supported in config.yaml; use an account field,"
                " ${account.…}"
            ),
        )
    ],
    step('a: {text: «A»"${env:APP_KEY}"}'),
)
fault(
    "misplaced dollars and braces",
    [
        ("A", "unexpected '$'; write ${…} for a value, or '$$' for a dollar sign"),
        ("B", "missing '}' in '${timestamp'"),
        ("C", "'${}': empty reference; expected " + NAMED),
    ],
    step('a: {text: «A»"costs 5$"}\n      b: {text: «B»"${timestamp"}\n      c: {text: «C»"$${}${}"}'),
)
fault(
    "a wrong name in a literal, a folded and a multi-line text",
    [
        ("A", "'${appId}': there is no such step; did you mean '${account.appId}'?"),
        ("B", "'${appId}': there is no such step; did you mean '${account.appId}'?"),
        ("C", "'${appId}': there is no such step; did you mean '${account.appId}'?"),
    ],
    step(
        'a:\n        text: «A»|\n          one\n          ${appId}\n      b:\n        text: «B»>-\n          one\n     '
        '     ${appId}\n      c:\n        text: «C»"one\n          ${appId}"'
    ),
)
fault(
    "references where they are not supported",
    [
        ("A", f"'${{sign}}' {PLAIN}"),
        ("B", f"'a${{sign}}' {PLAIN}"),
        ("C", f"'${{sign}}' {PLAIN}"),
        ("D", f"'${{mode}}' {PLAIN}"),
        ("E", f"'n${{x}}' {PLAIN}"),
        ("F", f"'${{code}}' {PLAIN}"),
        ("G", f"'/${{x}}' {PLAIN}"),
    ],
    [
        (
            '      sign: {encode',
            '      a: {join: {b: c, «B»"a${sign}": x}, write: value, between: «A»"${sign}"}\n      sign: {encode',
        )
    ]
    + [
        ('version: "1"', 'version: "1", «C»"${sign}": x'),
        ('{token: "${call.token}", op', '{«E»"n${x}": 1, token: "${call.token}", op'),
    ]
    + [('      query', '      # more\n      query')]
    + [('is: ["0"]}]\n      number', 'is: [«F»"${code}"]}]\n      message: «G»"/${x}"\n      number')]
    + [('      digest: {', '      z: {choose: "${timestamp}", of: {«D»"${mode}": x}, otherwise: ""}\n      digest: {')],
)

# Signed texts
fault(
    "an invalid join",
    [
        ("A", f"'{IN}.a.write' is missing (format of one parameter)"),
        ("B", f"'{IN}.b.join' is 'forms'; did you mean 'form'?"),
        ("C", f"'{IN}.c.write' is 'name-values'; did you mean 'name-value'?"),
    ],
    step('a: «A»{join: json}\n      b: {join: «B»forms, write: value}\n      c: {join: json, write: «C»name-values}'),
)
fault(
    "a join of parameters that the request does not have",
    [("A", "the step 'a' joins parameters that this request does not have")],
    step('a: {join: «A»form, write: value}') + value('"${a}"'),
)
fault(
    "a join that excludes an unknown parameter of its own list",
    [("A", "'leaveOut' lists 'sing', but there is no such parameter; did you mean 'sign'?")],
    step('a: {join: {sign: x}, write: value, leaveOut: «A»[sing]}'),
)
fault(
    "a join that excludes an unknown parameter of the request",
    [("A", "the step 'a' excludes 'tokn', but there is no such parameter; did you mean 'token'?")],
    step('a: {join: «A»json, write: value, leaveOut: [tokn]}') + value('"${a}"'),
)
fault(
    "constants for values of the answer",
    [
        ("A", "'/reqId' is a constant; did you mean '${answer/reqId}'?"),
        ("B", "'1' is a constant; use a value of the answer, such as ${answer/data/phone}, or a step"),
    ],
    [
        (
            'number: "${answer/phone}"',
            'number: "${answer/phone}"\n      transaction: «A»/reqId\n      carrier: {of: «B»"1", YD: ["1"]}',
        )
    ],
)
fault(
    "a join of an object",
    [("A", "'inner' is an array or object and cannot be joined; list it under 'leaveOut'")],
    step('a: {join: «A»json, write: value}')
    + value('"${a}"')
    + body('json: {inner: {a: 1}, opToken: "${input.opToken}"}'),
)
fault(
    "a join that contains its own step",
    [("A", "the step 'a' covers a part of the request that contains the step itself; "
           "exclude that parameter with 'leaveOut: […]'")],
    step('a: {join: «A»json, write: value}') + body('json: {sign: "${a}", opToken: "${input.opToken}"}'),
)
fault(
    "a digest of the body that contains it",
    [("A", "the step 'a' covers a part of the request that contains the step itself; "
           "a signature cannot be part of the data that it signs")],
    step('a: {md5: «A»"${request.body}", as: hex}') + body('json: {sign: "${a}", opToken: "${input.opToken}"}'),
)
fault(
    "a digest of the body that contains a dependent step",
    [("A", "the step 'a' covers a part of the request that contains 'sign', which is computed from it; "
           "a signature cannot be part of the data that it signs")],
    step('a: {md5: «A»"x${request.query}"}')
    + [('version: "1"', 'version: "${request.body}"')]
    + body('json: {sign: "${sign}", opToken: "${input.opToken}"}')
    + [('"${account.appKey}${timestamp}"', '"${a}${account.appKey}${timestamp}"')]
    + [('md5: "${a}${account', 'md5: "${account'), ('encode: "${digest}"', 'hmac-sha1: "${digest}", key: "${a}"')],
)
fault(
    "parts of a request that depend on each other",
    [
        ("A", "'${request.path}' depends on itself"),
        ("B", "'${request.query}' depends on itself"),
        ("C", "'${request.body}' depends on itself"),
    ],
    [
        ("path: /login", 'path: «A»"/${request.query}"'),
        ('query: {version: "1"}', 'query: «B»{version: "${request.path}"}'),
    ]
    + body('json: «C»{token: "${request.body}", opToken: "${input.opToken}"}'),
)
fault(
    "a shared step that covers a form of one operation",
    [],
    [
        (
            "steps:\n  timestamp: {time: milliseconds}\n",
            "steps:\n  timestamp: {time: milliseconds}\n  all: {join: form, write: value}\n",
        ),
        ('phone: "${call.phoneNumber}"}', 'phone: "${call.phoneNumber}"}\n      headers: {X-All: "${all}"}'),
    ],
)
fault(
    "a shared step that covers a missing request",
    [("A", "the step 'all' covers the request, but 'prepare' has no request")],
    [
        (
            "steps:\n  timestamp: {time: milliseconds}\n",
            "steps:\n  timestamp: {time: milliseconds}\n  all: {md5: «A»\"${request.host}\", as: hex}\n",
        ),
        ('mode: "${account.mode}"}', 'mode: "${account.mode}", all: "${all}"}'),
    ],
)
fault(
    "a shared step that only an invalid step can use",
    [
        ("A", "the step 'all' excludes 'tokn', but there is no such parameter; did you mean 'token'?"),
        ("B", "'steps.hash' must be a step: unknown key 'md6'; did you mean 'md5'?"),
    ],
    [
        (
            "steps:\n  timestamp: {time: milliseconds}\n",
            (
                "steps:\n  timestamp: {time: milliseconds}\n  all: {join: «A»form, write: value, leaveOut: [tokn]}\n"
                "  hash: {«B»md6: \"${all}\"}\n"
            ),
        ),
        ('phone: "${call.phoneNumber}"}', 'phone: "${call.phoneNumber}"}\n      headers: {X-All: "${hash}"}'),
    ],
)
fault(
    "an invalid parameter is not reported as missing",
    [("A", "'${sing}': there is no such step; did you mean 'sign'?")],
    [("      sign: {encode", "      all: {join: json, write: value, leaveOut: [b]}\n      sign: {encode")]
    + body('json: {b: «A»"${sing}", opToken: "${input.opToken}"}')
    + [('X-Sign: "${sign}"', 'X-Sign: "${sign}${all}"')],
)
fault(
    "the request of an operation without a request",
    [("A", "'${request.path}': this operation has no request")],
    [('mode: "${account.mode}"}', 'mode: «A»"${account.mode}${request.path}"}')],
)
fault(
    "the body of a request without a body",
    [("A", "the step 'a' covers the request's body, but the request has no body")],
    step('a: {md5: «A»"${request.body}", as: hex}')
    + value('"${a}${input.opToken}"')
    + [('      json: {token: "${call.token}", opToken: "${input.opToken}"}\n', "")],
)
fault(
    "a canonical request with an unknown header",
    [
        ("A", "the request has no header 'x-sing'; did you mean 'x-sign'?"),
        ("B", "signed headers must be in lower case; write 'x-date'"),
        ("B", "the request has no header 'x-date'; known: x-sign, host"),
    ],
    step('a: {canonical-request: [host, «A»x-sing, «B»X-Date], payload: x}') + [('"${call.token}", op', '"${a}", op')],
)
fault(
    "a canonical request without a payload",
    [("A", f"'{IN}.a.payload' is missing (the last line: the digest of the body)")],
    step('a: «A»{canonical-request: [host]}'),
)
fault(
    "request-only steps in the answer",
    [
        ("A", "the request has already been sent; list the parameters to join in this step"),
        ("B", "the request has already been sent; move 'canonical-request' to the steps of the request"),
    ],
    answer('steps:\n        a: {join: «A»json, write: value}\n        b: «B»{canonical-request: [host], payload: x}'),
)

# Requests
fault("a path without a slash", [("A", "'path' must begin with '/'")], [("path: /login", "path: «A»login")])
fault("an empty path", [("A", "'path' must begin with '/'")], [("path: /login", 'path: «A»""')])
fault(
    "a path with a query",
    [("A", "'path' must not contain '?' or '#'; define parameters under 'query'")],
    [("path: /login", 'path: «A»"/login${timestamp}?a=1"')],
)
fault(
    "a path with a space",
    [("A", "'path' must be printable ASCII without spaces; percent-encode other characters")],
    [("path: /login", 'path: «A»"/log in"')],
)
fault(
    "a request without a path",
    [("A", "'operations.login.request.path' is missing (begins with '/', without the query)")],
    [("      path: /login\n      query", "      «A»query")],
)
fault(
    "two bodies",
    [("A", "a request has one body: use either 'form' or 'json'")],
    [("      json: {token", "      form: {a: b}\n      «A»json: {token")],
)
fault(
    "a GET with a body",
    [("A", "a GET request cannot have a body")],
    [("      json: {token", "      method: GET\n      «A»json: {token")],
)
fault(
    "an unknown method",
    [("A", "'operations.login.request.method' is 'PSOT'; did you mean 'POST'?")],
    [("      json: {token", "      method: «A»PSOT\n      json: {token")],
)
fault(
    "invalid headers",
    [
        ("A", "'X Sign' is not a valid header name"),
        ("B", "'Host' is set by Numgate; remove it"),
        ("C", "duplicate header 'x-sign': header names are case-insensitive"),
        ("D", "a header value must be printable ASCII"),
    ],
    [
        (
            'headers: {X-Sign: "${sign}"}',
            'headers: {X-Sign: "${sign}", «A»"X Sign": x, «B»Host: x, «C»x-sign: y, X-Word: «D»"甲${sign}"}',
        )
    ],
)
fault(
    "a list as a parameter",
    [("A", "'operations.verify.request.form.token' must be a mapping with $optional")],
    [('form: {token: "${call.token}"', 'form: {token: «A»["${call.token}"]')],
)
fault(
    "$optional with another key",
    [("A", "unknown key 'or' in 'operations.verify.request.form.token'; known: $optional")],
    [('form: {token: "${call.token}"', 'form: {token: {$optional: "${call.token}", «A»or: x}')],
)

# JSON
fault(
    "an empty member",
    [("A", "'json.token' is empty; write \"\" for an empty text or null for JSON null")],
    [('json: {token: "${call.token}"', 'json: {token: «A»')],
)
fault(
    "invalid $number",
    [
        ("A", "'$number' must be a text that evaluates to a number, such as ${timestamp}"),
        ("B", "'$number' must be a text that evaluates to a number, such as ${timestamp}"),
        ("C", "'$number' cannot be combined with 'else'"),
    ],
    [
        (
            'json: {token: "${call.token}"',
            'json: {a: {$number: «A»[1]}, b: {$number: «B»}, c: {$number: "1", «C»else: 2}',
        )
    ],
)
fault(
    "invalid $optional",
    [
        ("A", "'$optional' must contain a text or {$number: …}"),
        ("B", "'$optional' is only allowed as the whole value of an object member"),
        ("C", "'$optional' is only allowed as the whole value of an object member"),
    ],
    [
        (
            'json: {token: "${call.token}"',
            'json: {a: {$optional: «A»1}, b: [{«B»$optional: x}], c: {«C»$optional: x, d: 1}',
        )
    ],
)
fault(
    "unknown keys that begin with a dollar",
    [
        ("A", "unknown key '$nummber'; did you mean '$number'?"),
        ("B", "unknown key '$zzzzzz'; known: {$number: …}, {$optional: …}, {$choose: …, of: …}"),
    ],
    [('json: {token: "${call.token}"', 'json: {a: {«A»$nummber: x}, b: {«B»$zzzzzz: x}')],
)
fault(
    "invalid $choose",
    [
        ("A", "'$choose' must be an account field with 'choices', such as ${account.mode}"),
        ("B", "'$choose' must be an account field with 'choices', such as ${account.mode}"),
        ("C", "'${account.mod}': there is no such account field; did you mean 'mode'?"),
        ("D", "'$choose' needs 'of': a mapping from each choice to the value that is sent"),
        ("E", "'of' has no value for number; add it"),
        ("F", "'txt' is not a choice of 'mode'; did you mean 'text'?"),
        ("G", "unknown key 'otherwise' next to '$choose'; known: of"),
    ],
    body(
        'json:\n        opToken: "${input.opToken}"\n        a: {$choose: «A»"${account.appId}", of: {}}\n        b:'
        ' {$choose: «B»[x], of: {}}\n        c: {$choose: «C»"${account.mod}", of: {}}\n        d: «D»{$choose:'
        ' "${account.mode}"}\n        e: {$choose: «E»"${account.mode}", of: {text: 1, «F»txt: 2}, «G»otherwise: 3}'
    ),
)
fault(
    "a list of SDK parameters",
    [("A", "'parameters' must be a mapping: it is the object that the SDK is called with")],
    [
        (
            'parameters: {appId: "${account.appId}", mode: "${account.mode}"}',
            'parameters: «A»["${account.appId}", "${account.mode}"]',
        )
    ],
)
fault(
    "missing SDK parameters",
    [("A", "'operations.prepare.parameters' is missing (the object that the SDK is called with)")],
    [
        (
            '    parameters: {appId: "${account.appId}", mode: "${account.mode}"}\n',
            '    «A»steps: {a: {text: "${account.appId}${account.mode}"}}\n',
        )
    ],
)
fault(
    "a prepare with a request but no answer",
    [("A", "'request' and 'answer' must both be given or both be omitted")],
    [('  prepare:\n    parameters', '  prepare:\n    «A»request: {path: /prepare}\n    parameters')],
)

# Answers
fault(
    "invalid success rules",
    [
        ("A", "'operations.login.answer.success[0]' must be a rule: unknown key 'att'; did you mean 'at'?"),
        ("B", "'operations.login.answer.success[1]' must be a rule: a mapping with one of at, value, absent, present"),
        ("C", "'operations.login.answer.success[2]' has conflicting keys: 'at' and 'present'"),
        ("D", "'operations.login.answer.success[3].is' is missing (success codes)"),
        ("E", "'operations.login.answer.success[4].is' must be a list"),
        ("F", "'operations.login.answer.success[5].is' must have at least 1 value"),
    ],
    [
        (
            'success: [{at: /code, is: ["0"]}]\n      number',
            (
                'success:\n        - {«A»att: /code}\n        - «B»/code\n        - {at: /a, «C»present: /b}\n'
                '        - «D»{at: /a}\n        - {at: /a, is: «E»0}\n        - {at: /a, is: «F»[]}\n      number'
            ),
        )
    ],
)
fault(
    "an empty list of success rules",
    [("A", "'operations.login.answer.success' must have at least 1 value")],
    [('success: [{at: /code, is: ["0"]}]\n      number', 'success: «A»[]\n      number')],
)
fault(
    "a missing answer",
    [("A", "'operations.login.answer' is missing")],
    [
        ('    answer:\n      success: [{at: /code, is: ["0"]}]\n      number: "${answer/phone}"\n', ""),
        ("    steps:\n      digest", "    «A»steps:\n      digest"),
    ],
)
fault(
    "missing number, missing verdict",
    [
        ("A", "'operations.login.answer.number' is missing (the phone number)"),
        (
            "B",
            (
                "'operations.verify.answer.verdict' is missing (values for match and mismatch; any other value is"
                " unknown)"
            ),
        ),
    ],
    [
        (
            '      success: [{at: /code, is: ["0"]}]\n      number: "${answer/phone}"\n',
            '      «A»success: [{at: /code, is: ["0"]}]\n',
        ),
        (
            (
                '      success: [{at: /code, is: ["0"]}]\n      verdict: {of: "${answer/result}", match: ["1"],'
                ' mismatch: ["2"]}\n'
            ),
            '      «B»success: [{at: /code, is: ["0"]}]\n',
        ),
    ],
)
fault(
    "a verdict in a login",
    [
        (
            "A",
            (
                "unknown key 'verdict' in 'operations.login.answer'; known: format, success, message, inner, echo, billed, of, steps,"
                " transaction, number, carrier"
            ),
        )
    ],
    answer('«A»verdict: {}'),
)
fault(
    "a value with two meanings",
    [("A", "'1' is already listed under 'match'"), ("B", "'x' is already listed under 'yes'")],
    [('mismatch: ["2"]', 'mismatch: ["2", «A»"1"]')] + answer('billed: {of: "${answer/b}", yes: [x], no: [«B»x]}'),
)
fault(
    "unknown billing and carrier values",
    [
        ("A", "'operations.login.answer.billed' is 'maybe'; known: yes, no, unknown"),
        ("B", "unknown key 'XX' in 'operations.login.answer.carrier'; known: of, YD, CT, CU"),
    ],
    answer('billed: «A»maybe\n      carrier: {of: "${answer/c}", «B»XX: ["1"]}'),
)

# The file
fault(
    "missing operations",
    [
        ("A", "'operations' is missing: it defines the requests to the vendor and how to read the responses"),
        ("B", "'login' is in 'serves', but is not defined in 'operations'"),
        ("C", "'verify' is in 'serves', but is not defined in 'operations'"),
    ],
    [
        ("adapter:", "«A»adapter:"),
        ("[login, verify]", "[«B»login, «C»verify]"),
        (VENDOR[VENDOR.index("operations:") : VENDOR.index("failures:")], ""),
    ],
)
fault(
    "an unknown operation",
    [
        ("A", "'login' is in 'serves', but is not defined in 'operations'"),
        ("B", "unknown key 'logon' in 'operations'; did you mean 'login'?"),
    ],
    [("[login, verify]", "[«A»login, verify]"), ("  login:\n    steps", "  «B»logon:\n    steps")],
)
fault(
    "a success code in the failure table",
    [
        ("A", "'0' is a success code of 'login', but 'failures' maps it to 'vendor-busy'"),
        ("B", "'0' is a success code of 'verify', but 'failures' maps it to 'vendor-busy'"),
    ],
    [
        ('codes: {"9"', 'codes: {"0"'),
        ("  login:\n    steps", "  «A»login:\n    steps"),
        ("  verify:\n    request", "  «B»verify:\n    request"),
    ],
)
fault(
    "invalid defaults",
    [
        ("A", "'appId' is required and has a default; remove one of them"),
        ("B", "the default of 'mode' must be one of text, number"),
    ],
    [("appId: {required: true}", "appId: {required: true, default: «A»x}"), ("default: text", "default: «B»txt")],
)
fault(
    "a field with a reserved name",
    [("A", "'endpoint' is a key of every account and cannot be the name of a field")],
    [("  appId: {required", "  «A»endpoint: {}\n  appId: {required")],
)
fault(
    "a field with an unknown key",
    [
        ("A", "unknown key 'requierd' in 'account.appId'; did you mean 'required'?"),
        ("B", "'inputs.opToken.pattern' is 'digit'; did you mean 'digits'?"),
    ],
    [("appId: {required", "appId: {«A»requierd"), ("opToken: {required: true}", "opToken: {pattern: «B»digit}")],
)
fault(
    "operations for an adapter in Swift",
    [
        ("A", "'steps' requires 'adapter: declarative'; 'aliyun' is an adapter in Swift"),
        ("B", "'operations' requires 'adapter: declarative'; 'aliyun' is an adapter in Swift"),
        ("C", "'inputs' requires 'adapter: declarative'; 'aliyun' is an adapter in Swift"),
    ],
    [
        ("adapter: declarative", "adapter: aliyun"),
        ("inputs:\n", "«C»inputs:\n"),
        ("\nsteps:\n", "\n«A»steps:\n"),
        ("\noperations:\n", "\n«B»operations:\n"),
    ],
)
fault(
    "more steps than the limit",
    [("A", "'login' uses 43 steps, including shared steps; the limit is 32")],
    [
        (
            "      digest: ",
            "      s0: {text: \"${timestamp}\"}\n"
            + "".join(
                f"      {'«A»' if index == 31 else ''}s{index}: {{md5: \"${{s{index - 1}}}\"}}\n"
                for index in range(1, 40)
            )
            + "      digest: ",
        ),
        ("md5: \"${account.appKey}${timestamp}\"", "hmac-sha1: \"${s39}\", key: \"${account.appKey}\""),
    ],
)

# A file that extends another file: an error is reported in the file that contains it
fault(
    "a field overridden without its choices",
    [("A", "'$choose' must be an account field with 'choices', such as ${account.mode}")],
    body('json: {a: {$choose: «A»"${account.mode}", of: {text: 1, number: 2}}, opToken: "${input.opToken}"}'),
    child="adapter: declarative\nextends: vendor\naccount: {mode: {}}\n",
)
fault(
    "an error in an operation of the child",
    [("A", "'${account.zzzzzz}': there is no such account field; known: appId, appKey, mode")],
    [],
    child=(
        'adapter: declarative\nextends: vendor\noperations:\n  verify:\n    request: {path: /v, form: {a:'
        ' «A»"${account.zzzzzz}", b: "${call.phoneNumber}"}}\n    answer:\n      success: [{at: /code, is: ["0"]}]\n   '
        '   verdict: {of: "${answer/result}", match: ["1"], mismatch: ["2"]}\n'
    ),
)
fault(
    "a success code of the base in the child's failure table",
    [("A", "'0' is a success code of 'login', but 'failures' maps it to 'vendor-busy'")],
    [],
    child=(
        'adapter: declarative\nextends: vendor\nfailures: «A»{login: {any: {codes: {"0": {reason: vendor-busy, text:'
        ' busy}}}}}\n'
    ),
)

# Warnings
fault(
    "unused declarations",
    [],
    step("«C»a: {text: x}")
    + answer("steps:\n        «D»b: {text: x}")
    + [
        ("  appId: {required", "  «A»appSecret: {secret: true}\n  appId: {required"),
        ("  opToken: {required: true}\n", "  opToken: {required: true}\n  «B»other: {}\n"),
        ("  app: [login, verify]", "  app: [login]"),
        ("  verify:\n    request", "  «E»verify:\n    request"),
    ],
    warnings=[
        ("A", "'account.appSecret' is not used"),
        ("B", "'input.other' is not used"),
        ("C", "nothing uses the step 'a'"),
        ("D", "nothing uses the step 'b'"),
        ("E", "'verify' is defined, but is not in 'serves' of any channel"),
    ],
)

# Frequent slips
fault(
    "a list at the top of the file",
    [("A", "the file must be a mapping of keys such as 'adapter'")],
    [(VENDOR, "«A»- adapter: declarative\n")],
)
fault(
    "a text in place of the file",
    [("A", "the file must be a mapping of keys such as 'adapter'; it has a full-width '：'; type ': '")],
    [(VENDOR, "«A»adapter：declarative\n")],
)
fault(
    "a reason in place of an entry",
    [
        ("A", "'failures.login+verify.any.codes.9' must be a mapping; write {reason: clock-rejected, text: \"…\"}"),
        ("B", "'failures.login+verify.any.codes.8' must be a mapping; write {reason: clock-rejected, text: \"…\"}"),
        ("C", "'failures.login+verify.any.codes.7' must be a mapping; write {verdict: mismatch, text: \"…\"}"),
        ("D", "'failures.login+verify.any.codes.6' is 'zzzzzz'; known: none"),
    ],
    [('{"9": {reason: vendor-busy, text: busy}}',
      '{"9": «A»clock-rejected, "8": «B»clock-rejectd, "7": «C»mismatch, "6": «D»zzzzzz}')],
)
fault(
    "a missing brace before another reference",
    [
        ("A", "missing '}' in '${account.appId&t='"),
        ("B", "missing '}' in '${timestamp rest'"),
    ],
    step('a: {text: «A»"${account.appId&t=${timestamp}"}\n      b: {text: «B»"${timestamp rest"}'),
)
fault(
    "encodings with other names",
    [
        ("A", f"'{IN}.a.as' is 'base64-url-nopad'; did you mean 'base64url'?"),
        ("B", f"'{IN}.b.as' is 'base64_url'; did you mean 'base64url'?"),
        ("C", f"'{IN}.c.as' is 'BASE64URL'; did you mean 'base64url'?"),
        ("D", f"'{IN}.d.as' is 'base64std'; did you mean 'base64'?"),
        ("E", f"'{IN}.e.as' is 'Hex'; did you mean 'HEX'?"),
    ],
    step(
        'a: {md5: x, as: «A»base64-url-nopad}\n      b: {md5: x, as: «B»base64_url}\n      c: {md5: x, as:'
        ' «C»BASE64URL}\n      d: {md5: x, as: «D»base64std}\n      e: {md5: x, as: «E»Hex}'
    ),
)
fault(
    "full-width characters and curly quotes in words and keys",
    [
        ("A", "'serves.app[0]' is 'login，verify'; it has a full-width '，'; type ', '; known: login, verify"),
        ("B", "unknown key '“timeout”'; it has a curly quote '“'; type '\"'; did you mean 'timeout'?"),
        ("C", "'timeout' is missing (time limit of a call, including name resolution and connecting)"),
        ("D", "'tokenLife' must be a time such as 500ms, 3s, 2m or 1h, from 1.0 seconds to 86400.0 seconds; it has a "
              "curly quote '“'; type '\"'"),
    ],
    [
        ("adapter", "«C»adapter"), ("[login, verify]", "[«A»login，verify]"), ("timeout:", "«B»“timeout”:"),
        ("tokenLife: 2m", "tokenLife: «D»“2m”"),
    ],
)
fault(
    "a missing quote",
    [("A", "the quote that begins here is probably not closed: the text continues to line 23")],
    [('digest: {md5: "${account.appKey}${timestamp}"}', 'digest: {md5: «A»"${account.appKey}${timestamp}}')],
)
fault(
    "a reference in braces without quotes",
    [("A", "a value with ${…} needs quotes inside { } and [ ]; write \"${…}\"")],
    [('{token: "${call.token}", op', '{token: «A»${call.token}, op')],
)
fault(
    "a choice between a text and bytes",
    [("A", "the values of 'choose' must all be texts, or all bytes")],
    step('a: {md5: x}\n      b: {choose: "${account.mode}", of: «A»{text: "${a}", number: "x"}}'),
)
fault(
    "keys and initialization vectors of a wrong length in the alternatives of a choice",
    [
        ("A", "the key has 3 bytes; AES requires 16, 24 or 32"),
        ("B", "the initialization vector has 4 bytes; expected 16"),
    ],
    step(
        'k: {choose: "${call.carrier}", of: {YD: abc, CT: 0123456789abcdef, CU: "${account.appKey}"}, otherwise: ""}\n'
        '      i: {choose: "${call.carrier}", of: {YD: 0123456789abcdef}, otherwise: abcd}\n'
        '      a: {aes-cbc-encrypt: x, key: «A»"${k}", iv: «B»"${i}"}'
    ),
)
fault(
    "$optional of a choice outside of an object member",
    [
        ("A", "'$optional' is only allowed as the whole value of an object member"),
        ("B", "'$optional' must contain a text or {$number: …}"),
    ],
    [
        (
            'json: {token: "${call.token}"',
            'json: {a: [{$choose: "${account.mode}", of: {text: {«A»$optional: x}, number: 1}}], '
            'b: {$choose: "${account.mode}", of: {text: {$optional: «B»1}, number: 1}}',
        )
    ],
)

# Shared steps with values of one operation
SHARED = 'steps:\n  timestamp: {time: milliseconds}\n'
fault(
    "a shared step with a value of one operation",
    [],
    [
        (SHARED, SHARED + '  phone: {md5: "${call.phoneNumber}", as: hex}\n'),
        ('phone: "${call.phoneNumber}"}', 'phone: "${phone}"}'),
    ],
)
fault(
    "a shared step with a value that an operation using it does not have",
    [("A", "'${call.phoneNumber}' is not available in 'login'")],
    [
        (SHARED, SHARED + '  phone: {md5: «A»"${call.phoneNumber}", as: hex}\n  more: {text: "x${phone}"}\n'),
        ('md5: "${account.appKey}${timestamp}"', 'md5: "${account.appKey}${timestamp}${more}"'),
    ],
)
fault(
    "a shared step with a value that no operation has",
    [("A", "'${call.pageUrl}' is not available in any operation of this file")],
    [
        (SHARED, SHARED + '  page: {text: «A»"${call.pageUrl}"}\n'),
        ('  prepare:\n    parameters: {appId: "${account.appId}", mode: "${account.mode}"}\n', ""),
        ('md5: "${account.appKey}${timestamp}"', 'md5: "${account.appKey}${timestamp}${account.mode}${account.appId}"'),
    ],
)
fault(
    "shared steps that no operation uses",
    [],
    [(SHARED, SHARED + '  «A»one: {text: x}\n  «B»two: {text: "${one}"}\n  «C»page: {text: "${call.phoneNumber}"}\n')],
    warnings=[
        ("A", "nothing uses the step 'one'"),
        ("B", "nothing uses the step 'two'"),
        ("C", "nothing uses the step 'page'"),
    ],
)

# Characters
fault(
    "a line feed in single quotes",
    [],
    [('{md5: "${account.appKey}${timestamp}"}', "{md5: «A»'${account.appKey}\\n${timestamp}'}"),
     ('X-Sign: "${sign}"', 'X-Sign: "${sign}\\\\n"')],
    warnings=[("A", "'\\n' is a backslash and an n here; use double quotes for a line feed")],
)
fault(
    "curly quotes in values",
    [],
    [
        ('en: "A"', "en: «A»“A”"), ('zh: "甲"', 'zh: "“甲”"'), ("text: busy", "text: 请求“忙”"),
        ('query: {version: "1"}', 'query: {version: «B»"“1”", «C»“b”: x}'),
    ],
    warnings=[
        ("A", "the value has a curly quote '“'; type '\"', because curly quotes are a part of the value"),
        ("B", "the value has a curly quote '“'; type '\"'"),
        ("C", "the value has a curly quote '“'; type '\"', because curly quotes are a part of the value"),
    ],
)

# Many errors
fault(
    "many errors in one file",
    [
        ("A", "'verify' is in 'serves', but is not defined in 'operations'"),
        ("B", "'timeout' must be a time such as 500ms, 3s, 2m or 1h, from 0.1 seconds to 60.0 seconds"),
        ("C", "unknown key 'requierd' in 'account.appId'; did you mean 'required'?"),
        (
            "D",
            (
                "'steps.timestamp.time' is 'millis'; known: seconds, milliseconds, iso8601, yyyyMMdd, yyyyMMddHHmmss,"
                " yyyyMMddHHmmssSSS, yyyyMMdd'T'HHmmss'Z'"
            ),
        ),
        ("E", "unknown key 'prepair' in 'operations'; did you mean 'prepare'?"),
        ("F", "'operations.login.steps.a' must be a step: unknown key 'md6'; did you mean 'md5'?"),
        ("G", "'${call.tokn}': there is no such call value; did you mean 'token'?"),
        ("H", f"'${{digest}}' {BYTES}"),
        ("I", "'path' must begin with '/'"),
        ("J", "'Host' is set by Numgate; remove it"),
        ("K", "'${account.zzzzzz}': there is no such account field; known: appId, appKey, mode"),
        ("L", f"'operations.login.answer.success[0].at' must be {POINTER}"),
        ("M", "'${answer.phone}': did you mean '${answer/phone}'?"),
        ("N", "unknown key 'verfy' in 'operations'; did you mean 'verify'?"),
        ("O", "'failures.login+verify.any.codes.9.reason' is 'vendor-bussy'; did you mean 'vendor-busy'?"),
    ],
    [
        ("[login, verify]", "[login, «A»verify]"),
        ("timeout: 3s", "timeout: «B»3"),
        ("appId: {required", "appId: {«C»requierd"),
        ("time: milliseconds", "time: «D»millis"),
        ("  prepare:", "  «E»prepair:"),
        ("      digest: ", '      a: {«F»md6: x}\n      b: {text: «G»"${call.tokn}"}\n      digest: '),
        ('encode: "${digest}", as: hex', 'text: «H»"${digest}"'),
        ("path: /login", "path: «I»login"),
        ("{X-Sign:", '{«J»Host: a, X-Sign:'),
        ('{token: "${call.token}", op', '{token: «K»"${account.zzzzzz}", op'),
        ("success: [{at: /code", "success: [{at: «L»code"),
        ('"${answer/phone}"', '«M»"${answer.phone}"'),
        ("  verify:\n", "  «N»verfy:\n"),
        ("vendor-busy", "«O»vendor-bussy"),
    ],
)

Path(__file__).with_name("faults.json").write_text(
    "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"
)
print(len(cases), "cases")
