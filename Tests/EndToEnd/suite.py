"""Starts the built binary, runs each script against it, and checks exit codes, output and signals.

Every case is a function whose name begins with check_. It fails if it raises an exception. No case sleeps for a fixed
time: it waits for a response, an exit or the end of a stream, with a limit that is reached only by a hang."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(sys.argv[1]).resolve()
KEY = "numgate-demo-shop-key"
NUMBER = "13800000000"
LIMIT = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A running server process of the binary. It is killed at the end of the with block."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen(
            [BINARY, *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            **{"stdout": subprocess.PIPE, **options})
        self.first_line = self.process.stderr.readline()
        self.errors = []
        self.lines = []
        self.readers = [threading.Thread(target=self._read, args=(self.process.stderr, self.errors), daemon=True)]
        if self.process.stdout:
            self.readers.append(threading.Thread(target=self._read, args=(self.process.stdout, self.lines), daemon=True))
        for reader in self.readers:
            reader.start()

    @staticmethod
    def _read(stream, into):
        for line in stream:
            into.append(line.rstrip("\n"))

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.ended()

    def ended(self):
        code = self.process.wait(LIMIT)
        for reader in self.readers:
            reader.join(LIMIT)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Stand:
    """A sandbox and a gateway on free ports, with the repository's configuration and short time-outs."""

    def __init__(self, folder, **changes):
        self.gateway_port, self.sandbox_port = free_port(), free_port()
        text = (ROOT / "config.yaml").read_text()
        text = text.replace("127.0.0.1:9090", f"127.0.0.1:{self.sandbox_port}")
        text = text.replace(
            "listen: 127.0.0.1:8080",
            f"listen: 127.0.0.1:{self.gateway_port}\n  loops: 1\n  timeouts: {{header: 1s, body: 2s}}\n"
            "  breaker: {failures: 1000, minimumCalls: 100000}")
        text = text.replace("    endpoint:", "    timeout: 500ms\n    endpoint:")
        for old, new in changes.get("replace", []):
            assert old in text, old
            text = text.replace(old, new)
        self.config = pathlib.Path(folder) / f"config-{self.gateway_port}.yaml"
        self.config.write_text(text)
        self.providers = self.config.with_suffix(".providers")
        shutil.copytree(ROOT / "providers", self.providers)
        self.sandbox = Running("sandbox", "--listen", f"127.0.0.1:{self.sandbox_port}")
        self.gateway = Running(
            "serve", "--config", self.config, "--providers", self.providers, **changes.get("options", {}))
        assert "serves" in self.gateway.first_line, self.gateway.first_line

    @property
    def gateway_address(self):
        return f"127.0.0.1:{self.gateway_port}"

    @property
    def sandbox_address(self):
        return f"127.0.0.1:{self.sandbox_port}"

    def call(self, path, body=None, port=None, key=KEY):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port or self.gateway_port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def token(self, fault=None, operation="verify"):
        body = {
            "provider": "china-mobile-app", "appId": "300000000004", "phoneNumber": NUMBER, "operation": operation}
        status, answer = self.call("/sandbox/tokens", body | ({"fault": fault} if fault else {}), self.sandbox_port)
        assert status == 200, answer
        return json.loads(answer)["token"]

    def verify(self, token, app="shop"):
        status, answer = self.call(
            f"/v1/apps/{app}/verify", {"channel": "app", "token": token, "phoneNumber": NUMBER})
        return status, json.loads(answer)

    def metric(self, series):
        for line in self.call("/metrics")[1].decode().splitlines():
            if line.startswith(series + " "):
                return float(line.split(" ")[-1])
        return None

    def reloads(self, result):
        return self.metric(f'numgate_configuration_reloads_total{{result="{result}"}}')

    def events(self, name):
        """The log lines of an event; complete after the gateway has exited."""
        return [line for line in map(json.loads, self.gateway.lines) if line["event"] == name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gateway.__exit__()
        self.sandbox.__exit__()


class TunnelProxy:
    """A proxy that opens tunnels with CONNECT for clients with the credentials. It ends with the with block."""

    def __init__(self, credentials):
        self.expected = "Basic " + base64.b64encode(credentials.encode()).decode()
        self.targets = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self):
                if self.headers["Proxy-Authorization"] != proxy.expected:
                    return self.send_error(407)
                proxy.targets.append(self.path)
                host, port = self.path.rsplit(":", 1)
                with socket.create_connection((host, int(port)), LIMIT) as target:
                    self.send_response(200)
                    self.end_headers()
                    threading.Thread(target=self.relay, args=(target, self.connection), daemon=True).start()
                    self.relay(self.connection, target)
                self.close_connection = True

            @staticmethod
            def relay(source, sink):
                try:
                    while data := source.recv(65536):
                        sink.sendall(data)
                    sink.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

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


def run(*arguments, **options):
    return subprocess.run(
        [BINARY, *map(str, arguments)], cwd=options.pop("cwd", ROOT), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=LIMIT, **options)


def script(path, *arguments):
    done = subprocess.run(
        [sys.executable, "-B", ROOT / path, *arguments], capture_output=True, text=True, timeout=300)
    bad = [line for line in done.stdout.splitlines() if not line.startswith("ok")]
    assert done.returncode == 0, "\n".join([path, *bad, done.stderr])


# Scripts.


def check_the_openapi_document_matches_the_gateway(stand):
    script("Tests/GatewayTests/check_openapi.py", f"http://{stand.gateway_address}", KEY)


def check_hostile_input_results_in_a_clear_error(stand):
    script("Tests/GatewayTests/hostile.py", stand.gateway_address, stand.sandbox_address)


def check_alibabas_sdk_works_with_the_sandbox(stand):
    script("Tests/SandboxTests/alibaba_sdk.py", f"http://{stand.sandbox_address}")


