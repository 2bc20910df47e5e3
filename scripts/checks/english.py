"""Rejects the phrases that .plain-english lists. Prints each as file:line: phrase -> replacement."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ".plain-english"
SUFFIXES = {".swift", ".md", ".py", ".yaml", ".sh", ".lua", ".c", ".cpp", ".h", ".conf", ".in", ""}
# Data, or the texts of others.
SKIPPED = re.compile(r"(^|/)(Fixtures|Corpus|Documented|benchmarks)/|^(LICENSE|\.plain-english|README\.zh-CN\.md)$|\.gitignore$")


def rules(text):
    """The phrases with their replacements, and the expressions that are allowed for each file."""
    phrases, exceptions = [], {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("except "):
            path, expression = line.removeprefix("except ").split(": ", 1)
            exceptions.setdefault(path, []).append(re.compile(expression, re.IGNORECASE))
        else:
            expression, replacement = line.rsplit(" -> ", 1)
            phrases.append((re.compile(expression, re.IGNORECASE), replacement))
    return phrases, exceptions


def tracked():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in names.split("\0") if name]


def findings(name, text, phrases, exceptions):
    for number, line in enumerate(text.splitlines(), 1):
        if any(allowed.search(line) for allowed in exceptions.get(name, [])):
            continue
        for expression, replacement in phrases:
            if match := expression.search(line):
                yield f"{name}:{number}: '{match.group(0)}' -> {replacement}"


def main():
    phrases, exceptions = rules((ROOT / RULES).read_text())
    found = []
    for name in sys.argv[1:] or tracked():
        path = ROOT / name
        if SKIPPED.search(name) or path.suffix not in SUFFIXES or path.is_symlink() or not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found.extend(findings(name, text, phrases, exceptions))
    print("\n".join(found) or "no phrase of .plain-english found")
    sys.exit(1 if found else 0)


main()
