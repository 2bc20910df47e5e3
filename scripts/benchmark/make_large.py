"""Generates a configuration of the largest size that must load within one second: adds 1,000 declarative provider files
(copies of the shipped ones under other names), 1,000 accounts and 10,000 apps to a small configuration.

    make_large.py SMALL.yaml FOLDER

Writes FOLDER/config.yaml and the copies. The caller adds the provider files of the small configuration to
FOLDER/providers."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENDORS = ["jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui"]
FIXTURES = ROOT / "Tests/Providers/DeclarativeTests/Fixtures"
PROVIDERS, ACCOUNTS, APPS = 1_000, 1_000, 10_000


def accounts(fields):
    for number in range(ACCOUNTS):
        vendor = VENDORS[number % len(VENDORS)]
        yield f"  account-{number}:\n    provider: {vendor}-{number % PROVIDERS}\n    endpoint: http://127.0.0.1:9090\n"
        for field, value in fields[vendor].items():
            yield f"    {field}: {json.dumps(value)}\n"


def apps():
    for number in range(APPS):
        first, second = number % ACCOUNTS, (number + 1) % ACCOUNTS
        yield f"  app-{number}:\n    app:\n      login: [account-{first}, account-{second}]\n"


def main():
    small, folder = map(pathlib.Path, sys.argv[1:])
    providers = folder / "providers"
    providers.mkdir(parents=True, exist_ok=True)
    texts = {vendor: (ROOT / f"providers/{vendor}.yaml").read_text() for vendor in VENDORS}
    for number in range(PROVIDERS):
        vendor = VENDORS[number % len(VENDORS)]
        (providers / f"{vendor}-{number}.yaml").write_text(texts[vendor])
    fields = {vendor: json.loads((FIXTURES / vendor / "login.json").read_text())["account"] for vendor in VENDORS}
    text = small.read_text()
    for section, entries in (("accounts:\n", accounts(fields)), ("apps:\n", apps())):
        before, after = text.split("\n" + section, 1)
        text = before + "\n" + section + "".join(entries) + after
    (folder / "config.yaml").write_text(text)


main()
