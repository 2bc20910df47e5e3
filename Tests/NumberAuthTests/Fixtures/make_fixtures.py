#!/usr/bin/env python3
"""Writes the fixtures of NumberAuth beside itself.

times.json      instants as Python writes them, in China and in UTC
reasons.json    fault, advice and HTTP status of every reason, from the table of design/failures.md:
                python3 make_fixtures.py <failures.md>; without it the file stays as it is
reports.json    what SDKs report, by the documents and the captures, and what the tree rule makes of it
"""

import json
import random
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).parent
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CHINA = timezone(timedelta(hours=8))


def write(name, value):
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
    (HERE / name).write_text(f"[\n{rows}\n]\n")


# Times

def stamp(moment):
    date = f"{moment.year:04d}{moment.month:02d}{moment.day:02d}"
    return date + f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}{moment.microsecond // 1000:03d}"


def time(milliseconds):
    utc = EPOCH + timedelta(milliseconds=milliseconds)
    iso = f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d}T{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d}Z"
    return {"milliseconds": milliseconds, "china": stamp(utc.astimezone(CHINA)), "utc": iso}


def milliseconds(*parts):
    return (datetime(*parts, tzinfo=timezone.utc) - EPOCH) // timedelta(milliseconds=1)


instants = {0, 1, -1, 999, -999, 1_704_164_645_678, 1_775_757_412_409, 1_712_544_164_593, 1_551_151_128_045}
for year in [1, 4, 100, 400, 1600, 1899, 1900, 1904, 1969, 1970, 1972, 1999, 2000, 2001, 2023, 2024, 2026, 2028, 2038,
             2096, 2100, 2104, 2399, 2400, 2401, 9998]:
    turn = milliseconds(year + 1, 1, 1)
    march = milliseconds(year, 3, 1)
    for moment in (turn, turn - 28_800_000, march, march - 28_800_000):
        instants |= {moment - 1, moment, moment + 1}
chance = random.Random(20260101)
instants |= {chance.randrange(0, 4_102_444_800_000) for _ in range(300)}
instants |= {chance.randrange(-2_208_988_800_000, 0) for _ in range(50)}
write("times.json", [time(instant) for instant in sorted(instants)])

# Reasons

if len(sys.argv) > 1:
    text = Path(sys.argv[1]).read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([a-z]+) \| ([a-z-]+) \| (\d+) \|$", text, re.M)
    if len(rows) != 42:
        sys.exit(f"{len(rows)} reasons found, 42 expected")
    write("reasons.json", [{"reason": reason, "fault": fault, "advice": advice, "status": int(status)}
                           for reason, fault, advice, status in rows])

# Reports

reports = []
H5, WECHAT, QUICK, APP, ALIYUN = ("china-mobile-h5", "china-mobile-wechat", "china-mobile-quick-app",
                                  "china-mobile-app", "aliyun")


def report(name, value, reason=None, stage="acquire", carrier=None, code=None, message="m", branches=None, *,
           provider=H5, hint=None, advice=None):
    """`reason` None: the report holds no failure. `branches` None: the failure alone, if it is an acquisition's."""
    if branches is None:
        branches = [[carrier, code, reason]] if reason and stage == "acquire" else []
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    entry = {"name": name, "provider": provider, "report": text, "hint": hint}
    if reason:
        entry["expect"] = {"reason": reason, "stage": stage, "carrier": carrier, "code": code, "message": message,
                           "advice": advice, "branches": branches}
    reports.append(entry)


def said(code, message="m", **more):
    return {"code": code, "message": message, **more}


def tree(yd=None, ct=None, cu=None, **more):
    parts = {"YDData": yd, "CTData": ct, "CUData": cu}
    return {"msgId": "m1", **{name: part for name, part in parts.items() if part is not None}, **more}


YD = ["cellular-required", "acquire", "YD", "103111"]
WIFI = said("103111")
ALONE = [["YD", "103111", "cellular-required"]]

# The parts, as pages deliver them.
report("one part", tree(WIFI), *YD)
report("unused parts with empty texts", tree(WIFI, said("", ""), said("", "")), *YD)
report("unused parts that are empty", tree(WIFI, {}, {}), *YD)
report("unused parts that are null", '{"YDData":{"code":"103111","message":"m"},"CTData":null,"CUData":null}', *YD)
report("unused parts of other kinds", tree(WIFI, [], 7), *YD)
report("unused parts that are empty texts", tree(WIFI, "", " "), *YD)
report("codes that pages make of nothing", tree(WIFI, said("undefined"), said("null")), *YD)
report("a part as a JSON text", tree(json.dumps(WIFI)), *YD)
report("the report as a JSON text", json.dumps(json.dumps(tree(WIFI))), *YD)
report("a part as a JSON text in a report that is one", json.dumps(json.dumps(tree(json.dumps(WIFI)))), *YD)
report("blanks around the code", tree(said(" 103111\n")), *YD)
report("a number for a code", tree(said(103111)), *YD)
report("a negative number for a code", tree(ct=said(-10001)), "number-not-acquired", "acquire", "CT", "-10001")
report("no message", tree({"code": "103111"}), *YD, message="WAP 网关 IP 错误")
report("an object for a message", tree({"code": "103111", "message": {"a": 1}}), *YD, message="WAP 网关 IP 错误")
report("an empty message", tree(said("103111", "")), *YD, message="WAP 网关 IP 错误")
report("members beside the code", tree(cu=said("105001", result={"x": 1})), "number-not-acquired", "acquire", "CU",
       "105001")
