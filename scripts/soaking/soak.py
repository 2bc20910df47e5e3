"""The test of scripts/soak. Usage: soak.py BINARY SECONDS. Exits with 1 and prints a line for each violation."""

import asyncio
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

from vendor import Vendor

CLIENTS = 48
TEAM_KEY = "soak-team-key-that-no-log-may-hold"
APP_KEY = "SOAKAPPKEY0123456789SOAKAPPKEY01"
NUMBER = "13812345678"
HASH = "sha256:" + __import__("hashlib").sha256(TEAM_KEY.encode()).hexdigest()
# Limit for the growth of the resident memory after the warm-up, in MB.
GROWTH = 12


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(port, vendors, generation):
    accounts = "".join(
        f"  account{n}:\n    provider: china-mobile-app\n    endpoint: http://127.0.0.1:{vendor}\n"
        f"    appId: \"30000000000{n}\"\n    appKey: {APP_KEY}\n    timeout: {400 + generation % 2 * 100}ms\n"
        f"    limits: {{concurrency: {8 + generation % 3}, queue: 16, queueTime: 200ms}}\n"
        for n, vendor in enumerate(vendors))
    apps = "".join(f"  app{n}:\n    app: {{verify: [account{n}]}}\n" for n in range(len(vendors)))
    return (
        f"server:\n  listen: 127.0.0.1:{port}\n  loops: 2\n  sessionLife: 60s\n"
        "  breaker: {failures: 50, failurePercent: 90, minimumCalls: 100, open: 500ms}\n"
        f"teams:\n  soak:\n    keys: [\"{HASH}\"]\n    apps: all\naccounts:\n{accounts}apps:\n{apps}")


