"""Two gateways with one PostgreSQL database: limits, idempotent requests, and a database or a gateway that is away. Every
case is a function whose name begins with check_. No case sleeps for a fixed time, except for the pace of callers."""

import concurrent.futures
import contextlib
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time

from gateway import APP_KEY, KEY, LIMIT, NUMBER, ROOT, STORE_KEY, Gateway, run
from vendor import Vendor

SECONDS = int(sys.argv[2])
RATE, BURST = 100, 20


class Postgres:
    """A private cluster. `start` after `stop` keeps its databases."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="numgate-postgres.", dir="/tmp")
        self.connection = self.start()

    def start(self):
        return self._call("start").splitlines()[-1]

    def stop(self):
        self._call("stop")

    def query(self, sql):
        return subprocess.run(
            ["psql", self.connection, "-Atc", sql], check=True, capture_output=True, text=True).stdout.strip()

    def dump(self):
        return subprocess.run(["pg_dump", self.connection], check=True, capture_output=True, text=True).stdout

    def _call(self, command):
        return subprocess.run(
            [ROOT / "scripts/postgres", command, self.folder], check=True, capture_output=True, text=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._call("remove")


@contextlib.contextmanager
def two_gateways(folder, vendor, **options):
    """Two gateways with a new database. Yields the function that starts one of them, the gateways and the database."""
    with Postgres() as postgres, contextlib.ExitStack() as stack:
        def start(name):
            return stack.enter_context(Gateway(folder / name, vendor, postgres=postgres.connection, **options))
        yield start, [start("a"), start("b")], postgres


def wait_for(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "the condition was not met in time"
        time.sleep(0.02)


class Load:
    """Threads that verify at one gateway, each with new tokens, until `stop` or the end of the gateway."""

    def __init__(self, gateway, name, threads=4, pause=0.01):
        self.gateway, self.name, self.pause = gateway, name, pause
        self.accepted, self.refused, self.lock, self.next = 0, [], threading.Lock(), 0
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            connection = self.gateway.connect()
            while not self.stopped.is_set():
                with self.lock:
                    self.next += 1
                    token = f"call-{self.name}-{self.next}"
                status, body = self.gateway.verify(connection, token, "id-" + token)
                with self.lock:
                    if status == 200:
                        self.accepted += 1
                    else:
                        self.refused.append((status, body))
                time.sleep(self.pause)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(LIMIT)
        return self.accepted


def check_two_gateways_never_accept_more_than_a_limit_per_second(folder):
    limits = f"limits: {{perSecond: {RATE}, burst: {BURST}}}"
    with Vendor() as vendor, two_gateways(folder, vendor, app=limits) as (start, (a, b), _):
        begin = time.monotonic()
        first, second = Load(a, "a"), Load(b, "b")
        # A crash, a restart, and the load on one gateway only.
        wait_for(lambda: time.monotonic() > begin + SECONDS / 3)
        b.stop(signal.SIGKILL)
        accepted = second.stop()
        third = Load(start("b"), "c")
        wait_for(lambda: time.monotonic() > begin + SECONDS * 2 / 3)
        accepted += third.stop()
        wait_for(lambda: time.monotonic() > begin + SECONDS)
        accepted += first.stop()
        seconds = time.monotonic() - begin
        assert accepted <= RATE * seconds + BURST, (accepted, seconds)
        assert first.accepted > RATE and second.accepted and third.accepted, (first.accepted, second.accepted)
        assert first.refused
        for status, body in first.refused + second.refused + third.refused:
            assert status == 429 and body["reason"] == "rate-limited" and body["delivery"] == "not-sent", body
        # One call may have reached the vendor without an answer to the caller, on each connection of the crash.
        assert accepted <= sum(vendor.received.values()) <= accepted + 4, (accepted, len(vendor.received))
        print(f"     {accepted} of at most {RATE * seconds + BURST:.0f} requests in {seconds:.1f} s")


def check_a_vendor_never_receives_more_than_its_calls_per_second_from_two_gateways(folder):
    limits = "limits: {perSecond: 50, queueTime: 200ms}"
    with Vendor() as vendor, two_gateways(folder, vendor, account=limits) as (_, (a, b), _):
        begin = time.monotonic()
        loads = [Load(a, "a"), Load(b, "b")]
        wait_for(lambda: time.monotonic() > begin + SECONDS / 2)
        accepted = sum(load.stop() for load in loads)
        seconds = time.monotonic() - begin
        # Each gateway has a tenth of a second as burst, and at least one call.
        assert 50 < accepted <= 50 * seconds + 5 + 2, (accepted, seconds)
        assert {body["reason"] for load in loads for _, body in load.refused} == {"overloaded"}


def check_a_daily_limit_holds_over_two_gateways_and_a_crash(folder):
    # With `strict`, calls in flight at the crash are counted too.
    with Vendor() as vendor, two_gateways(
            folder, vendor, app="limits: {perDay: 200}", durability="strict") as (start, (a, b), postgres):
        loads = [Load(a, "a"), Load(b, "b")]
        wait_for(lambda: len(vendor.received) >= 80)
        a.stop(signal.SIGKILL)
        loads[0].stop()
        a = start("a")
        loads.append(Load(a, "c"))
        # The shares of the gateways follow their use, until nothing is left.
        wait_for(lambda: len(vendor.received) >= 196)
        wait_for(lambda: used_up(a) and used_up(b))
        for load in loads:
            load.stop()
        answered = len(vendor.received)
        assert answered <= 200, answered
        # The usage of all gateways.
        wait_for(lambda: int(postgres.query("SELECT count(*) FROM calls")) >= answered)
        usage = json.loads(b.get("/v1/usage?by=app&from=2026-01-01T00:00:00Z"))
        assert answered <= sum(row["calls"] for row in usage["usage"]) <= 200, usage
        assert 0.97 < a.metric('numgate_limit_used_ratio{scope="app",name="shop",limit="perDay"}') <= 1


def used_up(gateway):
    """Whether the daily limit of all gateways is reached: the next call is possible tomorrow."""
    connection = gateway.connect()
    status, body = gateway.verify(connection, "call-last-1", "last")
    assert status == 429 and "200 calls per day" in body["detail"], body
    return body["retryAfter"] > 1


def check_an_idempotent_request_is_processed_by_one_of_two_gateways(folder):
    with Vendor(delay=0.05) as vendor, two_gateways(folder, vendor) as (_, (a, b), postgres):
        def verify(gateway, token):
            status, body = gateway.verify(gateway.connect(), token, "id-" + token, "key-" + token)
            assert status == 200, (status, body)
            body.pop("replayed", None)
            return body

        tokens = [f"call-same-{number}" for number in range(40)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = [(pool.submit(verify, a, token), verify(b, token)) for token in tokens]
            for first, second in answers:
                assert first.result(LIMIT) == second, (first.result(), second)
        assert {vendor.received[token] for token in tokens} == {1}, vendor.received
        status, body = b.verify(b.connect(), "call-other-1", "other", "key-" + tokens[0])
        assert status == 422 and body["reason"] == "idempotency-key-reused", body
        status, body = a.verify(a.connect(), tokens[0], "again", "key-" + tokens[0])
        assert status == 200 and body["replayed"], body
        dump = postgres.dump()
        for secret in (NUMBER, KEY, APP_KEY, STORE_KEY, "key-call", "\tcall-same"):
            assert secret not in dump, secret


def check_an_interrupted_idempotent_request_is_unknown_to_the_other_gateway_with_strict(folder):
    with Vendor(delay=LIMIT) as vendor, two_gateways(
            folder, vendor, durability="strict", account="timeout: 1s") as (_, (a, b), _):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            lost = pool.submit(lambda: a.verify(a.connect(), "call-lost-1", "lost", "key"))
            wait_for(lambda: vendor.received)
            a.stop(signal.SIGKILL)
            assert lost.exception(LIMIT)
        connection = b.connect()
        status, body = b.verify(connection, "call-lost-1", "early", "key")
        assert status == 409 and body["reason"] == "request-in-progress", body
        answers = []
        wait_for(lambda: answers.append(b.verify(connection, "call-lost-1", "later", "key")) or answers[-1][0] != 409)
        status, body = answers[-1]
        assert status == 504 and body["reason"] == "vendor-timeout" and body["billed"] == "unknown", body
        assert vendor.received == {"call-lost-1": 1}


def check_gateways_continue_without_the_database_and_catch_up(folder):
    limits = "limits: {perSecond: 100000, perDay: 300}"
    with Vendor() as vendor, two_gateways(folder, vendor, app=limits) as (start, (a, b), postgres):
        wait_for(lambda: postgres.query("SELECT share FROM leases WHERE name LIKE '%perDay%'") == "150\n150")
        postgres.stop()
        for gateway in (a, b):
            gateway.wait_for('"event":"shared-store"', '"state":"unavailable"')
            wait_for(lambda: gateway.metric("numgate_shared_limits_degraded") == 1)
        status, body = a.verify(a.connect(), "call-local-1", "local", "key")
        assert status == 200 and body["idempotency"] == "local", body
        # It has stored the number of gateways, so that its part is one half.
        assert b.stop() == 0
        b = start("b")
        assert b.metric("numgate_shared_gateways") == 2
        loads = [Load(a, "a"), Load(b, "b")]
        wait_for(lambda: all(load.refused for load in loads))
        for load in loads:
            load.stop()
        assert 200 < len(vendor.received) <= 300, len(vendor.received)
        postgres.start()
        for gateway in (a, b):
            wait_for(lambda: gateway.metric("numgate_shared_limits_degraded") == 0)
            gateway.wait_for('"event":"shared-store"', '"state":"available"')
        wait_for(lambda: postgres.query("SELECT count(*) FROM calls") == str(len(vendor.received)))
        status, body = b.verify(b.connect(), "call-shared-1", "shared", "another-key")
        assert "idempotency" not in body, body
        assert len(vendor.received) <= 300


if __name__ == "__main__":
    sys.exit(run(globals()))