# The process.


def check_log_lines_are_json_without_personal_data(stand):
    token = stand.token()
    assert stand.verify(token)[1]["verdict"] == "match"
    assert stand.gateway.stop() == 0
    requests = [json.loads(line) for line in stand.gateway.lines]
    assert any(line["endpoint"] == "verify" and line["outcome"] == "match" for line in requests if line["event"] == "request")
    everything = "\n".join(stand.gateway.lines + stand.gateway.errors)
    for secret in (NUMBER, token, KEY, "SANDBOXAPPMD5KEY"):
        assert secret not in everything, secret


def check_sigterm_finishes_requests_in_flight(folder):
    changes = {"replace": [("timeout: 500ms", "timeout: 20s")]}
    with Stand(folder, **changes) as stand:
        token = stand.token({"delayMilliseconds": 700})
        answers = []
        caller = threading.Thread(target=lambda: answers.append(stand.verify(token)))
        caller.start()
        # The sandbox's list of requests shows when the call has arrived.
        while json.loads(stand.call("/sandbox/requests", port=stand.sandbox_port)[1]) == []:
            pass
        assert stand.gateway.stop() == 0
        caller.join(LIMIT)
        assert answers and answers[0][1].get("verdict") == "match", answers
        assert any('"outcome":"match"' in line for line in stand.gateway.lines)


def check_a_second_signal_stops_the_gateway_at_once(folder):
    changes = {"replace": [("timeout: 500ms", "timeout: 50s")]}
    with Stand(folder, **changes) as stand:
        token = stand.token({"connection": "never-answer"})
        caller = threading.Thread(target=lambda: quietly(stand.verify, token), daemon=True)
        caller.start()
        while json.loads(stand.call("/sandbox/requests", port=stand.sandbox_port)[1]) == []:
            pass
        stand.gateway.process.send_signal(signal.SIGTERM)
        while quietly(stand.call, "/healthz") is not None:
            pass
        assert stand.gateway.stop() == 1


def check_a_call_signed_with_hmac_does_not_wait_for_calls_signed_with_rsa(stand):
    def request(method, path, body=""):
        return (f"{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    # Different tokens: identical calls in flight share one call to the vendor.
    def verify(app, number):
        return request("POST", f"/v1/apps/{app}/verify", json.dumps(
            {"channel": "app", "token": f"STsid-{app}-{number}", "phoneNumber": NUMBER}))

    # The app "club" signs with RSA, the app "shop" with HMAC.
    apps = ["club"] * 20 + ["shop"]
    connections = [socket.create_connection(("127.0.0.1", stand.gateway_port), LIMIT) for _ in apps]
    for connection in connections:
        connection.sendall(request("GET", "/healthz"))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    # All requests arrive while the gateway is stopped, the one with HMAC last.
    process = stand.gateway.process
    process.send_signal(signal.SIGSTOP)
    while pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        pass
    for number, (connection, app) in enumerate(zip(connections, apps)):
        connection.sendall(verify(app, number))
    process.send_signal(signal.SIGCONT)
    for connection in connections:
        assert connection.recv(4096).startswith(b"HTTP/1.1 "), "no response"
        connection.close()
    seen = json.loads(stand.call("/sandbox/requests", port=stand.sandbox_port)[1])
    order = ["shop" if "STsid-shop" in json.dumps(entry) else "club" for entry in reversed(seen)]
    assert sorted(order) == sorted(apps), order
    assert order.index("shop") < 3, order


def check_readiness_is_refused_while_the_listener_is_still_open(folder):
    changes = {"replace": [("  loops: 1\n", "  loops: 1\n  drainDelay: 20s\n")]}
    with Stand(folder, **changes) as stand:
        with socket.create_connection(("127.0.0.1", stand.gateway_port)) as kept:
            kept.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert kept.recv(4096).startswith(b"HTTP/1.1 200"), "not ready"
            stand.gateway.process.send_signal(signal.SIGTERM)
            while stand.call("/readyz")[0] == 200:
                pass
            kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = kept.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200") and b"\r\nConnection: close\r\n" in answer, answer
        assert stand.call("/readyz")[0] == 503
        assert stand.verify(stand.token())[1]["verdict"] == "match"
        # A second signal does not wait for the delay.
        assert stand.gateway.stop() == 1


def check_a_drain_delay_ends_with_exit_code_0(folder):
    changes = {"replace": [("  loops: 1\n", "  loops: 1\n  drainDelay: 100ms\n")]}
    with Stand(folder, **changes) as stand:
        assert stand.verify(stand.token())[1]["verdict"] == "match"
        assert stand.gateway.stop() == 0


def check_a_blocked_log_reader_does_not_delay_the_exit(folder):
    reader, writer = os.pipe()
    try:
        with Stand(folder, options={"stdout": writer}) as stand:
            # The queue of the log behind the pipe is full once lines are dropped.
            while "numgate_log_lines_dropped_total 0\n" in stand.call("/metrics")[1].decode():
                flood(stand, 2000)
            began = time.monotonic()
            assert stand.gateway.stop() == 0
            # The limit of a drain is 10 s, that of the last log lines 1 s.
            assert time.monotonic() - began < 8
    finally:
        os.close(reader)
        os.close(writer)


def flood(stand, count):
    """Sends requests on one connection; each results in a log line."""
    request = b"GET /v1/failures HTTP/1.1\r\nHost: a\r\nx-request-id: " + b"x" * 64 + b"\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stand.gateway_port)) as connection:
        connection.sendall(request * count)
        left = count
        while left:
            chunk = connection.recv(1 << 16)
            assert chunk, "the connection was closed"
            left -= chunk.count(b"HTTP/1.1 401 ")


def check_a_gateway_listens_on_several_addresses_and_on_a_socket_file(folder):
    path, second = pathlib.Path(folder) / "gateway.sock", free_port()
    with Stand(folder) as stand:
        arguments = [
            "serve", "--config", stand.config, "--providers", stand.providers, "--store",
            pathlib.Path(folder) / "second", "--listen", f"127.0.0.1:{second}", "--listen", f"unix:{path}"]
        # An unused socket file is replaced.
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))
        with Running(*arguments) as gateway:
            assert f"unix:{path}" in gateway.first_line and f":{second}" in gateway.first_line, gateway.first_line
            assert stand.call("/readyz", port=second)[0] == 200
            with socket.socket(socket.AF_UNIX) as local:
                local.connect(str(path))
                local.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
                assert local.recv(4096).startswith(b"HTTP/1.1 200")
            taken = run(*arguments[:5], "--store", ":memory:", "--listen", f"unix:{path}")
            assert taken.returncode == 1 and str(path) in taken.stderr, taken
            assert gateway.stop() == 0
        assert not path.exists()


