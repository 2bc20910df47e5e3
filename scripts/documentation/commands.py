"""Runs the commands of the blocks that are marked as checked, and compares their output with the document's."""

import dataclasses
import difflib
import os
import re
import select
import shlex
import signal
import subprocess
import time
import uuid

import links

ANY = "…"
LIMIT = 60


@dataclasses.dataclass
class Step:
    line: int
    command: str
    expected: list


class FaultyBlock(Exception):
    def __init__(self, line, problem):
        super().__init__(problem)
        self.line, self.problem = line, problem


def steps(text):
    """The commands of all checked blocks of a document, in order."""
    for start, info, lines in links.fences(text):
        language, *words = info.split() or [""]
        if "checked" not in words:
            continue
        if language in ("sh", "bash"):
            yield Step(start, "\n".join(lines), [])
        elif language == "console":
            yield from console_steps(start, lines)
        else:
            raise FaultyBlock(start, f"a block of '{language}' cannot be checked; mark 'console' or 'sh'")


def console_steps(start, lines):
    step, is_open = None, False
    for number, line in enumerate(lines, start + 1):
        if is_open:
            step.command += "\n" + line
        elif line.startswith("$ "):
            if step:
                yield step
            step = Step(number, line[2:], [])
        elif step:
            step.expected.append(line)
            continue
        else:
            raise FaultyBlock(number, "a checked block begins with a command after '$ '")
        is_open = line.endswith("\\")
    if step:
        yield step


def matches(expected, actual):
    """Whether an output is the expected one, where "…" is any text."""
    pattern = ""
    for line in expected:
        if line.strip() == ANY:
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += "[^\n]*?".join(re.escape(part) for part in line.rstrip().split(ANY)) + "[ \t]*\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in actual)) is not None


def trimmed(lines):
    """The lines without blank ones at the end, which separate commands in a document."""
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


class Shell:
    """One bash for the commands of a document, so that variables and the folder stay."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.buffer = b""

    def run(self, command):
        """The lines that a command prints. Raises TimeoutError and EOFError."""
        mark = uuid.uuid4().hex
        script = self.folder / f".command-{mark}"
        script.write_text(command + "\n")
        # The shell reads its commands from standard input, which a command must not read.
        line = f". {shlex.quote(str(script))} </dev/null; printf '\\n%s\\n' {mark}\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()
        text = self._until(f"\n{mark}\n".encode()).decode(errors="replace")
        script.unlink(missing_ok=True)
        return text.split("\n")

    def _until(self, end):
        limit = time.monotonic() + LIMIT
        while end not in self.buffer:
            left = limit - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError(f"the command did not end within {LIMIT} s")
            data = os.read(self.process.stdout.fileno(), 65_536)
            if not data:
                raise EOFError("the command ended the shell")
            self.buffer += data
        text, _, self.buffer = self.buffer.partition(end)
        return text

    def close(self):
        """Ends the shell, and what its commands started in the background."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.communicate()


class Runner:
    """Runs the steps of one document. `place` has a folder, an environment, and replaces ports in both directions."""

    def __init__(self, place):
        self.place = place
        self.count = 0

    def problems(self, all_steps):
        """The line and the description of each command whose output differs."""
        shell = Shell(self.place.folder, self.place.environment)
        try:
            for step in all_steps:
                self.count += 1
                try:
                    output = shell.run(self.place.outward(step.command))
                except (TimeoutError, EOFError) as error:
                    yield step.line, f"{title(step)}: {error}"
                    return
                problem = self._problem(step, [self.place.inward(line) for line in output])
                if problem:
                    yield step.line, problem
        finally:
            shell.close()

    @staticmethod
    def _problem(step, output):
        expected, actual = trimmed(step.expected), trimmed(output)
        if matches(expected, actual):
            return None
        difference = difflib.unified_diff(expected, actual, "the document", "the command", lineterm="", n=2)
        return f"the output differs: {title(step)}\n" + "\n".join(f"  {line}" for line in difference)


def title(step):
    first = step.command.split("\n")[0]
    return "$ " + (first if len(first) <= 80 else first[:79] + "…")
