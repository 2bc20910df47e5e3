#!/usr/bin/env python3
"""Writes to its own folder:

- checks.json: configurations and the expected messages of `numgate check`;
- page-options.json: options of authorisation pages in YAML, and the same options as JSON for the SDK.

A mark such as «A» precedes the character at the position of a message. The marks are removed from the text and
converted to line and column.
"""

import json
import re
import sys
from pathlib import Path

import page_cases

KEYS = json.loads((Path(__file__).resolve().parents[2] / "ProviderConformance" / "keys.json").read_text())
HASH = "sha256:" + "0123456789abcdef" * 4
OTHER = "sha256:" + "fedcba9876543210" * 4

CONFIG = f"""\
server:
  listen: 127.0.0.1:8080
teams:
  shop:
    keys: ["{HASH}"]
    apps: [shop]
accounts:
  one:
    provider: vendor
    endpoint: http://127.0.0.1:9090
    appId: "300000000001"
    appSecret: literal-secret
    appKey: literal-key
apps:
  shop:
    app:
      login: [one]
"""

VENDOR = """\
adapter: china-mobile-app
title: {zh: "甲", en: "A"}
documents: [a document]
serves:
  app: [login, verify]
endpoint: https://vendor.example.com
timeout: 3s
tokenLife: 2m
sdk:
  app: {package: sdk}
account:
  appId: {required: true, pattern: digits, about: "the app"}
  appSecret: {secret: true}
  appKey: {secret: true}
  keyType: {choices: ["0", "1"]}
failures:
  login:
    any:
      codes:
        "103000": {success: true, text: "ok"}
        "103101": {reason: signature-rejected, text: "sign"}
"""

PAGES = """\
adapter: china-mobile-h5
title: {zh: "乙", en: "B"}
documents: [a document]
serves:
  h5: [login]
endpoint: https://vendor.example.com
timeout: 3s
tokenLife: 2m
sdk:
  h5: {global: SDK}
account:
  appId: {required: true}
  appKey: {required: true, secret: true}
  privateKey: {required: true, secret: true}
pages:
  "0": {about: "standard"}
  "2":
    about: "pop-up"
    options:
      layerStyle: [width, height]
  "3":
    about: "page"
    options:
      width: length
      left: length | center
      colour: colour
      image: url
      align: left | center | right
      shown: boolean
      weight: number
      opacity: opacity
      title: {kind: text, maxLength: 6}
      name: {kind: text, about: "the name"}
      links: links
      value: any
      list: []
      inner: {box: {width: length, colour: colour}}
      mark: {kind: group, about: "a mark", fields: {kind: text, url: {kind: url, required: true}}}
      button:
        ifShow: {kind: boolean, default: false}
        high: {kind: length | center, requiredIf: ifShow}
        url: {kind: url, requiredIf: ifShow, about: "the target"}
      close:
        ifShow: {kind: boolean, default: true}
        image: {kind: url, requiredIf: ifShow}
failures:
  login: {any: {codes: {"103000": {success: true, text: "ok"}}}}
"""

H5 = f"""\
  two:
    provider: pages
    endpoint: http://127.0.0.1:9090
    appId: "300000000002"
    appKey: "0123456789abcdef"
    privateKey: {KEYS["client"]["private"]}
"""

PRIVATE = KEYS["client"]["private"]
BAD = H5.replace(PRIVATE, "«A»AAAA")
APP = "apps:\n  shop:\n    app:"
LOGIN = "apps:\n  shop:\n    h5: {login: [two]}\n    app:"

CHILD = """\
adapter: china-mobile-app
extends: vendor
endpoint: https://test.example.com
"""

cases = []
NAMES = {"config": "config.yaml", "vendor": "providers/vendor.yaml", "pages": "providers/pages.yaml",
         "child": "providers/child.yaml", "grandchild": "providers/grandchild.yaml"}


def edit(text, edits):
    for old, new in edits:
        if old not in text:
            sys.exit(f"{old!r} is not in the text")
        text = text.replace(old, new, 1)
    return text


def places(name, text):
    """The text without its marks, and the positions of the marks."""
    found = {}
    while mark := re.search("«(.)»", text):
        before = text[:mark.start()]
        found[mark.group(1)] = f"{name}:{before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"
        text = before + text[mark.end():]
    return text, found


def check(name, expect=(), *, config=(), vendor=(), pages=None, child=None, grandchild=None, files=None, remove=(),
          environment=None, warnings=()):
    """`expect`: pairs of a mark or position and the required parts of the message, in the order of the messages."""
    texts = {"config": edit(CONFIG, config), "vendor": edit(VENDOR, vendor)}
    if pages is not None:
        texts["pages"] = edit(PAGES, pages)
    for key, value in (("child", child), ("grandchild", grandchild)):
        if value is not None:
            texts[key] = value
    written, marks = {}, {}
    for key, text in texts.items():
        if key not in remove:
            written[NAMES[key]], found = places(NAMES[key], text)
            marks |= found
    def resolved(pairs):
        return [{"place": marks.get(mark, mark), "contains": parts if isinstance(parts, list) else [parts]}
                for mark, parts in pairs]
    cases.append({"name": name, "files": written | (files or {}), "environment": environment or {},
                  "errors": resolved(expect), "warnings": resolved(warnings)})