def quietly(function, *arguments):
    try:
        return function(*arguments)
    except (OSError, ValueError):
        return None


# Reloads.

# Documented maximum time in seconds from a write until the change is active.
ACTIVE = 2

OLD_APP, NEW_APP = "  club:\n    h5:", "  circle:\n    app: {verify: [mobile-app]}\n  club:\n    h5:"
OLD_TEAM, NEW_TEAM = "apps: [shop, club,", "apps: [shop, club, circle,"


def promptly(question, limit=LIMIT):
    """Waits until `question` returns true. The default limit is reached only by a hang."""
    start = time.monotonic()
    while not question():
        assert time.monotonic() - start < limit, f"not within {limit} seconds"


def check_a_changed_file_is_active_within_two_seconds(stand):
    text = stand.config.read_text()
    token = stand.token()
    assert stand.verify(token, "circle")[0] == 403
    stand.config.write_text(text.replace(OLD_APP, NEW_APP).replace(OLD_TEAM, NEW_TEAM))
    promptly(lambda: stand.verify(token, "circle")[1].get("verdict") == "match", ACTIVE)
    assert stand.metric("numgate_configuration_generation") == 2
    # Editors and deployments replace the file by another one with the same name.
    beside = stand.config.with_suffix(".new")
    beside.write_text(text)
    beside.rename(stand.config)
    promptly(lambda: stand.verify(token, "circle")[0] == 403, ACTIVE)
    assert stand.gateway.stop() == 0
    there, back = stand.events("configuration-reloaded")
    assert (there["trigger"], there["apps"], there["teams"]) == ("files", {"added": ["circle"]}, {"changed": ["shop"]})
    assert (back["generation"], back["apps"]) == (3, {"removed": ["circle"]}), back


def check_an_invalid_file_keeps_the_running_configuration(stand):
    text = stand.config.read_text()
    stand.config.write_text(text.replace("login: [mobile-wechat]", "login: [mobil-wechat]"))
    promptly(lambda: stand.reloads("rejected") == 1)
    assert stand.verify(stand.token())[1]["verdict"] == "match"
    stand.config.write_text(text)
    promptly(lambda: stand.reloads("ok") == 1)
    provider = stand.providers / "aliyun.yaml"
    original = provider.read_text()
    provider.write_text(original.replace("accessKeyId", "accessKeyID"))
    promptly(lambda: stand.reloads("rejected") == 2)
    assert stand.verify(stand.token())[1]["verdict"] == "match"
    provider.write_text(original)
    promptly(lambda: stand.reloads("ok") == 2)
    stand.config.unlink()
    promptly(lambda: stand.reloads("rejected") == 3)
    assert stand.verify(stand.token())[1]["verdict"] == "match"
    assert stand.gateway.stop() == 0
    typo, provider, config = stand.events("configuration-rejected")
    assert typo["errors"] == 1 and "did you mean 'mobile-wechat'" in typo["first"][0], typo
    assert any("accessKeyId" in text for text in provider["first"]), provider
    assert "does not exist" in config["first"][0], config


def check_a_folder_of_providers_adds_to_the_built_in_ones(folder):
    with Stand(folder) as stand:
        inner = pathlib.Path(folder) / "bare"
        inner.mkdir()
        config = inner / "config.yaml"
        text = stand.config.read_text().replace(str(stand.gateway_port), str(free_port()))
        config.write_text(text)
        with Running("serve", "--config", config) as gateway:
            port = int(gateway.first_line.rsplit(":", 1)[1].split()[0])

            def providers():
                return {each["name"] for each in json.loads(stand.call("/v1/providers", port=port)[1])["providers"]}

            built_in = providers()
            assert {"aliyun", "yidun"} <= built_in, built_in
            # The folder is created while the gateway runs.
            made = run("provider", "new", "acme", "--folder", inner / "providers")
            assert made.returncode == 0, made
            promptly(lambda: providers() == built_in | {"acme"})
            # A file of the same name replaces the built-in one.
            yidun = (ROOT / "providers/yidun.yaml").read_text().replace("tokenLife: ", "tokenLife: 1s #")
            (inner / "providers/yidun.yaml").write_text(yidun)
            listed = run("provider", "list", "--providers", inner / "providers")
            assert listed.returncode == 0 and "acme" in listed.stdout and "aliyun" in listed.stdout, listed


