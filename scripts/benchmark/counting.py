"""Counts the allocations and system calls of a verify request. Both do not depend on the speed of the machine.

The process under test serves a fixed number of requests on keep-alive connections. The counters are read before and
after these requests.
"""

import bisect
import collections
import contextlib
import pathlib
import signal
import subprocess
import time

from client import calls
from servers import BenchError, Server, progress, spawn

CALLS, WARMUP, CONNECTIONS = 5_000, 2_000, 16
IDLE_SECONDS = 2
HISTOGRAM = [16, 32, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 16384]


class Counters:
    """A snapshot of the counters of allocations.c."""

    def __init__(self, text):
        self.calls, self.sizes, self.sites = {}, collections.Counter(), {}
        self.bytes = self.frees = self.lost = 0
        for line in text.splitlines():
            name, *values = line.split()
            if name == "calls":
                self.calls[values[0]] = int(values[1])
            elif name == "size":
                self.sizes[int(values[0])] = int(values[1])
            elif name == "site":
                frames = tuple(int(frame, 16) for frame in values[2:])
                before = self.sites.get(frames, (0, 0))
                self.sites[frames] = (before[0] + int(values[0]), before[1] + int(values[1]))
            else:
                setattr(self, name, int(values[0]))


class Counted:
    """A server with allocations.so loaded."""

    def __init__(self, bench, side, sites):
        self.path = bench.folder / f"{side.name}.allocations"
        environment = {"LD_PRELOAD": str(bench.folder / "allocations.so"), "NUMGATE_ALLOCATIONS": str(self.path)}
        if sites:
            environment["NUMGATE_ALLOCATION_SITES"] = "1"
        self.server = Server(bench.folder, bench.core, side.name, side.port, side.command, environment)

    def counters(self):
        self.path.unlink(missing_ok=True)
        self.server.process.send_signal(signal.SIGRTMIN + 3)
        end = time.monotonic() + 10
        while not self.path.exists():
            if time.monotonic() > end:
                raise BenchError("the allocation counters were not written")
            time.sleep(0.005)
        return Counters(self.path.read_text())


def allocations(bench, side, sites=False):
    """Allocations, requested bytes and sizes for each request; with `sites`, also the call stacks."""
    progress("allocations")
    counted = Counted(bench, side, sites)
    with counted.server:
        marks = []
        with calls(bench, side, CALLS, CONNECTIONS, WARMUP) as client:
            marks.append(counted.counters())
            time.sleep(IDLE_SECONDS)
            marks.append(counted.counters())
            client.go()
            marks.append(counted.counters())
        idle, before, after = marks
        total = {kind: after.calls[kind] - before.calls[kind] for kind in after.calls}
        if not sum(total.values()):
            raise BenchError("no allocations were counted")
        sizes = after.sizes - before.sizes
        result = {
            "allocations_per_request": sum(total.values()) / CALLS,
            "bytes_per_request": (after.bytes - before.bytes) / CALLS,
            "frees_per_request": (after.frees - before.frees) / CALLS,
            "by_function": {kind: number / CALLS for kind, number in total.items()},
            "by_size": histogram(sizes),
            "idle_allocations_per_second": (sum(before.calls.values()) - sum(idle.calls.values())) / IDLE_SECONDS,
        }
        if sites:
            if after.lost > before.lost:
                raise BenchError(f"{after.lost - before.lost} call stacks were not recorded")
            stacks = {
                frames: (number - before.sites.get(frames, (0, 0))[0], size - before.sites.get(frames, (0, 0))[1])
                for frames, (number, size) in after.sites.items()}
            result["sites"] = named_sites(counted.server.process.pid, stacks)
    return result


def system_calls(bench, side):
    """System calls of all threads for each verify request, by name."""
    progress("system calls")
    with Server(bench.folder, bench.core, side.name, side.port, side.command) as server:
        with calls(bench, side, CALLS, CONNECTIONS, WARMUP) as client:
            with traced(bench, server.process.pid) as table:
                time.sleep(IDLE_SECONDS)
            idle = read_table(table)
            with traced(bench, server.process.pid) as table:
                seconds = client.go()["seconds"]
            counted = read_table(table)
    if sum(counted.values()) < CALLS:
        raise BenchError(f"only {sum(counted.values())} system calls were counted for {CALLS} requests")
    # Subtract the background work of the process, such as checking for changed files, in proportion to the time.
    calls_of = {name: max(0, number - idle[name] / IDLE_SECONDS * seconds) for name, number in counted.items()}
    return {
        "system_calls_per_request": sum(calls_of.values()) / CALLS,
        "by_name": {name: number / CALLS for name, number in sorted(calls_of.items(), key=lambda one: -one[1])},
        "idle_system_calls_per_second": sum(idle.values()) / IDLE_SECONDS,
    }