def server(line):
    return [("  listen: 127.0.0.1:8080\n", "  listen: 127.0.0.1:8080\n" + line + "\n")]


def route(line, more=""):
    return [("      login: [one]\n", line + "\n"), (APP, more + "apps:\n  shop:\n    app:")]


def account(old, new):
    return [(old, new)]


def row(line):
    return [('        "103101": {reason: signature-rejected, text: "sign"}\n', line + "\n")]


TWO = """\
  two:
    provider: vendor
    endpoint: http://127.0.0.1:9090
    appId: "300000000002"
    appSecret: literal-secret
"""

# Valid configurations
check("the smallest configuration")
check("with its pages", pages=(), config=[
    (APP, H5 + "apps:\n  shop:\n    h5:\n      login: [two]\n      page: "
     "{type: \"2\", options: {layerStyle: {width: 80%}}}\n    app:")])
check("a provider that extends another one", child=CHILD + 'failures: {login: {any: {codes: {"103101": none}}}}\n')
check("comments, other quotes, folded texts and anchors", config=[
    ('appSecret: literal-secret\n', "appSecret: &secret >-\n      literal-\n      secret\n"),
    ("appKey: literal-key", "appKey: *secret # the same")])
check("a plain number for a text", config=account('appId: "300000000001"', "appId: 300000000001"))
check("all apps for a team", config=account("apps: [shop]", "apps: all"))
check("weights", config=route("      login: [{account: one, weight: 3}, {account: two, weight: 0}]", TWO))
check("every server setting", config=server("""\
  loops: 2
  sessionLife: 10m
  drain: 100ms
  breaker: {failures: 3, open: 5s}
  limits: {connections: 10, requestLine: 4KiB, headers: 8KiB, headerCount: 50, body: 1MiB}
  timeouts: {header: 1s, body: 1s, idle: 1m, write: 1s}
  vendors: {connectTimeout: 500ms, idleTimeout: 5s, connectionAge: 1m, answerSize: 1MiB}"""))

# Unknown and mistyped keys
check("a mistyped key of the server", [("A", ["unknown key 'breker' in 'server'", "did you mean 'breaker'?"])],
      config=server("  «A»breker: {failures: 3}"))
check("an unknown key of the server", [("A", ["unknown key 'zzzzzz' in 'server'", "known: listen, loops"])],
      config=server("  «A»zzzzzz: 1"))
check("a mistyped key at the top", [("A", ["unknown key 'serverr'", "did you mean 'server'?"])],
      config=[("server:\n", "«A»serverr: {}\nserver:\n")])
check("a key in another case", [("A", ["unknown key 'Loops'", "did you mean 'loops'?"])],
      config=server("  «A»Loops: 2"))
check("a mistyped field of an account", [
    ("A", ["unknown key 'appSecert' in 'accounts.one'", "'vendor' has no such field", "did you mean 'appSecret'?"])],
      config=account("appSecret: lit", "«A»appSecert: lit"))
check("a mistyped channel", [("A", ["unknown key 'ap' in 'apps.shop'", "did you mean 'app'?"])],
      config=[("    app:\n      login: [one]\n", "    app:\n      login: [one]\n    «A»ap:\n      login: [one]\n")])
check("a mistyped operation", [("A", ["unknown key 'logn' in 'apps.shop.app'", "did you mean 'login'?"])],
      config=route("      login: [one]\n      «A»logn: [one]"))
check("a mistyped key of a provider", [("A", ["unknown key 'tokenlife'", "did you mean 'tokenLife'?"])],
      vendor=[("tokenLife: 2m\n", "tokenLife: 2m\n«A»tokenlife: 3m\n")])
check("a key that is not allowed in a URL", [("A", ["the key 'my app'", "letters, digits"])],
      config=[(APP, "apps:\n  «A»my app: {h5: {}}\n  shop:\n    app:")])