def check_the_authorisation_page_of_an_app_is_drawn(folder):
    path = pathlib.Path(folder) / "page.html"
    done = run("authpage", "preview", "--app", "shop", "--config", ROOT / "config.yaml", "--out", path)
    assert done.returncode == 0 and "page type 2 of shop, h5" in done.stdout, done
    assert '"borderRadius":"12px"' in path.read_text()
    without = run("authpage", "preview", "--app", "club", "--config", ROOT / "config.yaml", "--out", "-")
    assert without.returncode == 1 and "apps.club.h5.page" in without.stderr and without.stdout == "", without
    unknown = run("authpage", "preview", "--app", "nothing", "--config", ROOT / "config.yaml")
    assert unknown.returncode == 1 and "there is no app 'nothing'" in unknown.stderr, unknown


def check_notes_on_https_pages_do_not_change_the_exit_code(folder):
    path = pathlib.Path(folder) / "config.yaml"
    config = (ROOT / "config.yaml").read_text()
    path.write_text(config.replace("\n  mobile-h5:\n", '\n  mobile-h5:\n    pages: ["https://a.example/"]\n', 1))
    done = run("check", "--config", path)
    assert done.returncode == 0 and done.stdout == "", done
    assert done.stderr.startswith("note: accounts.mobile-h5.pages: ") and 'content="always"' in done.stderr, done
    assert run("check", "--config", ROOT / "config.yaml").stderr == ""


def check_sighup_reloads_without_stopping(stand):
    stand.sandbox.process.send_signal(signal.SIGHUP)
    stand.gateway.process.send_signal(signal.SIGHUP)
    promptly(lambda: stand.reloads("ok") == 1)
    stand.config.write_text(stand.config.read_text().replace("listen: 127.0.0.1:", "listen: localhost:"))
    stand.gateway.process.send_signal(signal.SIGHUP)
    promptly(lambda: stand.reloads("ok") == 2)
    assert stand.verify(stand.token())[1]["verdict"] == "match"
    # During a reload.
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
        stand.gateway.process.send_signal(number)
    assert stand.gateway.ended() == 0
    first, second, *_ = stand.events("configuration-reloaded")
    assert second["needsRestart"] == ["server.listen"], second
    assert first["trigger"] == "signal" and not {"apps", "teams", "accounts", "providers"} & first.keys(), first


def check_a_replaced_secret_is_used(folder):
    secret = pathlib.Path(folder) / "app.key"
    secret.write_text("NOT-THE-KEY\n")
    with Stand(folder, replace=[("SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY", f"${{file:{secret}}}")]) as stand:
        token = stand.token()
        assert stand.verify(token)[0] != 200
        secret.write_text("SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY\n")
        promptly(lambda: stand.verify(token)[1].get("verdict") == "match")
        assert stand.gateway.stop() == 0
        (line,) = stand.events("configuration-reloaded")
        assert line["accounts"] == {"changed": ["mobile-app"]}, line
        assert "SANDBOXAPPMD5KEY" not in "\n".join(stand.gateway.lines + stand.gateway.errors)


def check_reloads_under_load_fail_no_request(stand):
    good = stand.config.read_text()
    other, faulty = good.replace(OLD_APP, NEW_APP).replace(OLD_TEAM, NEW_TEAM), good.replace("provider:", "provder:")
    texts = [other, good, faulty, good]
    answers, ends = [], threading.Event()

    def call():
        while not ends.is_set():
            try:
                answers.append(stand.verify(stand.token())[1].get("verdict"))
            except Exception as error:  # every exception is a failed request
                answers.append(repr(error))

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        for turn in range(20):
            done = stand.reloads("ok") + stand.reloads("rejected")
            stand.config.write_text(texts[turn % len(texts)])
            if turn % 2:
                stand.gateway.process.send_signal(signal.SIGHUP)
            promptly(lambda: stand.reloads("ok") + stand.reloads("rejected") > done)
    finally:
        ends.set()
        for caller in callers:
            caller.join(LIMIT)
    assert stand.gateway.stop() == 0
    assert len(answers) > 300 and set(answers) == {"match"}, (len(answers), set(answers))
    assert len(stand.events("configuration-rejected")) == 5


def check_a_full_disk_drops_only_log_lines(folder):
    with open("/dev/full", "w") as full, Stand(folder, options={"stdout": full}) as stand:
        for _ in range(3):
            assert stand.verify(stand.token())[1]["verdict"] == "match"
        while "numgate_log_lines_dropped_total 0" in stand.call("/metrics")[1].decode():
            pass
        assert stand.gateway.stop() == 0


def check_a_port_in_use_is_reported_in_one_line(stand):
    done = run("serve", "--config", stand.config, "--providers", ROOT / "providers", "--store", ":memory:")
    assert done.returncode == 1
    assert "the address is already in use" in done.stderr, done.stderr
    assert len([line for line in done.stderr.splitlines() if line]) == 1, done.stderr
    done = run("sandbox", "--listen", stand.sandbox_address)
    assert done.returncode == 1 and "the address is already in use" in done.stderr, done.stderr


def check_a_second_gateway_on_the_same_store_is_refused_in_one_line(stand):
    done = run("serve", "--config", stand.config, "--providers", ROOT / "providers")
    assert done.returncode == 1
    assert "is used by another process" in done.stderr, done.stderr
    assert len([line for line in done.stderr.splitlines() if line]) == 1, done.stderr


