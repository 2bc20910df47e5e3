#!/usr/bin/env python3
"""Writes the fixtures of NumberAuth to its own folder.

times.json      instants as Python formats them, in China and in UTC
reasons.json    fault, advice and HTTP status of every reason, from a Markdown table in the specification:
                python3 make_fixtures.py <specification.md>; without an argument, the file is not changed
reports.json    reports of SDKs, from documents and recordings, and the expected failures
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
    """`reason` None: the report contains no failure. `branches` None: only the failure, if its stage is acquire."""
    if branches is None:
        branches = [[carrier, code, reason]] if reason and stage == "acquire" else []
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    entry = {"name": name, "provider": provider, "report": text, "hint": hint}
    if reason:
        entry["expect"] = {"reason": reason, "stage": stage, "carrier": carrier, "code": code, "message": message,
                           "advice": advice, "branches": branches}
    reports.append(entry)


def coded(code, message="m", **more):
    return {"code": code, "message": message, **more}


def tree(yd=None, ct=None, cu=None, **more):
    parts = {"YDData": yd, "CTData": ct, "CUData": cu}
    return {"msgId": "m1", **{name: part for name, part in parts.items() if part is not None}, **more}


YD = ["cellular-required", "acquire", "YD", "103111"]
WIFI = coded("103111")
ALONE = [["YD", "103111", "cellular-required"]]

# The parts, as sent by pages.
report("one part", tree(WIFI), *YD)
report("unused parts with empty texts", tree(WIFI, coded("", ""), coded("", "")), *YD)
report("unused parts that are empty", tree(WIFI, {}, {}), *YD)
report("unused parts that are null", '{"YDData":{"code":"103111","message":"m"},"CTData":null,"CUData":null}', *YD)
report("unused parts of other kinds", tree(WIFI, [], 7), *YD)
report("unused parts that are empty texts", tree(WIFI, "", " "), *YD)
report("codes that pages generate from missing values", tree(WIFI, coded("undefined"), coded("null")), *YD)
report("a part as a JSON text", tree(json.dumps(WIFI)), *YD)
report("the report as a JSON text", json.dumps(json.dumps(tree(WIFI))), *YD)
report("a part as a JSON text in a report that is a JSON text", json.dumps(json.dumps(tree(json.dumps(WIFI)))), *YD)
report("white space around the code", tree(coded(" 103111\n")), *YD)
report("a number for a code", tree(coded(103111)), *YD)
report("a negative number for a code", tree(ct=coded(-10001)), "number-not-acquired", "acquire", "CT", "-10001")
report("no message", tree({"code": "103111"}), *YD, message="WAP 网关 IP 错误")
report("an object for a message", tree({"code": "103111", "message": {"a": 1}}), *YD, message="WAP 网关 IP 错误")
report("an empty message", tree(coded("103111", "")), *YD, message="WAP 网关 IP 错误")
report("other members in addition to the code", tree(cu=coded("105001", result={"x": 1})), "number-not-acquired",
       "acquire", "CU", "105001")
report("a gateway's response as a part",
       tree({"header": {"appId": "a"}, "body": {"resultCode": "103134", "resultDesc": "m"}}), "cellular-required",
       "acquire", "YD", "103134")
report("the lower-case spelling", tree({"resultcode": "103111", "desc": "m"}), *YD)
report("a mini program's event", {"type": "message", "detail": {"data": [tree(WIFI)]}}, *YD)
report("a mini program's list without the event", [tree(WIFI)], *YD, provider=WECHAT)
report("a wrapped callback", {"error": tree(WIFI)}, *YD)
report("a wrapped callback as a JSON text", {"res": json.dumps(tree(WIFI))}, *YD)

# Token stage: a flat callback.
report("the user's own decision", coded("501"), "user-cancelled", "token", None, "501")
report("a flat number", coded(503), "acquisition-ended", "token", None, "503")
report("a flat code of the mini program", coded("503"), "invalid-request", "token", None, "503", provider=WECHAT,
       advice="new-session")
report("a mini program's flat event", {"detail": {"data": [coded("104023")]}}, "invalid-request", "token", None,
       "104023", provider=WECHAT)
report("a flat code that only one carrier has in the acquire stage", coded("-10001"), "number-not-acquired",
       "acquire", "CT", "-10001")
report("a flat code that several carriers have in the acquire stage", coded("103101"), "signature-rejected",
       "acquire", None, "103101")
report("a flat code of jssdk itself", coded("514"), "client-unsupported", "token", None, "514")
report("a flat code that is not listed", coded("777777"), "unmapped", "token", None, "777777")
report("a flat code with parts without a code", tree({}, {}, {}, code="501", message="m"), "user-cancelled", "token",
       None, "501")
report("a flat code with parts that are null", '{"YDData":null,"CTData":null,"CUData":null,"code":"501",'
       '"message":"m"}', "user-cancelled", "token", None, "501")
report("a tree with a flat code", tree(WIFI, code="501", message="n"), *YD)

# Quick app.
for code, reason, stage in [("0", "vendor-other", "token"), ("500", "number-not-acquired", "acquire"),
                            ("111002", "cellular-required", "acquire"), ("110028", "app-unknown", "token"),
                            ("130032", "invalid-request", "token"), ("110027", "not-entitled", "token")]:
    report(f"a quick app's callback with {code}", coded(code), reason,
           "token" if code == "111002" else stage, None, code, provider=QUICK,
           advice="new-session" if code == "0" else None)
report("a quick app's number for a code", coded(0), "vendor-other", "token", None, "0", provider=QUICK,
       advice="new-session")
report("an app's callback", {"resultCode": "200020", "desc": "m"}, "user-cancelled", "token", None, "200020",
       provider=APP)

# Aliyun: the carrier's response in `content`.
OUTER = {"code": "600011", "msg": "outer"}
GATEWAY = {"resultCode": "103111", "resultDesc": "m"}
for what, content in [("an object", GATEWAY), ("a JSON text", json.dumps(GATEWAY)),
                      ("a gateway's response", {"header": {"appId": "a"}, "body": GATEWAY}),
                      ("a gateway's response with the owner of the number",
                       {"header": {}, "body": {**GATEWAY, "msisdnOwner": "CU", "ipType": "ipv6"}}),
                      ("a carrier's tree", {"YDData": {"code": "103111", "message": "m"}})]:
    report(f"Aliyun's content as {what}", {**OUTER, "content": content}, *YD, provider=ALIYUN)
report("Aliyun's content with a code that only China Unicom has", {**OUTER, "content": coded("103")}, "misconfigured",
       "acquire", "CU", "103", provider=ALIYUN)
report("Aliyun's content with a named carrier", {**OUTER, "content": {**coded("110023"), "carrier": "CT"}},
       "not-entitled", "acquire", "CT", "110023", provider=ALIYUN)
report("Aliyun's content with a code that is not listed", {**OUTER, "content": coded("777")}, "number-not-acquired",
       "token", None, "600011", "outer", [[None, "777", "unmapped"]], provider=ALIYUN)
report("Aliyun's content with success in a failure", {**OUTER, "content": coded("103000")}, "number-not-acquired",
       "token", None, "600011", "outer", provider=ALIYUN)
for what, content in [("an empty text", ""), ("null", None), ("words", "timeout"), ("an empty object", {}),
                      ("a list", [GATEWAY])]:
    report(f"Aliyun's content as {what}", {**OUTER, "content": content}, "number-not-acquired", "token", None,
           "600011", "outer", provider=ALIYUN)

# Rule 1: the user's own carrier.
three = tree(WIFI, coded("-10001"), coded("110032"))
branches = [["YD", "103111", "cellular-required"], ["CT", "-10001", "number-not-acquired"],
            ["CU", "110032", "not-entitled"]]
report("the operator's contract first, if the carrier is unknown", three, "not-entitled", "acquire", "CU",
       "110032", branches=branches)
report("the hinted carrier CT", three, "number-not-acquired", "acquire", "CT", "-10001", branches=branches, hint="CT")
report("the hinted carrier YD", three, *YD, branches=branches, hint="YD")
owned = tree({**WIFI, "msisdnOwner": "CT"}, coded("-10001"), coded("110032"))
report("the owner of the number in a branch", owned, "number-not-acquired", "acquire", "CT", "-10001",
       branches=branches)
report("the owner of the number before the caller's hint", owned, "number-not-acquired", "acquire", "CT", "-10001",
       branches=branches, hint="YD")
against = [["YD", "103111", "cellular-required"], ["CT", "-10011", "carrier-unsupported"]]
report("a hinted branch that reports another carrier", tree(WIFI, coded("-10011")), *YD, branches=against, hint="CT")
report("a hinted carrier without a branch", tree(WIFI), *YD, hint="CU")
report("a hinted branch with a code that is not listed", tree(WIFI, coded("777")), "unmapped", "acquire", "CT", "777",
       branches=[["YD", "103111", "cellular-required"], ["CT", "777", "unmapped"]], hint="CT")

# Rule 2: the most significant branch. Rule 3: ties.
for what, parts, carrier in [
    ("the operator's fault before the user's decision", (coded("111002"), coded("105025"), coded("110023")), "CU"),
    ("the team's fault before the user's circumstances", (WIFI, coded("301"), coded("500")), "CT"),
    ("the user's own limit before the circumstances", (WIFI, coded("105025"), coded("500")), "CT"),
    ("the circumstances before the carrier's fault", (coded("105002"), coded("-10001"), coded("500")), "CU"),
    ("another carrier's number before the carrier's fault", (coded("105002"), coded("-10011"), coded("105001")),
     "CT"),
    ("the carrier's fault before a code that is not listed", (coded("777"), coded("778"), coded("105001")), "CU"),
    ("only codes that are not listed", (coded("779"), coded("778"), coded("777")), "YD"),
    ("YD before CT and CU", (coded("500"), coded("500"), coded("500")), "YD"),
    ("CT before CU", (None, coded("500"), coded("500")), "CT"),
    ("a failure among successes", (coded("103000"), coded("0"), coded("105003")), "CU"),
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

# Reports without a failure.
for what, value in [("an empty object", "{}"), ("an empty list", "[]"), ("an empty text", '""'), ("null", "null"),
                    ("a number", "501"), ("true", "true"), ("words", '"user cancelled"'), ("broken JSON", '"{\\"code"'),
                    ("only an ID", '{"msgId":"m1"}'), ("three empty parts", '{"YDData":{},"CTData":{},"CUData":{}}'),
                    ("three empty texts", '{"YDData":"","CTData":"","CUData":""}'),
                    ("empty codes", '{"YDData":{"code":""},"code":" "}'), ("a code that is null", '{"code":null}'),
                    ("a code that is an object", '{"code":{"code":"501"}}'), ("success", '{"code":"103000"}'),
                    ("success of a carrier", '{"CTData":{"code":0}}'),
                    ("deeply nested lists", "[" * 20 + '{"code":"501"}' + "]" * 20)]:
    report(f"no failure: {what}", value)
write("reports.json", reports)