# Wrong types and bounds
for name, line, message in [
    ("a word for a number", "  loops: «A»many", "'server.loops' must be a whole number from 1 to 256"),
    ("a quoted number", "  loops: «A»\"2\"", "'server.loops' must be a whole number"),
    ("a number out of bounds", "  loops: «A»0", "'server.loops' must be a whole number from 1 to 256"),
    ("a number that is too large to read", "  loops: «A»99999999999999999999", "'server.loops' must be a whole number"),
    ("a time without a unit", "  sessionLife: «A»600", "'server.sessionLife' must be a time such as"),
    ("a time that is too short", "  sessionLife: «A»1s", "'server.sessionLife' must be a time such as"),
    ("a time of weeks", "  sessionLife: «A»1w", "'server.sessionLife' must be a time such as"),
    ("a negative time", "  drain: «A»-1s", "'server.drain' must be a time such as"),
    ("a size in words", "  limits: {body: «A»large}", "'server.limits.body' must be a size such as"),
    ("a size out of bounds", "  limits: {body: «A»1024MiB}", "'server.limits.body' must be a size such as"),
    ("a text for an object", "  breaker: «A»off", "'server.breaker' must be a mapping"),
    ("a list for a time", "  drain: «A»[1s]", "'server.drain' must be a time such as"),
    ("an empty time", "  drain:«A»", ["'server.drain' must be a time such as", "it is empty"]),
    ("null for a time", "  drain: «A»~", ["'server.drain' must be a time such as", "it is empty"]),
]:
    check(name, [("A", message)], config=server(line))
for name, page in [
    ("a registered page with a query", "https://shop.example.com/login?x=1"),
    ("a registered page with a fragment", "https://shop.example.com/#/login"),
    ("a registered page of another scheme", "ftp://shop.example.com/login"),
    ("a registered page without a host", "https:///login"),
]:
    check(name, [("A", "must be an http or https URL without query and fragment")],
          config=[("    appKey: literal-key\n", f"    appKey: literal-key\n    pages: [«A»\"{page}\"]\n")])
check("no registered page", [("A", "'accounts.one.pages' must have at least 1 value")],
      config=[("    appKey: literal-key\n", "    appKey: literal-key\n    pages: «A»[]\n")])
check("a listening address without a host", [("A", "'server.listen' must be an address such as")],
      config=account("listen: 127.0.0.1:8080", "listen: «A»8080"))
check("a full-width colon", [("providers/vendor.yaml:8:1", "(line 7 has a full-width '：'; type ': ')")],
      vendor=[("timeout: 3s\ntokenLife: 2m\n", "timeout：3s\ntokenLife: 2m\n")])
check("a reference without its kind", [("A", "must be ${env:NAME} or ${file:path}; did you mean '${env:APP_SECRET}'?")],
      config=account("appSecret: literal-secret", "appSecret: «A»${APP_SECRET}"))
check("a reason that only Numgate reports", [("A", "'failures.login.any.codes.1.reason' is 'rate-limited'")],
      vendor=[("      codes:\n", '      codes:\n        "1": {reason: «A»rate-limited, text: a}\n')])
check("a reason with the first part of another one", [("A", "did you mean 'clock-rejected'?")],
      vendor=[("      codes:\n", '      codes:\n        "1": {reason: «A»clock-skew, text: a}\n')])
check("a list for the teams", [("A", "'teams' must be a mapping")],
      config=[(f'teams:\n  shop:\n    keys: ["{HASH}"]\n    apps: [shop]\n', "teams:\n  «A»- shop\n")])
check("a text for a team's keys", [("A", "'teams.shop.keys' must be a list")],
      config=account(f'keys: ["{HASH}"]', f"keys: «A»{HASH}"))
check("no key for a team", [("A", "'teams.shop.keys' must have at least 1 value")],
      config=account(f'keys: ["{HASH}"]', "keys: «A»[]"))
for what, key in [("a plain key", "«A»numgate-demo-key"), ("a hash that is too short", "«A»\"sha256:0123\""),
                  ("a hash with an invalid letter", "«A»\"sha256:" + "0123456789abcdeg" * 4 + '"'),
                  ("a hash with signs in it", "«A»\"sha256:" + "+1-2+3-4+5-6+7-8" * 4 + '"'),
                  ("another digest", "«A»\"sha512:" + "0123456789abcdef" * 4 + '"')]:
    check(f"{what} for a team's key hash", [("A", ["'teams.shop.keys[0]' must be 'sha256:'", "64 hexadecimal digits"])],
          config=account(f'keys: ["{HASH}"]', f"keys: [{key}]"))
check("a word for a team's apps", [("A", ["'teams.shop.apps' is 'al'", "did you mean 'all'?"])],
      config=account("apps: [shop]", "apps: «A»al"))

# Missing
check("no listening address", [("A", "'server.listen' is missing")],
      config=account("  listen: 127.0.0.1:8080", "  «A»drain: 1s"))
check("no accounts", [("config.yaml:1:1", "'accounts' is missing"),
                      ("A", "'apps.shop.app.login': there is no account 'one'")],
      config=[(CONFIG[CONFIG.index("accounts:"):CONFIG.index("apps:\n  shop")], ""),
              ("login: [one]", "login: [«A»one]")])