def check_the_documented_example_of_tls_works(folder):
    text = (ROOT / "docs/operations.md").read_text().split("## TLS and client certificates", 1)[1]
    commands, config = (re.search(f"```{kind}\n(.*?)```", text, re.DOTALL)[1] for kind in ("bash", "yaml"))
    folder = pathlib.Path(folder) / "tls"
    folder.mkdir()
    subprocess.run(["bash", "-ec", commands], cwd=folder, check=True, capture_output=True, timeout=LIMIT)
    path, port = folder / "config.yaml", free_port()
    path.write_text(config.replace(":8443", f":{port}"))
    assert run("check", "--config", path, "--providers", ROOT / "providers").returncode == 0

    def curl(where, *options):
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--max-time", str(LIMIT), "--cacert", "ca.pem", *options,
             f"https://localhost:{port}{where}"], cwd=folder, capture_output=True, text=True)
        return done.stdout or done.stderr

    with Running("serve", "--config", path, "--providers", ROOT / "providers") as gateway:
        assert f"serves https://127.0.0.1:{port} " in gateway.first_line, gateway.first_line
        apps = json.loads(curl("/v1/apps", "--cert", "shop.pem", "--key", "shop.key"))["apps"]
        assert [app["id"] for app in apps] == ["shop"], apps
        assert json.loads(curl("/v1/apps"))["status"] == 401
        assert json.loads(curl("/healthz")) == {"status": "ok"}
        assert "alert protocol version" in curl("/healthz", "--tls-max", "1.1")
        path.write_text(path.read_text().replace("Authorities: ca.pem", "Authorities: ca.pem\n    clientCertificates: required"))
        promptly(lambda: "certificate required" in curl("/healthz"))
        assert json.loads(curl("/healthz", "--cert", "shop.pem", "--key", "shop.key")) == {"status": "ok"}
        assert gateway.stop() == 0
        assert not any("plain HTTP" in line for line in gateway.errors), gateway.errors


def check_plain_http_causes_a_warning_except_on_loopback(folder):
    text = (ROOT / "config.yaml").read_text()
    path = pathlib.Path(folder) / "plain.yaml"
    for host, expected in [("127.0.0.1", 0), ("0.0.0.0", 1)]:
        path.write_text(text.replace("127.0.0.1:8080", f"{host}:{free_port()}"))
        with Running("serve", "--config", path, "--providers", ROOT / "providers") as gateway:
            assert gateway.stop() == 0
            assert sum("plain HTTP" in line for line in gateway.errors) == expected, gateway.errors


# The command line.


