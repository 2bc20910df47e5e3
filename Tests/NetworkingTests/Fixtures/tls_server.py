#!/usr/bin/env python3
"""An HTTPS server for TLSTests: `tls_server.py <certificate> <key>`. Prints its port and runs until the end of its
standard input. Each response is `<number of the connection> <TLS version> <resumed or fresh> <target> <body>`. Requests
for /meet wait until there are two of them.
"""

import http.server
import os
import ssl
import sys
import threading

connections = 0
lock = threading.Lock()
meeting = threading.Barrier(2, timeout=50)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        global connections
        self.request.do_handshake()
        with lock:
            self.number = connections
            connections += 1
        super().setup()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/meet":
            meeting.wait()
        resumed = "resumed" if self.connection.session_reused else "fresh"
        head = f"{self.number} {self.connection.version()} {resumed} {self.path} ".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(head) + len(body)))
        self.end_headers()
        self.wfile.write(head + body)

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Ignores errors: in some tests the client ends the handshake because it does not trust the certificate."""


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
