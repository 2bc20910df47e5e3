#!/usr/bin/env python3
"""Makes a configuration of the largest size that is promised to load within a second: 1,000 declarative provider files
(the shipped ones over and over, under other names), 1,000 accounts and 10,000 apps.

    make_large.py FOLDER [--providers 1000] [--accounts 1000] [--apps 10000] [--measure NUMGATE]

With --measure it also runs `NUMGATE check` on the folder five times and prints the median.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDORS = ["jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui"]
FIXTURES = ROOT / "Tests/Providers/DeclarativeTests/Fixtures"


def config(accounts, apps):
    yield "server:\n  listen: 127.0.0.1:8080\n"
    yield 'teams:\n  all:\n    keys: ["sha256:' + "0123456789abcdef" * 4 + '"]\n    apps: all\n'
    yield "accounts:\n"
    for name, (provider, fields) in accounts.items():
        yield f"  {name}:\n    provider: {provider}\n    endpoint: http://127.0.0.1:9090\n"
        for field, value in fields.items():
            yield f"    {field}: {json.dumps(value)}\n"
    yield "apps:\n"
    names = list(accounts)
    for number in range(apps):
        first, second = names[number % len(names)], names[(number + 1) % len(names)]
        yield f"  app-{number}:\n    app:\n      login: [{first}, {second}]\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--providers", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--apps", type=int, default=10_000)
    parser.add_argument("--measure", metavar="NUMGATE")
    arguments = parser.parse_args()
    providers = arguments.folder / "providers"
    providers.mkdir(parents=True, exist_ok=True)
    texts = {vendor: (ROOT / f"providers/{vendor}.yaml").read_text() for vendor in VENDORS}
    fields = {vendor: json.loads((FIXTURES / vendor / "login.json").read_text())["account"] for vendor in VENDORS}
    names = []
    for number in range(arguments.providers):
        vendor = VENDORS[number % len(VENDORS)]
        names.append((f"{vendor}-{number}", vendor))
        (providers / f"{vendor}-{number}.yaml").write_text(texts[vendor])
    accounts = {}
    for number in range(arguments.accounts):
        name, vendor = names[number % len(names)]
        accounts[f"account-{number}"] = (name, fields[vendor])
    (arguments.folder / "config.yaml").write_text("".join(config(accounts, arguments.apps)))
    if arguments.measure:
        command = [arguments.measure, "check", "--config", str(arguments.folder / "config.yaml")]
        times = []
        for _ in range(5):
            start = time.monotonic()
            subprocess.run(command, check=True)
            times.append(time.monotonic() - start)
        print(f"median of {len(times)}: {statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f})")


main()
