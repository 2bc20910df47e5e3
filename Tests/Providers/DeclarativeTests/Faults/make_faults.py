#!/usr/bin/env python3
"""Writes faults.json beside itself: one small provider file with something wrong in it after the other, and every
message that must come of it, with its place.

A mark such as «A» in an edit stands where a message belongs; it is taken out before the file is written.
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

VERBS = (
    "text, time, nonce, md5, sha1, sha256, hmac-sha1, hmac-sha256, rsa-sign, rsa-encrypt, rsa-decrypt, "
    "aes-cbc-encrypt, aes-cbc-decrypt, aes-ecb-encrypt, aes-ecb-decrypt, des-cbc-encrypt, des-cbc-decrypt, encode, "
    "decode, upper, lower, slice, repeat, choose, first, join, canonical-request, json"
)
NAMED = "a step's name, or ${account.…}, ${call.…}, ${input.…}, ${request.…}, ${answer/…}, ${header/…}"
BYTES = (
    "is bytes where text is needed; write 'as: hex', 'as: HEX', 'as: base64' or 'as: text' in its step, or 'encode' it"
)
POINTER = "a JSON Pointer such as /data/phone"
PLAIN = "is taken as it is written: ${…} is not read here"

cases = []


def edit(text, edits):
    for old, new in edits:
        if old not in text:
            sys.exit(f"{old!r} is not in the text")
        text = text.replace(old, new, 1)
    return text


def places(name, text):
    """The text without its marks, and where they stood."""
    found = {}
    while mark := re.search("«(.)»", text):
        before = text[: mark.start()]
        found[mark.group(1)] = f"{name}:{before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"
        text = before + text[mark.end() :]
    return text, found


def fault(name, errors, edits, *, warnings=(), child=None):
    """`errors` and `warnings`: marks and whole messages; they come in the order of files, places and words."""
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
    """One more step of login, before the others; `after` stands behind them."""
    return [("      digest: ", f"      {line}\n      digest: ")] + (
        [("    request:\n      path: /login", f"      {after}\n    request:\n      path: /login")] if after else []
    )


def answer(line):
    return [('      number: "${answer/phone}"', f'      number: "${{answer/phone}}"\n      {line}')]


def value(text):
    """Another value of the header X-Sign."""
    return [
        ('"${sign}"', text),
        ('      sign: {encode: "${digest}", as: hex}\n', ""),
        ('{md5: "${account.appKey}${timestamp}"}', '{md5: "${account.appKey}${timestamp}", as: hex}'),
    ]


def body(text):
    return [('json: {token: "${call.token}", opToken: "${input.opToken}"}', text)]


IN = "operations.login.steps"

# Nothing is wrong
fault("nothing", [], [])
fault("a line end after every other character", [], [('    steps:\n      digest:', '    steps: # é\n      digest:')])

# What the requirement names, one for one
fault("an unknown key", [("A", f"unknown key 'for' in '{IN}.a'; known: md5, as")], step('a: {md5: x, «A»for: hex}'))
fault(
    "an unknown step", [("A", f"'{IN}.a' must be a step: 'md6' is none; did you mean 'md5'?")], step('a: {«A»md6: x}')
)
fault(
    "a step that uses a later one",
    [("A", "'${sign}': this step is not done yet: a step uses earlier ones only")],
    step('a: {text: «A»"${sign}"}'),
)
fault(
    "bytes where text is needed",
    [("A", f"'${{digest}}' {BYTES}")],
    [('encode: "${digest}", as: hex', 'text: «A»"${digest}"')],
)
fault(
    "an account field that is not declared",
    [("A", "'${account.appkey}': there is no such account field; did you mean 'appKey'?")],
    step('a: {text: «A»"${account.appkey}"}'),
)
fault(
    "a pointer that does not parse",
    [("A", f"'operations.login.answer.success[0].at' must be {POINTER}")],
    [('success: [{at: /code, is', 'success: [{at: «A»code, is')],
)
fault(
    "an operation without a success rule",
    [("A", "'operations.login.answer.success' is missing (when an answer is a success: all of these hold)")],
    [('      success: [{at: /code, is: ["0"]}]\n      number:', '      «A»number:')],
)

# Steps and their keys
fault(
    "an unknown step like no other",
    [("A", f"'{IN}.a' must be a step: 'zzzzzzzz' is none; one of {VERBS}")],
    step('a: {«A»zzzzzzzz: x}'),
)
fault(
    "a step that is a text",
    [("A", f"'{IN}.a' must be a step: a mapping with one of {VERBS}")],
    step('a: «A»"${timestamp}"'),
)
fault(
    "a step that is empty",
    [("A", f"'{IN}.a' must be a step: a mapping with one of {VERBS}; it is empty")],
    step('a:«A»'),
)
fault("a step without a key", [("A", f"'{IN}.a' must be a step: one of {VERBS}")], step('a: «A»{}'))
fault(
    "a step that is two",
    [("A", f"'{IN}.a' is two at once: 'md5' and 'sha1'")],
    step('a: {md5: x, as: hex, «A»sha1: y}'),
)
fault(
    "a step's name that is none",
    [
        ("A", "the key '1st' must be a step's name: a letter, then letters, digits, '-' and '_', up to 64"),
        ("B", "the key 'a.b' must be a step's name: a letter, then letters, digits, '-' and '_', up to 64"),
    ],
    step('«A»1st: {text: x}\n      «B»a.b: {text: x}'),
)
fault(
    "steps in a list",
    [("A", f"'{IN}' must be a mapping")],
    [
        (
            '      digest: {md5: "${account.appKey}${timestamp}"}\n      sign: {encode: "${digest}", as: hex}\n',
            '      «A»- {md5: x}\n',
        ),
        ('"${sign}"', '"1"'),
    ],
)
fault("a step that stands twice", [("A", "there is a step 'timestamp' already")], step('«A»timestamp: {time: seconds}'))
fault(
    "a step called answer",
    [("A", "a step cannot be called 'answer': ${answer} is the vendor's")],
    step('«A»answer: {text: x}'),
)
fault(
    "a step whose text is missing", [("A", f"'{IN}.a.md5' must be a text; it is empty")], step('a: {md5: «A», as: hex}')
)
fault("a step over a list", [("A", f"'{IN}.a.md5' must be a text")], step('a: {md5: «A»[x]}'))
fault(
    "an encoding that is none",
    [("A", f"'{IN}.a.as' is 'base46'; did you mean 'base64'?")],
    step('a: {md5: x, as: «A»base46}'),
)
fault(
    "a digest as text",
    [("A", f"'{IN}.a.as' is 'text'; known: bytes, hex, HEX, base64")],
    step('a: {md5: x, as: «A»text}'),
)
fault(
    "an HMAC without its key",
    [("A", f"'{IN}.a.key' is missing (the key: text, or an earlier step's bytes)")],
    step('a: «A»{hmac-sha256: x, as: hex}'),
)
fault(
    "an AES without its vector",
    [("A", f"'{IN}.a.iv' is missing (the initialisation vector)")],
    step('a: «A»{aes-cbc-encrypt: x, key: y}'),
)
fault(
    "a vector for ECB",
    [("A", f"unknown key 'iv' in '{IN}.a'; known: aes-ecb-encrypt, key, as")],
    step('a: {aes-ecb-encrypt: x, key: y, «A»iv: z}'),
)
fault(
    "a signature without its digest",
    [("A", f"'{IN}.a.digest' is missing")],
    step('a: «A»{rsa-sign: x, key: "${account.appKey}"}'),
)
fault(
    "an RSA key that is no field",
    [
        ("A", "the key of 'rsa-sign' must be one field of the account, such as ${account.privateKey}"),
        ("B", "the key of 'rsa-encrypt' must be one field of the account, such as ${account.privateKey}"),
    ],
    step(
        'a: {rsa-sign: x, digest: md5, key: «A»"${timestamp}"}\n      b: {rsa-encrypt: x, key: «B»"x${account.appKey}"}'
    ),
)
fault(
    "a ciphertext that does not say how it is written",
    [
        ("A", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
        ("B", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
        ("C", "a ciphertext that is text needs 'from: hex' or 'from: base64'"),
    ],
    step(
        'a: «A»{aes-ecb-decrypt: x, key: y}\n      b: {des-cbc-decrypt: x, key: y, iv: z, from: «B»bytes}\n'
        '      c: «C»{rsa-decrypt: x, key: "${account.appKey}"}'
    ),
)
fault(
    "a ciphertext that is bytes already",
    [("A", "the ciphertext is bytes already; take 'from' out")],
    step('a: {md5: x}\n      b: {aes-ecb-decrypt: "${a}", key: y, from: «A»hex}'),
)
fault(
    "a time without its zone",
    [("A", "'time: yyyyMMdd' needs 'zone: china' or 'zone: utc'")],
    step('a: {time: «A»yyyyMMdd}'),
)
fault(
    "a zone where there is none to choose",
    [("A", "'time: seconds' has no zone to choose")],
    step('a: {time: seconds, zone: «A»china}'),
)
fault(
    "a time that is none",
    [("A", f"'{IN}.a.time' is 'millisecond'; did you mean 'milliseconds'?")],
    step('a: {time: «A»millisecond}'),
)
fault(
    "a nonce of digits without a length",
    [("A", "'nonce: digits' needs 'length', from 1 to 30")],
    step('a: {nonce: «A»digits}'),
)
fault(
    "a nonce that is too long",
    [("A", f"'{IN}.a.length' must be a whole number from 1 to 30")],
    step('a: {nonce: digits, length: «A»123456789012345678901234567890}'),
)
fault(
    "a nonce with a length of its own",
    [("A", "'nonce: hex' has its own length")],
    step('a: {nonce: hex, length: «A»16}'),
)
fault(
    "percent-encoding of bytes",
    [("A", "percent-encoding is for text")],
    step('a: {md5: x}\n      b: {encode: "${a}", as: «A»percent}'),
)
fault(
    "decoding from nothing",
    [("A", f"'{IN}.a.from' is missing"), ("B", f"'{IN}.b.from' is 'bytes'; known: hex, base64, percent")],
    step('a: «A»{decode: x}\n      b: {decode: x, from: «B»bytes}'),
)
fault(
    "a slice that is no number",
    [
        ("A", f"'{IN}.a.from' must be a whole number from -65536 to 65536"),
        ("B", f"'{IN}.a.length' must be a whole number from 0 to 65536"),
    ],
    step('a: {slice: x, from: «A»one, length: «B»-1}'),
)
fault(
    "a repetition without an end",
    [("A", f"'{IN}.a.length' is missing"), ("B", f"'{IN}.b.length' must be a whole number from 1 to 4096")],
    step('a: «A»{repeat: x}\n      b: {repeat: x, length: «B»1000000000}'),
)
fault("the first of none", [("A", f"'{IN}.a.first' must hold at least 1 value")], step('a: {first: «A»[]}'))
fault(
    "a choice that a field never makes",
    [
        ("A", "nothing is said for text; add it to 'of', or 'otherwise'"),
        ("B", "'mode' is never 'txt'; did you mean 'text'?"),
        ("C", "'mode' is never 'zzzzzz'; its choices: text, number"),
    ],
    step('a: {choose: «A»"${account.mode}", of: {«B»txt: a, «C»zzzzzz: a, number: b}}'),
)
fault(
    "a choice by what a call may bring",
    [("A", "'otherwise' is missing: a call may bring another value")],
    step('a: {choose: «A»"${call.token}", of: {x: a}}'),
)
fault(
    "a choice without its ways",
    [("A", f"'{IN}.a.of' is missing (what it may be, and what is taken then)")],
    step('a: «A»{choose: "${account.mode}", otherwise: x}'),
)
fault(
    "JSON without a pointer",
    [
        ("A", f"'{IN}.a.at' is missing (where in it)"),
        ("B", f"'{IN}.b.at' must hold at least 1 value"),
        ("C", f"'{IN}.c.at[1]' must be {POINTER}"),
    ],
    step('a: «A»{json: x}\n      b: {json: x, at: «B»[]}\n      c: {json: x, at: [/a, «C»b/c]}'),
)

# What a ${…} names
fault("a step that uses itself", [("A", "'${a}': a step cannot use itself")], step('a: {text: «A»"x${a}"}'))
fault(
    "a step of the answer before there is one",
    [("A", "'${plain}': this step belongs to the answer, which is not there before the request is sent")],
    answer('steps: {plain: {lower: "${answer/x}"}}') + value('«A»"${plain}"'),
)
fault(
    "a step that is not there",
    [("A", "'${timestmap}': there is no such step; did you mean 'timestamp'?")],
    step('a: {text: «A»"${timestmap}"}'),
)
fault(
    "a step like no other",
    [("A", "'${zzzzzz}': there is no such step; known: timestamp")],
    step('a: {text: «A»"${zzzzzz}"}'),
)
fault(
    "what stands elsewhere without its prefix",
    [
        ("A", "'${appKey}': there is no such step; did you mean '${account.appKey}'?"),
        ("B", "'${opToken}': there is no such step; did you mean '${input.opToken}'?"),
        ("C", "'${token}': there is no such step; did you mean '${call.token}'?"),
    ],
    step('a: {text: «A»"${appKey}"}\n      b: {text: «B»"${opToken}"}\n      c: {text: «C»"${token}"}'),
)
fault(
    "the wrong prefix",
    [
        ("A", "'${account.opToken}': there is no such account field; did you mean '${input.opToken}'?"),
        ("B", "'${input.appId}': there is no such input; did you mean '${account.appId}'?"),
        ("C", "'${acount.appId}': did you mean '${account.appId}'?"),
        ("D", "'${steps.sign}' is none of what can be named: " + NAMED),
    ],
    step(
        'a: {text: «A»"${account.opToken}"}\n      b: {text: «B»"${input.appId}"}\n      c: {text:'
        ' «C»"${acount.appId}"}\n      d: {text: «D»"${steps.sign}"}'
    ),
)
fault(
    "several wrong names in one text, each told",
    [
        ("A", "'${account.zzzzzz}': there is no such account field; known: appId, appKey, mode"),
        ("A", "'${call.tokn}': there is no such call value; did you mean 'token'?"),
        ("A", "'${request.bodi}': there is no such part of a request; did you mean 'body'?"),
    ],
    step('a: {text: «A»"${account.zzzzzz}${call.tokn}-${request.bodi}${call.tokn}"}'),
)
fault(
    "a call value that the operation does not have",
    [("A", "'${call.phoneNumber}' is not there for 'login'")],
    step('a: {text: «A»"${call.phoneNumber}"}'),
)
fault(
    "an input where none is declared",
    [("A", "'${input.opToken}': there is no such input: the file declares none under 'inputs'")],
    [("inputs:\n  opToken: {required: true}\n", ""), ('"${input.opToken}"', '«A»"${input.opToken}"')],
)
fault(
    "the answer before there is one",
    [
        ("A", "'${answer/code}': there is no answer before the request is sent"),
        ("B", "'${header/X-Id}': there is no answer before the request is sent"),
    ],
    step('a: {text: «A»"${answer/code}"}\n      b: {text: «B»"${header/X-Id}"}'),
)
fault(
    "an answer with dots, a header with dots",
    [
        ("A", "'${answer.data.id}': did you mean '${answer/data/id}'?"),
        ("B", "'${header.X-Id}': did you mean '${header/X-Id}'?"),
    ],
    answer('transaction: «A»"${answer.data.id}"\n      echo: [{at: /a, is: «B»"${header.X-Id}"}]'),
)
fault(
    "a pointer in a name that does not parse",
    [("A", "'${answer/a~2}' must be 'answer' and a JSON Pointer, such as ${answer/data/phone}")],
    answer('transaction: «A»"${answer/a~2}"'),
)
fault(
    "a header without a name",
    [("A", "'${header/}' must name a header, such as ${header/X-Request-Id}")],
    answer('transaction: «A»"${header/}"'),
)
fault(
    "the request once it is sent",
    [("A", "'${request.body}' belongs to the steps of the request: it is sent already")],
    answer('transaction: «A»"${request.body}"'),
)
fault(
    "the environment",
    [
        (
            "A",
            (
                "'${env:APP_KEY}': environment and files are for config.yaml; here a field of the account is named,"
                " ${account.…}"
            ),
        )
    ],
    step('a: {text: «A»"${env:APP_KEY}"}'),
)
fault(
    "dollars and braces",
    [
        ("A", "a '$' alone: a value is named as ${…}, and a '$' itself is written '$$'"),
        ("B", "'${timestamp' lacks its '}'"),
        ("C", "'${}' is empty; it names " + NAMED),
    ],
    step('a: {text: «A»"costs 5$"}\n      b: {text: «B»"${timestamp"}\n      c: {text: «C»"$${}${}"}'),
)
fault(
    "a name inside a block, a folded and a long text",
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
    "a name where none is read",
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
    "a join without its form",
    [
        ("A", f"'{IN}.a.write' is missing (how one parameter is written)"),
        ("B", f"'{IN}.b.join' is 'forms'; did you mean 'form'?"),
        ("C", f"'{IN}.c.write' is 'name-values'; did you mean 'name-value'?"),
    ],
    step('a: «A»{join: json}\n      b: {join: «B»forms, write: value}\n      c: {join: json, write: «C»name-values}'),
)
fault(
    "a join of what the request does not have",
    [("A", "the step 'a' joins what this request does not have")],
    step('a: {join: «A»form, write: value}') + value('"${a}"'),
)
fault(
    "a join of what is written, less what is not there",
    [("A", "'sing' is left out, but not there; did you mean 'sign'?")],
    step('a: {join: {sign: x}, write: value, leaveOut: «A»[sing]}'),
)
fault(
    "a join less what is not there",
    [("A", "the step 'a' leaves out 'tokn', which is not there; did you mean 'token'?")],
    step('a: {join: «A»json, write: value, leaveOut: [tokn]}') + value('"${a}"'),
)
fault(
    "values of the answer that the answer has no say in",
    [
        ("A", "'/reqId' stands here as it is written; did you mean '${answer/reqId}'?"),
        ("B", "'1' names nothing of the answer, such as ${answer/data/phone} or a step"),
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
    [("A", "'inner' holds more than one value and cannot be joined; leave it out")],
    step('a: {join: «A»json, write: value}')
    + value('"${a}"')
    + body('json: {inner: {a: 1}, opToken: "${input.opToken}"}'),
)
fault(
    "a join that holds its own step",
    [("A", "the step 'a' covers a part of the request that holds the step itself; "
           "leave that parameter out: 'leaveOut: […]'")],
    step('a: {join: «A»json, write: value}') + body('json: {sign: "${a}", opToken: "${input.opToken}"}'),
)
fault(
    "a digest of the body that holds it",
    [("A", "the step 'a' covers a part of the request that holds the step itself; "
           "a signature cannot stand in what it signs")],
    step('a: {md5: «A»"${request.body}", as: hex}') + body('json: {sign: "${a}", opToken: "${input.opToken}"}'),
)
fault(
    "a digest of the body that a later step is in, two steps on",
    [("A", "the step 'a' covers a part of the request that holds 'sign', which is computed from it; "
           "a signature cannot stand in what it signs")],
    step('a: {md5: «A»"x${request.query}"}')
    + [('version: "1"', 'version: "${request.body}"')]
    + body('json: {sign: "${sign}", opToken: "${input.opToken}"}')
    + [('"${account.appKey}${timestamp}"', '"${a}${account.appKey}${timestamp}"')]
    + [('md5: "${a}${account', 'md5: "${account'), ('encode: "${digest}"', 'hmac-sha1: "${digest}", key: "${a}"')],
)
fault(
    "parts of a request that are made of each other",
    [
        ("A", "'${request.path}' is made of what stands here and cannot be a part of it"),
        ("B", "'${request.query}' is made of what stands here and cannot be a part of it"),
        ("C", "'${request.body}' is made of what stands here and cannot be a part of it"),
    ],
    [
        ("path: /login", 'path: «A»"/${request.query}"'),
        ('query: {version: "1"}', 'query: «B»{version: "${request.path}"}'),
    ]
    + body('json: «C»{token: "${request.body}", opToken: "${input.opToken}"}'),
)
fault(
    "a shared step over what only one operation has",
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
    "a shared step over a request that there is not",
    [("A", "the step 'all' covers the request, and 'prepare' has none")],
    [
        (
            "steps:\n  timestamp: {time: milliseconds}\n",
            "steps:\n  timestamp: {time: milliseconds}\n  all: {md5: «A»\"${request.host}\", as: hex}\n",
        ),
        ('mode: "${account.mode}"}', 'mode: "${account.mode}", all: "${all}"}'),
    ],
)
fault(
    "a shared step that only a broken one can use",
    [
        ("A", "the step 'all' leaves out 'tokn', which is not there; did you mean 'token'?"),
        ("B", "'steps.hash' must be a step: 'md6' is none; did you mean 'md5'?"),
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
    "a parameter that cannot be read is not missing",
    [("A", "'${sing}': there is no such step; did you mean 'sign'?")],
    [("      sign: {encode", "      all: {join: json, write: value, leaveOut: [b]}\n      sign: {encode")]
    + body('json: {b: «A»"${sing}", opToken: "${input.opToken}"}')
    + [('X-Sign: "${sign}"', 'X-Sign: "${sign}${all}"')],
)
fault(
    "the request of an operation that has none",
    [("A", "'${request.path}': there is no request")],
    [('mode: "${account.mode}"}', 'mode: «A»"${account.mode}${request.path}"}')],
)
fault(
    "the body of a request that has none",
    [("A", "the step 'a' covers the request's body, and there is none")],
    step('a: {md5: «A»"${request.body}", as: hex}')
    + value('"${a}${input.opToken}"')
    + [('      json: {token: "${call.token}", opToken: "${input.opToken}"}\n', "")],
)
fault(
    "a canonical request with a header that is not there",
    [
        ("A", "the request has no header 'x-sing'; did you mean 'x-sign'?"),
        ("B", "write 'x-date': signed headers are in lower case"),
        ("B", "the request has no header 'x-date'; known: x-sign, host"),
    ],
    step('a: {canonical-request: [host, «A»x-sing, «B»X-Date], payload: x}') + [('"${call.token}", op', '"${a}", op')],
)
fault(
    "a canonical request without its payload",
    [("A", f"'{IN}.a.payload' is missing (the last line: the body's digest)")],
    step('a: «A»{canonical-request: [host]}'),
)
fault(
    "the request's own forms in the answer",
    [
        ("A", "the request is sent already: join parameters that are written here"),
        ("B", "the request is sent already: 'canonical-request' belongs to its steps"),
    ],
    answer('steps:\n        a: {join: «A»json, write: value}\n        b: «B»{canonical-request: [host], payload: x}'),
)

# Requests
fault("a path without its slash", [("A", "'path' must begin with '/'")], [("path: /login", "path: «A»login")])
fault("an empty path", [("A", "'path' must begin with '/'")], [("path: /login", 'path: «A»""')])
fault(
    "a path with a query, at its end too",
    [("A", "'path' has no query; write it under 'query'")],
    [("path: /login", 'path: «A»"/login${timestamp}?a=1"')],
)
fault(
    "a path with a blank",
    [("A", "'path' must be printable ASCII without blanks; write anything else percent-encoded")],
    [("path: /login", 'path: «A»"/log in"')],
)
fault(
    "a request without a path",
    [("A", "'operations.login.request.path' is missing (from the slash on, without the query)")],
    [("      path: /login\n      query", "      «A»query")],
)
fault(
    "two bodies",
    [("A", "a request has one body: 'form' or 'json'")],
    [("      json: {token", "      form: {a: b}\n      «A»json: {token")],
)
fault(
    "a GET with a body",
    [("A", "a GET has no body")],
    [("      json: {token", "      method: GET\n      «A»json: {token")],
)
fault(
    "a method that is none",
    [("A", "'operations.login.request.method' is 'PSOT'; did you mean 'POST'?")],
    [("      json: {token", "      method: «A»PSOT\n      json: {token")],
)
fault(
    "headers that are none",
    [
        ("A", "'X Sign' is no header's name"),
        ("B", "'Host' is set when the request is sent"),
        ("C", "the header 'x-sign' stands here already in other letters"),
        ("D", "a header takes printable ASCII only"),
    ],
    [
        (
            'headers: {X-Sign: "${sign}"}',
            'headers: {X-Sign: "${sign}", «A»"X Sign": x, «B»Host: x, «C»x-sign: y, X-Word: «D»"甲${sign}"}',
        )
    ],
)
fault(
    "a parameter that is a list",
    [("A", "'operations.verify.request.form.token' must be a mapping with $optional")],
    [('form: {token: "${call.token}"', 'form: {token: «A»["${call.token}"]')],
)
fault(
    "$optional with more beside it",
    [("A", "unknown key 'or' in 'operations.verify.request.form.token'; known: $optional")],
    [('form: {token: "${call.token}"', 'form: {token: {$optional: "${call.token}", «A»or: x}')],
)

# JSON
fault(
    "an empty member",
    [("A", "'json.token' is empty; write \"\" for an empty text, null for JSON's null")],
    [('json: {token: "${call.token}"', 'json: {token: «A»')],
)
fault(
    "$number of what is no text",
    [
        ("A", "'$number' must be a text that comes to a number, such as ${timestamp}"),
        ("B", "'$number' must be a text that comes to a number, such as ${timestamp}"),
        ("C", "'$number' stands alone: 'else' cannot stand beside it"),
    ],
    [
        (
            'json: {token: "${call.token}"',
            'json: {a: {$number: «A»[1]}, b: {$number: «B»}, c: {$number: "1", «C»else: 2}',
        )
    ],
)
fault(
    "$optional of what is always there",
    [
        ("A", "'$optional' holds a text or {$number: …}: something that may come to nothing"),
        ("B", "'$optional' stands alone as the value of a member: nothing else can be left out"),
        ("C", "'$optional' stands alone as the value of a member: nothing else can be left out"),
    ],
    [
        (
            'json: {token: "${call.token}"',
            'json: {a: {$optional: «A»1}, b: [{«B»$optional: x}], c: {«C»$optional: x, d: 1}',
        )
    ],
)
fault(
    "names that begin with a dollar",
    [
        ("A", "'$nummber' is no name here; did you mean '$number'?"),
        ("B", "'$zzzzzz' is no name here; known: {$number: …}, {$optional: …}, {$choose: …, of: …}"),
    ],
    [('json: {token: "${call.token}"', 'json: {a: {«A»$nummber: x}, b: {«B»$zzzzzz: x}')],
)
fault(
    "$choose",
    [
        ("A", "'$choose' is by a field of the account that has choices, such as ${account.mode}"),
        ("B", "'$choose' is by a field of the account that has choices, such as ${account.mode}"),
        ("C", "'${account.mod}': there is no such account field; did you mean 'mode'?"),
        ("D", "'$choose' needs 'of': a mapping from each choice to what is sent then"),
        ("E", "nothing is said for number; add it to 'of'"),
        ("F", "'mode' is never 'txt'; did you mean 'text'?"),
        ("G", "unknown key 'otherwise' beside '$choose'; known: of"),
    ],
    body(
        'json:\n        opToken: "${input.opToken}"\n        a: {$choose: «A»"${account.appId}", of: {}}\n        b:'
        ' {$choose: «B»[x], of: {}}\n        c: {$choose: «C»"${account.mod}", of: {}}\n        d: «D»{$choose:'
        ' "${account.mode}"}\n        e: {$choose: «E»"${account.mode}", of: {text: 1, «F»txt: 2}, «G»otherwise: 3}'
    ),
)
fault(
    "parameters that are no object",
    [("A", "'parameters' must be a mapping: it becomes the SDK's object")],
    [
        (
            'parameters: {appId: "${account.appId}", mode: "${account.mode}"}',
            'parameters: «A»["${account.appId}", "${account.mode}"]',
        )
    ],
)
fault(
    "no parameters",
    [("A", "'operations.prepare.parameters' is missing (the object that the SDK is called with)")],
    [
        (
            '    parameters: {appId: "${account.appId}", mode: "${account.mode}"}\n',
            '    «A»steps: {a: {text: "${account.appId}${account.mode}"}}\n',
        )
    ],
)
fault(
    "a prepare that asks without reading",
    [("A", "'request' and 'answer' go together: a vendor is called, or nobody is")],
    [('  prepare:\n    parameters', '  prepare:\n    «A»request: {path: /prepare}\n    parameters')],
)

# Answers
fault(
    "a rule that is none",
    [
        ("A", "'operations.login.answer.success[0]' must be a rule: 'att' is none; did you mean 'at'?"),
        ("B", "'operations.login.answer.success[1]' must be a rule: a mapping with one of at, present"),
        ("C", "'operations.login.answer.success[2]' is two at once: 'at' and 'present'"),
        ("D", "'operations.login.answer.success[3].is' is missing (the codes of a success)"),
        ("E", "'operations.login.answer.success[4].is' must be a list"),
        ("F", "'operations.login.answer.success[5].is' must hold at least 1 value"),
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
    "no rule at all",
    [("A", "'operations.login.answer.success' must hold at least 1 value")],
    [('success: [{at: /code, is: ["0"]}]\n      number', 'success: «A»[]\n      number')],
)
fault(
    "an answer that nobody reads",
    [("A", "'operations.login.answer' is missing")],
    [
        ('    answer:\n      success: [{at: /code, is: ["0"]}]\n      number: "${answer/phone}"\n', ""),
        ("    steps:\n      digest", "    «A»steps:\n      digest"),
    ],
)
fault(
    "no number, no verdict",
    [
        ("A", "'operations.login.answer.number' is missing (the phone number)"),
        (
            "B",
            (
                "'operations.verify.answer.verdict' is missing (what means the same number, what another; anything else"
                " is unknown)"
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
                "unknown key 'verdict' in 'operations.login.answer'; known: success, message, echo, billed, steps,"
                " transaction, number, carrier"
            ),
        )
    ],
    answer('«A»verdict: {}'),
)
fault(
    "a word with two meanings",
    [("A", "'1' stands under 'match' already"), ("B", "'x' stands under 'yes' already")],
    [('mismatch: ["2"]', 'mismatch: ["2", «A»"1"]')] + answer('billed: {of: "${answer/b}", yes: [x], no: [«B»x]}'),
)
fault(
    "money and carriers that are none",
    [
        ("A", "'operations.login.answer.billed' is 'maybe'; known: yes, no, unknown"),
        ("B", "unknown key 'XX' in 'operations.login.answer.carrier'; known: of, YD, CT, CU"),
    ],
    answer('billed: «A»maybe\n      carrier: {of: "${answer/c}", «B»XX: ["1"]}'),
)

# The file
fault(
    "no operation",
    [
        ("A", "'operations' is missing: how the vendor is called and its answers are read"),
        ("B", "'login' is served, but 'operations' does not describe it"),
        ("C", "'verify' is served, but 'operations' does not describe it"),
    ],
    [
        ("adapter:", "«A»adapter:"),
        ("[login, verify]", "[«B»login, «C»verify]"),
        (VENDOR[VENDOR.index("operations:") : VENDOR.index("failures:")], ""),
    ],
)
fault(
    "an operation that is none",
    [
        ("A", "'login' is served, but 'operations' does not describe it"),
        ("B", "unknown key 'logon' in 'operations'; did you mean 'login'?"),
    ],
    [("[login, verify]", "[«A»login, verify]"), ("  login:\n    steps", "  «B»logon:\n    steps")],
)
fault(
    "a success that is a failure",
    [
        ("A", "'0' is a success of 'login', but 'vendor-busy' in 'failures'"),
        ("B", "'0' is a success of 'verify', but 'vendor-busy' in 'failures'"),
    ],
    [
        ('codes: {"9"', 'codes: {"0"'),
        ("  login:\n    steps", "  «A»login:\n    steps"),
        ("  verify:\n    request", "  «B»verify:\n    request"),
    ],
)
fault(
    "a field with a default that is required",
    [
        ("A", "'appId' is required and has a default: one of the two"),
        ("B", "the default of 'mode' must be one of text, number"),
    ],
    [("appId: {required: true}", "appId: {required: true, default: «A»x}"), ("default: text", "default: «B»txt")],
)
fault(
    "a field called like a key of every account",
    [("A", "'endpoint' is every account's own key and cannot be a field")],
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
    "operations for an adapter that knows its wire",
    [
        ("A", "'steps' is for 'adapter: declarative'; 'aliyun' knows its wire"),
        ("B", "'operations' is for 'adapter: declarative'; 'aliyun' knows its wire"),
        ("C", "'inputs' is for 'adapter: declarative'; 'aliyun' knows its wire"),
    ],
    [
        ("adapter: declarative", "adapter: aliyun"),
        ("inputs:\n", "«C»inputs:\n"),
        ("\nsteps:\n", "\n«A»steps:\n"),
        ("\noperations:\n", "\n«B»operations:\n"),
    ],
)
fault(
    "more steps than an operation may use",
    [("A", "'login' uses 43 steps, shared ones included; the most is 32")],
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

# A file that extends another one: a fault is told in the file in which it is written
fault(
    "a field that loses its choices",
    [("A", "'$choose' is by a field of the account that has choices, such as ${account.mode}")],
    body('json: {a: {$choose: «A»"${account.mode}", of: {text: 1, number: 2}}, opToken: "${input.opToken}"}'),
    child="adapter: declarative\nextends: vendor\naccount: {mode: {}}\n",
)
fault(
    "an operation of the child",
    [("A", "'${account.nobody}': there is no such account field; known: appId, appKey, mode")],
    [],
    child=(
        'adapter: declarative\nextends: vendor\noperations:\n  verify:\n    request: {path: /v, form: {a:'
        ' «A»"${account.nobody}", b: "${call.phoneNumber}"}}\n    answer:\n      success: [{at: /code, is: ["0"]}]\n   '
        '   verdict: {of: "${answer/result}", match: ["1"], mismatch: ["2"]}\n'
    ),
)
fault(
    "a success of the base that the child calls a failure",
    [("A", "'0' is a success of 'login', but 'vendor-busy' in 'failures'")],
    [],
    child=(
        'adapter: declarative\nextends: vendor\nfailures: «A»{login: {any: {codes: {"0": {reason: vendor-busy, text:'
        ' busy}}}}}\n'
    ),
)

# Doubtful, but of use
fault(
    "what nobody uses",
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
        ("A", "nothing uses 'account.appSecret'"),
        ("B", "nothing uses 'input.other'"),
        ("C", "nothing uses the step 'a'"),
        ("D", "nothing uses the step 'b'"),
        ("E", "'verify' is described, but no channel serves it"),
    ],
)

# All at once
fault(
    "a dozen faults",
    [
        ("A", "'verify' is served, but 'operations' does not describe it"),
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
        ("F", "'operations.login.steps.a' must be a step: 'md6' is none; did you mean 'md5'?"),
        ("G", "'${call.tokn}': there is no such call value; did you mean 'token'?"),
        ("H", f"'${{digest}}' {BYTES}"),
        ("I", "'path' must begin with '/'"),
        ("J", "'Host' is set when the request is sent"),
        ("K", "'${account.nobody}': there is no such account field; known: appId, appKey, mode"),
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
        ('{token: "${call.token}", op', '{token: «K»"${account.nobody}", op'),
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
