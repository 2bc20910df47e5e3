"""Faults of the ledger: crashes, a full disk, damaged and foreign files. Every case is a function whose name begins with
check_. No case sleeps for a fixed time: it waits for an answer, a log line or an exit."""

import hashlib
import http.client
import json
import pathlib
import random
import resource
import signal
import sqlite3
import sys
import threading
import time

from gateway import APP_KEY, KEY, LIMIT, NUMBER, STORE_KEY, Gateway, run
from vendor import Vendor

KILLS = int(sys.argv[2])
CALLERS = 16


class Callers:
    """Threads that verify until the gateway is gone, each with new tokens and request ids; with an Idempotency-Key if
    `idempotent` is set."""

    def __init__(self, gateway, name, idempotent=False):
        self.answered, self.sent, self.lock, self.next = [], [], threading.Lock(), 0
        self.idempotent, self.answers = idempotent, {}
        self.gateway, self.name = gateway, name
        self.threads = [threading.Thread(target=self.run) for _ in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            connection = self.gateway.connect()
            while True:
                with self.lock:
                    self.next += 1
                    token = f"call-{self.name}-{self.next}"
                    self.sent.append(token)
                status, body = self.gateway.verify(
                    connection, token, "id-" + token, "key-" + token if self.idempotent else None)
                assert status == 200 and body["verdict"] == "match", (status, body)
                with self.lock:
                    self.answered.append(token)
                    self.answers[token] = body
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass

    def wait_for_answers(self, count):
        end = time.monotonic() + LIMIT
        while len(self.answered) < count:
            assert time.monotonic() < end and any(thread.is_alive() for thread in self.threads), len(self.answered)
            time.sleep(0.001)

    def join(self):
        for thread in self.threads:
            thread.join(LIMIT)


def letters(number):
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def killed(folder, durability):
    """Kills the gateway under load again and again. Returns the callers of all rounds, the vendor and the last gateway."""
    rounds, chance = [], random.Random(7)
    with Vendor(delay=0.002) as vendor:
        for number in range(KILLS):
            with Gateway(folder, vendor, durability) as gateway:
                callers = Callers(gateway, letters(number))
                callers.wait_for_answers(chance.randrange(1, 400))
                gateway.stop(signal.SIGKILL)
                callers.join()
                rounds.append(callers)
        # The last start recovers what the last crash interrupted.
        with Gateway(folder, vendor, durability) as gateway:
            assert gateway.stop() == 0
        return rounds, vendor, gateway


def check_each_answered_call_has_its_row_once_after_kills_under_load(folder):
    rounds, _, gateway = killed(folder, "acknowledged")
    rows = [row[0] for row in gateway.rows()]
    answered = ["id-" + token for callers in rounds for token in callers.answered]
    assert len(answered) > KILLS, len(answered)
    assert len(set(rows)) == len(rows), "a call has two rows"
    missing = set(answered) - set(rows)
    assert not missing, f"{len(missing)} of {len(answered)} answered calls have no row"
    assert gateway.rows("PRAGMA integrity_check") == [("ok",)]
    assert gateway.rows("SELECT sum(calls) FROM usage_hourly") == [(len(rows),)]
    leaks(gateway)


def check_each_call_that_the_vendor_received_has_a_row_after_kills_with_strict(folder):
    rounds, vendor, gateway = killed(folder, "strict")
    rows = {row[0].removeprefix("id-") for row in gateway.rows()}
    missing = set(vendor.received) - rows
    assert not missing, f"{len(missing)} of {len(vendor.received)} received calls have no row"
    assert max(vendor.received.values()) == 1, "a token was sent twice"
    answered = {token for callers in rounds for token in callers.answered}
    unknown = {row[0].removeprefix("id-") for row in gateway.rows(
        "SELECT request FROM calls JOIN series ON series.id = calls.series "
        "WHERE billed = 'unknown' AND reason = 'vendor-timeout' AND delivery = 'unknown'")}
    assert unknown and not unknown & answered, "an answered call is unknown"
    assert gateway.rows("SELECT count(*) FROM intents") == [(0,)]


def retried(folder, durability):
    """Kills the gateway under load with idempotent requests. Sends each of the latest requests again after the restart.
    Returns the vendor, and for each round the callers and the answers to the second requests, by token."""
    rounds, chance = [], random.Random(11)
    with Vendor(delay=0.002) as vendor:
        for number in range(KILLS):
            with Gateway(folder, vendor, durability) as gateway:
                callers = Callers(gateway, letters(number), idempotent=True)
                callers.wait_for_answers(chance.randrange(1, 400))
                gateway.stop(signal.SIGKILL)
                callers.join()
            with Gateway(folder, vendor, durability) as gateway:
                connection, again = gateway.connect(), {}
                for token in callers.sent[-100:]:
                    # Received before the second request is sent.
                    received = vendor.received.get(token, 0)
                    status, body = gateway.verify(connection, token, "again-" + token, "key-" + token)
                    again[token] = (status, body, received)
                status, body = gateway.verify(connection, "call-other-1", "other", "key-" + callers.sent[-1])
                assert status == 422 or body["delivery"] == "unknown", body
                rounds.append((callers, again))
                assert gateway.stop() == 0
        leaks(gateway)
        return vendor, rounds


def check_a_retry_after_a_kill_agrees_with_the_first_answer(folder):
    vendor, rounds = retried(folder, "acknowledged")
    compared = 0
    for callers, again in rounds:
        for token, (status, body, _) in again.items():
            if token not in callers.answers:
                continue
            assert status == 200 and body.pop("replayed"), (status, body)
            assert body == callers.answers[token], (body, callers.answers[token])
            assert vendor.received[token] == 1, "a token was sent twice"
            compared += 1
    assert compared > KILLS, compared


def check_an_interrupted_idempotent_call_is_unknown_with_strict_and_no_token_is_sent_twice(folder):
    vendor, rounds = retried(folder, "strict")
    unknown = 0
    for callers, again in rounds:
        for token, (status, body, received) in again.items():
            if token in callers.answers:
                assert status == 200 and body.pop("replayed") and body == callers.answers[token], (status, body)
            elif received and status != 200:
                unknown += 1
                assert status == 504 and body["reason"] == "vendor-timeout" and body["replayed"], body
                assert body["delivery"] == "unknown" and body["billed"] == "unknown", body
    assert max(vendor.received.values()) == 1, "a token was sent twice"
    assert unknown, "no call was interrupted"


def leaks(gateway):
    """No file of the store contains a number, a token, a key or a signature."""
    hashed = hashlib.sha256(NUMBER.encode()).digest()
    for path in gateway.store.iterdir():
        content = path.read_bytes()
        for secret in (NUMBER, KEY, APP_KEY, STORE_KEY):
            assert secret.encode() not in content, (path, secret)
        # Request ids and the vendor's ids contain the names of the calls, but no column contains the token alone.
        assert hashed not in content and hashed.hex().encode() not in content, path
    with sqlite3.connect(gateway.store / "ledger.db") as database:
        for table, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):
                assert not any(isinstance(value, str) and value.startswith("call-") for value in row), table