def check_the_configuration_of_the_repository_is_valid_without_output(_):
    done = run("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def check_all_errors_of_a_configuration_are_reported_together(folder):
    text = (ROOT / "config.yaml").read_text()
    text = text.replace("listen: 127.0.0.1:8080", "lisen: 127.0.0.1:8080").replace("login: [mobile-wechat]", "login: [mobil-wechat]")
    path = pathlib.Path(folder) / "wrong.yaml"
    path.write_text(text)
    done = run("check", "--config", path, "--providers", ROOT / "providers")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert all(re.match(r".+:\d+:\d+: ", line) for line in lines), lines
    assert any("unknown key 'lisen'" in line and "'listen'" in line for line in lines), lines
    assert any("'mobil-wechat'" in line and "'mobile-wechat'" in line for line in lines), lines


def check_every_command_has_help_and_refuses_unknown_options(_):
    assert run("--version").stdout.startswith("numgate ")
    for command in ("serve", "sandbox", "demo", "check", "doctor", "provider", "schema", "route", "explain", "usage",
                    "reconcile"):
        assert run(command, "--help").returncode == 0
        assert run(command, "--help").stdout.startswith(f"usage: numgate {command}")
        assert run(command, "--version").returncode == 0
        done = run(command, "--no-such-option")
        assert done.returncode == 2, command
        assert done.stderr.startswith("numgate: "), done.stderr
    for arguments in ([], ["sevre"], ["route"], ["explain"], ["sandbox", "--listen", "nowhere"], ["serve", "--config"],
                      ["doctor", "--account", "unknown"], ["doctor", "--account"],
                      ["route", "--app", "shop", "--channel", "fax", "--operation", "login"]):
        assert run(*arguments).returncode == 2, arguments


def check_route_shows_the_accounts_of_a_call(_):
    done = run("route", "--app", "shop", "--channel", "h5", "--operation", "login")
    assert done.returncode == 0
    assert done.stdout.index("mobile-h5") < done.stdout.index("aliyun-h5")
    assert run("route", "--app", "shop", "--channel", "quick-app", "--operation", "login").returncode == 1
    assert run("route", "--app", "unknown", "--channel", "h5", "--operation", "login").returncode == 1


def check_the_doctor_passes_the_accounts_of_the_repository(stand):
    done = run("doctor", "--config", stand.config, "--providers", ROOT / "providers")
    assert done.returncode == 0, done.stdout
    accounts = re.findall(r"^(\S+) \(", done.stdout, re.MULTILINE)
    assert accounts == [
        "alipay", "aliyun-h5", "aliyun-sts", "camara", "camara-ciba", "getui", "jiguang", "mobile-app", "mobile-app-rsa", "mobile-h5", "mobile-quick-app",
        "mobile-wechat", "mobtech", "shanyan", "shanyan-rsa", "tencent-cloud", "wechat", "yidun"], accounts
    assert done.stdout.endswith("18 accounts: 18 OK, 0 failed\n"), done.stdout
    assert re.search(r"ok  credential accessToken +the vendor issues it, for 7\d{3} s\n", done.stdout), done.stdout
    assert "refuses the invalid token" in done.stdout and "  !!  " not in done.stdout, done.stdout
    one = run("doctor", "--account", "mobile-h5", "--account=mobile-app", "--offline", "--json", "--config", stand.config,
              "--providers", ROOT / "providers")
    assert one.returncode == 0 and [found["account"] for found in json.loads(one.stdout)] == ["mobile-app", "mobile-h5"], one.stdout
    with open("/dev/full", "w") as full:
        assert subprocess.run([BINARY, "doctor", "--offline"], cwd=ROOT, stdout=full, timeout=LIMIT).returncode == 0


def check_the_doctor_reports_the_account_with_a_wrong_key(folder):
    with Stand(folder, replace=[("appKey: SANDBOXAPPMD5KEY", "appKey: WRONGAPPMD5KEYXX")]) as stand:
        done = run("doctor", "--config", stand.config, "--providers", ROOT / "providers")
        assert done.returncode == 1 and done.stdout.endswith("18 accounts: 17 OK, 1 failed\n"), done.stdout
        account = ""
        wrong = {}
        for line in done.stdout.splitlines():
            account = line.split()[0] if not line.startswith(" ") else account
            if line.startswith("  !!  "):
                wrong.setdefault(account, []).append(line)
        assert list(wrong) == ["mobile-app"] and all("signature" in line for line in wrong["mobile-app"]), wrong
        for secret in (NUMBER, "WRONGAPPMD5KEY", "SANDBOXAPPSECRET"):
            assert secret not in done.stdout, secret
        assert stand.sandbox.stop() == 0
        gone = run("doctor", "--account", "mobile-h5", "--config", stand.config, "--providers", ROOT / "providers")
        assert gone.returncode == 1 and "connection refused" in gone.stdout and "not tried" in gone.stdout, gone.stdout


def check_vendors_are_called_through_the_proxy(folder):
    url = pathlib.Path(folder) / "proxy.url"
    changes = [
        ("  listen:", f"  vendors: {{proxy: \"${{file:{url}}}\", connectTimeout: 20s}}\n  listen:"),
        ("    timeout: 500ms\n", "    timeout: 20s\n")]
    environment = {**os.environ, "no_proxy": "*", "NO_PROXY": "*"}
    with TunnelProxy("egress:p@ss:hunter2") as proxy:
        url.write_text(f"http://egress:p%40ss:hunter2@127.0.0.1:{proxy.port}\n")
        with Stand(folder, replace=changes, options={"env": environment}) as stand:
            for _ in range(2):
                status, answer = stand.verify(stand.token())
                assert answer.get("verdict") == "match", answer
            assert proxy.targets == [stand.sandbox_address], proxy.targets
            shown = [run(*command, "--config", stand.config, "--providers", ROOT / "providers") for command in (
                ("check",), ("doctor", "--account", "mobile-app"),
                ("route", "--app", "shop", "--channel", "app", "--operation", "verify"))]
            assert [done.returncode for done in shown] == [0, 0, 0], shown
            assert "connected through the proxy, response in" in shown[1].stdout, shown[1].stdout
            url.write_text(f"http://egress:hunter3@127.0.0.1:{proxy.port}\n")
            promptly(lambda: stand.reloads("ok") == 1)
            assert stand.gateway.stop() == 0
            (line,) = stand.events("configuration-reloaded")
            assert line["needsRestart"] == ["server.vendors.proxy"], line
            output = "\n".join(stand.gateway.lines + stand.gateway.errors + [done.stdout + done.stderr for done in shown])
            assert "hunter" not in output and "egress" not in output, output
        with Stand(folder, replace=changes) as stand:
            status, failure = stand.verify(stand.token())
            assert (status, failure["reason"], failure["delivery"]) == (503, "vendor-unreachable", "not-sent"), failure
            assert failure["detail"] == "No connection to the vendor: proxy authentication refused.", failure
            done = run("doctor", "--account", "mobile-app", "--config", stand.config, "--providers", ROOT / "providers")
            assert done.returncode == 1 and "proxy authentication refused" in done.stdout, done.stdout


def check_explain_shows_the_meaning_of_a_code(_):
    done = run("explain", "104008", "--provider", "china-mobile-h5", "--stage", "login")
    assert done.returncode == 0 and "client-fingerprint-mismatch" in done.stdout
    listed = json.loads(run("explain", "104008", "--json").stdout)
    assert {row["reason"] for row in listed} >= {"client-fingerprint-mismatch"}
    report = '{"msgId":"","YDData":{"code":"105002"},"CTData":{"code":-10006},"CUData":{}}'
    explained = subprocess.run(
        [BINARY, "explain", "-", "--provider", "china-mobile-h5"], cwd=ROOT, input=report, capture_output=True,
        text=True, timeout=LIMIT)
    assert explained.returncode == 0 and "acquire, CT: -10006" in explained.stdout, explained
    similar = run("explain", "10411")
    assert similar.returncode == 1 and "similar: 104011" in similar.stderr, similar.stderr
    unknown = run("explain", "no-such-code")
    assert unknown.returncode == 1 and "no provider file lists" in unknown.stderr


def validate(schema, *files):
    """Validates with check-jsonschema from PyPI, which is independent of Numgate."""
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", ROOT / "schemas" / f"{schema}.schema.json", *files],
        capture_output=True, text=True, timeout=LIMIT)


def check_the_schema_files_match_the_schema_command(_):
    for schema in ("config", "provider", "carrier"):
        shipped = (ROOT / "schemas" / f"{schema}.schema.json").read_text()
        assert run("schema", schema).stdout == shipped, f"numgate schema {schema} > schemas/{schema}.schema.json"


def check_every_file_of_the_repository_refers_to_its_schema_and_is_valid(_):
    providers = sorted((ROOT / "providers").glob("*.yaml"))
    described = sorted((ROOT / "Tests/Providers/DeclarativeTests/Providers").glob("*.yaml"))
    for schema, files in (("config", [ROOT / "config.yaml"]), ("provider", providers + described),
                          ("carrier", sorted((ROOT / "providers/carriers").glob("*.yaml")))):
        validated = validate(schema, *files)
        assert validated.returncode == 0, validated.stdout
    assert all(path.read_text().startswith("# yaml-language-server: $schema=../schemas/provider.schema.json\n")
               for path in providers)
    assert (ROOT / "config.yaml").read_text().startswith("# yaml-language-server: $schema=schemas/config.schema.json\n")