report("a gateway's own answer for a part",
       tree({"header": {"appId": "a"}, "body": {"resultCode": "103134", "resultDesc": "m"}}), "cellular-required",
       "acquire", "YD", "103134")
report("the lower-case spelling", tree({"resultcode": "103111", "desc": "m"}), *YD)
report("a mini-program's event", {"type": "message", "detail": {"data": [tree(WIFI)]}}, *YD)
report("a mini-program's list alone", [tree(WIFI)], *YD, provider=WECHAT)
report("a wrapped callback", {"error": tree(WIFI)}, *YD)
report("a wrapped callback as a JSON text", {"res": json.dumps(tree(WIFI))}, *YD)

# Token stage: flat.
report("the user's own decision", said("501"), "user-cancelled", "token", None, "501")
report("a flat number", said(503), "acquisition-ended", "token", None, "503")
report("a flat code of the mini-program", said("503"), "invalid-request", "token", None, "503", provider=WECHAT,
       advice="new-session")
report("a mini-program's flat event", {"detail": {"data": [said("104023")]}}, "invalid-request", "token", None,
       "104023", provider=WECHAT)
report("a code that only one carrier's acquisition knows, flat", said("-10001"), "number-not-acquired", "acquire", "CT",
       "-10001")
report("a code that several carriers' acquisition knows, flat", said("103101"), "signature-rejected", "acquire", None,
       "103101")
report("jssdk's own code, flat", said("514"), "client-unsupported", "token", None, "514")
report("a flat code that nobody lists", said("777777"), "unmapped", "token", None, "777777")
report("a flat code beside parts without one", tree({}, {}, {}, code="501", message="m"), "user-cancelled", "token",
       None, "501")
report("a flat code beside parts that are null", '{"YDData":null,"CTData":null,"CUData":null,"code":"501",'
       '"message":"m"}', "user-cancelled", "token", None, "501")
report("a tree beside a flat code", tree(WIFI, code="501", message="n"), *YD)

# Quick app.
for code, reason, stage in [("0", "vendor-other", "token"), ("500", "number-not-acquired", "acquire"),
                            ("111002", "cellular-required", "acquire"), ("110028", "app-unknown", "token"),
                            ("130032", "invalid-request", "token"), ("110027", "not-entitled", "token")]:
    report(f"a quick app's callback with {code}", said(code), reason,
           "token" if code == "111002" else stage, None, code, provider=QUICK,
           advice="new-session" if code == "0" else None)
report("a quick app's number for a code", said(0), "vendor-other", "token", None, "0", provider=QUICK,
       advice="new-session")
report("an app's callback", {"resultCode": "200020", "desc": "m"}, "user-cancelled", "token", None, "200020",
       provider=APP)

# Aliyun: the carrier's words in `content`.
OUTER = {"code": "600011", "msg": "outer"}
GATEWAY = {"resultCode": "103111", "resultDesc": "m"}
for what, content in [("an object", GATEWAY), ("a JSON text", json.dumps(GATEWAY)),
                      ("a gateway's answer", {"header": {"appId": "a"}, "body": GATEWAY}),
                      ("a gateway's answer that names the number's owner",
                       {"header": {}, "body": {**GATEWAY, "msisdnOwner": "CU", "ipType": "ipv6"}}),
                      ("a carrier's tree", {"YDData": {"code": "103111", "message": "m"}})]:
    report(f"Aliyun's content as {what}", {**OUTER, "content": content}, *YD, provider=ALIYUN)
report("Aliyun's content with a code of China Unicom's alone", {**OUTER, "content": said("103")}, "misconfigured",
       "acquire", "CU", "103", provider=ALIYUN)
report("Aliyun's content with a named carrier", {**OUTER, "content": {**said("110023"), "carrier": "CT"}},
       "not-entitled", "acquire", "CT", "110023", provider=ALIYUN)
report("Aliyun's content with a code that nobody lists", {**OUTER, "content": said("777")}, "number-not-acquired",
       "token", None, "600011", "outer", [[None, "777", "unmapped"]], provider=ALIYUN)