check("an account without a field that its provider needs", [("A", ["'accounts.one.appId' is missing", "(the app)"])],
      config=[("  one:\n", "  «A»one:\n"), ('    appId: "300000000001"\n', "")])
check("an account without a key", [("A", "accounts.one: the account has no key")],
      config=[('appId: "300000000001"\n    appSecret: literal-secret\n    appKey: literal-key',
               'appId: «A»"300000000001"')])
check("an account without a provider", [("A", "'accounts.one.provider' is missing")],
      config=[("    provider: vendor\n    endpoint", "    «A»endpoint")])
check("an account that is a text", [("A", "'accounts.one'")],
      config=[
          (CONFIG[CONFIG.index("  one:\n"):CONFIG.index("apps:\n  shop")], "  one: «A»vendor\n")])
check("a provider without its documents", [("A", "'documents' is missing")],
      vendor=[("documents: [a document]\n", ""), ("adapter:", "«A»adapter:")])

# Accounts
check("a provider that does not exist", [("A", ["there is no provider 'vendr'", "did you mean 'vendor'?"])],
      config=account("provider: vendor", "provider: «A»vendr"))
check("an empty folder of providers", [("A", "there is no provider 'vendor'")],
      config=account("provider: vendor", "provider: «A»vendor"), remove=["vendor"], files={"providers/readme.txt": "x"})
check("a private key that does not parse", [("A", ["accounts.two: 'privateKey' does not parse as a private key"])],
      config=[(APP, BAD + LOGIN)], pages=())
check("a public key for a private one", [("A", "accounts.two: 'privateKey' is a public key, not a private key")],
      config=[(APP, H5.replace(PRIVATE, "«A»" + KEYS["client"]["public"]) + LOGIN)], pages=())
check("an appKey with a length that AES does not support", [("A", ["accounts.two: 'appKey' has 5 characters"])],
      config=[(APP, H5.replace('"0123456789abcdef"', "«A»short") + LOGIN)], pages=())
check("a field of the wrong form", [("A", "'accounts.one.appId' must be digits only")],
      config=account('appId: "300000000001"', "appId: «A»30000x"))
check("a field with a value that is not one of its choices", [("A", "'accounts.one.keyType' must be one of 0, 1")],
      config=account("appKey: literal-key", "appKey: literal-key\n    keyType: «A»2"))
check("a field that is a list", [("A", "'accounts.one.appSecret' must be a string, ${env:NAME} or ${file:path}")],
      config=account("appSecret: literal-secret", "appSecret: «A»[literal-secret]"))
for what, origin in [("a path", "http://127.0.0.1:9090/path"), ("no scheme", "127.0.0.1:9090"),
                     ("another scheme", "ftp://127.0.0.1"), ("an invalid port", "http://127.0.0.1:99999"),
                     ("credentials", "http://a:b@127.0.0.1")]:
    check(f"an endpoint with {what}", [("A", "'accounts.one.endpoint' must be an origin such as")],
          config=account("endpoint: http://127.0.0.1:9090", f"endpoint: «A»{origin}"))
check("an account's timeout out of bounds", [("A", "'accounts.one.timeout' must be a time such as")],
      config=account("    appId:", "    timeout: «A»2h\n    appId:"))

# Secrets
LITERAL = "is a secret: use ${env:NAME} or ${file:path}"
for origin in ["http://127.0.0.1:9090", "http://127.9.9.9", "http://localhost:9090", "http://[::1]:9090",
               "https://127.0.0.1"]:
    check(f"a literal secret for {origin}", config=account("http://127.0.0.1:9090", f'"{origin}"'))
for origin in ["https://vendor.example.com", "http://10.0.0.1:9090", "http://127.0.0.1.example.com",
               "http://localhost.example.com", "http://128.0.0.1", "http://0.0.0.0", "http://[::2]"]:
    check(f"a literal secret for {origin}",
          [("A", ["'accounts.one.appSecret' " + LITERAL]), ("B", ["'accounts.one.appKey' " + LITERAL])],
          config=[("http://127.0.0.1:9090", f'"{origin}"'), ("literal-secret", "«A»literal-secret"),
                  ("literal-key", "«B»literal-key")])
check("a literal secret for the provider's own endpoint",
      [("A", "'accounts.one.appSecret' " + LITERAL), ("B", "'accounts.one.appKey' " + LITERAL)],
      config=[("    endpoint: http://127.0.0.1:9090\n", ""), ("literal-secret", "«A»literal-secret"),
              ("literal-key", "«B»literal-key")])
REAL = [("    endpoint: http://127.0.0.1:9090\n", "")]
check("secrets from the environment and from a file",
      config=REAL + [("literal-secret", "${env:SECRET}"), ("literal-key", "${file:secrets/key}")],
      environment={"SECRET": "s"}, files={"secrets/key": "k\n"})
