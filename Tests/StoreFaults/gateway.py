"""A gateway as a process, with its ledger in a folder."""

import hashlib
import http.client
import json
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(sys.argv[1]).resolve()
KEY = "ledger-faults-team-key"
APP_KEY = "0123456789ABCDEF0123456789ABCDEF"
NUMBER = "13800001234"
STORE_KEY = "an-example-of-a-store-key-of-32-bytes"
LIMIT = 60

CONFIG = """
server: {{listen: "127.0.0.1:{port}", loops: 2}}
ledger: {{durability: {durability}, onError: {on_error}, numberHash: true}}
store: {{path: {store}, keys: ["${{env:STORE_KEY}}"]{postgres}}}
teams:
  team: {{keys: ["sha256:{hash}"], apps: all}}
accounts:
  account:
    provider: china-mobile-app
    endpoint: http://127.0.0.1:{vendor}
    appId: "300011111111"
    appKey: "{app_key}"
    keyType: "0"
    prices: {{verify: 0.03}}
    {account}
apps:
  shop:
    app: {{verify: [account]}}
    {app}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """A running gateway on a folder. `store` is kept when it ends; the process is killed at the end of the block.
    `app` and `account` are lines of the configuration, `postgres` a connection string."""

    def __init__(self, folder, vendor, durability="acknowledged", on_error="continue", preexec=None, app="", account="",
                 postgres=None):
        self.folder, self.port = pathlib.Path(folder), free_port()
        self.folder.mkdir(exist_ok=True)
        self.store = self.folder / "store"
        self.config = self.folder / "config.yaml"
        self.config.write_text(CONFIG.format(
            port=self.port, vendor=vendor.port, durability=durability, on_error=on_error, store=self.store,
            hash=hashlib.sha256(KEY.encode()).hexdigest(), app_key=APP_KEY, app=app, account=account,
            postgres=", postgres: '${env:POSTGRES}'" if postgres else ""))
        self.lines, self.changed = [], threading.Condition()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.config, "--providers", ROOT / "providers"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"STORE_KEY": STORE_KEY, "POSTGRES": postgres or ""},
            preexec_fn=preexec)
        self.first_line = self.process.stderr.readline()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def wait_for(self, *words):
        """Waits for a log line that contains all words."""
        found = lambda: [line for line in self.lines if all(word in line for word in words)]
        with self.changed:
            assert self.changed.wait_for(found, LIMIT), (words, self.lines[-3:])
            return json.loads(found()[0])

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        connection.connect()
        # Head and body are sent separately: without this option the body waits for a delayed acknowledgement.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def verify(self, connection, token, request_id, idempotency_key=None):
        headers = {"Authorization": "Bearer " + KEY, "Content-Type": "application/json", "X-Request-Id": request_id}
        if idempotency_key:
            headers["Idempotency-Key"] = f'"{idempotency_key}"'
        connection.request(
            "POST", "/v1/apps/shop/verify", json.dumps({"channel": "app", "token": token, "phoneNumber": NUMBER}),
            headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        if answer.headers["Idempotency-Replayed"]:
            body["replayed"] = True
        if answer.headers["Retry-After"]:
            body["retryAfter"] = int(answer.headers["Retry-After"])
        if answer.headers["X-Numgate-Idempotency"]:
            body["idempotency"] = answer.headers["X-Numgate-Idempotency"]
        return answer.status, body

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path, headers={"Authorization": "Bearer " + KEY})
        return connection.getresponse().read().decode()

    def metric(self, name):
        return next(float(line.split()[1]) for line in self.get("/metrics").splitlines() if line.startswith(name + " "))

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(LIMIT)
        self.reader.join(LIMIT)
        return code

    def rows(self, sql="SELECT request FROM calls"):
        with sqlite3.connect(f"file:{self.store / 'ledger.db'}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def __enter__(self):
        assert "serves" in self.first_line, self.first_line
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def run(checks):
    """Runs the functions whose names begin with check_, each with a folder of its own. Returns the exit code."""
    failed = 0
    checks = [(name, check) for name, check in checks.items() if name.startswith("check_")]
    for name, check in checks:
        title = name.removeprefix("check_").replace("_", " ")
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(pathlib.Path(folder))
                print(f"ok   {title}", flush=True)
            except Exception as error:  # every exception is a failure of this check
                failed += 1
                print(f"FAIL {title}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0