@contextlib.contextmanager
def traced(bench, pid):
    """Counts the system calls of a process with strace. The table is complete when the block ends."""
    table = bench.folder / "strace"
    # On the core of the load, so that strace does not compete with the process under test.
    strace = spawn(
        bench.other, ["strace", "-c", "-f", "-o", str(table), "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    try:
        line = strace.stderr.readline()
        if "attached" not in line:
            raise BenchError(f"system calls cannot be counted: {line.strip()}")
        yield table
    finally:
        strace.send_signal(signal.SIGINT)
        strace.communicate()


def read_table(path):
    """Calls by name in the output of `strace -c`. Columns: % time, seconds, usecs/call, calls, errors (optional), syscall."""
    counted = collections.Counter()
    for line in path.read_text().splitlines():
        fields = line.split()
        if len(fields) in (5, 6) and fields[3].isdigit() and fields[-1] != "total":
            counted[fields[-1]] = int(fields[3])
    return counted


def histogram(sizes):
    """Allocations for each request by size class. The key is the upper bound of the class; 0: larger than all bounds."""
    rows = dict.fromkeys([*HISTOGRAM, 0], 0)
    for size, number in sizes.items():
        row = bisect.bisect_left(HISTOGRAM, size) if size else len(HISTOGRAM)
        rows[HISTOGRAM[row] if row < len(HISTOGRAM) else 0] += number / CALLS
    return rows


class Symbols:
    """Names of the functions of a running process, by address. Inlined functions are not listed."""

    def __init__(self, pid):
        self.files = []
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            fields = line.split(maxsplit=5)
            if len(fields) == 6 and fields[5].startswith("/") and "x" in fields[1]:
                low, high = (int(part, 16) for part in fields[0].split("-"))
                self.files.append((low, high, low - int(fields[2], 16), fields[5]))
        self.tables = {}

    def table(self, path):
        """Sorted addresses and names of the functions of a file; the difference of address and file offset."""
        if path not in self.tables:
            found = {}
            for dynamic in ([], ["-D"]):
                command = ["nm", "--defined-only", *dynamic, path]
                for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines():
                    address, kind, name = line.split(maxsplit=2)
                    if kind in "tTwWiu":
                        found.setdefault(int(address, 16), name)
            shift = 0
            for line in output_of("readelf", "-lW", path):
                fields = line.split()
                if fields[:1] == ["LOAD"] and "E" in "".join(fields[6:-1]):
                    shift = int(fields[2], 16) - int(fields[1], 16)
            addresses = sorted(found)
            self.tables[path] = addresses, [found[address] for address in addresses], shift
        return self.tables[path]

    def name(self, address):
        for low, high, base, path in self.files:
            if low <= address < high:
                addresses, names, shift = self.table(path)
                # The return address can be the first address after the function.
                place = bisect.bisect_right(addresses, address - 1 - base + shift) - 1
                return names[place] if place >= 0 else pathlib.Path(path).name
        return f"{address:#x}"


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


# Innermost functions that all allocations share, and outermost functions that all tasks share.
ALLOCATORS = ("swift_slowAlloc", "swift_allocObject", "_swift_allocObject_", "operator new", "CRYPTO_malloc",
              "CRYPTO_zalloc")
RUNNERS = ("swift::runJobInEstablishedExecutorContext", "swift_job_run", "EventLoop.run()")


def named_sites(pid, stacks):
    """Call stacks with function names, innermost first, and their allocations and bytes for each request."""
    symbols = Symbols(pid)
    named = {frames: [symbols.name(frame) for frame in frames] for frames, (number, _) in stacks.items() if number > 0}
    plain = demangled({name for names in named.values() for name in names})
    merged = collections.defaultdict(lambda: [0, 0])
    for frames, names in named.items():
        names = [plain[name] for name in names]
        while len(names) > 1 and names[0].startswith(ALLOCATORS):
            names = names[1:]
        end = next((place for place, name in enumerate(names) if place and name.startswith(RUNNERS)), len(names))
        names = names[:end]
        entry = merged[tuple(names)]
        entry[0] += stacks[frames][0] / CALLS
        entry[1] += stacks[frames][1] / CALLS
    return [
        {"allocations": number, "bytes": size, "stack": list(names)}
        for names, (number, size) in sorted(merged.items(), key=lambda one: -one[1][0])]


def demangled(names):
    """Demangled names of Swift and C++ functions, by symbol."""
    plain = {name: name.partition("@")[0] for name in names}
    for command in (["c++filt"], ["swift", "demangle", "--simplified"]):
        done = subprocess.run(command, input="\n".join(plain.values()), capture_output=True, text=True)
        if done.returncode == 0:
            plain = dict(zip(plain, done.stdout.splitlines()))
    return plain