check("a secret from a file with an absolute path",
      config=REAL + [("literal-secret", "${env:SECRET}"), ("literal-key", "${file:/run/secrets/key}")],
      environment={"SECRET": "s"}, files={"/run/secrets/key": "k"})
check("a variable that is not set", [("A", ["'accounts.one.appSecret'", "variable 'SECRET' is not set"])],
      config=[("literal-secret", "«A»${env:SECRET}")])
for what, value in [("empty", ""), ("a line end", "\n"), ("only white space", " \t \r\n"),
                    ("a byte order mark", "\ufeff\n")]:
    check(f"a variable that is {what}", [("A", ["'accounts.one.appSecret'", "variable 'SECRET' is empty"])],
          config=[("literal-secret", "«A»${env:SECRET}")], environment={"SECRET": value})
    check(f"a secret's file that is {what}", [("A", ["'accounts.one.appSecret'", "file 'key' is empty"])],
          config=[("literal-secret", "«A»${file:key}")], files={"key": value})
check("a secret's file that does not exist", [("A", ["'accounts.one.appSecret': the file 'nowhere' does not exist"])],
      config=[("literal-secret", "«A»${file:nowhere}")])
check("a reference of another kind", [("A", ["'accounts.one.appSecret' must be ${env:NAME} or ${file:path}"])],
      config=[("literal-secret", "«A»${vault:secret}")])
check("an appId from the environment that is of the wrong form", [("A", "'accounts.one.appId' must be digits only")],
      config=account('"300000000001"', "«A»${env:APP}"), environment={"APP": "x"})
check("a literal session key", [("A", "'server.sessionKey' is a secret")],
      config=server("  sessionKey: «A»" + "k" * 32))
check("a session key that is too short", [("A", ["'server.sessionKey' must have at least 32 bytes"])],
      config=server("  sessionKey: «A»${env:SESSION}"), environment={"SESSION": "k" * 31})
check("a session key that is long enough", config=server("  sessionKey: ${env:SESSION}"),
      environment={"SESSION": "k" * 32})
check("a file of authorities that does not exist", [("A", "the authorities file 'ca.pem' does not exist")],
      config=server("  vendors: {authorities: «A»ca.pem}"))

# The proxy for vendors
FORM = "http://[user:password@]host:port"
for name, settings in [
    ("a proxy", "proxy: http://proxy.example.com:3128"),
    ("a proxy and exceptions", "proxy: http://10.0.0.1:3128, noProxy: [127.0.0.1, .internal.example.com, \"[::1]\"]"),
    ("a proxy with a literal password on loopback", 'proxy: "http://egress:secret@127.0.0.1:3128"'),
]:
    check(name, config=server(f"  vendors: {{{settings}}}"))
check("a proxy with a password from the environment", config=server("  vendors: {proxy: \"${env:PROXY}\"}"),
      environment={"PROXY": "http://egress:p%40ss@proxy.example.com:3128\n"})
check("a proxy with a literal password", [("A", ["'server.vendors.proxy' has a password: use ${env:NAME}"])],
      config=server('  vendors: {proxy: «A»"http://egress:hunter2@proxy.example.com:3128"}'))
check("a proxy from a variable that is not set", [("A", ["'server.vendors.proxy'", "'PROXY' is not set"])],
      config=server('  vendors: {proxy: «A»"${env:PROXY}"}'))
for what, url, fault in [
    ("TLS", "https://egress:hunter2@proxy.example.com:3128", "must begin with http://"),
    ("no port", "http://egress:hunter2@proxy.example.com", "needs a port from 1 to 65535"),
    ("no host", "http://egress:hunter2@:3128", "has no valid host"),
    ("a path", "http://egress:hunter2@proxy.example.com:3128/x", "must end after the port"),
    ("a password that is not encoded", "http://egress:hunter2%@proxy.example.com:3128", "not percent-encoded"),
]:
    check(f"a proxy with {what}", [("A", ["'server.vendors.proxy' ", fault, FORM])],
          config=server('  vendors: {proxy: «A»"${env:PROXY}"}'), environment={"PROXY": url})
check("exceptions without a proxy", [("A", "'server.vendors.noProxy' requires 'server.vendors.proxy'")],
      config=server("  vendors: {noProxy: «A»[vendor.example.com]}"))
check("an exception with a port",
      [("A", ["'server.vendors.noProxy[0]' must be a host such as api.example.com, .example.com or 10.0.0.1"])],
      config=server("  vendors: {proxy: http://10.0.0.1:3128, noProxy: [«A»\"vendor.example.com:443\"]}"))

# Plain HTTP
PLAIN = "without TLS: tokens and phone numbers are sent unencrypted; use https://"
for origin in ["http://vendor.example.com", "http://10.0.0.1:9090"]:
    check(f"plain HTTP to {origin}", warnings=[("A", f"'accounts.one' calls {origin} {PLAIN}")],
          config=[("http://127.0.0.1:9090", f'«A»"{origin}"'), ("literal-secret", "${env:SECRET}"),
                  ("literal-key", "${env:SECRET}")], environment={"SECRET": "s"})
