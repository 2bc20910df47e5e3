#!/usr/bin/env python3
"""Writes verdicts.txt and writer.txt to its own folder: the results of Python's json module for many texts. Run it
manually; the tests only read the files.

    python3 make_fixtures.py

The files consist of lines of fields separated by spaces. They are not JSON, because JSON is under test. Texts are in
hexadecimal digits, an empty text is `-`.

verdicts.txt: `valid <text> <dump>` or `invalid <text>`. The dump is the value as read by Python: `n`, `t`, `f`,
`d<text of the number>;`, `s<UTF-8 in hexadecimal>;`, `[...]`, `{<key><value>...}`; the numbers keep their text.
writer.txt: `<string in UTF-8> <its JSON text>`.

Python is more lenient than RFC 8259 in four respects, which are corrected here: NaN and Infinity, lone surrogates, a
byte order mark, and encodings other than UTF-8.
"""

import json
import pathlib
import random

FOLDER = pathlib.Path(__file__).parent
RANDOM = random.Random(8259)


class Number(str):
    pass


def refuse(name):
    raise ValueError(name)


def read(data):
    # RFC 8259 §8.1: a parser may ignore a byte order mark at the start.
    text = data.decode("utf-8").removeprefix("\ufeff")
    value = json.loads(
        text, parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=lambda pairs: tuple(pairs))
    return dump(value)


def dump(value):
    if value is None:
        return "n"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, Number):
        return f"d{value};"
    if isinstance(value, str):
        # A lone surrogate has no UTF-8 encoding and is rejected, like by strict parsers.
        return f"s{value.encode('utf-8').hex()};"
    if isinstance(value, list):
        return "[" + "".join(map(dump, value)) + "]"
    return "{" + "".join(dump(key) + dump(member) for key, member in value) + "}"


