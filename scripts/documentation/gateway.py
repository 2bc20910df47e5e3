"""A gateway and a sandbox on free ports for the commands of a document, with a copy of the configuration."""

import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# The ports of the documents: gateway, sandbox.
PORTS = (8080, 9090)
LIMIT = 30


def free_ports(count):
    """Ports of four digits, as in the documents, so that columns stay aligned."""
    ports, probes = [], []
    try:
        while len(ports) < count:
            port = random.randrange(2000, 10_000)
            probe = socket.socket()
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                probe.close()
                continue
            if port in ports or port in PORTS:
                probe.close()
                continue
            ports.append(port)
            probes.append(probe)
    finally:
        for probe in probes:
            probe.close()
    return ports


def environment(folder):
    """Nothing of the caller's environment but the search path."""
    return {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC",
            "TERM": "dumb", "COLUMNS": "120"}


class Gateway:
    def __init__(self, root, binary):
        self.root, self.binary = root, pathlib.Path(binary).resolve()
        self.processes = []

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._temporary.name).resolve()
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self):
        gateway, sandbox = free_ports(2)
        self.ports = {PORTS[0]: gateway, PORTS[1]: sandbox}
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "numgate").symlink_to(self.binary)
        self.environment = environment(self.folder)
        (self.folder / "config.yaml").write_text(self.outward((self.root / "config.yaml").read_text()))
        for name in ("providers", "schemas"):
            shutil.copytree(self.root / name, self.folder / name)

    def _start(self):
        self._launch("sandbox", "--listen", f"127.0.0.1:{self.ports[PORTS[1]]}")
        self._launch("serve", "--config", "config.yaml")
        for port, path in ((self.ports[PORTS[1]], "/sandbox"), (self.ports[PORTS[0]], "/readyz")):
            self._await(f"http://127.0.0.1:{port}{path}")

    def _launch(self, name, *arguments):
        with open(self.folder / f"{name}.log", "wb") as log, open(self.folder / f"{name}.err", "wb") as errors:
            self.processes.append(subprocess.Popen(
                [self.binary, name, *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=errors))

    def _await(self, address):
        limit = time.monotonic() + LIMIT
        while True:
            for process, name in zip(self.processes, ("sandbox", "serve")):
                if process.poll() is not None:
                    words = (self.folder / f"{name}.err").read_text().strip()
                    raise RuntimeError(f"numgate {name} ended: {words}")
            try:
                with urllib.request.urlopen(address, timeout=LIMIT):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                if time.monotonic() > limit:
                    raise RuntimeError(f"{address} does not respond") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._temporary.cleanup()

    def outward(self, text):
        """A text of a document with the ports of this gateway and sandbox."""
        return re.sub(r"(?<=:)(8080|9090)\b", lambda match: str(self.ports[int(match[1])]), text)

    def inward(self, text):
        """Output with the ports of the documents."""
        for documented, port in self.ports.items():
            text = re.sub(rf"(?<=:){port}\b", str(documented), text)
        return text.replace(str(self.folder), ".")