check("plain HTTP to the provider's own endpoint",
      warnings=[("A", f"'accounts.one' calls http://vendor.example.com {PLAIN}")],
      config=[("  one:\n", "  «A»one:\n")] + REAL + [("literal-secret", "${env:SECRET}"), ("literal-key", "${env:SECRET}")],
      vendor=[("https://vendor.example.com", "http://vendor.example.com")], environment={"SECRET": "s"})

# Routes, weights and teams
check("a route to an account that does not exist", [("A", ["'apps.shop.app.login'", "no account 'ona'", "'one'?"])],
      config=route("      login: [«A»ona]"))
check("a route to an operation that the provider does not support on this channel",
      [("A", ["'apps.shop.h5.login'", "'vendor' of account 'one' does not support login on h5",
              "supported: app: login, verify"])],
      config=[("    app:\n      login: [one]\n", "    h5:\n      login: [«A»one]\n")])
check("a route to an operation that the provider does not support",
      [("A", ["'apps.shop.h5.verify'", "'pages' of account 'two' does not support verify on h5",
              "supported: h5: login"])],
      config=[(APP, H5 + "apps:\n  shop:\n    h5: {login: [two], verify: [«A»two]}\n    app:")],
      pages=())
check("an account twice in a route", [("A", "'apps.shop.app.login' names the account 'one' twice")],
      config=route("      login: [one, «A»one]"))
check("an empty route", [("A", "'apps.shop.app.login' must have at least 1 value")],
      config=route("      login: «A»[]"), warnings=())
check("weights for some accounts", [("A", "'apps.shop.app.login': set a weight for every account or for none")],
      config=route("      login: «A»[one, {account: two, weight: 1}]", TWO))
check("only weights of 0", [("A", "'apps.shop.app.login': every weight is 0")],
      config=route("      login: «A»[{account: one, weight: 0}, {account: two, weight: 0}]", TWO))
check("a weight below 0", [("A", "'apps.shop.app.login[0].weight' must be a whole number from 0")],
      config=route("      login: [{account: one, weight: «A»-1}, {account: two, weight: 1}]", TWO))
check("a weight without its account", [("A", "'apps.shop.app.login[0].account' is missing")],
      config=route("      login: [«A»{weight: 1}, {account: one, weight: 1}]"))
check("a team's app that does not exist", [("A", ["there is no app 'shp'", "did you mean 'shop'?"])],
      config=account("apps: [shop]", "apps: [«A»shp]"))
check("one key for two teams", [("A", "this key is also a key of the team 'shop'")],
      config=account("accounts:\n", f'  club:\n    keys: ["{OTHER}", «A»"{HASH}"]\n    apps: [shop]\naccounts:\n'))
check("one key for two teams, in capitals", [("A", "this key is also a key of the team 'shop'")],
      config=account("accounts:\n",
                     f'  club:\n    keys: [«A»"sha256:{HASH[7:].upper()}"]\n    apps: [shop]\naccounts:\n'))
check("an account that is not used", warnings=[("A", "no app has a route to the account 'two'")],
      config=[(APP, TWO.replace("two:", "«A»two:") + "apps:\n  shop:\n    app:")])


def page(text, h5=H5):
    return [(APP, h5 + "apps:\n  shop:\n    h5:\n      login: [two]\n      page: " + text + "\n    app:")]


check("a page type that does not exist", [("A", ["'pages' has no page type 'modal'", "known: 0, 2, 3"])],
      config=page('{type: «A»modal}'), pages=())
check("options for a page type without options", [("A", "page type '0' has no options (standard)")],
      config=page('{type: "0", options: «A»{layerStyle: {width: 1px}}}'), pages=())
check("a mistyped group of options",
      [("A", ["unknown key 'layerStile' in 'apps.shop.h5.page.options'", "did you mean 'layerStyle'?"])],
      config=page('{type: "2", options: {«A»layerStile: {width: 1px}}}'), pages=())
check("a mistyped option",
      [("A", ["unknown key 'widht' in 'apps.shop.h5.page.options.layerStyle'", "did you mean 'width'?"])],
      config=page('{type: "2", options: {layerStyle: {«A»widht: 1px}}}'), pages=())
check("a value in place of a group of options",
      [("A", "'apps.shop.h5.page.options.layerStyle' must be a mapping with width, height")],
      config=page('{type: "2", options: {layerStyle: «A»1px}}'), pages=())
check("an option whose kind is not declared",
      config=page('{type: "2", options: {layerStyle: {width: [1, true], height: {a: b}}}}'), pages=())