FAULTS = [
    ("endpoint: ", "endpont: "), ("timeout: 3s", "timeout: soon"), ("serves:", "serves: all\nserved:"),
    ("{md5: ", "{md6: "), ("write: name-value", "write: nonsense"), ("leaveOut: [signature]", "leaveOut: signature"),
    ("success:\n        - {at: /code", "success:\n        - {at: code"), ("required: true", "required: maybe"),
    ("reason: signature-rejected", "reason: bad-signature"), ("present: ", "absent: "),
]

PAGE_FAULTS = [
    ("bgColor: colour", "bgColor: color"), ("{kind: boolean, default", "{kind: boolean, defalt"),
    ("left: length\n", "left: length |\n"), ("requiredIf: ifShow", "requiredIf: [ifShow]"), ("kind: group", "kind: groups"),
]


def check_files_that_the_schema_refuses_are_refused_by_check(folder):
    files = [("yidun", fault) for fault in FAULTS] + [("china-mobile-h5", fault) for fault in PAGE_FAULTS]
    for index, (name, (right, wrong)) in enumerate(files):
        original = (ROOT / f"providers/{name}.yaml").read_text()
        assert right in original, right
        path = pathlib.Path(folder) / f"fault{index}.yaml"
        path.write_text(original.replace(right, wrong, 1))
        validated = validate("provider", path)
        assert validated.returncode == 1, f"the schema accepts {wrong!r}: {validated.stdout}"
        checked = run("provider", "check", path)
        assert checked.returncode == 1 and f"{path}:" in checked.stderr, f"check accepts {wrong!r}: {checked}"


def check_a_provider_file_is_started_from_a_curl_command(folder):
    inner = pathlib.Path(folder) / "started"
    inner.mkdir()
    curl, answer, path = inner / "curl.txt", inner / "answer.json", inner / "acme.yaml"
    curl.write_text("curl https://a.example/v1/check \\\n --json '{\"appId\": \"a1\", \"token\": \"tok-1\", \"mobile\": "
                    + NUMBER + ", \"time\": 1704164645}' -u 'user-1:password-1'\n")
    answer.write_text('{"code": 0, "data": {"result": "1"}}')
    made = run("provider", "new", "acme", "--folder", inner, "--from", curl, "--answer", answer)
    assert made.returncode == 0 and "verify, POST https://a.example/v1/check" in made.stdout, made
    checked = run("provider", "check", path)
    assert checked.returncode == 0 and "OK: acme (app: verify" in checked.stdout, checked
    assert validate("provider", path).returncode == 0
    for private in (NUMBER, "tok-1", "a1\"", "user-1", "password-1"):
        assert private not in path.read_text() + made.stdout, private
    curl.write_text("curl https://a.example -d 'a=1")
    refused = run("provider", "new", "other", "--folder", inner, "--from", curl)
    assert refused.returncode == 1 and f"{curl}:1:27: " in refused.stderr and not (inner / "other.yaml").exists(), refused


def check_the_file_of_a_new_provider_is_valid(folder):
    inner = pathlib.Path(folder) / "new" / "providers"
    inner.mkdir(parents=True)
    made = run("provider", "new", "acme", "--folder", inner)
    assert made.returncode == 0, made
    path = inner / "acme.yaml"
    again = run("provider", "new", "acme", "--folder", inner)
    assert again.returncode == 1 and "already" in again.stderr, again
    checked = run("provider", "check", path)
    assert checked.returncode == 0 and "OK: acme" in checked.stdout and "unconfirmed" in checked.stderr, checked
    assert validate("provider", path).returncode == 0
    answer = inner / "answer.json"
    answer.write_text('{"code": 0, "data": {"phone": "+8613800000000"}, "requestId": 123456789012345678901234567890}')
    call = ("provider", "try", path, "--operation", "login", "--field", "appId=app1", "--field", "appKey=s3cretKey",
            "--input", "token=t0ken", "--at", "2024-01-02T03:04:05Z", "--nonce", "0123456789abcdef" * 2,
            "--answer", answer)
    hidden = run(*call)
    assert hidden.returncode == 0, hidden
    for secret in ("s3cretKey", "t0ken", "13800000000"):
        assert secret not in hidden.stdout, f"{secret} is printed"
    assert '"token":"~token~","timestamp":1704164645000,' in hidden.stdout, hidden.stdout
    assert "138****0000" in hidden.stdout and "123456789012345678901234567890" in hidden.stdout, hidden.stdout
    revealed = run(*call, "--reveal")
    # printf %s 'appId=app1&nonce=…&timestamp=1704164645000&token=t0ken&key=s3cretKey' | md5sum
    plain = "appId=app1&nonce=" + "0123456789abcdef" * 2 + "&timestamp=1704164645000&token=t0ken&key=s3cretKey"
    assert hashlib.md5(plain.encode()).hexdigest().upper() in revealed.stdout, revealed.stdout
    answer.write_text('{"code": "1001", "message": "no"}')
    refused = run(*call)
    assert refused.returncode == 1 and "signature-rejected" in refused.stdout, refused
    unknown = run("provider", "try", path, "--operation", "login", "--field", "appid=app1", "--input", "token=t")
    assert unknown.returncode == 1 and "no account field 'appid'" in unknown.stderr, unknown
    listed = run("provider", "list", "--providers", inner)
    assert listed.returncode == 0 and "acme" in listed.stdout and "1 unconfirmed" in listed.stdout, listed


