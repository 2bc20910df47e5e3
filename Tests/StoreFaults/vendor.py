"""A vendor with the wire format of China Mobile's tokenValidate. It records which tokens it has received."""

import http.server
import json
import re
import threading
import time

TOKEN = re.compile(rb"call-[a-z]+-(\d+)")


class Vendor:
    """Answers after `delay` seconds. Ends with the with block."""

    def __init__(self, delay=0.0):
        self.received, self.lock = {}, threading.Lock()
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                token = TOKEN.search(body)[0].decode()
                with vendor.lock:
                    vendor.received[token] = vendor.received.get(token, 0) + 1
                if delay:
                    time.sleep(delay)
                answer = json.dumps({
                    "header": {"msgId": "", "timestamp": "20180104090957277", "appId": "1", "resultCode": "000"},
                    "body": {"resultDesc": "ok", "taskId": "task-" + token}}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def handle(self):
                try:
                    super().handle()
                except ConnectionError:
                    pass  # the gateway was killed

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
