"""Python interface of client.c: sends an exact number of verify requests to one process."""

import contextlib
import json
import subprocess

from servers import BenchError, spawn

KEY = "bench-key"
BODY = ('{"channel":"app","token":"STsid0000001515028196605yc1oYNTuPlTlLT10AR3ywr2WApEq14JH",'
        '"phoneNumber":"13800000000"}')


class Client:
    def __init__(self, process, title):
        self.process, self.title = process, title

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"{self.title}: {self.process.stderr.read().strip() or 'the client exited'}")
        return line

    def go(self):
        """Sends the measured requests and returns their figures."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        figures = json.loads(self.line())
        if figures["wrong"]:
            raise BenchError(f"{self.title}: {figures['wrong']} responses are wrong: {self.process.stderr.read().strip()}")
        return figures


@contextlib.contextmanager
def calls(bench, side, number, connections, warmup, rate=None):
    """A client that has sent `warmup` requests; go() sends `number` further ones."""
    path = side.path or f"/v1/apps/{side.app}/verify"
    command = [
        str(bench.folder / "client"), str(side.port), path, KEY, side.expected, BODY, str(connections), str(warmup),
        str(number), *([str(rate)] if rate else [])]
    process = spawn(
        bench.other, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        client = Client(process, side.title)
        client.line()
        yield client
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
