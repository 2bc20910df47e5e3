#!/usr/bin/env python3
"""Sends invalid and hostile input to a running gateway, over raw sockets.

usage: hostile.py GATEWAY-HOST:PORT SANDBOX-HOST:PORT [LOG-FILE ...]

The gateway runs config.yaml of the repository with these changes (the script waits for the time-outs):
  server: {timeouts: {header: 1s, body: 2s}, breaker: {failures: 1000}}, and timeout: 500ms in every account.
LOG-FILE: standard output and error of the gateway. It must not contain a secret that was sent.

Prints one line for each case. Exits with 0 if every response is as documented, otherwise with 1.
"""

import json
import os
import re
import socket
import struct
import sys
import threading
import time
from urllib.parse import unquote

KEY, FORUM_KEY = "numgate-demo-shop-key", "numgate-demo-forum-key"
NUMBER = "13800000000"
PAGE = "https://shop.example.com/login"

failures = 0
cases = 0
secrets = {KEY, FORUM_KEY, NUMBER}


# MARK: Raw HTTP


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:160]!r}"


def connect(address, timeout=10):
    sock = socket.create_connection(address, timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Reader:
    """Reads responses one by one, with strict syntax."""

    def __init__(self, sock):
        self.sock, self.buffer = sock, b""

    def more(self):
        piece = self.sock.recv(65536)
        self.buffer += piece
        return bool(piece)

    def answer(self, head=False):
        """The next response; None if the connection ends before a response."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                if self.buffer:
                    raise ValueError(f"the connection ended in a head: {self.buffer[:80]!r}")
                return None
        top, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = top.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Z][A-Za-z0-9 ]*", lines[0])
        if not match:
            raise ValueError(f"not a status line: {lines[0]!r}")
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            headers.setdefault(name.lower(), []).append(value)
        status = int(match[1])
        length = 0 if head or status < 200 or status == 204 else int(headers["content-length"][0])
        while len(self.buffer) < length:
            if not self.more():
                raise ValueError("the connection ended in a body")
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return Answer(status, headers, body)

    def end(self):
        """True if the connection ends without another byte."""
        try:
            return not self.buffer and not self.more()
        except ConnectionResetError:
            return True


def exchange(raw, count=1, close=False, address=None):
    """Sends bytes and reads `count` responses. Sends in a thread, because a server may respond before it has read all."""
    sock = connect(address or gateway)

    def send():
        try:
            sock.sendall(raw)
            if close:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    sender = threading.Thread(target=send)
    sender.start()
    try:
        reader = Reader(sock)
        answers = [reader.answer() for _ in range(count)]
    finally:
        sender.join(0.05)
        sock.close()
        sender.join()
    return answers[0] if count == 1 else answers


def request(method, target, body=None, headers=(), key=KEY, kind="application/json", version="HTTP/1.1"):
    lines = [f"{method} {target} {version}", "Host: numgate.test"]
    if key is not None:
        lines.append("Authorization: Bearer " + key)
    if body is not None:
        if kind is not None:
            lines.append("Content-Type: " + kind)
        lines.append(f"Content-Length: {len(body)}")
    lines += headers
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")


def call(name, value, app="shop", key=KEY, headers=()):
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return exchange(request("POST", f"/v1/apps/{app}/{name}", body, headers, key))


def sandbox_call(method, path, value=None):
    body = None if value is None else json.dumps(value).encode()
    answer = exchange(request(method, path, body, key=None), address=sandbox)
    return json.loads(answer.body) if answer.body else None


# MARK: Checks


def report(name, problem=None):
    global failures, cases
    cases += 1
    if problem:
        failures += 1
    print(f"{'!!' if problem else 'ok'}  {name}" + (f": {problem}" if problem else ""), flush=True)


def problem_of(answer, status, reason, **members):
    """Compares a response with the expected problem. Returns the difference, or None."""
    if answer is None:
        return "no answer"
    if answer.status != status:
        return f"{answer} instead of {status} {reason}"
    if answer.headers.get("content-type") != ["application/problem+json"]:
        return f"content type {answer.headers.get('content-type')}"
    value = answer.json()
    for name in ("type", "title", "titleZh", "detail", "stage", "fault", "advice", "billed", "delivery"):
        if not isinstance(value.get(name), str) or not value[name]:
            return f"'{name}' is missing"
    if answer.headers.get("x-request-id") != [value["instance"]]:
        return "instance and x-request-id differ"
    expected = {"reason": reason, "status": status, "type": "urn:numgate:failure:" + reason, **members}
    for name, wanted in expected.items():
        if value.get(name) != wanted:
            return f"{name} is {value.get(name)!r} instead of {wanted!r}"
    if status == 401 and answer.headers.get("www-authenticate") != ["Bearer"]:
        return "no WWW-Authenticate"
    return None


def attempt(name, body):
    """Runs a case: `body` returns an error message, or None."""
    try:
        report(name, body())
    except Exception as error:  # every exception is a failed case
        report(name, f"{type(error).__name__}: {error}")


def refused(name, raw, status, reason, **more):
    attempt(name, lambda: problem_of(exchange(raw, **more), status, reason))


def answered(name, value, status, reason, endpoint="login", **more):
    attempt(name, lambda: problem_of(call(endpoint, value, **more), status, reason))


def get(path, key=KEY, **more):
    return exchange(request("GET", path, key=key, **more))


# MARK: A phone


def open_session(app, channel, operation, key=KEY):
    value = {"channel": channel, "operation": operation}
    if channel == "h5":
        value["pageUrl"] = PAGE
    answer = call("sessions", value, app, key)
    assert answer.status == 200, answer
    session = answer.json()
    secrets.add(session["session"])
    return session


def phone(app, channel, operation, fault=None, key=KEY):
    """The values that a page sends to its backend: session, token, fingerprint."""
    session = open_session(app, channel, operation, key)
    parameters = session["client"]["parameters"]
    value = {
        "provider": session["provider"],
        "channel": channel,
        "appId": parameters.get("appId") or ("FC100000000000001" if channel == "h5" else "FC100000000000003"),
        "phoneNumber": NUMBER,
        "operation": operation,
    }
    if channel == "quick-app":
        text = sandbox_call("POST", "/sandbox/pre-signs", {"appId": parameters["appId"]})["preSign"]
        answer = call("signatures", {"session": session["session"], "preSign": text}, app, key)
        value |= {"preSign": text, "sign": answer.json()["sign"]}
        secrets.add(value["sign"])
    elif channel != "app":
        value["parameters"] = parameters
        secrets.update(parameters[name] for name in ("sign", "accessToken", "jwtToken") if name in parameters)
    if fault:
        value["fault"] = fault
    minted = sandbox_call("POST", "/sandbox/tokens", value)
    secrets.add(minted["token"])
    result = {"session": session["session"], "token": minted["token"]}
    if "userInformation" in minted:
        result["userInformation"] = minted["userInformation"]
        secrets.add(minted["userInformation"])
    return result


def healthy():
    ready = get("/readyz", key=None)
    if ready.status != 200:
        return f"/readyz: {ready}"
    answer = call("login", phone("shop", "h5", "login"))
    if answer.status != 200 or answer.json()["phoneNumber"] != NUMBER:
        return f"login: {answer}"
    return None


# MARK: HTTP


def http_cases():
    bad = 400, "invalid-request"
    head = b"Host: numgate.test\r\n"
    post = b"POST /v1/apps/shop/login HTTP/1.1\r\nHost: numgate.test\r\nAuthorization: Bearer " + KEY.encode()
    post += b"\r\nContent-Type: application/json\r\n"

    def lines(name, *fields, status=bad, body=b"{}"):
        refused(name, post + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body, *status)

    refused("bare LF", b"GET /healthz HTTP/1.1\nHost: numgate.test\n\n", *bad)
    refused("bare LF after one field", b"GET /healthz HTTP/1.1\r\nHost: numgate.test\nX: y\r\n\r\n", *bad)
    refused("bare CR inside a field", b"GET /healthz HTTP/1.1\r\n" + head + b"X: a\rTransfer-Encoding: chunked\r\n\r\n", *bad)
    lines("two different Content-Lengths", b"Content-Length: 2", b"Content-Length: 3")
    lines("two equal Content-Lengths", b"Content-Length: 2", b"Content-Length: 2")
    lines("Content-Length as a list", b"Content-Length: 2, 2")
    for length in (b"+2", b"-1", b"0x2", b"2 2", b"", b"2.0", b"99999999999999999999", "２".encode()):
        lines(f"Content-Length {length!r}", b"Content-Length: " + length)
    lines("Content-Length and Transfer-Encoding", b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n")
    lines("Transfer-Encoding and Content-Length", b"Transfer-Encoding: chunked", b"Content-Length: 4", body=b"0\r\n\r\n")
    lines("two Transfer-Encodings", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=b"0\r\n\r\n")
    for coding in (b"xchunked", b"gzip, chunked", b"chunked, identity", b"identity", b'"chunked"', b"chunked;a=b", b""):
        lines(f"Transfer-Encoding {coding!r}", b"Transfer-Encoding: " + coding, status=(501, bad[1]), body=b"0\r\n\r\n")
    lines("Transfer-Encoding after a vertical tab", b"Transfer-Encoding:\x0bchunked", body=b"0\r\n\r\n")
    lines("a space before the colon", b"Transfer-Encoding : chunked", body=b"0\r\n\r\n")
    lines("a folded field", b"X: a", b" Transfer-Encoding: chunked", body=b"0\r\n\r\n")
    lines("a NUL in a value", b"X: a\x00b", b"Content-Length: 2")
    lines("a field without a name", b": x", b"Content-Length: 2")
    lines("a field without a colon", b"nonsense", b"Content-Length: 2")
    refused("HTTP/1.0 with Transfer-Encoding", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", *bad)
    refused("no Host", b"GET /healthz HTTP/1.1\r\n\r\n", *bad)
    refused("two Hosts", b"GET /healthz HTTP/1.1\r\n" + head + head + b"\r\n", *bad)
    refused("an invalid Host", b"GET /healthz HTTP/1.1\r\nHost: a/b@c\r\n\r\n", *bad)
    refused("HTTP/0.9", b"GET /healthz\r\n\r\n", *bad)
    refused("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, bad[1])
    refused("HTTP/1.2", b"GET /healthz HTTP/1.2\r\n" + head + b"\r\n", 505, bad[1])
    refused("http/1.1 in lower case", b"GET /healthz http/1.1\r\n" + head + b"\r\n", *bad)
    refused("a TLS ClientHello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)) + b"\n", *bad)
    refused("a line of random bytes", bytes(range(128, 256)) + b"\r\n\r\n", *bad)
    refused("a target with a control character", b"GET /healthz\x01 HTTP/1.1\r\n" + head + b"\r\n", *bad)
    refused("a target with raw UTF-8", "GET /健康 HTTP/1.1\r\n".encode() + head + b"\r\n", *bad)
    refused("a target with a space", b"GET /health z HTTP/1.1\r\n" + head + b"\r\n", *bad)
    refused("CONNECT", b"CONNECT example.com:443 HTTP/1.1\r\n" + head + b"\r\n", *bad)
    refused("a target of another scheme", b"GET ftp://example.com/ HTTP/1.1\r\n" + head + b"\r\n", *bad)
    refused("an unknown expectation", request("POST", "/v1/apps/shop/login", b"{}", ["Expect: tea"]), 417, bad[1])
    too_large = "payload-too-large"
    many = [f"X-{index}: y" for index in range(10_000)]
    refused("10,000 header fields", request("GET", "/healthz", headers=many), 431, too_large)
    refused("a header field of 64 KiB", request("GET", "/healthz", headers=["X: " + "y" * 65536]), 431, too_large)
    refused("an endless header field", b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 1_000_000, 431, too_large)
    refused("a URL of 9,000 bytes", request("GET", "/" + "a" * 9000), 414, too_large)
    refused("a URL of 1 MB", request("GET", "/" + "a" * 1_000_000), 414, too_large)
    refused("a method of 9,000 letters", request("A" * 9000, "/healthz"), 414, too_large)
    refused("a body of 64 KiB and a byte", request("POST", "/v1/apps/shop/login", b" " * 65537), 413, too_large)
    refused("a body of 10 MB", request("POST", "/v1/apps/shop/login", b" " * 10_000_000), 413, too_large)
    announced = request("POST", "/v1/apps/shop/login", headers=["Content-Length: 999999999999999999"])
    refused("a Content-Length of an exabyte", announced, 413, too_large)

    # Chunks.
    def chunks(name, body, status=bad):
        refused(name, post + b"Transfer-Encoding: chunked\r\n\r\n" + body, *status)

    chunks("chunked {}", b"2\r\n{}\r\n0\r\n\r\n")
    chunks("10,000 chunks of a byte", b"1\r\n{\r\n" + b"1\r\n \r\n" * 10_000 + b"1\r\n}\r\n0\r\n\r\n")
    for size in (b"-1", b"0x2", b"", b"g", b"2 ", b" 2", b";", b"1_0"):
        chunks(f"a chunk of size {size!r}", size + b"\r\n{}\r\n0\r\n\r\n")
    chunks("a chunk of 2^68 bytes", b"1" + b"0" * 17 + b"\r\n{}", (413, too_large))
    chunks("a chunk over the limit", b"fffffff\r\n{}", (413, too_large))
    chunks("chunks whose sum is over the limit", b"8000\r\n" + b" " * 0x8000 + b"\r\n" + b"8001\r\n", (413, too_large))
    chunks("a chunk longer than its size", b"2\r\n{}x\r\n0\r\n\r\n")
    chunks("a chunk that ends in LF", b"2\n{}\n0\n\n")
    chunks("a chunk extension without end", b"2;" + b"x" * 100_000)
    chunks("an invalid trailer", b"2\r\n{}\r\n0\r\nnonsense\r\n\r\n")
    chunks("trailers without end", b"2\r\n{}\r\n0\r\n" + b"X: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 10_000, (431, too_large))

    # Unusual, but valid HTTP.
    def status(name, raw, expected, reason=None):
        attempt(name, lambda: expect(exchange(raw), expected, reason))

    def expect(answer, expected, reason):
        if reason:
            return problem_of(answer, expected, reason)
        return None if answer and answer.status == expected else f"{answer} instead of {expected}"

    status("the absolute form", request("GET", "http://elsewhere.example/healthz", key=None), 200)
    status("the absolute form without a path", request("GET", "http://elsewhere.example", key=None), 404, "not-found")
    status("the absolute form with a query only", request("GET", "http://e.example?/healthz", key=None), 404, "not-found")
    status("OPTIONS *", request("OPTIONS", "*", key=None), 404, "not-found")
    for method in ("TRACE", "DELETE", "PUT", "BREW", "get", "PATCH"):
        status(f"{method} /healthz", request(method, "/healthz", key=None), 405, "invalid-request")
        status(f"{method} a login", request(method, "/v1/apps/shop/login", b"{}"), 405, "invalid-request")
    status("GET a login", request("GET", "/v1/apps/shop/login"), 405, "invalid-request")
    status("POST /v1/apps", request("POST", "/v1/apps", b"{}"), 405, "invalid-request")
    for path in ("/", "//healthz", "/healthz/", "/HEALTHZ", "/healthz%00", "/%68ealthz", "/./healthz", "/v1", "/sandbox"):
        status(f"GET {path}", request("GET", path, key=None), 404, "not-found")
    for path in ("/v1/", "/v1//apps", "/v1/apps/", "/v1/../healthz", "/v1/apps/shop", "/v1/failures/%00", "/v1/failures/"):
        status(f"GET {path}", request("GET", path), 404, "not-found")
    status("a GET with a body that looks like a request", request("GET", "/healthz", request("GET", "/metrics")), 200)
    status("HTTP/1.0 without Host", b"GET /healthz HTTP/1.0\r\n\r\n", 200)
    status("an empty line before the request", b"\r\nGET /healthz HTTP/1.1\r\n" + head + b"\r\n", 200)
    for query in ("code=%ff", "code=%", "code=%2", "code=%zz"):
        status(f"explanations?{query}", request("GET", "/v1/explanations?" + query), *bad)
    for query in ("", "code=", "code", "code=1&stage=x", "code=1&carrier=%59%44%00"):
        status(f"explanations?{query}", request("GET", "/v1/explanations?" + query), *bad)

    # Several requests on one connection.
    def several(name, raw, expected, then_closes=True, close=False):
        def run():
            with connect(gateway) as sock:
                sock.sendall(raw)
                if close:
                    sock.shutdown(socket.SHUT_WR)
                reader = Reader(sock)
                found = []
                for _ in expected:
                    answer = reader.answer()
                    found.append(answer.status if answer else None)
                if found != expected:
                    return f"{found} instead of {expected}"
                if then_closes and not reader.end():
                    return "the connection stays open"
                return None

        attempt(name, run)

    health = request("GET", "/healthz", key=None)
    last = request("GET", "/healthz", key=None, headers=["Connection: close"])
    several("a hundred requests at once", health * 99 + last, [200] * 100)
    several("a request, then garbage", health + b"\x00\xff garbage\r\n\r\n", [200, 400])
    several("a body longer than its Content-Length", request("POST", "/v1/apps/shop/login", b"{}") + b"0\r\n\r\n", [400, 400])
    hidden = request("POST", "/v1/apps/shop/login", health) + last
    several("a request hidden in a body", hidden, [400, 200])
    several("a request after the last chunk", post + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + last, [400, 200])
    several("half a head, then end of input", b"GET /healthz HTTP/1.1\r\nHo", [400], close=True)
    several("half a body, then end of input", post + b"Content-Length: 100\r\n\r\n{", [400], close=True)
    several("a whole request, then end of input", health, [200], close=True)
    several("no byte, then end of input", b"", [], close=True)

    def expectation():
        with connect(gateway) as sock:
            sock.sendall(request("POST", "/v1/apps/shop/login", headers=["Expect: 100-continue", "Content-Length: 2"]))
            reader = Reader(sock)
            first = reader.answer()
            sock.sendall(b"{}")
            second = reader.answer()
            return None if (first.status, second.status) == (100, 400) else f"{first}, {second}"

    attempt("Expect: 100-continue", expectation)


def slow_cases():
    def trickle(name, beginning, piece, pause, limit, status):
        def run():
            with connect(gateway, 15) as sock:
                sock.sendall(beginning)
                begun = time.monotonic()
                sock.setblocking(False)
                received = b""
                while time.monotonic() - begun < limit + 10:
                    try:
                        sock.send(piece)
                    except OSError:
                        pass
                    time.sleep(pause)
                    try:
                        received += sock.recv(65536)
                        break
                    except BlockingIOError:
                        continue
                took = time.monotonic() - begun
                if took > limit:
                    return f"no response after {took:.1f} s"
                if status is None:
                    return None if not received else f"{received[:80]!r}"
                return None if received.startswith(b"HTTP/1.1 %d" % status) else f"{received[:80]!r}"

        attempt(name, run)

    trickle("a header with one byte per second", b"G", b"E", 1, 4, 408)
    trickle("one header field in 0.3 s", b"GET / HTTP/1.1\r\n", b"X: y\r\n", 0.3, 3, 408)
    whole = request("POST", "/v1/apps/shop/login", headers=["Content-Length: 1000"])
    trickle("a body with five bytes per second", whole, b" ", 0.2, 4, 408)
    chunked = request("POST", "/v1/apps/shop/login", headers=["Transfer-Encoding: chunked"])
    trickle("five chunks per second", chunked, b"1\r\n \r\n", 0.2, 4, 408)
    trickle("a connection without a byte", b"", b"", 0.2, 3, None)


def crowd_cases():
    def crowd(name, count, then, reset=False):
        def run():
            socks = []
            try:
                for _ in range(count):
                    sock = connect(gateway)
                    socks.append(sock)
                    if then:
                        sock.sendall(then)
                    if reset:
                        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            finally:
                for sock in socks:
                    sock.close()
            ready = get("/readyz", key=None)
            return None if ready.status == 200 else str(ready)

        attempt(name, run)

    crowd("500 connections dropped", 500, b"")
    crowd("500 connections reset", 500, b"", True)
    crowd("500 connections dropped after half a head", 500, b"GET /healthz HTTP/1.1\r\nHo")
    crowd("500 connections reset after half a body", 500, request("POST", "/v1/apps/shop/login", headers=["Content-Length: 9"]), True)
    crowd("500 requests whose responses are not read", 500, request("GET", "/v1/providers"), True)
    crowd("100 clients that send requests and do not read", 100, request("GET", "/v1/failures") * 50)

    def flood():
        """The gateway drains input for a second after a refusal. This must not delay other clients."""
        stop = time.monotonic() + 3

        def pour():
            chunk = b"x" * (1 << 20)
            while time.monotonic() < stop:
                try:
                    with connect(gateway, 3) as sock:
                        sock.sendall(b"\n")
                        while time.monotonic() < stop:
                            sock.sendall(chunk)
                except OSError:
                    pass

        threads = [threading.Thread(target=pour) for _ in range(4)]
        for thread in threads:
            thread.start()
        slowest = 0
        while time.monotonic() < stop:
            begun = time.monotonic()
            get("/healthz", key=None)
            slowest = max(slowest, time.monotonic() - begun)
        for thread in threads:
            thread.join()
        return None if slowest < 1 else f"another client waited {slowest:.1f} s"

    attempt("a flood after a refused request", flood)


# MARK: The API


def body_cases():
    bad = 400, "invalid-request"
    for name, body in {
        "an empty body": b"",
        "a space": b" ",
        "an open brace": b"{",
        "a trailing comma": b'{"token":"a",}',
        "single quotes": b"{'token':'a'}",
        "a comment": b'{/**/"token":"a"}',
        "two values": b"{}{}",
        "a byte order mark": b"\xef\xbb\xbf{}",
        "UTF-16": "{}".encode("utf-16"),
        "invalid UTF-8 in a value": b'{"token":"\xff\xfe"}',
        "invalid UTF-8 in a key": b'{"\xc3\x28":1}',
        "an overlong NUL": b'{"token":"\xc0\x80"}',
        "a surrogate in UTF-8": b'{"token":"\xed\xa0\x80"}',
        "a lone surrogate escape": b'{"token":"\\ud800"}',
        "a raw control character": b'{"token":"a\nb"}',
        "NaN": b'{"token":NaN}',
        "a number with a leading zero": b'{"token":01}',
        "a list": b"[]",
        "a text": b'"token"',
        "a number": b"1",
        "null": b"null",
        "17 levels": b'{"x":' * 17 + b"1" + b"}" * 17,
        "30,000 levels": b"[" * 30_000,
        "30,000 levels, closed": b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        "a duplicate key": b'{"channel":"app","token":"a","token":"b"}',
        "a duplicate key, once escaped": b'{"channel":"app","token":"a","\\u0074oken":"b"}',
        "a nested duplicate key": b'{"channel":"app","x":[{"a":1,"a":2}]}',
        "a duplicate unknown key": b'{"x":1,"x":1}',
        "5,000 keys, the last one duplicated": ("{" + ",".join(f'"k{n}":1' for n in range(5000)) + ',"k4999":1}').encode(),
        "a key with an escaped NUL": b'{"channel":"app","token\\u0000":"a"}',
        "64 KiB of digits": b'{"token":' + b"9" * 65_000 + b"}",
    }.items():
        answered("body: " + name, body, *bad)
    padded = b'{"channel":"app","token":"a b"' + b" " * 65_505 + b"}"
    answered("body: exactly 64 KiB", padded[:65_536 - 1].rstrip(b"}") + b"}", 422, "token-malformed")

    for kind in (None, "text/plain", "application/jsonx", "application/json; charset=gbk", "application/x-www-form-urlencoded", ""):
        raw = request("POST", "/v1/apps/shop/login", b'{"channel":"app","token":"a b"}', kind=kind)
        refused(f"content type {kind!r}", raw, *bad)
    for kind in ("application/json;charset=utf-8", 'Application/JSON ; charset="UTF-8"'):
        raw = request("POST", "/v1/apps/shop/login", b'{"channel":"app","token":"a b"}', kind=kind)
        refused(f"content type {kind!r}", raw, 422, "token-malformed")

    # Wrong types in each member: the response contains the member's name.
    good = {
        "sessions": {"channel": "h5", "operation": "login", "pageUrl": PAGE, "phoneNumber": NUMBER},
        "signatures": {"session": "x", "preSign": "y"},
        "login": {"session": None, "channel": "app", "token": "t", "userInformation": "u"},
        "verify": {"channel": "app", "token": "t", "phoneNumber": NUMBER, "userInformation": "u", "carrier": "YD"},
        "failures": {"channel": "h5", "report": {"code": "501"}, "carrierHint": "YD"},
    }
    live = open_session("shop", "quick-app", "verify")["session"]
    for endpoint, fields in good.items():
        for field in fields:
            for wrong in (1, True, 1e999, ["x"], {"x": "y"}, "" if field in ("channel", "operation") else 0):
                if field == "report" and not isinstance(wrong, (bool, int, float)):
                    continue
                value = {**fields, field: wrong}
                if endpoint == "signatures" and field == "preSign":
                    value["session"] = live
                body = json.dumps(value).replace("Infinity", "1e999").encode()

                def run(body=body, endpoint=endpoint, field=field):
                    answer = call(endpoint, body)
                    problem = problem_of(answer, 400, "invalid-request")
                    if not problem and f"'{field}'" not in answer.json()["detail"]:
                        problem = f"the detail does not contain '{field}': {answer.json()['detail']}"
                    return problem

                attempt(f"{endpoint}: {field} as {json.dumps(wrong)}", run)
    for endpoint, field in (("sessions", "channel"), ("sessions", "operation"), ("login", "channel"), ("verify", "carrier")):
        for word in ("H5", "h5 ", "login\u0000", "x" * 5000):
            answered(f"{endpoint}: {field} as {word[:12]!r}", {**good[endpoint], field: word}, *bad, endpoint)
    for report_value in ({}, [], "", "{", "[]", '"{}"', {"code": ""}, {"code": None}, {"YDData": {}, "CTData": "", "CUData": None}, [[[[[[[[[["x"]]]]]]]]]]):
        answered(f"failures: report {json.dumps(report_value)}", {"channel": "h5", "report": report_value}, *bad, "failures")

    def nested_text():
        text = '{"code":"501"}'
        for _ in range(12):
            text = json.dumps([text])
        return problem_of(call("failures", {"channel": "h5", "report": text}), *bad)

    attempt("failures: JSON in JSON in JSON, 12 deep", nested_text)

    def long_code():
        answer = call("failures", {"channel": "h5", "report": {"code": "9" * 50_000, "message": NUMBER + " 测试" * 1000}})
        if answer.status != 200 or len(answer.body) > 4000:
            return f"{answer.status}, {len(answer.body)} bytes"
        return "the response contains the number" if NUMBER.encode() in answer.body else None

    attempt("failures: a code of 50 kB, a phone number in the message", long_code)


def key_cases():
    none = 401, "unauthenticated"

    def authorization(name, field, status=none):
        raw = request("GET", "/v1/apps", key=None, headers=[] if field is None else ["Authorization: " + field])
        if status == 200:
            attempt(name, lambda: None if exchange(raw).status == 200 else str(exchange(raw)))
        else:
            refused(name, raw, *status)

    digest = "d41a59e6bfaadc6cbbb4144f31a550712957a6ed8be49290657e2cfb994989cb"
    authorization("no key", None)
    for name, field in {
        "an empty field": "",
        "Basic": "Basic c2hvcDpzaG9w",
        "Bearer without a key": "Bearer",
        "the key without a scheme": KEY,
        "another scheme": "Token " + KEY,
        "two spaces": "Bearer  " + KEY,
        "a tab": "Bearer\t" + KEY,
        "a key with an extra character": f"Bearer {KEY}x",
        "a truncated key": f"Bearer {KEY[:-1]}",
        "two keys": f"Bearer {KEY},{KEY}",
        "capitals": f"Bearer {KEY.upper()}",
        "quotes": f'Bearer "{KEY}"',
        "the key's hash": "Bearer " + digest,
        "the key's hash as configured": "Bearer sha256:" + digest,
        "a parameter": f"Bearer key={KEY}",
        "8-bit characters": "Bearer \xe9\xff",
        "20 kB": "Bearer " + "k" * 20_000,
    }.items():
        authorization("key: " + name, field)
    authorization("key: bearer in lower case", "bearer " + KEY, 200)
    authorization("key: spaces around the field", "  Bearer " + KEY + "  ", 200)
    for app in ("forum", "no-such-app", "sh%6Fp", "shop%00", "shop%2F", "shop;x", "..", "%2e%2e", "", "SHOP", "shop%20", "a" * 7000):
        answered(f"app {app[:16]!r}", {}, 403, "forbidden", app=app)
    answered("another team's key", {}, 403, "forbidden", key=FORUM_KEY)
    refused("an app after ..", request("POST", "/v1/apps/../apps/shop/login", b"{}"), 404, "not-found")
    refused("no key, unknown app", request("POST", "/v1/apps/x/login", b"{}", key=None), *none)


def session_cases():
    bad = 409, "session-invalid"
    session = open_session("shop", "h5", "login")["session"]
    payload, tag = session.split(".")
    other = "A" if payload[9] != "A" else "B"
    # 43 characters of Base64url contain 32 bytes and 2 unused bits, which must be 0.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    neighbour = alphabet[alphabet.index(tag[-1]) ^ 1]
    for name, text in {
        "empty": "",
        "a dot": ".",
        "two dots": "..",
        "no tag": payload,
        "an empty tag": payload + ".",
        "the tag only": "." + tag,
        "truncated": session[:-1],
        "extended": session + "A",
        "padded": session + "=",
        "a trailing space": session + " ",
        "a changed payload": payload[:9] + other + payload[10:] + "." + tag,
        "a changed tag": payload + "." + ("A" if tag[0] != "A" else "B") + tag[1:],
        "an unused bit of the tag set": payload + "." + tag[:-1] + neighbour,
        "another session's tag": payload + "." + open_session("shop", "h5", "login")["session"].split(".")[1],
        "twice": session + "." + session,
        "10 kB": "A" * 10_000 + "." + tag,
        "not ASCII": "会话.会话",
        "JSON Web Token without a signature": "eyJhbGciOiJub25lIn0.eyJhcHAiOiJzaG9wIn0.",
        "of another operation": open_session("shop", "h5", "verify")["session"],
        "of another app": open_session("club", "h5", "login")["session"],
        "of another team": open_session("forum", "h5", "login", FORUM_KEY)["session"],
    }.items():
        answered("session: " + name, {"session": text, "token": "t"}, *bad)
    answered("session: of another app, for a report", {"session": open_session("club", "app", "login")["session"], "report": {"code": "1"}}, *bad, "failures")
    answered("session: of another app, for a signature", {"session": open_session("club", "app", "login")["session"], "preSign": "x"}, *bad, "signatures")
    signing = open_session("shop", "quick-app", "verify")["session"]
    for text in ("x", "300000000003", "300000000003" + "0" * 300, "300000000003\u0000", "300000000003" + "А" * 20):
        answered(f"preSign {text[:20]!r}", {"session": signing, "preSign": text}, 400, "invalid-request", "signatures")
    answered("preSign for a session without signatures", {"session": session, "preSign": "x"}, 409, "operation-unsupported", "signatures")


def value_cases():
    for number in (
        "１３８０００００００００", "1380000000\u0660", "138oooooooo", "1" * 30, "12", "23800000000", "+1 380 000 0000", "++8613800000000",
        "8613800000000+", "+86+13800000000", "+008613800000000", "00861380000000", "138000000001", "138.0000.0000", "138\n00000000", "12345678901",
        "13800000000\u0000", "10648123456", "138 0000 000", "1380000000x", "0x13800000000", "1.38e10", "-", "+86", "0086", "()13800000000",
    ):
        answered(f"phoneNumber {number!r}", {"channel": "app", "token": "t", "phoneNumber": number}, 400, "invalid-phone-number", "verify")
    answered("phoneNumber empty", {"channel": "app", "token": "t", "phoneNumber": ""}, 400, "invalid-request", "verify")
    answered("phoneNumber null", {"channel": "app", "token": "t", "phoneNumber": None}, 400, "invalid-request", "verify")
    for number in ("+86 138-0000-0000", "0086 13800000000", "8613800000000", " 138 0000 0000 ", "138\t00000000", "13800000000\n", "\u200b13800000000", "(+86)13800000000", "１３８００００００００"):

        def run(number=number):
            answer = call("verify", {**phone("shop", "app", "verify"), "phoneNumber": number})
            return None if answer.status == 200 and answer.json()["verdict"] == "match" else str(answer)

        attempt(f"phoneNumber {number!r} is accepted", run)

    malformed = 422, "token-malformed"
    for name, token in {
        "empty": "", "a space": " ", "a line end": "a\nb", "CRLF": "a\r\nX: y", "a NUL": "a\u0000b", "an escape": "a\u001b[2J", "DEL": "a\u007f",
        "not ASCII": "令牌", "a no-break space": "a\u00a0b", "4097 characters": "a" * 4097, "60 kB": "a" * 60_000,
    }.items():
        answered("token: " + name, {"channel": "app", "token": token}, *malformed)
    for name, token in {"4096 characters": "a" * 4096, "JSON in it": '"},{"a":"', "percent": "%00%0d%0a", "markup": "<script>&amp;"}.items():

        def run(token=token):
            answer = call("login", {"channel": "app", "token": token})
            return None if answer.status in (422, 502) and answer.json().get("vendor") else str(answer)

        attempt(f"token: {name} reaches the vendor", run)

    fingerprint = 'q"u\\o\r\n\t\u0001%3D+/=&\U0001f600' + "x" * 8100
    fingerprint += "y" * (8192 - len(fingerprint.encode()))

    def passes():
        value = {**phone("shop", "h5", "login"), "userInformation": fingerprint}
        answer = call("login", value)
        seen = json.loads(sandbox_call("GET", "/sandbox/requests?limit=1")[0]["body"])
        if seen["userInformation"] != fingerprint:
            return "the vendor received another value"
        return problem_of(answer, 422, "client-fingerprint-mismatch")

    attempt("userInformation of 8192 bytes arrives unchanged", passes)
    long = {"session": open_session("shop", "h5", "login")["session"], "token": "t", "userInformation": fingerprint + "z"}
    answered("userInformation of 8193 bytes", long, 400, "invalid-request")
    answered("userInformation missing", {**long, "userInformation": None}, 400, "invalid-request")
    for page in ("javascript:alert(1)", "https://", "https://a b/", "https://user:pass@e.example/", "//e.example/", "https://e.example\r\nX: y/", "https://例子.cn/", "x" * 9000):
        value = {"channel": "h5", "operation": "verify", "pageUrl": page}
        answered(f"pageUrl {page[:30]!r}", value, 400, "invalid-request", "sessions")

    # The response has the caller's id or a new one, and never characters that are unsafe in a log or a header.
    def identifier(name, sent, echoed):
        def run():
            headers = ["x-request-id: " + sent] if isinstance(sent, str) else ["x-request-id: " + one for one in sent]
            answer = exchange(request("GET", "/v1/failures/none-such", headers=headers))
            problem = problem_of(answer, 404, "not-found")
            if problem:
                return problem
            found = answer.headers["x-request-id"][0]
            wanted = sent if isinstance(sent, str) else sent[0]
            if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", found):
                return f"{found!r}"
            return None if (found == wanted) == echoed else f"{wanted[:70]!r} became {found!r}"

        attempt(f"x-request-id: {name}", run)

    identifier("64 characters", "a" * 64, True)
    identifier("65 characters", "a" * 65, False)
    identifier("20 kB", "a" * 20_000, False)
    identifier("empty", "", False)
    identifier("a space inside", "a b", False)
    identifier("quotes", '"a"', False)
    identifier("8-bit characters", "\xe9", False)
    identifier("two fields", ["first", "second"], True)
    for text in (NUMBER, "138-0000-0000", "86" + NUMBER, "0086-138-0000-0000", "order-" + NUMBER, NUMBER + ".1", f"a_{NUMBER}_b", "t-86" + NUMBER):
        identifier(f"a phone number, {text}", text, False)
    for text in ("1795235656790", "0d9f2c44-5b1e-4b8a-9f64-13f0c6a2d7e1", "20261121122914069", "3fa85f64571745622b3fc2c963f66afa"):
        identifier(f"not a phone number, {text}", text, True)
    refused("x-request-id with CRLF", b"GET /v1/apps HTTP/1.1\r\nHost: n\r\nx-request-id: a\r\nX-Evil\r\n\r\n", 400, "invalid-request")


# MARK: The vendor


def vendor_cases():
    lost = {"delivery": "unknown", "billed": "unknown", "advice": "new-session"}
    unreadable = {"delivery": "answered", "billed": "unknown", "advice": "contact-vendor"}
    timeout = 504, "vendor-timeout", lost
    protocol = 502, "vendor-protocol-error", unreadable
    faults = {
        "never responds": ({"connection": "never-answer"}, *timeout),
        "responds after 1.5 s": ({"delayMilliseconds": 1500}, *timeout),
        "resets before processing": ({"connection": "reset-before-processing"}, *timeout),
        "resets after processing": ({"connection": "reset-after-processing"}, *timeout),
        "truncates its response": ({"body": "cut"}, *protocol),
        "sends an endless response": ({"body": "endless"}, *protocol),
        "sends garbage": ({"body": "garbage"}, *protocol),
        "sends HTML": ({"body": "html"}, *protocol),
        "sends an empty body": ({"body": "empty"}, *protocol),
        "returns 987654": ({"code": "987654"}, 502, "unmapped", unreadable),
        "returns a phone number": ({"code": NUMBER, "message": f"+86{NUMBER} 错误"}, 502, "unmapped", unreadable),
        "returns a code of 5 kB": ({"code": "E" * 5000}, 502, "unmapped", unreadable),
        "returns a space": ({"code": " "}, *protocol),
        "returns a code with control characters": ({"code": "1\r\n\u00002"}, 502, "unmapped", unreadable),
        "returns 'ok'": ({"code": "ok"}, 502, "unmapped", unreadable),
        "returns success with HTTP 500": ({"httpStatus": 500}, *protocol),
        "returns success with HTTP 302": ({"httpStatus": 302}, *protocol),
    }
    routes = [("shop", "app", "verify"), ("shop", "app", "login"), ("shop", "h5", "login"), ("shop", "wechat-mini-program", "login"),
              ("shop", "quick-app", "verify"), ("club", "app", "login"), ("club", "app", "verify"), ("shop", "h5", "verify")]  # fmt: skip

    def ask(app, channel, operation, fault, key=KEY):
        # The sandbox has a daily limit for each number.
        sandbox_call("POST", "/sandbox/reset")
        value = phone(app, channel, operation, fault, key)
        if operation == "verify":
            value["phoneNumber"] = NUMBER
        answer = call(operation, value, app, key)
        # The vendor must receive a token exactly once in every case.
        seen = sum(value["token"] in unquote(json.dumps(entry)) for entry in sandbox_call("GET", "/sandbox/requests"))
        return answer, None if seen == 1 else f"the vendor got the token {seen} times"

    for app, channel, operation in routes:
        for name, (fault, status, reason, members) in faults.items():

            def run(app=app, channel=channel, operation=operation, fault=fault, status=status, reason=reason, members=members):
                answer, problem = ask(app, channel, operation, fault)
                problem = problem or problem_of(answer, status, reason, stage=operation, **members)
                return problem or ("the response contains the number" if NUMBER.encode() in answer.body else None)

            attempt(f"{app} {operation} on {channel}: the vendor {name}", run)
        for name, fault in {"text/plain": {"contentType": "text/plain"}, "an invalid value": {"contentType": "\"';"}}.items():

            def run(app=app, channel=channel, operation=operation, fault=fault):
                answer, problem = ask(app, channel, operation, fault)
                return problem or (None if answer.status == 200 else str(answer))

            attempt(f"{app} {operation} on {channel}: the vendor's content type is {name}", run)

        def number(app=app, channel=channel, operation=operation):
            answer, problem = ask(app, channel, operation, {"body": "code-as-number"})
            # 103000 as a number is 103000. 000 is 0, which no provider file lists. Other texts are unchanged.
            value = answer.json()
            return problem or (None if answer.status == 200 or value.get("reason") == "unmapped" else str(answer))

        attempt(f"{app} {operation} on {channel}: the vendor's code is a number", number)
        for http_status in (404, 500, 503):

            def run(app=app, channel=channel, operation=operation, http_status=http_status):
                answer, problem = ask(app, channel, operation, {"httpStatus": http_status, "body": "html"})
                value = answer.json()
                good = answer.status in (502, 503, 504) and value["delivery"] == "answered" and value["billed"] != "yes"
                return problem or (None if good else str(answer))

            attempt(f"{app} {operation} on {channel}: the vendor sends HTML with {http_status}", run)

    def arm(name, fault, status, reason, members):
        def run():
            sandbox_call("POST", "/sandbox/faults", {"action": "GetAuthToken", "fault": fault})
            # The gateway has no tokens for the origin of this page, because no call with it succeeds.
            answer = call("sessions", {"channel": "h5", "operation": "verify", "pageUrl": "http://127.0.0.1:8070/"})
            return problem_of(answer, status, reason, stage="prepare", **members)

        attempt(f"a session whose vendor {name}", run)

    for name, (fault, status, reason, members) in faults.items():
        arm(name, fault, status, reason, members)


def unmapped_cases():
    def crowded():
        """A page can report any code. This must not suppress the next code of a vendor."""
        reports = [json.dumps({"channel": "h5", "report": {"code": f"made-up-{index}"}}).encode() for index in range(1500)]
        with connect(gateway) as sock:
            reader = Reader(sock)
            for body in reports:
                sock.sendall(request("POST", "/v1/apps/shop/failures", body))
                if reader.answer().status != 200:
                    return "a report was refused"
        code = f"new-{time.time_ns() % 10**7}"
        value = phone("shop", "app", "verify", {"code": code})
        answer = call("verify", {**value, "phoneNumber": NUMBER})
        listed = get("/v1/unmapped").json()["unmapped"]
        if len(listed) > 1000:
            return f"{len(listed)} codes are stored"
        return problem_of(answer, 502, "unmapped") or (None if listed[0]["code"] == code else "it is not listed")

    attempt("a vendor's new code after 1,500 invented codes of a page", crowded)


# MARK: Traces


def traces(files):
    # None of these texts may contain a key or another secret that was sent.
    metrics = get("/metrics", key=None).body.decode()
    texts = {"/metrics": metrics, "/v1/unmapped": get("/v1/unmapped").body.decode()}
    for file in files:
        with open(file, encoding="utf-8", errors="replace") as stream:
            texts[file] = stream.read()
    for name, text in texts.items():
        found = sorted(secret for secret in secrets if secret and secret in text)
        numbers = sorted(set(re.findall(r"(?<![0-9a-fA-F])(?:86)?1[3-9][0-9]{9}(?![0-9a-fA-F])", text)))
        kinds = [f"{secret[:3]}… ({len(secret)} characters)" for secret in found]
        report(f"no secret in {os.path.basename(name)}", "; ".join(kinds + numbers) or None)
    series = sum(1 for line in metrics.splitlines() if not line.startswith("#"))
    report("the number of metric series is bounded", f"{series} series" if series > 5000 else None)


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    gateway, sandbox = address(sys.argv[1]), address(sys.argv[2])
    sandbox_call("POST", "/sandbox/reset")
    attempt("a login before all cases", healthy)
    for part in (http_cases, slow_cases, crowd_cases, body_cases, key_cases, session_cases, value_cases, vendor_cases, unmapped_cases):
        attempt(f"[{part.__name__}]", part)
    attempt("a login after all cases", healthy)
    traces(sys.argv[3:])
    print(f"{cases} cases, {failures} failed")
    sys.exit(1 if failures else 0)