# Every class of errors in RFC 8259, and similar valid texts.
INVALID = [
    "", " ", "\n\t", "n", "nul", "nulll", "null null", "nope", "t", "tru", "truee", "f", "fals", "falsey", "True", "NULL",
    '{"a":nope}', "[n]", "[nul]", "[nulx]", "[truex]", "[fals]", '{"a":tru}', "{null:1}", "{true:1}", "undefined",
    "NaN", "-NaN", "Infinity", "-Infinity", "[NaN]", "[-Infinity]", "[Infinity]",
    "-", "+", "+1", "01", "-01", "00", "1.", ".1", "-.1", "1.e1", "1e", "1e+", "1e-", "1E", "0x10", "1_000", "1,000",
    "1a", "1 2", "--1", "1.2.3", "1e2e3", "1e2.3", "[1.]", "[01]", "[-]", "[+1]", "[1e]", "[.5]", "[0x1]", "[1a]",
    '{"a":01}', '{"a":1.}', '{"a":-}', "\u0661", "\uff11",
    '"', '"a', '"a\\"', '"\\', '"\\x41"', '"\\u"', '"\\u1"', '"\\u12"', '"\\u123"', '"\\u123g"', '"\\U0041"', '"\\\'"',
    '"\\0"', '"\\a"', '"\\ "', '"a\nb"', '"a\tb"', '"a\rb"', '"a\0b"', '"a\x1fb"', "'a'", "a", '"a""b"', '"a" "b"',
    '"\\ud800"', '"\\udc00"', '"\\ud800\\ud800"', '"\\ud800x"', '"\\udc00\\ud800"', '"\\ud83d\\u0041"', '["\\ud800"]',
    '{"\\ud800":1}', '"\\ud83d"', '"\\ude00"', '"\\uD83D\\n"',
    "[", "]", "[]]", "[[]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", '["a"',
    '["a', "[1]]", "[[1,2]", "[[[[", "[][]", "[] []", "[](", "(1)", "<1>", "[1,2,", "[\"a\",", "[[],", "[{}", "[{]}",
    "{", "}", "{}}", "{{}", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,"a":1}', '{"a":1,,"b":2}', "{1:2}",
    '{"a" 1}', '{"a":}', '{"a"}', '{"a",1}', '{"a"::1}', '{"a":1 "b":2}', '{"a":1;"b":2}', '{a:1}', "{'a':1}", "{[]:1}",
    "{{}:1}", '{"a":1]', '{"a":[}', '{"a":{]}', '{"a":1}{"a":1}', '{"a":1} x', '{"a":1},', '{"a":1}\0', '{"a"=1}',
    '{"a":1,"b"}', '{"a":1,"b":}', '{"a":"b}', '{"a:1}', '{:1}', '{"":}', '{"a":1,2}', '{"a":"b" "c"}',
    "// comment\n1", "1 // comment", "/* */ 1", "# 1", "[1,/**/2]", '{"a":1 // b\n}',
    "\ufeff", "\ufeff\ufeff1", " \ufeff1", "\ufeff x", "\u00a01", "1\u00a0", "\u20281", "\x0b1", "\x0c1", "1\x0c", "[1,\x0b2]", "\0", "1\0", "\0001",
    "\u3000[]", "[]\u2003", '{"a"\u00a0:1}',
]
INVALID_BYTES = [
    b'"\xff"', b'"\x80"', b'"\xc3"', b'"\xc3(" ', b'"\xc0\x80"', b'"\xe0\x80\x80"', b'"\xed\xa0\x80"', b'"\xed\xbf\xbf"',
    b'"\xf4\x90\x80\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\xe4\xb8"', b'"\xf0\x9f\x98"', b'["\xe4\xb8"]',
    b'{"\xff":1}', b'{"a":"\xfe"}', b'\xff', b'1\xff', b'[1]\x80', b'\xff\xfe1\x00', b'\x00\x00\x00\x31', b'1\x00',
    b'"' + b"a" * 100 + b'\xc3"', b'"' + b"a" * 63 + b'\xf0\x9f\x98"', b'"\xe4\xb8\xad\xe6\x96"',
]
VALID = [
    "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "-1.5", "0.0", "-0.0", "1e5", "1E5", "1e+5", "1e-5",
    "1.25e-300", "0e0", "0E+1", "123456789012345678901234567890", "-99999999999999999999", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e999", "-1e999",
    "1e-999", "1" + "0" * 400, "0." + "1" * 400, "3.141592653589793238462643383279",
    "[1e999]", "[1e999,2]", "[-1e999,1e-999]", '{"a":1e999}', '{"a":1e999,"b":2}', "[[1e400],[2]]",
    "[123456789012345678901234567890,1]", '{"a":123456789012345678901234567890,"b":[]}', "[1e999 , null]",
    " 1", "1 ", "\n1\r\n", "\t[ ]\t", " { } ", "[1 , 2]", '{ "a" : 1 , "b" : 2 }', "1\n", "-0\n", "1e5 ", "[ 1 ]",
    '""', '"a"', '"\\""', '"\\\\"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\u0041"', '"\\u00e9"', '"\\u4e2d"',
    '"\\uD83D\\uDE00"', '"\\ud83d\\ude00"', '"\\udbff\\udfff"', '"/"', '"\x7f"', '"中文"', '"😀"', '"\u2028\u2029"',
    '"\ufeff"', '"\\ufeff"', '"\\uffff"', '"\uffff"', '"a\\u0000b"', '"\\u0022"', '"\\u005c"', '"\\\\u0041"', '"\'"',
    "\ufeff1", "\ufeff{}", "\ufeff [1]",
    "[]", "[[]]", "[[],[]]", "[{}]", "[null]", "[true,false,null]", '["a","b"]', "[1,2,3]", "[[[[[[[[1]]]]]]]]",
    "[" * 60 + "]" * 60, '{"a":' * 60 + "1" + "}" * 60,
    "{}", '{"a":1}', '{"":1}', '{"a":{}}', '{"a":[]}', '{"a":{"b":{"c":[1,{"d":null}]}}}', '{"a b":"c d"}',
    '{"\\u0061":1}', '{"\\n":"\\n"}', '{"中":"文"}', '{"a":1,"b":2,"c":3}', '{"null":null,"true":true}', '{"a":"}"}',
    '{"[":"]","{":"}"}', '{"a":"\\\\"}', '{"a":"\\\\\\""}', "[\"" + "x" * 200 + "\"]", "[" + ",".join("0" * 300) + "]",
    '{"header":{"resultCode":"103000","version":"1.0"},"body":{"msisdn":"13800138000","ids":[1,2,3],"ok":true}}',
]