def limit_files(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fill_disk(gateway, connection):
    """Calls until the ledger reports that it cannot write. Returns the number of answers."""
    count = 0
    while not any('"state":"failing"' in line for line in gateway.lines):
        count += 1
        status, body = gateway.verify(connection, f"call-full-{count}", f"id-{count}")
        assert status == 200, body
        assert count < 100_000
    return count


def check_calls_continue_while_the_disk_is_full_and_rows_are_written_when_it_is_back(folder):
    # A limit of file sizes is a full disk for SQLite; it can be lifted for the running process.
    with Vendor() as vendor, Gateway(folder, vendor, preexec=limit_files(200_000)) as gateway:
        connection = gateway.connect()
        count = fill_disk(gateway, connection)
        for number in range(200):
            status, body = gateway.verify(connection, f"call-later-{number}", f"later-{number}")
            assert status == 200, body
        resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        recovered = gateway.wait_for('"event":"ledger"', '"state":"recovered"')
        assert recovered["lost"] == 0, recovered
        assert gateway.stop() == 0
        assert gateway.rows("SELECT count(*), count(DISTINCT request) FROM calls") == [(count + 200, count + 200)]


def check_calls_are_refused_before_the_vendor_is_called_if_the_ledger_must_not_miss_rows(folder):
    with Vendor() as vendor, Gateway(folder, vendor, on_error="refuse", preexec=limit_files(200_000)) as gateway:
        connection = gateway.connect()
        fill_disk(gateway, connection)
        received = len(vendor.received)
        status, body = gateway.verify(connection, "call-refused-1", "refused")
        assert status == 503 and body["reason"] == "overloaded" and body["delivery"] == "not-sent", body
        assert len(vendor.received) == received
        resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        gateway.wait_for('"state":"recovered"')
        assert gateway.verify(connection, "call-again-1", "again")[0] == 200
        assert gateway.stop() == 0


def check_a_damaged_database_is_moved_aside_with_an_error_in_the_log(folder):
    with Vendor() as vendor:
        store = pathlib.Path(folder) / "store"
        store.mkdir()
        (store / "ledger.db").write_bytes(b"this is not a database" * 1000)
        with Gateway(folder, vendor) as gateway:
            event = gateway.wait_for('"event":"ledger"', '"state":"replaced"')
            assert pathlib.Path(event["movedTo"]).read_bytes().startswith(b"this is not"), event
            assert gateway.verify(gateway.connect(), "call-new-1", "new")[0] == 200
            assert gateway.stop() == 0
        assert gateway.rows() == [("new",)]


def check_a_database_of_a_later_version_is_refused_in_one_line(folder):
    with Vendor() as vendor:
        store = pathlib.Path(folder) / "store"
        store.mkdir()
        with sqlite3.connect(store / "ledger.db") as database:
            database.execute("PRAGMA user_version = 99")
        gateway = Gateway(folder, vendor)
        assert gateway.process.wait(LIMIT) == 1
        assert "has version 99" in gateway.first_line, gateway.first_line
        assert gateway.process.stderr.read() == ""


def check_a_store_that_cannot_be_created_is_reported_in_one_line(folder):
    with Vendor() as vendor:
        (pathlib.Path(folder) / "store").write_text("a file")
        gateway = Gateway(folder, vendor)
        assert gateway.process.wait(LIMIT) == 1
        assert "store.path" in gateway.first_line, gateway.first_line
        assert gateway.process.stderr.read() == ""


if __name__ == "__main__":
    sys.exit(run(globals()))
