"""Links, images and anchors of Markdown files, and paths of a developer's machine in them."""

import pathlib
import re
import tempfile
import urllib.parse

import markdown

FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
TEXT = r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
INLINE = re.compile(TEXT + r"\(\s*<?(?P<target>[^)\s>]+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
IMAGE = re.compile(r"!\[[^\[\]]*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)")
REFERENCE = re.compile(TEXT + r"\[(?P<name>[^\[\]]+)\]")
DEFINITION = re.compile(r"^ {0,3}\[(?P<name>[^\]^][^\]]*)\]:\s*<?(?P<target>[^\s>]+)>?", re.MULTILINE)
ATTRIBUTE = re.compile(r"<[^<>]*\b(?:href|src)=[\"'](?P<target>[^\"']+)[\"'][^<>]*>")
IDENTIFIER = re.compile(r"<[^<>]*\b(?:id|name)=[\"'](?P<name>[^\"']+)[\"'][^<>]*>")
SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*:|//)")
LINES = re.compile(r"^L([0-9]+)(?:-L([0-9]+))?$")
HOMES = re.compile(r"(?<![\w.])(/(?:home|Users|root)/(?!USER\b)\w|[A-Z]:\\Users\\)")


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def fences(text):
    """The fenced blocks: number of the first line, info string, lines."""
    opened = info = ""
    lines, start = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        match = FENCE.match(line)
        if not opened:
            if match:
                opened, info, start, lines = match["fence"], match["info"].strip(), number, []
        elif match and match["fence"].startswith(opened) and not match["info"]:
            yield start, info, lines
            opened = ""
        else:
            lines.append(line)
    if opened:
        yield start, info, lines


def prose(text):
    """The text without fenced blocks and comments; lines keep their numbers."""
    lines = text.split("\n")
    for start, _, body in fences(text):
        for index in range(start - 1, min(start + len(body) + 1, len(lines))):
            lines[index] = ""
    return re.sub(r"<!--.*?-->", lambda match: blank(match[0]), "\n".join(lines), flags=re.DOTALL)


def without_code(text):
    """Code spans, which may contain brackets, become blanks."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", lambda match: blank(match[0]), text, flags=re.DOTALL)


class Document:
    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.prose = prose(self.text)
        self.plain = without_code(self.prose)

    def anchors(self):
        headings = [match[1] for match in re.finditer(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$", self.prose, re.MULTILINE)]
        return set(markdown.anchors(headings)) | {match["name"] for match in IDENTIFIER.finditer(self.plain)}

    def targets(self):
        """The line and the target of each link and image."""
        for pattern in (INLINE, IMAGE, DEFINITION, ATTRIBUTE):
            for match in pattern.finditer(self.plain):
                yield self._line(match.start("target")), match["target"]

    def undefined_references(self):
        defined = {match["name"].lower() for match in DEFINITION.finditer(self.plain)}
        for match in REFERENCE.finditer(self.plain):
            if match["name"].lower() not in defined:
                yield self._line(match.start("name")), match["name"]

    def _line(self, offset):
        return self.plain.count("\n", 0, offset) + 1


class LinkChecker:
    def __init__(self, root):
        self.root = root.resolve()
        self.documents = {}
        # The folders of this machine whose names must not be in a document.
        self.folders = [str(self.root), tempfile.gettempdir() + "/"]
        if len(self.root.parts) > 2:
            self.folders.append(f"{self.root.parent}/")

    def document(self, path):
        if path not in self.documents:
            self.documents[path] = Document(path)
        return self.documents[path]

    def problems(self, path):
        """The line and the description of each problem of a file."""
        document = self.document(path)
        for line, target in dict.fromkeys(document.targets()):
            problem = self._problem(path, target)
            if problem:
                yield line, problem
        for line, name in document.undefined_references():
            yield line, f"the reference [{name}] is not defined"
        for line, text in enumerate(document.text.split("\n"), 1):
            home = HOMES.search(text)
            found = home[0] if home else next((folder for folder in self.folders if self._names(text, folder)), None)
            if found:
                yield line, f"a path of a developer's machine: {found}"

    @staticmethod
    def _names(text, folder):
        return re.search(r"(?<![\w.~}/-])" + re.escape(folder), text)

    def _problem(self, path, target):
        if SCHEME.match(target):
            return None
        place, _, fragment = target.partition("#")
        place, fragment = urllib.parse.unquote(place), urllib.parse.unquote(fragment)
        if place.startswith("/"):
            file = self.root / place.lstrip("/")
        else:
            file = path.parent / place if place else path
        file = pathlib.Path(file).resolve()
        if not file.is_relative_to(self.root):
            return f"the link '{target}' leaves the repository"
        if not file.exists():
            return f"the link '{target}' points to a file that does not exist"
        return self._fragment_problem(file, target, fragment) if fragment else None

    def _fragment_problem(self, file, target, fragment):
        if file.suffix == ".md":
            if fragment not in self.document(file).anchors():
                return f"the link '{target}' points to a heading that does not exist"
            return None
        lines = LINES.match(fragment)
        if not lines or not file.is_file() or int(lines[2] or lines[1]) > len(file.read_text().splitlines()):
            return f"the link '{target}' points to a place that does not exist"
        return None