SEEDS = [
    '{"inresponseto":"1","systemtime":"20260102030405678","resultCode":"103000","msisdn":"13800138000"}',
    '{"a":[1,-2.5e3,true,false,null,"\\u4e2d\\n\\"x\\""],"b":{"c":{},"d":[]},"e":""}',
    '[[1,2],[3,{"k":"v"}],"end"]',
    '  {"Code" : "OK" , "GateVerifyResultDTO" : { "VerifyResult" : "PASS" } , "RequestId" : "中文😀" }\r\n',
    '["\\ud83d\\ude00",0,-0,0.5,1E-2,100000000000000000000]',
]
PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"0", b"1", b"-", b".", b"e", b"+", b" ", b"\n", b"\0", b"\x01",
    b"\x7f", b"\xff", b"\xe4", b"n", b"t", b"null", b"true", b"\\u", b"\\ud800", b"/", b"a", b'""', b"[]", b"{}", b"1e9",
]


def mutated(seed):
    data = bytearray(seed.encode())
    for _ in range(RANDOM.choice([1, 1, 1, 2, 3])):
        at = RANDOM.randrange(len(data) + 1)
        kind = RANDOM.randrange(5)
        if kind == 0:
            data[at:at] = RANDOM.choice(PIECES)
        elif kind == 1:
            del data[at:at + RANDOM.randrange(1, 4)]
        elif kind == 2 and at < len(data):
            data[at:at + 1] = RANDOM.choice(PIECES)
        elif kind == 3:
            del data[at:]
        else:
            other = RANDOM.randrange(len(data) + 1)
            data[at:at] = data[other:other + RANDOM.randrange(1, 6)]
    return bytes(data)


def generated(depth=0):
    kind = RANDOM.randrange(7 if depth < 5 else 5)
    blank = lambda: RANDOM.choice(["", "", "", " ", "\n", "\t \r\n"])
    if kind < 2:
        return RANDOM.choice(["0", "-1", "2.50", "1e10", "-0.0E-7", str(RANDOM.getrandbits(80)), str(-RANDOM.getrandbits(62))])
    if kind == 2:
        return RANDOM.choice(["true", "false", "null"])
    if kind < 5:
        text = "".join(RANDOM.choice('ab"\\/\n\t\x00é中😀\u2028 ') for _ in range(RANDOM.randrange(8)))
        return json.dumps(text, ensure_ascii=RANDOM.random() < 0.5)
    if kind == 5:
        return "[" + ",".join(blank() + generated(depth + 1) + blank() for _ in range(RANDOM.randrange(5))) + "]"
    keys = RANDOM.sample(["a", "b", "c", "", "中", "\\u0064", "e\\n"], RANDOM.randrange(5))
    return "{" + ",".join(
        f'{blank()}"{key}"{blank()}:{blank()}{generated(depth + 1)}{blank()}' for key in keys) + blank() + "}"


def verdict(data):
    try:
        return f"valid {data.hex() or '-'} {read(data)}"
    except (ValueError, RecursionError):
        return f"invalid {data.hex() or '-'}"


def written(string):
    """Python has short escapes for U+0008 and U+000C; Numgate writes them as \\u00XX. Both are valid."""
    text = json.dumps(string, ensure_ascii=False)
    assert not any(f"\\\\{letter}" in text for letter in "bf")
    return text.replace("\\b", "\\u0008").replace("\\f", "\\u000c")


def main():
    lines = []
    for text in INVALID:
        line = verdict(text.encode())
        assert line.startswith("invalid"), text
        lines.append(line)
    for data in INVALID_BYTES:
        line = verdict(data)
        assert line.startswith("invalid"), data
        lines.append(line)
    for text in VALID:
        line = verdict(text.encode())
        assert line.startswith("valid"), text
        lines.append(line)
    for _ in range(200):
        line = verdict(generated().encode())
        assert line.startswith("valid"), line
        lines.append(line)
    for seed in SEEDS:
        for _ in range(200):
            lines.append(verdict(mutated(seed)))
        # Truncated at every position.
        data = seed.encode()
        lines.extend(verdict(data[:end]) for end in range(len(data) + 1))
    seen = dict.fromkeys(lines)
    (FOLDER / "verdicts.txt").write_text("\n".join(seen) + "\n")

    strings = ["", "a", '"', "\\", "/", "a\"b\\c/d", "中文", "😀", "\u2028\u2029", "\x7f", "\ufeff", "a\0b", "tail\n"]
    strings += [chr(code) for code in range(0x20)] + ["x" + chr(code) + "y" for code in range(0x20)]
    strings += ["".join(map(chr, range(0x100))), "e\u0301", "\r\n", "\U0010ffff"]
    (FOLDER / "writer.txt").write_text("".join(
        f"{string.encode().hex() or '-'} {written(string).encode().hex()}\n" for string in strings))
    print(len(seen), sum(line.startswith("valid") for line in seen))


main()