report("Aliyun's content with success beside a failure", {**OUTER, "content": said("103000")}, "number-not-acquired",
       "token", None, "600011", "outer", provider=ALIYUN)
for what, content in [("an empty text", ""), ("null", None), ("words", "timeout"), ("an empty object", {}),
                      ("a list", [GATEWAY])]:
    report(f"Aliyun's content as {what}", {**OUTER, "content": content}, "number-not-acquired", "token", None,
           "600011", "outer", provider=ALIYUN)

# The rule. 1: the user's own carrier.
three = tree(WIFI, said("-10001"), said("110032"))
branches = [["YD", "103111", "cellular-required"], ["CT", "-10001", "number-not-acquired"],
            ["CU", "110032", "not-entitled"]]
report("our own contract before all, as long as nobody tells the carrier", three, "not-entitled", "acquire", "CU",
       "110032", branches=branches)
report("the hinted carrier CT", three, "number-not-acquired", "acquire", "CT", "-10001", branches=branches, hint="CT")
report("the hinted carrier YD", three, *YD, branches=branches, hint="YD")
owned = tree({**WIFI, "msisdnOwner": "CT"}, said("-10001"), said("110032"))
report("the number's owner as a branch tells it", owned, "number-not-acquired", "acquire", "CT", "-10001",
       branches=branches)
report("the number's owner before the caller's hint", owned, "number-not-acquired", "acquire", "CT", "-10001",
       branches=branches, hint="YD")
against = [["YD", "103111", "cellular-required"], ["CT", "-10011", "carrier-unsupported"]]
report("a hinted branch that speaks against itself", tree(WIFI, said("-10011")), *YD, branches=against, hint="CT")
report("a hinted carrier without a branch", tree(WIFI), *YD, hint="CU")
report("a hinted branch that nobody lists", tree(WIFI, said("777")), "unmapped", "acquire", "CT", "777",
       branches=[["YD", "103111", "cellular-required"], ["CT", "777", "unmapped"]], hint="CT")

# 2: the most telling. 3: ties.
for what, parts, carrier in [
    ("the operator's fault before the user's decision", (said("111002"), said("105025"), said("110023")), "CU"),
    ("the team's fault before the user's surroundings", (WIFI, said("301"), said("500")), "CT"),
    ("the user's own limit before the surroundings", (WIFI, said("105025"), said("500")), "CT"),
    ("the surroundings before the carrier's trouble", (said("105002"), said("-10001"), said("500")), "CU"),
    ("another carrier's number before the carrier's trouble", (said("105002"), said("-10011"), said("105001")), "CT"),
    ("the carrier's trouble before what nobody lists", (said("777"), said("778"), said("105001")), "CU"),
    ("what nobody lists, where there is nothing else", (said("779"), said("778"), said("777")), "YD"),
    ("YD before CT and CU", (said("500"), said("500"), said("500")), "YD"),
    ("CT before CU", (None, said("500"), said("500")), "CT"),
    ("a failure beside successes", (said("103000"), said("0"), said("105003")), "CU"),
]:
    reasons = {"111002": "number-barred", "105025": "too-many-attempts", "110023": "not-entitled",
               "103111": "cellular-required", "301": "invalid-request", "500": "cellular-required",
               "105002": "number-not-acquired", "-10001": "number-not-acquired", "105001": "number-not-acquired",
               "-10011": "carrier-unsupported", "105003": "number-not-acquired"}
    named = {name: part["code"] for name, part in zip(("YD", "CT", "CU"), parts) if part}
    failures = [[name, code, reasons.get(code, "unmapped")] for name, code in named.items()
                if code not in ("103000", "0")]
    code = named[carrier]
    report(what, tree(*parts), reasons.get(code, "unmapped"), "acquire", carrier, code, branches=failures)

# Nothing in it.
for what, value in [("an empty object", "{}"), ("an empty list", "[]"), ("an empty text", '""'), ("null", "null"),
                    ("a number", "501"), ("true", "true"), ("words", '"user cancelled"'), ("broken JSON", '"{\\"code"'),
                    ("an id alone", '{"msgId":"m1"}'), ("three empty parts", '{"YDData":{},"CTData":{},"CUData":{}}'),
                    ("three empty texts", '{"YDData":"","CTData":"","CUData":""}'),
                    ("empty codes", '{"YDData":{"code":""},"code":" "}'), ("a code that is null", '{"code":null}'),
                    ("a code that is an object", '{"code":{"code":"501"}}'), ("success", '{"code":"103000"}'),
                    ("success of a carrier", '{"CTData":{"code":0}}'),
                    ("lists in lists in lists", "[" * 20 + '{"code":"501"}' + "]" * 20)]:
    report(f"no failure: {what}", value)
write("reports.json", reports)