def check_an_invalid_provider_file_does_not_affect_other_files(folder):
    inner = pathlib.Path(folder) / "half-written"
    shutil.copytree(ROOT / "providers", inner)
    (inner / "unfinished.yaml").write_text("adapter: declarative\ntitle: {zh: \n")
    explained = run("explain", "9003", "--provider", "jiguang", "--providers", inner)
    assert explained.returncode == 0 and "token-expired" in explained.stdout, explained
    assert "unfinished.yaml:" in explained.stderr, explained
    listed = run("provider", "list", "--providers", inner)
    assert listed.returncode == 1 and "jiguang" in listed.stdout and "unfinished.yaml:" in listed.stderr, listed
    reasons = run("explain", "--reasons")
    assert reasons.returncode == 0 and "vendor-busy" in reasons.stdout and "rate-limited" not in reasons.stdout, reasons


def check_route_shows_the_breakers_of_the_running_gateway(stand):
    done = run(
        "route", "--app", "shop", "--channel", "app", "--operation", "verify", "--config", stand.config, "--providers",
        stand.providers, "--gateway", f"http://{stand.gateway_address}")
    assert done.returncode == 0, done
    assert "now: breaker closed, host breaker closed, 0 in flight, 0 queued" in done.stdout, done.stdout
    done = run(
        "route", "--app", "shop", "--channel", "app", "--operation", "verify", "--gateway", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1 and "/metrics cannot be read" in done.stderr, done


def check_codes_are_explained_in_a_folder_without_provider_files(folder):
    empty = pathlib.Path(folder) / "empty"
    empty.mkdir()
    def explain(*arguments):
        return subprocess.run(
            [BINARY, "explain", *arguments], cwd=empty, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LIMIT)
    done = explain("103111", "--provider", "china-mobile-h5")
    assert done.returncode == 0 and "cellular-required" in done.stdout, done
    # Everything after `--` is an operand.
    done = explain("--provider=china-mobile-h5", "--", "-10011")
    assert done.returncode == 0 and "carrier-unsupported" in done.stdout, done
    done = explain("--", "--unknown")
    assert done.returncode == 1 and "--unknown" in done.stderr + done.stdout, done


def check_a_bill_is_compared_with_the_ledger(folder):
    folder = pathlib.Path(folder) / "reconcile"
    folder.mkdir()
    with Stand(folder) as stand:
        for _ in range(3):
            status, answer = stand.verify(stand.token())
            assert status == 200, answer
        assert stand.gateway.stop() == 0
        calls = subprocess.run(
            ["sqlite3", folder / "data" / "ledger.db",
             "SELECT vendor_id, (calls.id >> 20) / 1000, account, price FROM calls JOIN series ON series.id = series"],
            check=True, capture_output=True, text=True).stdout.split()
        calls = [call.split("|") for call in calls]
        assert len({call[0] for call in calls}) == 3 and all(call[3] == "30000" for call in calls), calls
        account = calls[0][2]
        lines = [f"{vendor_id},{seconds},本机号码校验,0.03" for vendor_id, seconds, _, _ in calls]

        def reconcile(lines, *more):
            bill = folder / "bill.csv"
            bill.write_bytes("\r\n".join(["流水号,时间,业务,金额", *lines]).encode("gbk"))
            return run(
                "reconcile", "--config", stand.config, "--providers", stand.providers, "--account", account, "--bill",
                bill, *more)

        # The mapping is in the provider's file.
        provider = stand.providers / "china-mobile-app.yaml"
        provider.write_text(
            provider.read_text()
            + "\nbill: {id: 流水号, time: 时间, operation: 业务, amount: 金额, operations: {verify: [本机号码校验]}}\n")
        done = reconcile(lines)
        assert done.returncode == 0 and done.stdout.endswith("\nequal\n"), done
        assert re.search(r"^equal by id +3 +0\.09$", done.stdout, re.MULTILINE), done.stdout
        other = lines[1].replace("0.03", "0.05")
        done = reconcile([other, lines[2], "unknown" + lines[2]], "--format", "json")
        assert done.returncode == 1, done
        result = json.loads(done.stdout)
        assert [found["kind"] for found in result["differences"]] == ["amount", "only-there", "only-here"], result
        assert result["inQuestion"] == "0.08" and result["differences"][2]["vendorId"] == calls[0][0], result
        done = reconcile([other], "--format", "csv")
        assert done.returncode == 1 and len(done.stdout.splitlines()) == 4, done
        done = reconcile(lines, "--id-column", "编号")
        assert done.returncode == 1 and "the bill has no column '编号'; its columns are '流水号'," in done.stderr, done
        done = reconcile(lines, "--from", "2020-01-01", "--to", "2020-01-31")
        assert done.returncode == 1 and "all lines of the bill are outside the period" in done.stdout, done
        for wrong in (["--from", "today"], ["--from", "2026-12-01", "--to", "2026-11-01"], ["--time-zone", "moon"],
                      ["--rows", "many"], ["--format", "xml"], ["--account", "mobile-h5"], ["--unknown"]):
            assert reconcile(lines, *wrong).returncode == 2, wrong
        assert run("reconcile", "--account", account).returncode == 2
        assert run("reconcile", "--account", "unknown", "--bill", folder / "bill.csv").returncode == 2
        assert NUMBER not in (folder / "data" / "ledger.db").read_bytes().decode("latin-1")


def main():
    passed, failed = 0, 0
    checks = [(name, check) for name, check in globals().items() if name.startswith("check_")]
    with tempfile.TemporaryDirectory() as folder:
        for name, check in checks:
            title = name.removeprefix("check_").replace("_", " ")
            try:
                if check.__code__.co_varnames[0] == "stand":
                    with Stand(folder) as stand:
                        check(stand)
                else:
                    check(folder)
                passed += 1
                print(f"ok   {title}")
            except Exception as error:  # every exception is a failure of this check
                failed += 1
                print(f"FAIL {title}: {type(error).__name__}: {error}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