class Client:
    """A client with one keep-alive connection."""

    def __init__(self, run, seed):
        self.run, self.random = run, random.Random(seed)
        self.reader = self.writer = None

    async def call(self, path, body):
        data = json.dumps(body).encode()
        request = (
            f"POST {path} HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {TEAM_KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.run.port)
        self.writer.write(request)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 20)
        status = int(head.split(b" ", 2)[1])
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        answer = await asyncio.wait_for(self.reader.readexactly(length), 20)
        if b"connection: close" in head.lower():
            self.close()
        return status, json.loads(answer)

    def close(self):
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None

    async def go(self, until):
        while time.monotonic() < until:
            app = f"app{self.random.randrange(len(self.run.vendors))}"
            try:
                await self.one(f"/v1/apps/{app}")
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError, IndexError) as error:
                self.run.broken.append(f"a request was not answered: {error!r}")
                self.close()

    async def one(self, app):
        kind = self.random.random()
        if kind < 0.7:
            number = self.run.next_token()
            status, answer = await self.call(
                app + "/verify", {"channel": "app", "token": f"soak-{number}-", "phoneNumber": NUMBER})
            verdict = answer.get("verdict")
            if verdict not in (None, "match" if number % 2 == 0 else "mismatch"):
                self.run.broken.append(f"token {number} has the verdict of another token: {verdict}")
            self.run.count(verdict or answer.get("reason"))
            if answer.get("delivery") == "not-sent" and number < len(self.run.vendor.seen) and self.run.vendor.seen[number]:
                self.run.broken.append(f"token {number} was sent but reported as not sent")
        elif kind < 0.8:
            status, answer = await self.call(
                app + "/sessions", {"channel": "app", "operation": "verify"})
            self.run.count("session" if status == 200 else answer.get("reason"))
        elif kind < 0.9:
            report = {"resultCode": self.random.choice(["102101", "103111", "200023"]), "desc": "x"}
            status, answer = await self.call(app + "/failures", {"channel": "app", "report": report})
            self.run.count("report" if status == 200 else answer.get("reason"))
        else:
            # A client that disconnects during its request.
            number = self.run.next_token()
            body = json.dumps({"channel": "app", "token": f"soak-{number}-", "phoneNumber": NUMBER}).encode()
            _, writer = await asyncio.open_connection("127.0.0.1", self.run.port)
            writer.write((
                f"POST {app}/verify HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {TEAM_KEY}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
            await asyncio.sleep(self.random.uniform(0, 0.01))
            writer.close()
            self.run.count("abandoned")


class Run:
    def __init__(self, binary, seconds):
        self.binary, self.seconds = binary, seconds
        self.port = free_port()
        self.vendor = Vendor(1)
        self.vendors = []
        self.broken = []
        self.counts = {}
        self.token = 0

    def next_token(self):
        self.token += 1
        return self.token

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def resident_mb(self, pid):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6

    def descriptors(self, pid):
        return len(os.listdir(f"/proc/{pid}/fd"))

    async def reload(self, path, until):
        generation = 0
        while time.monotonic() < until:
            await asyncio.sleep(1)
            generation += 1
            fresh = path.with_suffix(".new")
            fresh.write_text(configuration(self.port, self.vendors, generation))
            fresh.replace(path)

    async def watch(self, pid, until, samples):
        await asyncio.sleep(min(60, self.seconds / 3))
        while time.monotonic() < until:
            samples.append(self.resident_mb(pid))
            await asyncio.sleep(1)

    async def main(self, folder):
        servers = []
        for _ in range(3):
            server = await asyncio.start_server(self.vendor.serve, "127.0.0.1", 0, backlog=1024)
            servers.append(server)
            self.vendors.append(server.sockets[0].getsockname()[1])
        path = folder / "config.yaml"
        path.write_text(configuration(self.port, self.vendors, 0))
        log = folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [self.binary, "serve", "--config", path, "--providers", "providers"], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT)
        try:
            for _ in range(200):
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
            if process.poll() is not None:
                sys.exit("soak: the gateway did not start: " + log.read_text(errors="replace").strip())
            until = time.monotonic() + self.seconds
            before = self.descriptors(process.pid)
            samples = []
            clients = [Client(self, n) for n in range(CLIENTS)]
            await asyncio.gather(
                *(client.go(until) for client in clients), self.reload(path, until),
                self.watch(process.pid, until, samples))
            for client in clients:
                client.close()
            # The gateway closes idle connections to the vendor after 15 s.
            end = time.monotonic() + 40
            while (after := self.descriptors(process.pid)) > before + 4 and time.monotonic() < end:
                await asyncio.sleep(0.5)
            if after > before + 4:
                self.broken.append(f"the number of file descriptors grew from {before} to {after}")
            if process.poll() is not None:
                sys.exit(f"soak: the gateway exited with {process.returncode}: " + log.read_text(errors="replace")[-2000:])
            growth = max(samples) - samples[0]
            if growth > GROWTH:
                self.broken.append(f"resident memory grew from {samples[0]:.1f} by {growth:.1f} MB")
            process.send_signal(signal.SIGTERM)
            if (code := process.wait(30)) != 0:
                self.broken.append(f"the gateway exited with {code}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for server in servers:
                server.close()
        self.check_log(log)
        if self.vendor.repeated:
            self.broken.append(f"{len(self.vendor.repeated)} tokens were sent twice, such as {self.vendor.repeated[0]}")
        print(f"{self.token:,} tokens in {self.seconds} s; resident {samples[0]:.1f} MB, growth {growth:.1f} MB; "
              f"descriptors {before} -> {after}")
        print("answers: " + ", ".join(f"{what} {n:,}" for what, n in sorted(self.counts.items(), key=lambda c: -c[1])))
        print("vendor:  " + ", ".join(f"{what} {n:,}" for what, n in sorted(self.vendor.counts.items(), key=lambda c: -c[1])))
        for line in list(dict.fromkeys(self.broken))[:20]:
            print("FAILED: " + line)
        return 1 if self.broken else 0

    def check_log(self, log):
        secrets = [TEAM_KEY, APP_KEY, NUMBER, "soak-1"]
        reloads = 0
        with open(log, errors="replace") as lines:
            for line in lines:
                reloads += "configuration-reloaded" in line
                for secret in secrets:
                    if secret in line:
                        self.broken.append(f"the log contains a secret ({secret[:4]}…)")
                        return
        if reloads < self.seconds // 3:
            self.broken.append(f"only {reloads} reloads in {self.seconds} s")


def main():
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(Run(sys.argv[1], int(sys.argv[2])).main(pathlib.Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