page_cases.add_options(check, page)
check("a page without a type", [("A", "'apps.shop.h5.page.type' is missing")], config=page("«A»{}"), pages=())
check("a page of a provider without page types", [("A", "no provider on this channel has page types")],
      config=route("      login: [one]\n      page: «A»{type: \"0\"}"))
check("no error about the page of an unusable account", [("A", "accounts.two: 'privateKey' does not parse")],
      config=page('{type: "2"}', BAD), pages=())

# YAML
check("a duplicate key", [("A", ["duplicate key 'appId', first on line 11"])],
      config=account("    appSecret:", '    «A»appId: "2"\n    appSecret:'))
check("a duplicate code", [("A", "duplicate key '103101', first on line 21")],
      vendor=row('        "103101": {reason: signature-rejected, text: "a"}\n'
                 '        «A»"103101": {reason: app-unknown, text: "b"}'))
check("a tab for indentation", [("A", "a tab cannot be used for indentation; use spaces")],
      config=[("server:\n", "server:\n«A»\t")])
check("a tab after other lines", [("A", "a tab character that violates indentation")],
      config=server("«A»\tloops: 2"))
check("an anchor that contains itself", [("A", "'*loop' is inside '&loop' and would contain itself")],
      config=account("apps: [shop]", "apps: &loop [shop, «A»*loop]"))
check("an alias without its anchor", [("A", "'*missing' has no '&missing' before it")],
      config=account("apps: [shop]", "apps: «A»*missing"))
check("a merge key", [("A", "merge keys ('<<') are not supported")],
      config=account("    appSecret:", "    «A»<<: {a: b}\n    appSecret:"))
check("a second document", [("A", "a second document in one file")], config=[("  shop:\n    app:\n      login: [one]\n",
      "  shop:\n    app:\n      login: [one]\n«A»---\nserver: {}\n")])
check("a custom tag", [("A", "unknown tag '!secret'")],
      config=account("appSecret: literal", "appSecret: «A»!secret literal"))
bomb = "\n".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]" for n in range(1, 8))
# An alias counts as itself plus its value: b1 has 121 values, b2 1221, and so on. The eighth alias in b5 exceeds the
# limit.
check("aliases that expand to too many values", [("A", "expands to more than 1000000 values")],
      config=[("server:\n", "b0: &b0 [" + ", ".join("x" * 10) + "]\n"
               + bomb.replace("*b4, *b4, *b4, *b4, *b4, *b4, *b4, *b4, ", "*b4, *b4, *b4, *b4, *b4, *b4, *b4, «A»*b4, ")
               + "\nserver:\n")])

# Provider files
check("an adapter that does not exist", [("A", ["'adapter' is 'alyun'", "did you mean 'aliyun'?"])],
      vendor=[("adapter: china-mobile-app", "adapter: «A»alyun")], remove=[])
check("an operation that the adapter does not support",
      [("A", "the adapter 'china-mobile-h5' does not support 'verify'")],
      pages=[("h5: [login]", "h5: «A»[login, verify]")])
page_cases.add_declarations(check)
check("a file that extends a missing file", [("A", ["there is no provider file 'vendr'", "'vendor'?"])],
      child=CHILD.replace("extends: vendor", "extends: «A»vendr"))
check("a file that extends itself", [("A", "'child' itself extends another file; only one level is supported")],
      child=CHILD.replace("extends: vendor", "extends: «A»child"))
check("a file that extends a file that extends another one",
      [("A", "'child' itself extends another file; only one level is supported")],
      child=CHILD, grandchild=CHILD.replace("extends: vendor", "extends: «A»child"))
check("a field with a reserved name", [("A", "'endpoint' is a key of every account and cannot be the name of a field")],
      vendor=[("account:\n", "account:\n  «A»endpoint: {secret: true}\n")])
check("a provider whose name is not allowed in a URL", [("providers/my vendor.yaml:1:1", "the file name must be")],
      files={"providers/my vendor.yaml": VENDOR})
check("a duplicate entry for one code", [("A", "duplicate entry for '1' at acquire, CT; the first is on line 20")],
      vendor=[("  login:\n    any:", '  acquire:\n    CT+CU:\n      codes:\n        "1": {reason: vendor-other, text: a}\n'
               '    CT:\n      codes:\n        «A»"1": {reason: vendor-busy, text: b}\n  login:\n    any:')])
check("a duplicate entry in the key of several stages",
      [("A", "duplicate entry for '103000' at login, any; the first is on line 20")],
      vendor=[(VENDOR[VENDOR.index('        "103101"'):], '  login+verify:\n    any:\n      codes:\n'
               '        «A»"103000": {success: true, text: b}\n')])
check("an entry with two meanings",
      [("A", "the entry for '103101' must have exactly one of reason, success: true and verdict")],
      vendor=row('        "103101": «A»{reason: app-unknown, verdict: match, text: "a"}'))
