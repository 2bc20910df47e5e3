"""Runs the measurements of scripts/bench, which prepares the folder with configurations and keys.

Stops all processes that it starts, also when a signal ends the run.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time

import compare
import counting
import latency
import report
from aims import aims, rsa_ratios
from client import KEY
from servers import BenchError, Server, Side, asked_if_ready, claim_ports, output, progress

CONNECTIONS = 64
IDLE_CONNECTIONS = 10_000
STARTS = 10
# Clients and app of each queue measurement; its duration, and the time after which memory is sampled.
QUEUES = [(512, "queued-10ms"), (4096, "queued-10ms"), (512, "queued-100ms"), (4096, "queued-100ms")]
QUEUE_SECONDS, QUEUE_SETTLED = 60, 10
LOADS = 5
LEDGER_ROWS = 10_000_000


class Bench:
    def __init__(self, arguments):
        self.folder, self.seconds, self.rounds = arguments.folder, arguments.seconds, arguments.rounds
        self.sites = arguments.sites
        ports = claim_ports(self.folder)
        # The first core is reserved for the process under test. The vendor, wrk and this program share the second.
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise BenchError("two cores are required")
        self.core, self.other = cores[:2]
        os.sched_setaffinity(0, {self.other})
        self.vendor = Side("vendor", "vendor", ports + 80, None, self.nginx("vendor"))
        self.proxy = Side("proxy", "nginx proxy", ports + 81, '"resultCode":"000"', self.nginx("proxy"))
        self.lua = Side("lua", "nginx + Lua", ports + 82, '"match"', self.nginx("lua"))
        self.numgate = Side("numgate", "Numgate", ports + 83, '"match"', self.serve(arguments.numgate, "numgate"))
        self.described = Side(
            "described", "Numgate, described", ports + 84, '"match"', self.serve(arguments.numgate, "described"),
            app="bench-described")
        self.proxy_tls = Side("proxy-tls", "nginx proxy, TLS", ports + 91, '"resultCode":"000"', self.nginx("proxy-tls"))
        self.tls = Side("tls", "Numgate, TLS", ports + 89, '"match"', self.serve(arguments.numgate, "tls"))
        # Direct calls to the vendor.
        self.direct = Side(
            "vendor", "vendor", ports + 80, '"resultCode":"000"', None, path="/openapi/rs/tokenValidate")
        self.slow = Side("slow", "slow vendors", ports + 86, None, self.nginx("slow"))
        self.queue = Side("queue", "Numgate", ports + 88, '"match"', self.serve(arguments.numgate, "queue"))
        self.acknowledged = Side(
            "acknowledged", "Numgate, acknowledged", ports + 92, '"match"', self.serve(arguments.numgate, "acknowledged"))
        self.relaxed = Side(
            "relaxed", "Numgate, relaxed", ports + 93, '"match"', self.serve(arguments.numgate, "relaxed"))
        self.large = Side(
            "large", "Numgate, large", ports + 85, '"match"', self.serve(arguments.numgate, "large/config"))

    def serve(self, binary, name):
        return [str(binary), "serve", "--config", str(self.folder / f"{name}.yaml")]

    def nginx(self, name):
        return ["nginx", "-e", "stderr", "-p", f"{self.folder}/", "-c", str(self.folder / f"{name}.conf")]

    def start(self, side):
        core = self.other if side in (self.vendor, self.slow) else self.core
        return Server(self.folder, core, side.name, side.port, side.command)

    def load(self, server, side, app="bench", call="verify", seconds=None, connections=CONNECTIONS):
        """One run of wrk against one process; returns one sample."""
        before = server.cpu_seconds()
        text = output(self.other, [
            "wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "--timeout", "20s",
            "-s", str(self.folder / "load.lua"), f"http://127.0.0.1:{side.port}/v1/apps/{app}/{call}",
            "--", KEY, side.expected if call == "verify" else '"phoneNumber":"13800000000"'])
        cpu = server.cpu_seconds() - before
        counted = json.loads(text.strip().splitlines()[-1])
        requests = counted["requests"]
        if counted["wrong"] or counted["broken"] or not requests:
            raise BenchError(
                f"{side.title}, {app}: {requests} responses, {counted['wrong']} of them wrong, "
                f"{counted['broken']} connections broken or timed out")
        return {
            "requests_per_second": requests / counted["seconds"],
            "p50_ms": counted["p50"] / 1000,
            "p99_ms": counted["p99"] / 1000,
            "cpu_us_per_request": cpu * 1e6 / requests,
            "core_busy": cpu / counted["seconds"],
        }

    def verify(self, sides):
        """Verify calls with keyType 0; in each round, one process after the other."""
        samples = {side.name: [] for side in sides}
        with contextlib.ExitStack() as stack:
            servers = {side.name: stack.enter_context(self.start(side)) for side in sides}
            for side in sides:
                self.load(servers[side.name], side, side.app, seconds=1)
            for number in range(1, self.rounds + 1):
                for side in sides:
                    progress(f"verify, round {number} of {self.rounds}: {side.title}")
                    samples[side.name].append(self.load(servers[side.name], side, side.app))
        return samples

    def rsa(self, modes):
        """Calls that need an RSA key, alternating with `openssl speed` of the same key size."""
        samples = {mode: {"numgate": [], "openssl": []} for mode in modes}
        with self.start(self.numgate) as server:
            for call, size in modes:
                self.load(server, self.numgate, f"bench-rsa{size}", call, seconds=1)
            for number in range(1, self.rounds + 1):
                for call, size in modes:
                    progress(f"RSA {size}, {call}, round {number} of {self.rounds}")
                    one = samples[call, size]
                    one["numgate"].append(self.load(server, self.numgate, f"bench-rsa{size}", call))
                    one["openssl"].append(self.signs_per_second(size))
        for call, size in modes:
            if statistics.median(rsa_ratios(samples[call, size])) > 1.2:
                raise BenchError(f"RSA {size}: more requests than signatures: the account does not use RSA")
        return {f"{call} {size}": one for (call, size), one in samples.items()}

    def signs_per_second(self, size):
        seconds = str(min(self.seconds, 3))
        text = output(self.core, ["openssl", "speed", "-elapsed", "-seconds", seconds, f"rsa{size}"])
        # "rsa 1024 bits 0.000083s 0.000005s  12001.3 190245.7": time of sign and verify, then operations per second.
        return float(text.strip().splitlines()[-1].split()[-2])

    def queues(self):
        """More clients than calls in flight: memory growth and CPU cost of queued calls. Each with a new process."""
        samples = []
        with self.start(self.slow):
            for connections, app in QUEUES:
                progress(f"queue, {connections} clients, {app}")
                with self.start(self.queue) as server:
                    unqueued = self.load(server, self.queue, app, seconds=5, connections=64)
                    with Resident(server, QUEUE_SETTLED) as resident:
                        sample = self.load(server, self.queue, app, seconds=QUEUE_SECONDS, connections=connections)
                    samples.append({
                        "callers": connections, "app": app, **sample, **resident.figures(),
                        "cpu_ratio": sample["cpu_us_per_request"] / unqueued["cpu_us_per_request"]})
            with self.start(self.queue) as server:
                progress("queue, 1024 clients, default limits, 100 ms")
                default = self.load(server, self.queue, "default-100ms", seconds=10, connections=1024)
        return {"queued": samples, "default": default}

    def memory(self, sides):
        """Resident memory of a new process: idle, then with idle keep-alive connections, each after one response."""
        samples = {}
        for side in sides:
            progress(f"memory: {side.title}")
            with self.start(side) as server, contextlib.ExitStack() as stack:
                time.sleep(1)
                idle = server.resident_mb()
                connections = []
                for _ in range(IDLE_CONNECTIONS):
                    connection = asked_if_ready(side.port)
                    if connection is None:
                        raise BenchError(f"{side.title} refused connection {len(connections) + 1}")
                    connections.append(stack.enter_context(connection))
                time.sleep(1)
                connected = server.resident_mb()
                if not all(map(is_open, connections)):
                    raise BenchError(f"{side.title} closed idle connections")
                samples[side.name] = {"idle_mb": idle, "connected_mb": connected}
        return samples

    def startup(self, sides):
        """Milliseconds from exec to the first 200 response of /readyz."""
        samples = {side.name: [] for side in sides}
        for number in range(1, STARTS + 1):
            progress(f"start-up, {number} of {STARTS}")
            for side in sides:
                with self.start(side) as server:
                    samples[side.name].append(server.start_ms)
        return samples

    def ledger(self):
        """The ledger alone: rows per second, bytes of a row, and the time of a usage query."""
        progress("ledger alone")
        return json.loads(output(self.core, [
            "taskset", "-c", f"{self.core},{self.other}", ".build/release/ledger-benchmark",
            str(self.folder / "ledger-alone"), str(self.seconds), str(LEDGER_ROWS)]))

    def large_load(self, binary):
        """Milliseconds of `numgate check` with the large configuration."""
        samples = []
        for number in range(1, LOADS + 1):
            progress(f"large configuration, {number} of {LOADS}")
            began = time.perf_counter()
            output(self.core, [binary, "check", "--config", str(self.folder / "large" / "config.yaml")])
            samples.append((time.perf_counter() - began) * 1000)
        return samples

    def run(self, only):
        named = lambda name: not only or name in only
        wanted = set(only)
        if "tls" in only:
            wanted |= {"proxy", "proxy-tls", "numgate"}
        if "ledger" in only:
            wanted |= {"numgate", "acknowledged", "relaxed"}
        sides = [side for side in (
            self.proxy, self.lua, self.numgate, self.described, self.large, self.proxy_tls, self.tls,
            self.acknowledged, self.relaxed)
            if named("verify") or side.name in wanted]
        if named("memory"):
            needed, limit = IDLE_CONNECTIONS + 200, resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            if limit < needed:
                raise BenchError(f"memory requires {needed} open files, the limit is {limit}: ulimit -Hn {needed}")
        results = {}
        with self.start(self.vendor):
            if named("allocations"):
                results["allocations"] = counting.allocations(self, self.numgate, self.sites)
            if named("syscalls"):
                results["system_calls"] = counting.system_calls(self, self.numgate)
            if named("lookup"):
                progress("look-ups")
                results["lookup"] = json.loads(output(self.core, [
                    ".build/release/lookup-benchmark", "providers"]))
            if named("limits"):
                progress("limits")
                results["limits"] = json.loads(output(self.core, [
                    "taskset", "-c", f"{self.core},{self.other}", ".build/release/limits-benchmark"]))
            if named("large"):
                results["large_load_ms"] = self.large_load(self.large.command[0])
            if named("startup"):
                results["startup_ms"] = self.startup([self.lua, self.numgate])
            if named("memory"):
                results["memory"] = self.memory([self.lua, self.numgate])
            if named("ledger"):
                results["ledger"] = self.ledger()
                results["ledger_rate"] = latency.ledger_rate(self)
            if named("queue"):
                results["queue"] = self.queues()
            if sides:
                results["verify"] = self.verify(sides)
            if named("rate"):
                results["rate"] = latency.rate(self)
            if named("mixed"):
                results["mixed"] = latency.mixed(self)
            if named("rsa"):
                results["rsa"] = self.rsa([(call, size) for call in ("login", "verify") for size in ("1024", "2048")])
        return results


class Resident:
    """Samples the resident memory of a server in the background, once per second after `settled` seconds."""

    def __init__(self, server, settled):
        self.server, self.settled, self.samples, self.ended = server, settled, [], threading.Event()
        self.thread = threading.Thread(target=self.sample)

    def sample(self):
        wait = self.settled
        while not self.ended.wait(wait):
            self.samples.append(self.server.resident_mb())
            wait = 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def figures(self):
        """Resident memory at the first sample, and its largest growth after it."""
        return {"settled_mb": self.samples[0], "growth_mb": max(self.samples) - self.samples[0]}


def is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--numgate", type=pathlib.Path, required=True)
    parser.add_argument("--sites", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--compare", type=pathlib.Path)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        bench = Bench(arguments)
        environment = report.environment(bench.core, bench.other, arguments.rounds, arguments.seconds, CONNECTIONS)
        results = bench.run(arguments.only)
    except BenchError as error:
        progress("")
        sys.exit(f"bench: {error}")
    progress("")
    document = {"environment": environment, **results, "aims": aims(results)}
    report.show(environment, results, document["aims"])
    if arguments.compare:
        compare.show(arguments.compare, document)
    if arguments.json:
        arguments.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
