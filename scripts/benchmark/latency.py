"""Latencies at partial load: what Numgate adds at a constant rate, and the effect of concurrent RSA logins."""

import concurrent.futures
import contextlib

from client import calls
from servers import BenchError, progress

RATE, RATE_CONNECTIONS = 1_000, 64
MIXED_RATE, MIXED_CONNECTIONS, RSA_CONNECTIONS = 200, 8, 16
WARMUP = 500
# The logins start before the measured calls and end after them.
RSA_MORE_SECONDS = 4


def at_rate(bench, side, rate, connections):
    with calls(bench, side, rate * bench.seconds, connections, WARMUP, rate) as client:
        figures = client.go()
    return {f"{name}_ms": figures[name] / 1000 for name in ("p50", "p99", "p999")}


def rate(bench):
    """RATE calls per second: directly to the vendor, through each process, and directly again to measure the noise."""
    sides = {"direct": bench.direct, "proxy": bench.proxy, "numgate": bench.numgate, "direct again": bench.direct}
    samples = {name: [] for name in sides}
    with bench.start(bench.proxy), bench.start(bench.numgate):
        for number in range(1, bench.rounds + 1):
            for name, side in sides.items():
                progress(f"{RATE} calls a second, round {number} of {bench.rounds}: {name}")
                samples[name].append(at_rate(bench, side, RATE, RATE_CONNECTIONS))
    return samples


def ledger_rate(bench):
    """RATE calls per second without a ledger, and with each durability."""
    sides = [bench.numgate, bench.acknowledged, bench.relaxed]
    samples = {side.name: [] for side in sides}
    with contextlib.ExitStack() as stack:
        for side in sides:
            stack.enter_context(bench.start(side))
        for number in range(1, bench.rounds + 1):
            for side in sides:
                progress(f"{RATE} calls a second, round {number} of {bench.rounds}: {side.title}")
                samples[side.name].append(at_rate(bench, side, RATE, RATE_CONNECTIONS))
    return samples


def mixed(bench):
    """HMAC-signed verify calls at a low constant rate: alone, and while the same event loop serves RSA-2048 logins."""
    samples = {"alone": [], "beside RSA": [], "RSA logins": []}
    with bench.start(bench.numgate) as server, concurrent.futures.ThreadPoolExecutor(1) as pool:
        for number in range(1, bench.rounds + 1):
            progress(f"mixed, round {number} of {bench.rounds}")
            samples["alone"].append(at_rate(bench, bench.numgate, MIXED_RATE, MIXED_CONNECTIONS))
            logins = pool.submit(
                bench.load, server, bench.numgate, "bench-rsa2048", "login", bench.seconds + RSA_MORE_SECONDS,
                RSA_CONNECTIONS)
            samples["beside RSA"].append(at_rate(bench, bench.numgate, MIXED_RATE, MIXED_CONNECTIONS))
            if logins.done() and not logins.exception():
                raise BenchError("mixed: the logins ended before the verify calls")
            samples["RSA logins"].append(logins.result())
    return samples