check("an entry with success and reason", [("A", "the entry for '103101' must have exactly one of")],
      vendor=row('        "103101": «A»{reason: app-unknown, success: true, text: "a"}'))
check("an entry without a meaning", [("A", "the entry for '103101' must have exactly one of")],
      vendor=row('        "103101": «A»{text: "a"}'))
check("an entry with success: false", [("A", "the entry for '103101' must have exactly one of")],
      vendor=row('        "103101": «A»{success: false, text: "a"}'))
check("an entry without the vendor's text", [("A", "'failures.login.any.codes.103101.text' is missing")],
      vendor=row('        "103101": «A»{reason: app-unknown}'))
check("a mistyped reason", [("A", ["codes.103101.reason' is 'app-unknwon'", "did you mean 'app-unknown'?"])],
      vendor=row('        "103101": {reason: «A»app-unknwon, text: "a"}'))
check("a mistyped advice", [("A", ["codes.103101.advice' is 'use-smss'", "did you mean 'use-sms'?"])],
      vendor=row('        "103101": {reason: app-unknown, advice: «A»use-smss, text: "a"}'))
check("an advice that the reason already has", [("A", "repeats the advice of 'app-unknown'; remove 'advice'")],
      vendor=row('        "103101": «A»{reason: app-unknown, advice: fix-configuration, text: "a"}'))
check("an entry that removes nothing",
      [("A", "'none' removes an entry of the extended file, which has no entry for '103101' here")],
      vendor=row('        «A»"103101": none'))
check("a word for an entry", [("A", "codes.103101' is 'gone'")],
      vendor=row('        "103101": «A»gone'))
check("a stage that does not exist", [("A", ["the key 'logn'", "acquire, token, credential, prepare, sign, login, verify"])],
      vendor=[("failures:\n", 'failures:\n  «A»logn: {any: {}}\n')])
check("a duplicate stage in one key", [("A", "the key 'verify+verify'")],
      vendor=[("failures:\n", 'failures:\n  «A»verify+verify: {any: {}}\n')])
check("a carrier that does not exist", [("A", ["the key 'CM'", "YD, CT, CU, any"])],
      vendor=[("    any:\n", "    «A»CM: {}\n    any:\n")])
check("a status that is not an HTTP status", [("A", ["the key '600'", "an HTTP status"])],
      vendor=[("    any:\n      codes:",
               '    any:\n      statuses: {«A»"600": {reason: vendor-other, text: a}}\n      codes:')])
check("a kind of entries that does not exist", [("A", ["unknown key 'code'", "did you mean 'codes'?"])],
      vendor=[("    any:\n      codes:", '    any:\n      «A»code: {}\n      codes:')])

# Whole files, and many errors at once
check("a configuration that does not exist", [("config.yaml:1:1", "does not exist")], remove=["config"])
check("no folder of providers",
      [("A", "there is no provider 'vendor'"), ("providers/:1:1", "the folder of provider files does not exist")],
      config=account("provider: vendor", "provider: «A»vendor"), remove=["vendor"])
for what, text, place in [("an empty configuration", "", "1:1"),
                          ("a configuration of comments", "# nothing yet\n", "2:1")]:
    check(what, [(f"config.yaml:{place}", f"'{name}' is missing") for name in ("accounts", "apps", "server", "teams")],
          remove=["config"], files={"config.yaml": text})
check("an invalid file that another one extends", [("A", "duplicate key 'adapter', first on line 1")],
      config=account("provider: vendor", "provider: child"), child=CHILD,
      vendor=[("title:", "«A»adapter: aliyun\ntitle:")])
check("errors of several files, in the order of files and lines", [
    ("A", "'server.listen' must be an address"), ("B", "unknown key 'lops'"), ("C", "'teams.shop.keys[0]' must be"),
    ("D", "'accounts.one.endpoint' must be an origin"), ("E", "unknown key 'appScret'"),
    ("F", "there is no account 'two'"), ("G", "must have at least 1 value"), ("H", "'timeout' must be a time"),
    ("I", "unknown key 'acount'"), ("J", "reason' is 'nothing'")],
      config=[("listen: 127.0.0.1:8080", "listen: «A»nowhere\n  «B»lops: 2"), (f'"{HASH}"', "«C»plain"),
              ("endpoint: http://127.0.0.1:9090", "endpoint: «D»nowhere"), ("appSecret:", "«E»appScret:"),
              ("login: [one]", "login: [one, «F»two]\n      verify: «G»[]")],
      vendor=[("timeout: 3s", "timeout: «H»soon"), ("sdk:\n", "«I»acount: {}\nsdk:\n"),
              ("signature-rejected", "«J»nothing")])

(Path(__file__).parent / "checks.json").write_text(
    "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
(Path(__file__).parent / "page-options.json").write_text(
    "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in page_cases.SDK) + "\n]\n")
