"""The processes of a measurement: servers bound to one core, commands, and readiness checks."""

import os
import pathlib
import re
import socket
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
PORTS = range(80, 100)


class BenchError(Exception):
    """An error that invalidates the figures. The message has one line."""


class Side:
    """A process under test and the text that its correct responses contain."""

    def __init__(self, name, title, port, expected, command, app="bench", path=None):
        self.name, self.title, self.port, self.expected, self.command = name, title, port, expected, command
        self.app, self.path = app, path


class Server:
    """A running server, bound to one core. The end of `with` stops it."""

    def __init__(self, folder, core, name, port, command, environment=None):
        self.name, self.port = name, port
        self.log = folder / f"{name}.log"
        began = time.perf_counter()
        with open(self.log, "wb") as log:
            self.process = spawn(
                core, command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        try:
            while not ready(port):
                if self.process.poll() is not None:
                    raise BenchError(f"{name} exited before it was ready: {self.last_words()}")
                if time.perf_counter() - began > 10:
                    raise BenchError(f"{name} is not ready after 10 s: {self.last_words()}")
                time.sleep(0.001)
            self.start_ms = (time.perf_counter() - began) * 1000
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no output"

    def pids(self):
        """The process and its workers."""
        pid = self.process.pid
        return [pid, *pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu_seconds(self):
        """User and system time of the process and its workers."""
        total = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def resident_mb(self):
        """VmRSS of the process and its workers, in MB of 10^6 bytes."""
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        return total / 1e6


def spawn(core, command, **options):
    return subprocess.Popen(
        command, preexec_fn=lambda: os.sched_setaffinity(0, {core}), **{"stdin": subprocess.DEVNULL, **options})


def output(core, command):
    """The output of a command. The command is stopped if this process is."""
    process = spawn(core, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        text, errors = process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise BenchError(f"{command[0]} failed: {(errors or text).strip()}")
    return text


READY = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def asked_if_ready(port):
    """A connection on which /readyz returned 200, or None."""
    connection = socket.socket()
    try:
        connection.settimeout(5)
        connection.connect(("127.0.0.1", port))
        connection.sendall(READY)
        if connection.recv(4096).startswith(b"HTTP/1.1 200 "):
            return connection
    except OSError:
        pass
    connection.close()
    return None


def ready(port):
    connection = asked_if_ready(port)
    if connection:
        connection.close()
    return connection is not None


def claim_ports(folder):
    """The first base of 18000, 18100, … of which the ports base + 80 to base + 99 are free. Updates all configurations."""
    for first in range(18000, 20000, 100):
        if all(is_free(first + number) for number in PORTS):
            break
    else:
        raise BenchError("no block of 20 ports is free from 18080 on")
    for path in [*folder.glob("*.conf"), *folder.glob("*.yaml"), *folder.glob("large/config.yaml")]:
        path.write_text(re.sub(r"\b180([89]\d)\b", lambda found: str(first + int(found[1])), path.read_text()))
    return first


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
