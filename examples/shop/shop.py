"""The smallest backend that uses Numgate: an H5 page with one-tap login, with the Python standard library only.

usage: shop.py [--listen HOST:PORT] [--gateway URL] [--app APP] [--key KEY] [--aliyun-sdk URL]
"""

import argparse
import http.server
import json
import pathlib
import secrets
import urllib.error
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
CLIENT = FOLDER.parents[1] / "clients/h5/numgate.js"
LARGEST_BODY = 16 << 10


class Gateway:
    """The calls of Numgate's API that the shop needs."""

    def __init__(self, url, app, key):
        self.base = f"{url}/v1/apps/{app}"
        self.key = key

    def post(self, path, body):
        """The status and the JSON of the gateway's response."""
        request = urllib.request.Request(
            f"{self.base}/{path}", json.dumps(body).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 502, {"reason": "gateway-unreachable", "advice": "use-sms", "titleZh": "登录服务暂不可用。", "title": "The login service is unavailable."}


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes: without this, the body waits for the acknowledgement of the headers.
    disable_nagle_algorithm = True
    gateway = None
    aliyun_sdk = None

    def do_GET(self):
        match self.path.split("?")[0]:
            case "/":
                nonce = secrets.token_urlsafe(16)
                page = (FOLDER / "index.html").read_text()
                page = page.replace("{{nonce}}", nonce).replace("{{aliyun-sdk}}", self.aliyun_sdk).encode()
                # The SDK's scripts are loaded by a script that has the nonce: "strict-dynamic" allows them.
                policy = f"script-src 'nonce-{nonce}' 'strict-dynamic'; object-src 'none'; base-uri 'none'"
                self.answer(200, "text/html; charset=utf-8", page, {"Content-Security-Policy": policy})
            case "/numgate.js":
                self.answer(200, "text/javascript; charset=utf-8", CLIENT.read_bytes())
            case "/shop.js" | "/shop.css":
                kind = "text/javascript" if self.path.endswith("js") else "text/css"
                self.answer(200, f"{kind}; charset=utf-8", (FOLDER / self.path[1:]).read_bytes())
            case "/favicon.ico":
                self.answer(204, "image/x-icon", b"")
            case _:
                self.answer(404, "text/plain", b"not found\n")

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self.json(413, {"reason": "invalid-request"})
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            return self.json(400, {"reason": "invalid-request"})
        match self.path:
            case "/api/session":
                address = f"http://{self.headers['Host']}/"
                operation = "verify" if body.get("operation") == "verify" else "login"
                self.json(*self.gateway.post("sessions", {"channel": "h5", "operation": operation, "pageUrl": address}))
            case "/api/login":
                status, answer = self.gateway.post("login", body)
                # A real backend creates the user's session here. The page gets the masked number only.
                self.json(status, {"masked": answer["masked"]} if status == 200 else answer)
            case "/api/verify":
                status, answer = self.gateway.post("verify", body)
                self.json(status, {"verdict": answer["verdict"]} if status == 200 else answer)
            case "/api/failures":
                self.json(*self.gateway.post("failures", body))
            case _:
                self.json(404, {"reason": "not-found"})

    def json(self, status, body):
        self.answer(status, "application/json", json.dumps(body, ensure_ascii=False).encode())

    def answer(self, status, kind, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *_):
        """No log: the example shows the gateway's."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", default="127.0.0.1:8070")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    parser.add_argument("--app", default="shop")
    parser.add_argument("--key", default="numgate-demo-shop-key")
    parser.add_argument("--aliyun-sdk", default="http://127.0.0.1:9090/sdk/numberAuth-web-sdk.js")
    options = parser.parse_args()
    Shop.aliyun_sdk = options.aliyun_sdk
    Shop.gateway = Gateway(options.gateway, options.app, options.key)
    host, port = options.listen.rsplit(":", 1)
    server = http.server.ThreadingHTTPServer((host, int(port)), Shop)
    print(f"shop     http://{options.listen}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
