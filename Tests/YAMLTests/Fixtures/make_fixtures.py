#!/usr/bin/env python3
"""Writes marks.txt to its own folder: the position of every node, according to PyYAML's own scanner (not libyaml).
Run it manually; the tests only read the file.

    python3 make_fixtures.py

Each line is `<YAML in hexadecimal> <dump>`. The dump: `p` (plain), `q` (quoted or block) or `k` (a key) with the
scalar's UTF-8 in hexadecimal, `[...]`, `{<key><value>...}`, each after its `line:column:`, counted from 1.
"""

import pathlib
import random

import yaml

FOLDER = pathlib.Path(__file__).parent
RANDOM = random.Random(12)

TEXTS = [
    "a: 1\n", "a:\n  b:\n    c: d\n  e: f\ng: h\n", "- 1\n- 2\n-   - 3\n    - 4\n", "a:\n- 1\n- 2\n", "[]\n", "{}\n",
    "{a: 1, b: [2, 3], c: {d: e}}\n", "[1, [2, [3]], {a: b}]\n", "a: 'x'\nb: \"y\"\nc: |\n  z\n  w\nd: >-\n  u\n  v\n",
    "a:\nb: ~\nc: null\nd: ''\n", "# comment\n\n  # another\na: 1 # here\n\nb: 2\n", "--- \na: 1\n...\n", "---\n- x\n",
    "a: &one\n  b: 1\nc: *one\nd: [*one, *one]\n", "- &x 5\n- *x\n- &y [a, *x]\n- *y\n", "plain\n", "'quoted'\n",
    "a:    far\n'b':   \"far\"\n\"c d\": 1\n", "中文: 号码\nb: 中 \nc: [号, 码, {名: 值}]\n", "emoji: 😀 x\nafter: [😀, 1]\n",
    "a: 1\r\nb:\r\n  - 2\r\n  - 3\r\n", "url: http://example.com:80/x#y\n", "a: b c  d\n", "a: multi\n  line\n  plain\nb: 1\n",
    "? a\n: 1\n? b\n: - 2\n", "a: !!str '5'\nb: !!int 5\n", "[a: 1, b: 2]\n", "a: {b: 1,\n    c: 2}\nd: [1,\n  2]\n",
    "\ufeffa: 1\nb: 2\n", "\n\n\na: 1\n", "a: \"x\\ty\\u4e2d\\n\"\n", "- - - 1\n    - 2\n  - 3\n- 4\n", "a: -1\nb:\n  - \n",
    "key with spaces: value with spaces\n", "a: |2\n    x\n   y\n", "a: '\n\n  it''s'\nb: 1\n", "1: 2\ntrue: false\n",
]


def dump(node, is_key=False):
    at = f"{node.start_mark.line + 1}:{node.start_mark.column + 1}:"
    if isinstance(node, yaml.ScalarNode):
        kind = "k" if is_key else "p" if node.style is None else "q"
        return f"{at}{kind}{node.value.encode().hex()};"
    if isinstance(node, yaml.SequenceNode):
        return at + "[" + "".join(map(dump, node.value)) + "]"
    return at + "{" + "".join(dump(key, True) + dump(value) for key, value in node.value) + "}"


def generated(depth=0):
    kind = RANDOM.randrange(6 if depth < 4 else 3)
    if kind < 3:
        return RANDOM.choice(["x", "", "two words", "line\nbreak\n", "true", "12", "中文", "a: b", "- c", "#", None, 7, True])
    if kind == 3:
        return [generated(depth + 1) for _ in range(RANDOM.randrange(4))]
    return {key: generated(depth + 1) for key in RANDOM.sample(["a", "b c", "中", "d", "yes", "9"], RANDOM.randrange(1, 5))}


texts = TEXTS + [
    yaml.dump({"root": generated()}, allow_unicode=True, default_flow_style=style, indent=indent, sort_keys=False)
    for style in [False, True, None] for indent in [2, 4] for _ in range(15)
]
with open(FOLDER / "marks.txt", "w") as file:
    for text in dict.fromkeys(texts):
        file.write(f"{text.encode().hex()} {dump(yaml.compose(text, Loader=yaml.SafeLoader))}\n")
